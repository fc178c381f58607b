"""Many pages that talk at once, beside the floor of the machine, and a judge of all of it."""

import asyncio
import contextlib
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop

from shopbell.cli.bench import floor
from shopbell.cli.bench.alone import ALONE
from shopbell.cli.bench.asking import ANSWER_SECONDS, some_at_once
from shopbell.cli.bench.figures import Floor, Judged
from shopbell.cli.bench.pages import Desk, Page, Talker
from shopbell.cli.bench.people import found
from shopbell.cli.bench.record import Record
from shopbell.cli.bench.server import Process, Stalls, cores, database, running
from shopbell.engine.settings import Settings

FOLLOWED = 100
"""Conversations that one page of the shop follows."""

SETTLE_SECONDS = 10.0
"""How long what was acknowledged may still be on its way."""

WARM_SECONDS = 1.0
"""What is done for the first time takes longer."""


class ChatFigures(Judged, frozen=True):
    """One run. Everything was acknowledged after its commit and pushed to buyer and shop."""

    senders: int
    rate: float | None
    seconds: float
    per_second: float
    ack_p50_ms: float
    ack_p99_ms: float
    delivery_p50_ms: float
    delivery_p99_ms: float
    server_cpu_us: float
    times_the_floor: float
    alone_per_second: float | None


def measure(senders: int, seconds: float, rate: float | None, *, alone: bool) -> ChatFigures:
    """Run pages against a server, then the floor, then perhaps the server without batches."""
    with cores(), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        with TemporaryDirectory() as folder:
            record = Record(found(Settings(data=Path(folder), database=database()), senders))
            with running(Path(folder)) as server:
                round_ = runner.run(turn(server, record, senders, seconds, rate))
        beneath = floor.measure(runner, senders, max(1, senders // 2))
        slow = _alone(runner, record, seconds) if alone else None
    return round_.figures(beneath, slow)


def _alone(runner: asyncio.Runner, record: Record, seconds: float) -> float:
    senders = len(record.crowd.buyers)
    with TemporaryDirectory() as folder:
        if not database():
            record = Record(found(Settings(data=Path(folder), database=""), senders))
        with running(Path(folder), ALONE) as server:
            return runner.run(turn(server, record, senders, seconds, None)).per_second


class Round:
    """What happened in one run."""

    def __init__(
        self, record: Record, talkers: Sequence[Talker], desk: Sequence[Page], rate: float | None
    ) -> None:
        self.record, self.talkers, self.rate = record, talkers, rate
        self._views = {page.view for page in desk}
        self._before = len(record.history.attempts), len(record.history.applied)
        self.acks: list[float] = []
        self.deliveries: list[float] = []
        self.took = self.cpu = 0.0
        self.stalls = Stalls(0, 0)

    @property
    def per_second(self) -> float:
        return round(len(self.acks) / self.took, 1)

    async def talk(self, server: Process, seconds: float) -> None:
        """Let everyone talk for a while."""
        began, used = time.monotonic(), server.cpu_seconds()
        if self.rate is None:
            for talker in self.talkers:
                talker.talk(began + seconds)
            await asyncio.sleep(seconds)
        else:
            await self._pace(began, seconds, self.rate)
        async with asyncio.timeout(ANSWER_SECONDS):
            while self.record.unanswered:  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        self.took, self.cpu = time.monotonic() - began, server.cpu_seconds() - used
        self.record.history.settled = time.monotonic()
        await self._last_deliveries()
        self._take_times()

    async def _pace(self, began: float, seconds: float, rate: float) -> None:
        """Send at fixed moments, whatever the answers do; a late start counts as waiting."""
        for number in range(round(seconds * rate)):
            planned = began + number / rate
            if (early := planned - time.monotonic()) > 0:
                await asyncio.sleep(early)
            self.talkers[number % len(self.talkers)].send(planned)

    async def _last_deliveries(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                while self.record.undelivered > 0:  # noqa: ASYNC110
                    await asyncio.sleep(0.001)

    def _take_times(self) -> None:
        """Take from the record how long answers, and ways to the shop's pages, took."""
        attempts, applied = self._before
        tried = {one.cmid: one for one in self.record.history.attempts[attempts:]}
        self.acks = [one.ended - one.began for one in tried.values() if one.outcome == "stored"]
        shown = (one for one in self.record.history.applied[applied:] if one.view in self._views)
        self.deliveries = [
            one.at - tried[one.told.cmid].began for one in shown if one.told.cmid in tried
        ]

    def figures(self, beneath: Floor, alone: float | None) -> ChatFigures:
        """Return the figures."""
        us = self.cpu / len(self.acks) * 1e6
        return ChatFigures(
            senders=len(self.talkers),
            rate=self.rate,
            seconds=round(self.took, 2),
            per_second=self.per_second,
            ack_p50_ms=in_ms(self.acks, 0.5),
            ack_p99_ms=in_ms(self.acks, 0.99),
            delivery_p50_ms=in_ms(self.deliveries, 0.5),
            delivery_p99_ms=in_ms(self.deliveries, 0.99),
            server_cpu_us=round(us, 1),
            times_the_floor=round(us / beneath.cpu_us, 2),
            alone_per_second=alone,
            floor=beneath,
            seen=self.record.seen(self.stalls),
        )


async def turn(
    server: Process, record: Record, senders: int, seconds: float, rate: float | None
) -> Round:
    """Have the first buyers come, talk for a while and leave; then have it all judged."""
    buyers = record.crowd.buyers[:senders]
    talkers = [Talker(record, buyer) for buyer in buyers]
    await some_at_once(talker.open(server.url, [talker.stream]) for talker in talkers)
    desk = await _open_desk(server.url, record, [buyer.stream for buyer in buyers])
    round_ = Round(record, talkers, desk, rate)
    await round_.talk(server, seconds)
    round_.stalls = await asyncio.to_thread(server.stalls)
    await record.judge(server.url)
    for page in (*talkers, *desk):
        page.close()
    return round_


async def _open_desk(url: str, record: Record, streams: Sequence[str]) -> list[Desk]:
    """Open the shop's pages: all follow conversations, the first watches the inbox, too."""
    pages: list[Desk] = []
    for begin in range(0, len(streams), FOLLOWED):
        page = Desk(record, record.crowd.desk)
        await page.open(url, [*streams[begin : begin + FOLLOWED]], watch=not pages)
        pages.append(page)
    return pages


def in_ms(seconds: Sequence[float], share: float) -> float:
    """Return the milliseconds within which this share of everything was done."""
    if not seconds:
        return 0.0
    if share == 0.5:  # noqa: PLR2004
        return round(statistics.median(seconds) * 1000, 2)
    return round(sorted(seconds)[int(len(seconds) * share)] * 1000, 2)
