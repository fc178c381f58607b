"""Reports over a full house: how fast it is counted, asked, and written to while they are asked."""

import asyncio
import random
import statistics
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from msgspec import Struct

from shopbell.analytics import indexing, service
from shopbell.analytics.asking import Wish
from shopbell.analytics.jobs import follow
from shopbell.app import App, build
from shopbell.cli.bench.people import found
from shopbell.cli.bench.search import SHOPS, Stock, first_talk, send, some_streams, tidy
from shopbell.cli.bench.server import database
from shopbell.conversations.model import Stream
from shopbell.engine.database import Tx
from shopbell.engine.rows import Insert
from shopbell.engine.settings import Settings
from shopbell.engine.tables import metadata
from shopbell.kernel.actor import Actor, PersonId, Side
from shopbell.kernel.ids import new_id

AT_ONCE, OF_EACH = 500, 10
PERIOD = timedelta(days=29)
FOLLOWED_AT_ONCE = 5_000
"""While it is filled nobody else works, so that much is counted at once."""

LOOPS = 3
ASKED = (
    ("first_answer", ("day",)),
    ("answer", ()),
    ("answer", ("shop",)),
    ("within_promise", ("shop",)),
    ("contacts", ("weekday", "hour")),
)
BOSS = Actor(PersonId(new_id()), Side.OPERATOR)


class ReportFigures(Struct, frozen=True):
    """One run: reports asked for the first time, then known, then in a loop beside senders.

    Sending is measured alone and beside the loop in turn; the medians of their p99 are given.
    """

    messages: int
    counted_per_second: float
    count_cpu_us: float
    slowest_first_ms: float
    slowest_known_ms: float
    first_answer_by_day_ms: float
    answer_ms: float
    answer_by_shop_ms: float
    within_promise_by_shop_ms: float
    contacts_by_weekday_hour_ms: float
    send_p99_ms: float
    send_p99_beside_reports_ms: float
    reports_beside: int


def measure(messages: int) -> ReportFigures:
    """Fill a house with talks of a month, count them, ask, and send while asking."""
    with TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), database=database())
        stream = Stream.parse(found(settings, 1).buyers[0].stream)
        app, chance = build(settings), random.Random(1)  # noqa: S311 - a run can be repeated
        try:
            stock = app.db.write_now(first_talk, stream)
            for _part in range(0, messages, AT_ONCE * OF_EACH):
                app.db.write_now(_talks, stock, chance)
            began, used = time.monotonic(), time.process_time()
            asyncio.run(_count_all(app))
            took, cpu = time.monotonic() - began, time.process_time() - used
            tidy(app)
            first, known = ({name: _ask(app, *wish) for name, wish in _wishes()} for _turn in "12")
            alone, beside, asked = asyncio.run(_send_both(app))
        finally:
            app.close()
    return ReportFigures(
        messages=messages,
        counted_per_second=round(messages / took),
        count_cpu_us=round(cpu / messages * 1e6, 1),
        slowest_first_ms=max(first.values()),
        slowest_known_ms=max(known.values()),
        **{f"{name}_ms": took for name, took in first.items()},
        send_p99_ms=alone,
        send_p99_beside_reports_ms=beside,
        reports_beside=asked,
    )


def _wishes() -> Iterator[tuple[str, tuple[str, Wish]]]:
    for metric, by in ASKED:
        yield "_by_".join((metric, *("_".join(by),) * bool(by))), (metric, Wish(by=by))


def _ask(app: App, metric: str, wish: Wish) -> float:
    began = time.monotonic()
    app.db.read_now(service.report, BOSS, metric, wish)
    return round((time.monotonic() - began) * 1_000, 1)


def _talks(tx: Tx, stock: Stock, chance: random.Random) -> None:
    """Write talks of ten entries: five questions, each with an answer, some of them late."""
    talks = [
        {**stock.talk, "id": new_id(), "buyer": new_id(), "shop": stock.shops[n % SHOPS]}
        for n in range(AT_ONCE)
    ]
    Insert(metadata.tables["conversation"])(tx, [tuple(talk.values()) for talk in talks])
    entries = [entry for talk in talks for entry in _entries(tx.now, stock, talk["id"], chance)]
    Insert(metadata.tables["event"])(tx, [tuple(entry.values()) for entry in entries])


def _entries(
    now: datetime, stock: Stock, talk: str, chance: random.Random
) -> Iterator[dict[str, Any]]:
    at = now - PERIOD * chance.random()
    for seq in range(1, OF_EACH + 1):
        at += timedelta(seconds=chance.expovariate(1 / 200))
        side = Side.BUYER if seq % 2 else Side.SELLER
        said = {"id": new_id(), "conversation": talk, "seq": seq, "at": at, "side": side}
        yield {**stock.entry, **said, "data": '{"text":"Is it?","channel":"chat"}'}


async def _count_all(app: App) -> None:
    while batch := await app.db.read(indexing.gather, FOLLOWED_AT_ONCE):
        await app.db.write(indexing.store, batch)


async def _send_both(app: App) -> tuple[float, float, int]:
    """Send without reports and beside them, in turn; return both p99 and how many were asked."""
    talk = await app.db.read(some_streams)
    alone, beside, asked = list[float](), list[float](), 0
    for _turn in range(LOOPS):
        alone.append(_p99(await send(app, *talk)))
        sent = asyncio.Event()
        asking = asyncio.create_task(_ask_on(app, sent))
        beside.append(_p99(await send(app, *talk)))
        sent.set()
        asked += await asking
    return statistics.median(alone), statistics.median(beside), asked


def _p99(took: list[float]) -> float:
    return round(statistics.quantiles(took, n=100)[98], 2)


async def _ask_on(app: App, sent: asyncio.Event) -> int:
    """Ask for the heaviest report again and again, each time counted anew; and count on."""
    asked = 0
    while not sent.is_set():
        await follow(app.db)
        day = (app.db.clock() - PERIOD).date()
        wish = Wish(by=("shop",), since=str(day - timedelta(days=asked % 7)))
        await app.db.read(service.report, BOSS, "answer", wish)
        asked += 1
    return asked
