"""Writes the copy of somebody's data: an archive of JSON, readable pages and their own files."""

import asyncio
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from shopbell.conversations.model import Listed
from shopbell.engine.blobs import Blobs, NoSuchFile
from shopbell.engine.database import Database
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import Actor
from shopbell.kernel.texts import Locale
from shopbell.privacy import gathering, readable, storage
from shopbell.privacy.gathering import Said
from shopbell.privacy.model import ExportId, WriteExport


class Shelf:
    """Where finished copies lie until they are fetched or run out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def of(cls, settings: Settings) -> "Shelf":
        """Return the shelf of the installation with these settings."""
        return cls(settings.data / "exports")

    def place(self, export: ExportId) -> Path:
        """Return where a copy lies, or will."""
        return self._folder / f"{export}.zip"

    def begin(self, export: ExportId) -> Path:
        """Return where a copy is written; one that was begun before is begun anew."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._folder / f".{export}"

    def finish(self, export: ExportId) -> int:
        """Let a written copy be fetched; return its size."""
        place = self.begin(export).replace(self.place(export))
        place.chmod(0o600)
        return place.stat().st_size

    def drop(self, exports: Iterable[ExportId]) -> None:
        """Drop copies, finished or not."""
        for export in exports:
            self.place(export).unlink(missing_ok=True)
            self.begin(export).unlink(missing_ok=True)

    def every(self) -> Iterable[Path]:
        """Go through all copies."""
        return self._folder.glob("*.zip")


async def write(db: Database, blobs: Blobs, shelf: Shelf, job: WriteExport) -> None:
    """Write a copy, conversation by conversation, so that nobody waits for it; then note it."""
    wanted = await db.read(storage.export, job.export)
    if wanted is None or wanted.ready_at:
        return
    actor = await db.read(gathering.actor_of, wanted.person)
    with zipfile.ZipFile(shelf.begin(job.export), "w", zipfile.ZIP_DEFLATED) as archive:
        await _write_all(db, blobs, archive, actor, wanted.locale)
    await db.write(storage.make_ready, job.export, shelf.finish(job.export))


async def _write_all(
    db: Database, blobs: Blobs, archive: zipfile.ZipFile, actor: Actor, locale: Locale
) -> None:
    counts = dict[str, int]()
    for name, ask in gathering.PARTS.items():
        part = await db.read(ask, actor)
        counts[name] = len(part) if isinstance(part, list) else 1
        await _put(archive, f"{name}.json", _json(part))
    talks = await db.read(gathering.talks, actor)
    for talk in talks:
        await _write_talk(db, archive, actor, talk, locale)
    await asyncio.to_thread(_put_files, archive, blobs, await db.read(gathering.files, actor))
    await _put(archive, "index.html", readable.index(locale, counts, talks).encode())


async def _write_talk(
    db: Database, archive: zipfile.ZipFile, actor: Actor, talk: Listed, locale: Locale
) -> None:
    said, after = list[Said](), 0
    while page := await db.read(gathering.messages, actor, talk.id, after):
        said += page
        after = page[-1].entry.seq
    draft = await db.read(gathering.draft, actor, talk.id)
    whole = {"conversation": talk, "draft": draft, "entries": said}
    await _put(archive, f"conversations/{talk.id}.json", _json(whole))
    page_of_it = await asyncio.to_thread(readable.thread, locale, talk, said)
    await _put(archive, f"conversations/{talk.id}.html", page_of_it.encode())


async def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    await asyncio.to_thread(archive.writestr, name, content)


def _put_files(archive: zipfile.ZipFile, blobs: Blobs, files: list[tuple[str, str]]) -> None:
    for sha256, name in files:
        try:
            archive.write(blobs.path(sha256), f"files/{name}")
        except NoSuchFile:
            archive.writestr(f"files/{name}.missing", b"")


def _json(part: Any) -> bytes:  # noqa: ANN401 - any part of a copy
    return msgspec.json.format(msgspec.json.encode(part), indent=2)
