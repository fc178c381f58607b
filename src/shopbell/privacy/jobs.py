"""What a worker does here: erases who went, writes copies, and lets go what has run out."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

from shopbell.engine import erasing as rows
from shopbell.engine.blobs import Blobs
from shopbell.engine.database import Database, Tx
from shopbell.engine.settings import Settings
from shopbell.kernel.events import Job
from shopbell.privacy import erasing, exporting, retention, service
from shopbell.privacy.exporting import Shelf
from shopbell.privacy.model import (
    DropFiles,
    EraseAccount,
    ErasureId,
    LetGo,
    Trail,
    WriteExport,
)

P = ParamSpec("P")
T = TypeVar("T")
FACTS_AT_ONCE = 200
BROUGHT_WITHIN = timedelta(hours=1)
"""So long after its bytes are kept, a file may be given its place in a conversation."""


def begin_erasure(tx: Tx, wanted: str) -> None:
    """Leave the erasure to a worker: somebody's grace is over."""
    tx.later(EraseAccount(erasure=ErasureId(wanted)), key=f"erase:{wanted}")


def drop_expired(tx: Tx, _entity: str) -> None:
    """Drop the copies that have run out, and do so again tomorrow."""
    if gone := service.expired(tx):
        tx.later(DropFiles(files=[], exports=gone))
    tx.later(LetGo(), key="let_go")
    service.arm_night(tx)


DEADLINES: Mapping[str, Callable[[Tx, str], None]] = {
    service.DUE: begin_erasure,
    service.NIGHT: drop_expired,
}


class Eraser:
    """Erases one account, a conversation at a time: nobody waits long for it."""

    def __init__(self, db: Database, blobs: Blobs, shelf: Shelf) -> None:
        self._db, self._blobs, self._shelf = db, blobs, shelf

    async def erase(self, job: EraseAccount) -> None:
        """Erase everything of somebody, unless they came back or a case still needs them."""
        trail = await self._db.read(service.follow, job.erasure)
        if trail is None:
            return
        if await self._db.read(service.waits, trail):
            await self._db.write(service.put_off, job.erasure)
            return
        trail = await self._db.write(service.close, job.erasure)
        if trail is None:
            return
        counts = await self._erase_words(trail)
        counts += await self._clean(erasing.erase_rows, trail)
        await self._clean(_end, trail, counts)

    async def drop(self, job: DropFiles) -> None:
        """Drop files that nothing refers to, and copies."""
        await self._db.write(self._forget, job.files)
        self._shelf.drop(job.exports)

    async def write(self, job: WriteExport) -> None:
        """Write a copy of somebody's data."""
        await exporting.write(self._db, self._blobs, self._shelf, job)

    async def let_go(self, _job: LetGo) -> None:
        """Let go what has run out, a part at a time; nobody finds what went any more."""
        for kind in retention.Kept:
            went = 0
            while gone := await self._clean(retention.let_go, kind):
                went += gone
            if went and kind is retention.Kept.TALKS:
                await self._db.write(erasing.forget_index)

    def _forget(self, tx: Tx, files: Sequence[str]) -> None:
        """Forget files; whoever brings one just now has not said yet where it belongs.

        In one transaction with the look for who needs them: nobody can come to need one between.
        """
        needless, before = erasing.unneeded(tx, files), tx.now - BROUGHT_WITHIN
        left = [one for one in needless if not self._blobs.forget(one, kept_before=before)]
        if left:
            tx.later(DropFiles(files=left), tx.now + BROUGHT_WITHIN)

    async def _erase_words(self, trail: Trail) -> Counter[str]:
        """First what others said, by what one wrote oneself; then that, too."""
        counts = Counter[str]()
        for talk in trail.talks:
            counts["event"] += await self._clean(erasing.scrub_talk, trail, talk)
        facts = await self._db.read(erasing.facts_naming, trail)
        for at in range(0, len(facts), FACTS_AT_ONCE):
            await self._clean(erasing.scrub_facts, trail, facts[at : at + FACTS_AT_ONCE])
        for case in trail.cases:
            counts += await self._clean(erasing.empty_case, trail, case)
        for talk in trail.talks:
            counts += await self._clean(erasing.empty_talk, trail, talk)
        return counts

    async def _clean(
        self, work: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do a part of it, and have the bytes overwritten."""

        def cleanly(tx: Tx) -> T:
            rows.begin(tx)
            done = work(tx, *args, **kwargs)
            tx.flush()
            rows.end(tx)
            return done

        return await self._db.write(cleanly)


def _end(tx: Tx, trail: Trail, counts: Counter[str]) -> None:
    counts += erasing.erase_person(tx, trail)
    erasing.forget_index(tx)
    service.finish(tx, trail.erasure, dict(+counts))


def jobs(
    db: Database, blobs: Blobs, settings: Settings
) -> Mapping[type[Job], Callable[[Any], Awaitable[None]]]:
    """Return what a worker does here that transactions left behind."""
    eraser = Eraser(db, blobs, Shelf.of(settings))
    return {
        EraseAccount: eraser.erase,
        DropFiles: eraser.drop,
        LetGo: eraser.let_go,
        WriteExport: eraser.write,
    }
