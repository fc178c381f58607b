"""The work that files of listings are: read, compared, applied in parts. Blocks; not for a loop."""

import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from msgspec.structs import replace

from shopbell.commerce.model import Product
from shopbell.connectors.files.model import Progress
from shopbell.connectors.listings import reader, service
from shopbell.connectors.listings.merging import Overlay, compared
from shopbell.connectors.listings.model import (
    PREVIEW_MOST,
    Change,
    Draft,
    FileState,
    Finding,
    Heads,
    ListingFile,
    ListingFileId,
    Tally,
    Trouble,
)
from shopbell.connectors.listings.reader import DRAFTS, FINDINGS, Read, Reading, packed
from shopbell.connectors.listings.service import Outlook
from shopbell.engine.blobs import Blobs
from shopbell.engine.database import Database

COMPARED = 500
"""So many products are compared at once: the rows of one look-up."""

Reader = Callable[[Reading], Read]
Rest = Callable[[float], None]
"""Told how many seconds were spent; whoever must not be in the way of others rests then."""


def no_rest(_spent: float) -> None:
    """Go on at once."""


class Desk:
    """Whoever works on files of listings, with a way to read them and to rest."""

    def __init__(
        self, db: Database, blobs: Blobs, read: Reader = reader.read, rest: Rest = no_rest
    ) -> None:
        self._db, self._blobs, self._read, self._rest = db, blobs, read, rest

    def check(self, id_: ListingFileId, progress: Progress) -> None:
        """Read a file, compare it with what is listed, and keep what it would change."""
        file, shop, categories = self._db.read_now(service.to_read, id_)
        if file.state is not FileState.CHECKING:
            return
        options = file.wishes.options
        with self._blobs.workroom() as folder:
            place = str(self._blobs.path(file.file))
            album = str(self._blobs.path(file.album)) if file.album else None
            language = options.language_for(shop)
            read = self._read(Reading(place, str(folder), options, language, categories, album))
            if read.trouble or read.heads is None:
                trouble = read.trouble or Trouble("too_much_to_read")
                self._db.write_now(service.note_refused, id_, trouble)
            else:
                outlook = self._outlook(file, read.heads, read.tally, folder, progress)
                self._db.write_now(service.note_checked, id_, outlook)

    def apply(self, id_: ListingFileId, most: int, until: float, progress: Progress) -> bool:
        """List what a file says, ``most`` products in one transaction; false if time is up."""
        file, _, _ = self._db.read_now(service.to_read, id_)
        if file.state is not FileState.APPLYING or file.drafts is None:
            return True
        done, drafts = file.done, self._drafts(file.drafts)
        rest = islice(drafts, done, None)
        while batch := list(islice(rest, most)):
            begun = time.monotonic()
            if not self._db.write_now(service.apply_some, id_, done, batch):
                return True
            done += len(batch)
            progress(done, file.tally.products)
            self._rest(time.monotonic() - begun)
            if begun > until:
                return done >= file.tally.products
        return True

    def findings(self, file: ListingFile) -> Iterator[Finding]:
        """Yield what was found in a file."""
        if file.findings:
            yield from packed(self._blobs.path(file.findings), Finding)

    def _drafts(self, kept: str) -> Iterator[Draft]:
        return packed(self._blobs.path(kept), Draft)

    def _outlook(
        self, file: ListingFile, heads: Heads, tally: Tally, folder: Path, progress: Progress
    ) -> Outlook:
        comparison, drafts = _Comparison(file, heads), packed(folder / DRAFTS, Draft)
        done = 0
        while batch := list(islice(drafts, COMPARED)):
            begun = time.monotonic()
            comparison.add(batch, self._db.read_now(service.listed_among, file.shop, batch))
            done += len(batch)
            progress(done, tally.products)
            self._rest(time.monotonic() - begun)
        kept = (self._blobs.keep_written(folder / name) for name in (DRAFTS, FINDINGS))
        return Outlook(heads, comparison.counted(tally), comparison.preview, *kept)


class _Comparison:
    """What a file would change, counted, the first changes in full."""

    def __init__(self, file: ListingFile, heads: Heads) -> None:
        self._shop, self._overlay = file.shop, Overlay(heads.columns, heads.language)
        self._added = self._updated = self._same = 0
        self.preview: list[Change] = []

    def add(self, drafts: list[Draft], listed: dict[str, Product]) -> None:
        for draft in drafts:
            known = listed.get(draft.product.offer_id)
            change = compared(self._overlay.merged(draft.product, known), self._shop, known)
            self._same += change is None
            self._added += change is not None and change.new
            self._updated += change is not None and not change.new
            if change and len(self.preview) < PREVIEW_MOST:
                self.preview.append(change)

    def counted(self, tally: Tally) -> Tally:
        counts = {"added": self._added, "updated": self._updated, "unchanged": self._same}
        return replace(tally, **counts)
