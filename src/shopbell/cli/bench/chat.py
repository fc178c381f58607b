"""Many pages that talk at once, beside the floor of the machine, and all of it read back."""

import asyncio
import contextlib
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop
from msgspec import Struct

from shopbell.cli.bench import floor
from shopbell.cli.bench.alone import ALONE
from shopbell.cli.bench.pages import OPEN_AT_ONCE, Clock, Page, Talker
from shopbell.cli.bench.people import Crowd, found
from shopbell.cli.bench.server import Process, Stalls, cores, database, running
from shopbell.engine.settings import Settings

FOLLOWED = 100
"""Conversations that one page of the shop follows."""

SETTLE_SECONDS = 10.0
"""How long what was acknowledged may still be on its way."""

FLOOR_SECONDS = 2.0


class ChatFigures(Struct, frozen=True):
    """One run. Everything was acknowledged after its commit and pushed to buyer and shop."""

    senders: int
    rate: float | None
    seconds: float
    acknowledged: int
    per_second: float
    ack_p50_ms: float
    ack_p99_ms: float
    delivery_p50_ms: float
    delivery_p99_ms: float
    server_cpu_us: float
    echo_cpu_us: float
    insert_cpu_us: float
    times_the_floor: float
    alone_per_second: float | None
    refused: int
    lost: int
    doubled: int
    disordered: int
    undelivered: int
    longest_stall_ms: float
    longest_work_ms: float


