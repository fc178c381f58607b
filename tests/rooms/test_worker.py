"""What a worker does at one moment: nothing that waits for others holds up what is due."""

import asyncio
from dataclasses import replace

import pytest

from shopbell.app import App
from shopbell.engine.database import Database, Tx
from shopbell.kernel.events import Job
from shopbell.kernel.ids import new_id
from shopbell.worker import Worker, stop
from tests.support.house import House

pytestmark = pytest.mark.anyio


class Call(Job, frozen=True):
    """Somebody outside is asked something."""


async def let_go(app: App, working: asyncio.Task[None]) -> None:
    """Stop a worker, and let what it was writing come to its end."""
    await stop(working)
    await app.db.write(lambda _tx: None)


async def test_a_job_that_waits_for_others_holds_up_no_deadline(house: House) -> None:
    asked, answers, rang = asyncio.Event(), asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    async def call(_job: Call) -> None:
        asked.set()
        await answers.wait()

    def ring(_tx: Tx, _entity: str) -> None:
        loop.call_soon_threadsafe(rang.set)

    app = replace(house.app, jobs={Call: call}, deadlines={"ring": ring}, ahead={})
    working = asyncio.create_task(Worker(app).run())
    await app.db.write(lambda tx: tx.later(Call()))
    await asyncio.wait_for(asked.wait(), 5)

    await app.db.write(lambda tx: tx.arm("ring", new_id(), tx.now))
    await asyncio.wait_for(rang.wait(), 5)

    assert not answers.is_set()
    answers.set()
    await let_go(app, working)


class Wait(Job, frozen=True):
    """Somebody outside is slow to answer."""


async def test_a_job_that_waits_for_others_holds_up_no_other(house: House) -> None:
    asked, answers, called = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def wait(_job: Wait) -> None:
        asked.set()
        await answers.wait()

    async def call(_job: Call) -> None:
        called.set()

    app = replace(house.app, jobs={Wait: wait, Call: call}, deadlines={}, ahead={})
    working = asyncio.create_task(Worker(app).run())
    await app.db.write(lambda tx: tx.later(Wait()))
    await asyncio.wait_for(asked.wait(), 5)

    await app.db.write(lambda tx: tx.later(Call()))
    await asyncio.wait_for(called.wait(), 5)

    assert not answers.is_set()
    await let_go(app, working)


async def test_a_worker_that_is_stopped_leaves_no_job_running(house: House) -> None:
    asked, ended = asyncio.Event(), asyncio.Event()

    async def wait(_job: Wait) -> None:
        asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    app = replace(house.app, jobs={Wait: wait}, deadlines={}, ahead={})
    working = asyncio.create_task(Worker(app).run())
    await app.db.write(lambda tx: tx.later(Wait()))
    await asyncio.wait_for(asked.wait(), 5)

    await let_go(app, working)

    assert ended.is_set()


async def test_who_counts_for_long_holds_up_no_index(house: House) -> None:
    counts, counted, indexed = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def count(_db: Database) -> int:
        counts.set()
        await counted.wait()
        return 0

    async def index(_db: Database) -> int:
        if counts.is_set():
            indexed.set()
        return 0

    app = replace(house.app, jobs={}, deadlines={}, ahead={}, followers=((index,), (count,)))
    working = asyncio.create_task(Worker(app).run())
    await asyncio.wait_for(indexed.wait(), 5)

    assert not counted.is_set()
    counted.set()
    await let_go(app, working)
