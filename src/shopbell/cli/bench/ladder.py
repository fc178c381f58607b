"""Very many conversations that wait, two workers, and one of them is killed among the steps.

The questions are asked by a clock that goes a little behind, so that the first step, which comes
half a minute after its question, need not be waited for.
"""

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from msgspec import Struct, json
from msgspec.structs import replace
from sqlalchemy import func, select

from shopbell.accounts import service as accounts
from shopbell.app import App, build
from shopbell.cli.bench.climbing import CLIMBING, READY
from shopbell.cli.bench.people import Buyer, found
from shopbell.cli.bench.server import database, working
from shopbell.commerce import service as commerce
from shopbell.contact import service as contact
from shopbell.contact.model import Reached, Rung, Step
from shopbell.contact.shipped import STANDARD
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Append, Ask
from shopbell.conversations.model import CONTACT, Stream
from shopbell.conversations.turns import FIRST_LOOK
from shopbell.engine.database import Tx
from shopbell.engine.settings import Settings
from shopbell.engine.tables import metadata
from shopbell.kernel.actor import SYSTEM
from shopbell.kernel.clock import wall_clock
from shopbell.kernel.ids import new_id

STEPS = 2
_c, _e = metadata.tables["conversation"].c, metadata.tables["event"].c
_STEPS = (
    select(_e.conversation, _c.due_since, _e.at, _e.data)
    .join_from(_e.id.table, _c.id.table, _c.id == _e.conversation)
    .where(_e.type == CONTACT)
)
BEHIND = FIRST_LOOK - timedelta(seconds=5)
"""How far the clock goes behind by which the questions are asked."""

SECOND = 1.0
PATIENCE = 60.0
"""Seconds after the last step was due until what has not come is missing."""


class LadderFigures(Struct, frozen=True):
    """Steps that were taken, and how late: from when each was due until its transaction ran."""

    conversations: int
    steps: int
    missing: int
    twice: int
    early: int
    late_over_1s: int
    late_p50_ms: float
    late_p99_ms: float
    latest_ms: float
    killed_after_steps: int
    asked_seconds: float


class Taken(NamedTuple):
    """A step that stands in a thread, and how many seconds after it was due."""

    talk: str
    step: Step
    late: float


def measure(count: int, seconds: float, gap: float) -> LadderFigures:
    """Have so many ask within so many seconds; ``gap`` is how much longer the second step waits."""
    with TemporaryDirectory() as folder, ExitStack() as workers:
        settings = Settings(data=Path(folder), database=database())
        buyers = found(settings, count).buyers
        app = build(settings, clock=lambda: wall_clock() - BEHIND)
        try:
            due = _lay_down(app, gap)
            first, _second = [
                workers.enter_context(working(Path(folder), CLIMBING, READY)) for _ in range(2)
            ]
            began = time.monotonic()
            killed = asyncio.run(_ask_and_kill(app, buyers, seconds, first))
            asked = time.monotonic() - began
            taken = _await_all(app, count * len(due), due)
        finally:
            app.close()
    return _figures(count, taken, killed, asked)


def _lay_down(app: App, gap: float) -> Mapping[Step, timedelta]:
    """Have the shop go by a short ladder; return when its steps are due."""
    due = {Step.MAIL: FIRST_LOOK, Step.OWNER: FIRST_LOOK + timedelta(seconds=gap)}
    rungs = [Rung(step, after) for step, after in due.items()]
    rules = replace(STANDARD, chat=[*rungs, Rung(Step.OPERATOR, timedelta(days=1))])
    [shop] = app.db.read_now(commerce.shops)
    app.db.write_now(contact.lay_down, SYSTEM, shop.id, rules)
    return due


async def _ask_and_kill(
    app: App, buyers: Sequence[Buyer], seconds: float, kill: Callable[[], None]
) -> int:
    """Have everybody ask in their turn; kill a worker when half have; return what was done then."""
    began, every = time.monotonic(), seconds / len(buyers)
    asking = set[asyncio.Task[None]]()
    killed = 0
    for number, buyer in enumerate(buyers):
        await asyncio.sleep(max(0.0, began + number * every - time.monotonic()))
        asking.add(asyncio.create_task(_ask(app, buyer)))
        if number == len(buyers) // 2:
            killed = await app.db.read(_count)
            kill()
    await asyncio.gather(*asking)
    return killed


async def _ask(app: App, buyer: Buyer) -> None:
    stream = Stream.parse(buyer.stream)
    visit = await app.db.read(accounts.who, buyer.who.cookie.partition("=")[2])
    if visit is None:
        raise LookupError(buyer.who.name)
    ask = Ask(visit.actor, stream, Append(new_id(), "message", {"text": "Is it heavy?"}))
    await app.db.write_together(conversations.append_all, ask, lane=ask.lane)


def _await_all(app: App, many: int, due: Mapping[Step, timedelta]) -> list[Taken]:
    """Wait until so many steps are taken, or what has not come is missing."""
    until = time.monotonic() + max(due.values()).total_seconds() + PATIENCE
    while app.db.read_now(_count) < many and time.monotonic() < until:
        time.sleep(SECOND)
    time.sleep(SECOND)  # what is taken twice would be seen by now
    return app.db.read_now(_taken, due)


def _count(tx: Tx) -> int:
    return tx.execute(select(func.count()).where(_e.type == CONTACT)).scalar_one()


def _taken(tx: Tx, due: Mapping[Step, timedelta]) -> list[Taken]:
    """Return the steps in all threads, compared with when each question was asked."""
    told = [(talk, since, at, _step(data)) for talk, since, at, data in tx.execute(_STEPS)]
    return [
        Taken(talk, step, (at - since - due[step]).total_seconds())
        for talk, since, at, step in told
    ]


def _step(data: str) -> Step:
    return json.decode(data, type=Reached).step


def _figures(count: int, taken: Sequence[Taken], killed: int, asked: float) -> LadderFigures:
    each = Counter((one.talk, one.step) for one in taken)
    late = sorted(one.late for one in taken) or [0.0]
    return LadderFigures(
        conversations=count,
        steps=len(taken),
        missing=count * STEPS - len(each),
        twice=sum(many - 1 for many in each.values()),
        early=sum(one < 0 for one in late),
        late_over_1s=sum(one > SECOND for one in late),
        late_p50_ms=round(statistics.median(late) * 1_000, 1),
        late_p99_ms=round(late[len(late) * 99 // 100] * 1_000, 1),
        latest_ms=round(late[-1] * 1_000, 1),
        killed_after_steps=killed,
        asked_seconds=round(asked, 1),
    )