def measure(senders: int, seconds: float, rate: float | None, *, alone: bool) -> ChatFigures:
    """Run pages against a server, then the floor, then perhaps the server without batches."""
    with cores(), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        with TemporaryDirectory() as folder:
            crowd = found(Settings(data=Path(folder), database=database()), senders)
            with running(Path(folder)) as server:
                round_ = runner.run(turn(server, crowd, seconds, rate))
        with TemporaryDirectory() as folder:
            with running(Path(folder), floor.ECHO) as server:
                echo = runner.run(floor.echo(server, senders, FLOOR_SECONDS))
            batch = max(1, senders // 2)
            insert = floor.inserts(database(), Path(folder), senders, batch, FLOOR_SECONDS)
        slow = _alone(runner, crowd, seconds) if alone else None
    return round_.figures(echo, insert, slow)


def _alone(runner: asyncio.Runner, crowd: Crowd, seconds: float) -> float:
    with TemporaryDirectory() as folder:
        if not database():
            crowd = found(Settings(data=Path(folder), database=""), len(crowd.buyers))
        with running(Path(folder), ALONE) as server:
            return runner.run(turn(server, crowd, seconds, None)).per_second


class Round:
    """What happened in one run."""

    def __init__(self, talkers: Sequence[Talker], clock: Clock, rate: float | None) -> None:
        self.talkers, self.clock, self.rate = talkers, clock, rate
        self.took = self.cpu = 0.0
        self.lost = self.doubled = self.disordered = 0
        self.stalls = Stalls(0, 0)

    @property
    def per_second(self) -> float:
        return round(len(self.clock.acks) / self.took, 1)

    @property
    def undelivered(self) -> int:
        return len(self.clock.acks) - len(self.clock.deliveries)

    async def talk(self, server: Process, seconds: float) -> None:
        """Let everyone talk for a while."""
        began, used = time.monotonic(), server.cpu_seconds()
        if self.rate is None:
            for talker in self.talkers:
                talker.talk(began + seconds)
            await asyncio.sleep(seconds)
        else:
            await self._pace(began, seconds, self.rate)
        await self._last_answers()
        self.took, self.cpu = time.monotonic() - began, server.cpu_seconds() - used
        await self._last_deliveries()

    async def compare(self, url: str) -> None:
        """Read everything back: nothing acknowledged may be missing, twice or in another place."""
        for talker in self.talkers:
            kept = await talker.read_back(url)
            names = [cmid for _seq, cmid in kept if cmid]
            self.lost += len(talker.acknowledged.keys() - set(names))
            self.doubled += len(names) - len(set(names))
            numbers = {cmid: seq for seq, cmid in kept}
            self.disordered += sum(numbers.get(c) != s for c, s in talker.acknowledged.items())
            self.disordered += [seq for seq, _cmid in kept] != list(range(1, len(kept) + 1))

    async def _pace(self, began: float, seconds: float, rate: float) -> None:
        """Send at fixed moments, whatever the answers do; a late start counts as waiting."""
        for number in range(round(seconds * rate)):
            planned = began + number / rate
            if (early := planned - time.monotonic()) > 0:
                await asyncio.sleep(early)
            self.talkers[number % len(self.talkers)].send(planned)

    async def _last_answers(self) -> None:
        async with asyncio.timeout(30):
            while len(self.clock.acks) + self.clock.refused < len(self.clock.began):  # noqa: ASYNC110
                await asyncio.sleep(0.001)

    async def _last_deliveries(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                while self.undelivered > 0:  # noqa: ASYNC110
                    await asyncio.sleep(0.001)

    def figures(self, echo: float, insert: float, alone: float | None) -> ChatFigures:
        """Return the figures."""
        clock, us = self.clock, self.cpu / len(self.clock.acks) * 1e6
        return ChatFigures(
            senders=len(self.talkers),
            rate=self.rate,
            seconds=round(self.took, 2),
            acknowledged=len(clock.acks),
            per_second=self.per_second,
            ack_p50_ms=in_ms(clock.acks, 0.5),
            ack_p99_ms=in_ms(clock.acks, 0.99),
            delivery_p50_ms=in_ms(clock.deliveries, 0.5),
            delivery_p99_ms=in_ms(clock.deliveries, 0.99),
            server_cpu_us=round(us, 1),
            echo_cpu_us=round(echo, 1),
            insert_cpu_us=round(insert, 1),
            times_the_floor=round(us / (echo + insert), 2),
            alone_per_second=alone,
            refused=clock.refused,
            lost=self.lost,
            doubled=self.doubled,
            disordered=self.disordered,
            undelivered=self.undelivered,
            longest_stall_ms=self.stalls.longest,
            longest_work_ms=self.stalls.worked,
        )


async def turn(server: Process, crowd: Crowd, seconds: float, rate: float | None) -> Round:
    """Have everyone come, talk for a while and leave; then read everything back."""
    clock = Clock()
    talkers = [Talker(clock, buyer) for buyer in crowd.buyers]
    turnstile = asyncio.Semaphore(OPEN_AT_ONCE)

    async def come(talker: Talker) -> None:
        async with turnstile:
            await talker.come(server.url)

    await asyncio.gather(*map(come, talkers))
    desk = await _open_desk(server.url, crowd, clock)
    round_ = Round(talkers, clock, rate)
    await round_.talk(server, seconds)
    round_.stalls = await asyncio.to_thread(server.stalls)
    for page in (*talkers, *desk):
        page.close()
    await round_.compare(server.url)
    return round_


async def _open_desk(url: str, crowd: Crowd, clock: Clock) -> list[Page]:
    """Open the shop's pages: all follow conversations, the first watches the inbox, too."""
    streams = [buyer.stream for buyer in crowd.buyers]
    pages: list[Page] = []
    for begin in range(0, len(streams), FOLLOWED):
        page = Page(clock)
        await page.open(url, crowd.desk, streams[begin : begin + FOLLOWED], watch=not pages)
        pages.append(page)
    return pages


def in_ms(seconds: Sequence[float], share: float) -> float:
    """Return the milliseconds within which this share of everything was done."""
    if not seconds:
        return 0.0
    if share == 0.5:  # noqa: PLR2004
        return round(statistics.median(seconds) * 1000, 2)
    return round(sorted(seconds)[int(len(seconds) * share)] * 1000, 2)
