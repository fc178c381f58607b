"""Pages that stop reading, among very many that go on: whether the others notice."""

import asyncio
import itertools
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import uvloop
from msgspec import Struct
from picows import WSTransport, ws_connect
from picows.url import WSParsedURL

from shopbell.cli.bench import floor
from shopbell.cli.bench.chat import Round, in_ms, turn
from shopbell.cli.bench.idle import OPEN_WIDE, acks, cpu_us, deliveries
from shopbell.cli.bench.pages import OPEN_AT_ONCE, Clock, Page
from shopbell.cli.bench.people import Crowd, found
from shopbell.cli.bench.server import Process, cores, database, running
from shopbell.engine.settings import Settings

FLOOR_SECONDS = 2.0
WARM_SECONDS = 1.0
"""What is done for the first time takes longer."""

SMALL_WINDOW = 4 * 1024
DESKS = 19
"""Pages one person of the shop may have open beside the one that watches."""

LOOK_SECONDS = 1.0
CUT_OFF = 'shopbell_sockets_closed_total{code="4010"}'


class StuckFigures(Struct, frozen=True):
    """Messages while all pages read, and while some of them do not, in turn."""

    pages: int
    stuck: int
    rate: float
    rounds: int
    ack_p50_reading_ms: float
    ack_p50_stuck_ms: float
    ack_p99_reading_ms: float
    ack_p99_stuck_ms: float
    p99_times: float
    delivery_p99_reading_ms: float
    delivery_p99_stuck_ms: float
    cut_off: int
    cut_off_last_seconds: float
    mib_a_stuck_page: float
    cpu_reading_us: float
    cpu_stuck_us: float
    echo_cpu_us: float
    insert_cpu_us: float
    refused: int
    lost: int
    doubled: int
    disordered: int
    undelivered: int
    longest_stall_ms: float
    longest_work_ms: float


class Seen(NamedTuple):
    """A look at the server: when, how many pages it had cut off, and the memory it held."""

    at: float
    closed: float
    mebibytes: float


class Reader(Page):
    """A page whose network can hold little, and that can stop reading."""

    async def dial(self, address: str, headers: dict[str, str]) -> WSTransport:
        """Connect with a small window."""
        line, _ = await ws_connect(
            lambda: self, address, extra_headers=headers, socket_factory=_small
        )
        return line

    def stop_reading(self) -> None:
        """Take nothing any more."""
        line: Any = self._line.underlying_transport
        line.pause_reading()


