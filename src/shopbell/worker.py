"""Does what is due: deadlines that have come, and jobs that transactions left behind."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial

import msgspec

from shopbell.app import App, Follow
from shopbell.engine import deadlines, metrics, outbox
from shopbell.engine.database import Tx
from shopbell.engine.deadlines import Deadline
from shopbell.engine.log import log
from shopbell.engine.outbox import Lease

Work = Callable[[], Awaitable[int]]

BATCH = 200
"""So many jobs are in hand at most."""

FIRED_AT_ONCE = 50
"""Deadlines that are fired together; with more, whoever sends meanwhile waits longer for them."""

TURN_SECONDS = 0.25
"""How often to look: deadlines fire at most this late, plus the time of a batch."""

RESTS = 5.0
"""So many times as long as following took, it rests: indexing without rests had the slowest of
2,000 messages a second acknowledged after 31 ms instead of 8."""

TRY_AGAIN = timedelta(minutes=1)
BUSY = timedelta(seconds=1)
"""How soon a deadline comes again whose matter somebody else was working on."""


class Permanent(Exception):
    """Trying this job again cannot help."""


class Worker:
    """One pair of hands; several of them, in several processes, never do a thing twice."""

    def __init__(self, app: App) -> None:
        self._db, self._fire, self._ahead = app.db, app.deadlines, app.ahead
        self._standing = app.standing
        self._followers = app.followers
        self._jobs = {kind.__name__: (kind, do) for kind, do in app.jobs.items()}
        self._begun = set[asyncio.Task[None]]()

    async def run(self) -> None:
        """Work until cancelled. What waits for others to answer holds up no deadline."""
        follow = [partial(self._follow_with_rests, group) for group in self._followers]
        works: list[Work] = [self._fire_deadlines, self._do_jobs, *follow]
        standing = (work() for work in self._standing)
        try:
            await asyncio.gather(*map(self._go_on, works), *standing)
        finally:
            for job in self._begun:
                job.cancel()
            await asyncio.gather(*self._begun, return_exceptions=True)

    async def _go_on(self, work: Work) -> None:
        while True:
            try:
                busy = await work()
            except Exception:  # noqa: BLE001 - the worker outlives what it works on
                metrics.FAILED.labels("worker").inc()
                log().exception("worker turn failed")
                busy = 0
            if not busy:
                await asyncio.sleep(TURN_SECONDS)

    async def turn(self) -> int:
        """Do everything that is due now, once; return how much that was."""
        fired, done = await self._fire_deadlines(), await self._do_jobs(patience=None)
        followed = [await self._follow(group) for group in self._followers]
        return fired + done + sum(followed)

    async def _fire_deadlines(self) -> int:
        due = await self._db.read(deadlines.due, list(self._fire), FIRED_AT_ONCE)
        return sum(await asyncio.gather(*(self._fire_one(deadline) for deadline in due)))

    async def _fire_one(self, deadline: Deadline) -> bool:
        """Fire a deadline; false if it is for others, or for later."""
        try:
            together = self._fire_read if deadline.kind in self._ahead else self._fire_in
            return await self._db.write_together(together, deadline)
        except Exception:  # noqa: BLE001 - one bad deadline must not hold up the others
            metrics.FAILED.labels("deadline").inc()
            log().exception("deadline failed", kind=deadline.kind, entity=deadline.entity)
            await self._db.write(_try_later, deadline)
            return False

    def _fire_in(self, tx: Tx, due: Sequence[Deadline]) -> list[bool]:
        """Fire those due at this moment together; if one fails, each is fired alone."""
        fired = deadlines.fire(tx, due)
        self._take_effect(tx, fired)
        return [deadline in fired for deadline in due]

    def _fire_read(self, tx: Tx, due: Sequence[Deadline]) -> list[bool]:
        """Fire those whose kind reads ahead, apart: others would change what was read.

        Whatever somebody else is working on comes again soon; it holds up none of the others.
        """
        taken = deadlines.take(tx, due)
        free = self._read_ahead(tx, taken)
        fired = [deadline for deadline in taken if deadline.entity in free]
        deadlines.note_fired(tx, fired)
        self._take_effect(tx, fired)
        for deadline in taken:
            if deadline.entity not in free:
                deadlines.postpone(tx, deadline, tx.now + BUSY)
        return [deadline in fired for deadline in due]

    def _read_ahead(self, tx: Tx, taken: Sequence[Deadline]) -> set[str]:
        """Read what deadlines will ask for; return the matters that nobody else is working on."""
        free = set[str]()
        for kind, read_ahead in self._ahead.items():
            if entities := [deadline.entity for deadline in taken if deadline.kind == kind]:
                free.update(read_ahead(tx, entities))
        return free

    def _take_effect(self, tx: Tx, fired: Sequence[Deadline]) -> None:
        for deadline in fired:
            late = (tx.now - deadline.due_at).total_seconds()
            metrics.DEADLINE_LAG.observe(max(0.0, late))
            self._fire[deadline.kind](tx, deadline.entity)

    async def _follow_with_rests(self, group: Sequence[Follow]) -> int:
        """Come behind what is written; the busier the house, the longer the rests."""
        begun = time.monotonic()
        followed = await self._follow(group)
        if followed:
            await asyncio.sleep(RESTS * (time.monotonic() - begun))
        return followed

    async def _follow(self, group: Sequence[Follow]) -> int:
        return sum([await follow(self._db) for follow in group])

    async def _do_jobs(self, patience: float | None = TURN_SECONDS) -> int:
        """Begin what is due, and return how much is in hand; what takes longer goes on meanwhile.

        One job that waits long for others to answer holds up no other.
        """
        self._begun.update(map(self._begin, await self._claim(BATCH - len(self._begun))))
        in_hand = len(self._begun)
        if in_hand:
            done, self._begun = await asyncio.wait(self._begun, timeout=patience)
            await asyncio.gather(*done)
        return in_hand

    def _begin(self, lease: Lease) -> asyncio.Task[None]:
        return asyncio.create_task(self._do_one(lease))

    async def _claim(self, most: int) -> list[Lease]:
        if not self._jobs or not most:
            return []
        lease = timedelta(seconds=self._db.settings.lease_seconds)
        return await self._db.write(outbox.claim, list(self._jobs), most, lease)

    async def _do_one(self, lease: Lease) -> None:
        kind, do = self._jobs[lease.kind]
        try:
            await do(msgspec.json.decode(lease.body, type=kind))
        except Exception as trouble:  # noqa: BLE001 - whatever it was, it is kept with the job
            metrics.JOBS.labels(lease.kind, "failed").inc()
            final = isinstance(trouble, Permanent)
            await self._db.write(outbox.fail, lease, repr(trouble), final=final)
            return
        metrics.JOBS.labels(lease.kind, "done").inc()
        await self._db.write(outbox.finish, lease)


def _try_later(tx: Tx, deadline: Deadline) -> None:
    deadlines.postpone(tx, deadline, tx.now + TRY_AGAIN)


async def stop(task: asyncio.Task[None]) -> None:
    """End a running worker; what it had leased comes back by itself."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
