"""What a worker does with files of listings: slow, and never in the way of those who write."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from shopbell.connectors.files.intake import silent
from shopbell.connectors.listings import fetching, service
from shopbell.connectors.listings.album import opened
from shopbell.connectors.listings.apart import read_apart
from shopbell.connectors.listings.fetching import FetchPicture
from shopbell.connectors.listings.picturing import SIDE, Picture, PictureState, is_reference
from shopbell.connectors.listings.service import ApplyListings, CheckListings
from shopbell.connectors.listings.working import Desk
from shopbell.engine.blobs import Blobs
from shopbell.engine.calling import Bounds, NoAnswer
from shopbell.engine.database import Database
from shopbell.engine.outside import NotOutside, call_outside
from shopbell.engine.pictures import draw
from shopbell.kernel.events import Job
from shopbell.kernel.refusals import Refusal

AT_ONCE = 50
"""Products in one transaction: so long does whoever writes a message wait at most."""

TURN_SECONDS = 20.0
"""After so long the rest is left to the next turn, well within a job's lease."""

AIMED_AT = 600 * 1024
TIMES_OUT = 20.0


class Worker:
    """Whoever works on files that shops brought over the web."""

    def __init__(self, db: Database, blobs: Blobs) -> None:
        self._db, self._blobs = db, blobs
        self._desk = Desk(db, blobs, read_apart, time.sleep)

    async def check(self, job: CheckListings) -> None:
        """Read a file apart, and compare it."""
        await asyncio.to_thread(self._desk.check, job.file, silent)

    async def apply(self, job: ApplyListings) -> None:
        """List a part of what a file says, and leave the rest for the next turn."""
        until = time.monotonic() + TURN_SECONDS
        if not await asyncio.to_thread(self._desk.apply, job.file, AT_ONCE, until, silent):
            await self._db.write(service.leave_rest, job.file)

    async def fetch(self, job: FetchPicture) -> None:
        """Fetch one picture, or take it from its zip; where nobody answers, try again later."""
        picture = await self._db.read(fetching.picture, job.digest)
        if picture is None:
            return
        try:
            content = await self._content(picture)
        except NotOutside:
            await self._note(picture, PictureState.FAILED, "not_outside")
        except NoAnswer:
            await self._note(picture, PictureState.WAITING, "no_answer")
            raise
        else:
            await self._keep(picture, content)

    async def _content(self, picture: Picture) -> bytes:
        if is_reference(picture.address):
            return await asyncio.to_thread(self._unpacked, picture)
        answer = await call_outside(
            picture.address,
            b"",
            {"Accept": "image/*"},
            method="GET",
            loopback=self._db.settings.pictures_loopback,
            within=Bounds(TIMES_OUT, self._db.settings.attachment_bytes),
        )
        return answer.content if answer.is_success else b""

    def _unpacked(self, picture: Picture) -> bytes:
        """Return a picture from the zip beside its table; nothing if that has it no longer."""
        file, _, _ = self._db.read_now(service.to_read, picture.file)
        if file.album is None or file.heads is None:
            return b""
        try:
            with opened(self._blobs.path(file.album), file.heads.language) as album:
                return album.content(picture.address)
        except Refusal:
            return b""

    async def _keep(self, picture: Picture, content: bytes) -> None:
        blob = await asyncio.to_thread(drawn, self._blobs, content) if content else None
        if blob is None:
            trouble = "not_a_picture" if content else "not_there"
            await self._note(picture, PictureState.FAILED, trouble)
        else:
            await self._note(replace(picture, blob=blob), PictureState.KEPT, "")

    async def _note(self, picture: Picture, state: PictureState, trouble: str) -> None:
        noted = replace(picture, state=state, trouble=trouble)
        await self._db.write(fetching.note_picture, noted)


def drawn(blobs: Blobs, content: bytes) -> str | None:
    """Keep a picture drawn anew, so that nothing hides in it; none if it is no picture."""
    with blobs.workroom() as folder:
        file: Path = folder / "picture"
        file.write_bytes(content)
        try:
            fresh, _, _ = draw(file, SIDE, AIMED_AT)
        except Exception:  # noqa: BLE001 - whatever it stumbles over, it is no picture to us
            return None
    return blobs.keep(fresh).sha256


def jobs(db: Database, blobs: Blobs) -> Mapping[type[Job], Callable[[Any], Awaitable[None]]]:
    """Return what a worker does here, and how."""
    worker = Worker(db, blobs)
    return {
        CheckListings: worker.check,
        ApplyListings: worker.apply,
        FetchPicture: worker.fetch,
    }