def measure(pages: int, stuck: int, rate: float, seconds: float, rounds: int) -> StuckFigures:
    """Compare in turn, then the floor."""
    with cores(), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        with TemporaryDirectory() as folder:
            settings = Settings(data=Path(folder), database=database())
            crowd = found(settings, max(1, pages // DESKS), team=-(-stuck // DESKS))
            house = House(crowd, pages, stuck, rate, seconds)
            with running(Path(folder), settings=OPEN_WIDE) as server:
                runner.run(house.compare(server, rounds))
        with TemporaryDirectory() as folder:
            with running(Path(folder), floor.ECHO) as server:
                echo = runner.run(floor.echo(server, len(crowd.buyers), FLOOR_SECONDS))
            insert = floor.inserts(database(), Path(folder), len(crowd.buyers), 1, FLOOR_SECONDS)
    return house.figures(rounds, echo, insert)


class House:
    """Buyers who talk, each with further pages that read, and pages of the shop that may stop."""

    def __init__(self, crowd: Crowd, pages: int, stuck: int, rate: float, seconds: float) -> None:
        self._crowd, self._pages, self._stuck = crowd, pages, stuck
        self._rate, self._seconds = rate, seconds
        self.reading: list[Round] = []
        self.while_stuck: list[Round] = []
        self.cut_off, self.closed, self.cut_off_last, self.weight = 0, 0.0, 0.0, 0.0

    async def compare(self, server: Process, rounds: int) -> None:
        """Measure while all read and while some do not, in turn."""
        crowd = self._crowd
        readers = [
            (buyer.cookie, [buyer.stream])
            for buyer in crowd.buyers
            for _page in range(self._pages // len(crowd.buyers) - 1)
        ]
        others = await _open(server, readers)
        await turn(server, crowd, WARM_SECONDS, self._rate)
        for _round in range(rounds):
            shop = await self._open_shop(server)
            self.reading.append((await self._watched(server))[0])
            began, held = time.monotonic(), server.mebibytes()
            for page in shop:
                page.stop_reading()
            round_, seen = await self._watched(server)
            self.while_stuck.append(round_)
            self._note(began, held, seen)
            for page in shop:
                page.close()
        for page in others:
            page.close()

    async def _open_shop(self, server: Process) -> list[Reader]:
        """Open pages of the shop's team that follow everything."""
        team = itertools.islice(itertools.cycle(self._crowd.team), self._stuck)
        streams = [buyer.stream for buyer in self._crowd.buyers]
        return await _open(server, [(cookie, streams) for cookie in team])

    async def _watched(self, server: Process) -> tuple[Round, list[Seen]]:
        """Have everyone talk, and look at the server meanwhile."""
        seen: list[Seen] = []
        watching = asyncio.create_task(_look(server, seen))
        round_ = await turn(server, self._crowd, self._seconds, self._rate)
        watching.cancel()
        return round_, seen

    def _note(self, began: float, held: float, seen: Sequence[Seen]) -> None:
        """Note how many were cut off, when the last one was, and what they weighed until then."""
        before = self.closed
        self.closed = seen[-1].closed
        self.cut_off += round(self.closed - before)
        last = next(look.at for look in seen if look.closed == self.closed)
        self.cut_off_last = max(self.cut_off_last, last - began)
        self.weight = max(self.weight, *(look.mebibytes - held for look in seen))

    def figures(self, rounds: int, echo: float, insert: float) -> StuckFigures:
        """Return the figures: times of all rounds together."""
        reading, late = acks(self.reading), acks(self.while_stuck)
        every = [*self.reading, *self.while_stuck]
        return StuckFigures(
            pages=self._pages + self._stuck,
            stuck=self._stuck,
            rate=self._rate,
            rounds=rounds,
            ack_p50_reading_ms=in_ms(reading, 0.5),
            ack_p50_stuck_ms=in_ms(late, 0.5),
            ack_p99_reading_ms=in_ms(reading, 0.99),
            ack_p99_stuck_ms=in_ms(late, 0.99),
            p99_times=round(in_ms(late, 0.99) / in_ms(reading, 0.99), 2),
            delivery_p99_reading_ms=in_ms(deliveries(self.reading), 0.99),
            delivery_p99_stuck_ms=in_ms(deliveries(self.while_stuck), 0.99),
            cut_off=self.cut_off,
            cut_off_last_seconds=round(self.cut_off_last, 1),
            mib_a_stuck_page=round(self.weight / self._stuck, 2),
            cpu_reading_us=cpu_us(self.reading),
            cpu_stuck_us=cpu_us(self.while_stuck),
            echo_cpu_us=round(echo, 1),
            insert_cpu_us=round(insert, 1),
            refused=sum(round_.clock.refused for round_ in every),
            lost=sum(round_.lost for round_ in every),
            doubled=sum(round_.doubled for round_ in every),
            disordered=sum(round_.disordered for round_ in every),
            undelivered=sum(round_.undelivered for round_ in every),
            longest_stall_ms=every[-1].stalls.longest,
            longest_work_ms=every[-1].stalls.worked,
        )


async def _open(server: Process, pages: Sequence[tuple[str, list[str]]]) -> list[Reader]:
    turnstile, clock = asyncio.Semaphore(OPEN_AT_ONCE), Clock()

    async def open_one(cookie: str, streams: list[str]) -> Reader:
        page = Reader(clock)
        async with turnstile:
            await page.open(server.url, cookie, streams)
        return page

    return await asyncio.gather(*(open_one(*page) for page in pages))


async def _look(server: Process, seen: list[Seen]) -> None:
    while True:
        figures = await asyncio.to_thread(server.figures)
        closed = figures.get(CUT_OFF, 0.0)
        seen.append(Seen(time.monotonic(), closed, server.mebibytes()))
        await asyncio.sleep(LOOK_SECONDS)


def _small(_place: WSParsedURL) -> socket.socket:
    """Return a socket that holds little."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_WINDOW)
    line.setblocking(False)
    return line
