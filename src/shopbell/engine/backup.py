"""A copy of everything that is kept, made while people go on working, and put back later.

A backup is a folder: the database as of one moment, the attachments, the keys of letters, and
``manifest.json`` with the hash of each file. It is written beside its name and moved there when it
is whole, so a backup that was interrupted is never taken for one. The database is copied first:
attachments are kept before the rows that name them, so every file that the copied rows name is
there.

Putting it back begins a new epoch, so every open page drops its copy and loads anew.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct
from sqlalchemy.engine import make_url

from shopbell.engine import dumps, migrations
from shopbell.engine.connect import connect
from shopbell.engine.database import Database
from shopbell.engine.epoch import change_epoch, epoch, note_backup
from shopbell.engine.settings import Settings
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Conflict, Invalid

FORMAT = 1
MANIFEST = "manifest.json"
BLOBS = "blobs"
KEYS = ("mail", "push")
"""Keys of letters and of notices: without them no answer to a letter of before would find its way,
and every browser would have to be asked anew."""


class BackupIsThere(Conflict):
    """Something stands already where the backup should go."""


class BackupBroken(Invalid):
    """A file of the backup is missing or other than it was."""


class BackupOfAnotherKind(Invalid):
    """It was made from the other kind of database."""


class BackupTooNew(Invalid):
    """It was made by a newer version of this program."""


class DataIsThere(Conflict):
    """There is data already where the backup should be put back."""


class StillInUse(Conflict):
    """A server or worker has the database open."""


class Kept(Struct, frozen=True):
    """One file of a backup."""

    path: str
    size: int
    sha256: str


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """What a backup holds."""

    format: int
    made_at: datetime
    database: str
    epoch: str
    files: list[Kept]

    @property
    def size(self) -> int:
        """Return how many bytes its files have together."""
        return sum(file.size for file in self.files)


def back_up(settings: Settings, to: Path) -> Manifest:
    """Copy everything into the new folder ``to``, while the server may go on."""
    if to.exists():
        raise BackupIsThere(folder=str(to))
    db = Database(settings.database_url)
    draft = to.with_name(f".{to.name}.{new_id()[-6:]}.partial")
    try:
        draft.mkdir(parents=True)
        kind = db.engine.dialect.name
        dumps.copy_out(settings.database_url, draft)
        _copy_blobs(settings.data / BLOBS, draft / BLOBS)
        _copy_keys(settings.data, draft)
        now, word = db.clock(), db.read_now(epoch)
        manifest = Manifest(FORMAT, now, kind, word, list(_kept(draft)))
        _write(draft / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
        draft.rename(to)
        db.write_now(note_backup)
        return manifest
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        db.close()


def check(folder: Path) -> Manifest:
    """Read a backup whole and compare every file with its hash; refuse one that differs."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError):
        raise BackupBroken(file=MANIFEST) from None
    if manifest.format > FORMAT:
        raise BackupTooNew
    there = {file.path: file for file in _kept(folder)}
    for file in manifest.files:
        if there.get(file.path) != file:
            raise BackupBroken(file=file.path)
    return manifest


def put_back(settings: Settings, folder: Path, *, replace: bool = False) -> Manifest:
    """Make the installation what it was when the backup was made, under a new epoch.

    What stands there is refused, or with ``replace`` set aside (SQLite) or dropped (PostgreSQL);
    keys that are others are set aside. An SQLite file comes last: whoever is interrupted before
    begins again. PostgreSQL's tables are replaced in one transaction, a moment before the epoch
    and the keys: a restore that was interrupted is done again before anything starts, lest keys
    are made anew. Attachments are named by their content, so those already there stay.
    """
    manifest = check(folder)
    if manifest.database != make_url(settings.database_url).get_backend_name():
        raise BackupOfAnotherKind(kind=manifest.database)
    if dumps.in_use(settings.database_url):
        raise StillInUse
    if dumps.holds_data(settings.database_url) and not replace:
        raise DataIsThere
    settings.data.mkdir(parents=True, exist_ok=True)
    _copy_blobs(folder / BLOBS, settings.data / BLOBS)
    with dumps.coming_in(settings.database_url, folder) as arriving:
        _begin_anew(arriving)
        _set_keys_aside(folder, settings.data)
        _copy_keys(folder, settings.data)
    return manifest


def _begin_anew(url: str) -> None:
    engine = connect(url)
    try:
        if migrations.pending(engine):
            migrations.upgrade(engine)
    except migrations.NewerSchema:
        raise BackupTooNew from None
    finally:
        engine.dispose()
    db = Database(url)
    db.write_now(change_epoch)
    db.close()


def _copy_blobs(source: Path, to: Path) -> None:
    """Copy the attachments that are not there yet; drafts, whose names begin with a dot, stay."""
    for file in sorted(source.rglob("[!.]*")):
        place = to / file.relative_to(source)
        if file.is_file() and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            draft = place.with_name(f".{place.name}")
            shutil.copyfile(file, draft)
            _sync(draft)
            draft.rename(place)


def _set_keys_aside(arriving: Path, data: Path) -> None:
    """Keep keys that others take the place of: with them letters of now could be answered."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for place in _keys(data):
        file = arriving / place.relative_to(data)
        if file.exists() and file.read_bytes() != place.read_bytes():
            aside = data / f"{place.parent.name}.before-{stamp}"
            aside.mkdir(mode=0o700, exist_ok=True)
            place.rename(aside / place.name)


def _copy_keys(source: Path, to: Path) -> None:
    """Copy our keys over those that are there, for nobody else to read."""
    for file in _keys(source):
        place = to / file.parent.name / file.name
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = place.with_name(f".{file.name}")
        draft.touch(mode=0o600)
        shutil.copyfile(file, draft)
        _sync(draft)
        draft.rename(place)


def _keys(folder: Path) -> list[Path]:
    return sorted(found for room in KEYS for found in (folder / room).glob("[!.]*"))


def _kept(folder: Path) -> Iterator[Kept]:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.name != MANIFEST:
            with file.open("rb") as data:
                digest = hashlib.file_digest(data, "sha256").hexdigest()
            yield Kept(file.relative_to(folder).as_posix(), file.stat().st_size, digest)


def _write(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    _sync(file)
    _sync(file.parent)


def _sync(place: Path) -> None:
    opened = os.open(place, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
