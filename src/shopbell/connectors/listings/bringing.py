"""A file of listings brought in at once, from its place on this machine."""

import shutil
from math import inf
from pathlib import Path

from msgspec import Struct

from shopbell.commerce import service as commerce
from shopbell.connectors.files.intake import silent
from shopbell.connectors.files.model import NoSuchTable, Progress
from shopbell.connectors.listings import album, reader, service
from shopbell.connectors.listings.model import (
    FileState,
    ListingFileId,
    ListingReport,
    Wishes,
    reported,
)
from shopbell.connectors.listings.receiving import check_table
from shopbell.connectors.listings.service import Brought
from shopbell.connectors.listings.working import Desk, Reader
from shopbell.engine.blobs import Blobs
from shopbell.engine.database import Database
from shopbell.kernel.actor import SYSTEM

AT_ONCE = 200
"""Products in one transaction: nobody else waits for a database that is being filled."""


class Manner(Struct, frozen=True, kw_only=True):
    """How a file is brought in: only checked, all of it or nothing, or ``again`` as if new.

    ``album`` is a zip with pictures that the file names.
    """

    only_check: bool = False
    whole: bool = False
    again: bool = False
    album: Path | None = None


def bring_in(  # noqa: PLR0917 - what an import is given, and how
    db: Database,
    blobs: Blobs,
    shop: str,
    file: Path,
    wishes: Wishes,
    manner: Manner,
    progress: Progress = silent,
    read: Reader = reader.read,
) -> ListingReport:
    """Check a file and list what it says; return what became of it, or of it the first time."""
    desk = Desk(db, blobs, read)
    owner = db.read_now(commerce.shop, shop).id
    pictures = _album(blobs, manner.album) if manner.album else None
    brought = Brought(file.name, kept(blobs, file), wishes, album=pictures)
    known = db.write_now(service.take, SYSTEM, owner, brought)
    if manner.again:
        db.write_now(service.check_again, SYSTEM, known.id)
    desk.check(known.id, progress)
    if not manner.only_check:
        _apply(db, desk, known.id, progress, whole=manner.whole)
    after = db.read_now(service.one, SYSTEM, known.id)
    return reported(after, desk.findings(after))


def _apply(
    db: Database, desk: Desk, file: ListingFileId, progress: Progress, *, whole: bool
) -> None:
    checked = db.read_now(service.one, SYSTEM, file)
    if checked.state is FileState.CHECKED and checked.tally.products:
        db.write_now(service.apply, SYSTEM, file, whole=whole)
    desk.apply(file, AT_ONCE, inf, progress)


def kept(blobs: Blobs, file: Path) -> str:
    """Keep a copy of a table as it is, and return what it is kept under."""
    check_table(_size(file))
    return _copied(blobs, file)


def _album(blobs: Blobs, file: Path) -> str:
    album.check_size(_size(file))
    return _copied(blobs, file)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        raise NoSuchTable(file=str(file)[-200:]) from None


def _copied(blobs: Blobs, file: Path) -> str:
    with blobs.workroom() as folder:
        try:
            copy = Path(shutil.copyfile(file, folder / "file"))
        except OSError:
            raise NoSuchTable(file=str(file)[-200:]) from None
        return blobs.keep_written(copy)
