"""Pages that stop reading, among very many that go on: whether the others notice."""

import asyncio
import itertools
import socket
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import uvloop
from picows import WSTransport, ws_connect
from picows.url import WSParsedURL

from shopbell.cli.bench import chat, floor
from shopbell.cli.bench.asking import some_at_once
from shopbell.cli.bench.chat import Round, in_ms, turn
from shopbell.cli.bench.figures import Floor, Judged
from shopbell.cli.bench.idle import OPEN_WIDE, acks, cpu_us, deliveries
from shopbell.cli.bench.pages import Page
from shopbell.cli.bench.people import Visitor, found
from shopbell.cli.bench.record import Record
from shopbell.cli.bench.server import Process, cores, database, running
from shopbell.engine.settings import Settings

SMALL_WINDOW = 4 * 1024
DESKS = 19
"""Pages one person of the shop may have open beside the one that watches."""

LOOK_SECONDS = 1.0
CUT_OFF = 'shopbell_sockets_closed_total{code="4010"}'


class StuckFigures(Judged, frozen=True):
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


class Look(NamedTuple):
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
        self.part()
        line: Any = self._line.underlying_transport
        line.pause_reading()


def measure(pages: int, stuck: int, rate: float, seconds: float, rounds: int) -> StuckFigures:
    """Compare in turn, then the floor."""
    with cores(), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        with TemporaryDirectory() as folder:
            settings = Settings(data=Path(folder), database=database())
            crowd = found(settings, max(1, pages // DESKS), team=-(-stuck // DESKS))
            house = House(Record(crowd), pages, stuck, rate, seconds)
            with running(Path(folder), settings=OPEN_WIDE) as server:
                runner.run(house.compare(server, rounds))
        beneath = floor.measure(runner, len(crowd.buyers), 1)
    return house.figures(rounds, beneath)


class House:
    """Buyers who talk, each with further pages that read, and pages of the shop that may stop."""

    def __init__(self, record: Record, pages: int, stuck: int, rate: float, seconds: float) -> None:
        self._record, self._crowd, self._pages, self._stuck = record, record.crowd, pages, stuck
        self._rate, self._seconds = rate, seconds
        self._reading: list[Round] = []
        self._while_stuck: list[Round] = []
        self._cut_off, self._closed, self._cut_off_last, self._weight = 0, 0.0, 0.0, 0.0

    async def compare(self, server: Process, rounds: int) -> None:
        """Measure while all read and while some do not, in turn."""
        buyers = self._crowd.buyers
        readers = [
            (buyer.who, [buyer.stream])
            for buyer in buyers
            for _page in range(self._pages // len(buyers) - 1)
        ]
        others = await self._open(server, readers)
        await self._talk(server, chat.WARM_SECONDS)
        for _round in range(rounds):
            shop = await self._open_shop(server)
            self._reading.append((await self._watched(server))[0])
            began, held = time.monotonic(), server.mebibytes()
            for page in shop:
                page.stop_reading()
            round_, looks = await self._watched(server)
            self._while_stuck.append(round_)
            self._note(began, held, looks)
            for page in shop:
                page.close()
        for page in others:
            page.close()

    async def _talk(self, server: Process, seconds: float) -> Round:
        buyers = len(self._crowd.buyers)
        return await turn(server, self._record, buyers, seconds, self._rate)

    async def _open(
        self, server: Process, pages: Iterable[tuple[Visitor, list[str]]]
    ) -> list[Reader]:
        async def open_one(who: Visitor, streams: list[str]) -> Reader:
            page = Reader(self._record, who)
            await page.open(server.url, streams)
            return page

        return await some_at_once(open_one(*page) for page in pages)

    async def _open_shop(self, server: Process) -> list[Reader]:
        """Open pages of the shop's team that follow everything."""
        team = itertools.islice(itertools.cycle(self._crowd.team), self._stuck)
        streams = [buyer.stream for buyer in self._crowd.buyers]
        return await self._open(server, ((who, streams) for who in team))

    async def _watched(self, server: Process) -> tuple[Round, list[Look]]:
        """Have everyone talk, and look at the server meanwhile."""
        looks: list[Look] = []
        watching = asyncio.create_task(_look(server, looks))
        round_ = await self._talk(server, self._seconds)
        watching.cancel()
        return round_, looks

    def _note(self, began: float, held: float, looks: Sequence[Look]) -> None:
        """Note how many were cut off, when the last one was, and what they weighed until then."""
        before = self._closed
        self._closed = looks[-1].closed
        self._cut_off += round(self._closed - before)
        last = next(look.at for look in looks if look.closed == self._closed)
        self._cut_off_last = max(self._cut_off_last, last - began)
        self._weight = max(self._weight, *(look.mebibytes - held for look in looks))

    def figures(self, rounds: int, beneath: Floor) -> StuckFigures:
        """Return the figures: times of all rounds together."""
        reading, late = acks(self._reading), acks(self._while_stuck)
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
            delivery_p99_reading_ms=in_ms(deliveries(self._reading), 0.99),
            delivery_p99_stuck_ms=in_ms(deliveries(self._while_stuck), 0.99),
            cut_off=self._cut_off,
            cut_off_last_seconds=round(self._cut_off_last, 1),
            mib_a_stuck_page=round(self._weight / self._stuck, 2),
            cpu_reading_us=cpu_us(self._reading),
            cpu_stuck_us=cpu_us(self._while_stuck),
            floor=beneath,
            seen=self._record.seen(self._while_stuck[-1].stalls),
        )


async def _look(server: Process, looks: list[Look]) -> None:
    while True:
        figures = await asyncio.to_thread(server.figures)
        closed = figures.get(CUT_OFF, 0.0)
        looks.append(Look(time.monotonic(), closed, server.mebibytes()))
        await asyncio.sleep(LOOK_SECONDS)


def _small(_place: WSParsedURL) -> socket.socket:
    """Return a socket that holds little."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_WINDOW)
    line.setblocking(False)
    return line
