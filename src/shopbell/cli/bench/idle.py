"""Very many pages that only listen: what they weigh, and whether those who talk notice them."""

import asyncio
import itertools
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop
from msgspec import Struct

from shopbell.cli.bench import chat, floor
from shopbell.cli.bench.asking import some_at_once
from shopbell.cli.bench.chat import Round, in_ms, turn
from shopbell.cli.bench.figures import Floor, Judged
from shopbell.cli.bench.pages import Echoer, Page
from shopbell.cli.bench.people import Buyer, found
from shopbell.cli.bench.record import Record
from shopbell.cli.bench.server import Process, cores, database, running
from shopbell.engine.settings import Settings

SETTLE_SECONDS = 2.0
ADDRESSES = 32
"""Addresses of this machine that pages come from: one alone has not ports enough for long."""

OPEN_WIDE = {"SHOPBELL_SOCKETS_PER_SECOND": "100000"}


class IdleFigures(Judged, frozen=True):
    """Messages at a fixed rate with no page beside them, then among idle ones, in turn."""

    sockets: int
    senders: int
    rate: float
    rounds: int
    opened_per_second: float
    open_cpu_us: float
    mib_per_1000: float
    echo_mib_per_1000: float
    ack_p50_alone_ms: float
    ack_p50_among_ms: float
    ack_p99_alone_ms: float
    ack_p99_among_ms: float
    p99_times: float
    cpu_alone_us: float
    cpu_among_us: float
    left: int


class Weight(Struct):
    """What opening many sockets took."""

    seconds: float = 0.0
    cpu: float = 0.0
    mebibytes: float = 0.0


def measure(sockets: int, senders: int, rate: float, seconds: float, rounds: int) -> IdleFigures:
    """Compare in turn, then weigh the floor."""
    with cores(), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        with TemporaryDirectory() as folder:
            crowd = found(Settings(data=Path(folder), database=database()), senders + sockets)
            house = House(Record(crowd), senders, rate, seconds)
            with running(Path(folder), settings=OPEN_WIDE) as server:
                runner.run(house.compare(server, rounds))
        with floor.echoing() as server:
            bare = runner.run(_weigh_echo(server, sockets))
        beneath = floor.measure(runner, senders, 1)
    return house.figures(rounds, bare, beneath)


class House:
    """A server, some who talk, and many who listen."""

    def __init__(self, record: Record, senders: int, rate: float, seconds: float) -> None:
        self._record, self._senders = record, senders
        self._listening = record.crowd.buyers[senders:]
        self._rate, self._seconds = rate, seconds
        self._alone: list[Round] = []
        self._among: list[Round] = []
        self._weights: list[Weight] = []
        self._left = 0

    async def compare(self, server: Process, rounds: int) -> None:
        """Measure alone and among idle pages, in turn."""
        await self._talk(server, chat.WARM_SECONDS)
        for _round in range(rounds):
            self._alone.append(await self._talk(server, self._seconds))
            pages = await self._open(server)
            self._among.append(await self._talk(server, self._seconds))
            self._left += sum(not page.here for page in pages)
            for page in pages:
                page.close()
            await asyncio.sleep(SETTLE_SECONDS)

    async def _talk(self, server: Process, seconds: float) -> Round:
        return await turn(server, self._record, self._senders, seconds, self._rate)

    async def _open(self, server: Process) -> list[Page]:
        async def open_one(buyer: Buyer, source: str) -> Page:
            page = Page(self._record, buyer.who, source)
            await page.open(server.url, [buyer.stream])
            return page

        began, used, held = time.monotonic(), server.cpu_seconds(), server.mebibytes()
        pages = await some_at_once(map(open_one, self._listening, itertools.cycle(sources())))
        took, cpu = time.monotonic() - began, server.cpu_seconds() - used
        self._weights.append(Weight(took, cpu, server.mebibytes() - held))
        return pages

    def figures(self, rounds: int, bare: float, beneath: Floor) -> IdleFigures:
        """Return the figures: times of all rounds together."""
        alone, among = acks(self._alone), acks(self._among)
        weights, first, many = self._weights, self._weights[0], len(self._listening)
        took = sum(weight.seconds for weight in weights)
        return IdleFigures(
            sockets=many,
            senders=self._senders,
            rate=self._rate,
            rounds=rounds,
            opened_per_second=round(many * rounds / took, 1),
            open_cpu_us=round(sum(w.cpu for w in weights) / many / rounds * 1e6, 1),
            mib_per_1000=round(first.mebibytes / many * 1000, 2),
            echo_mib_per_1000=round(bare, 2),
            ack_p50_alone_ms=in_ms(alone, 0.5),
            ack_p50_among_ms=in_ms(among, 0.5),
            ack_p99_alone_ms=in_ms(alone, 0.99),
            ack_p99_among_ms=in_ms(among, 0.99),
            p99_times=round(in_ms(among, 0.99) / in_ms(alone, 0.99), 2),
            cpu_alone_us=cpu_us(self._alone),
            cpu_among_us=cpu_us(self._among),
            left=self._left,
            floor=beneath,
            seen=self._record.seen(self._among[-1].stalls),
        )


def sources() -> list[str]:
    """Return the addresses pages come from."""
    return [f"127.0.0.{number}" for number in range(2, 2 + ADDRESSES)]


async def _weigh_echo(server: Process, sockets: int) -> float:
    """Return the mebibytes that a thousand sockets weigh with nothing behind them."""
    held = server.mebibytes()
    bare = [Echoer(source=source) for source, _ in zip(itertools.cycle(sources()), range(sockets))]
    for page in bare:
        await page.open(server.url)
    weight = (server.mebibytes() - held) / sockets * 1000
    for page in bare:
        page.close()
    return weight


def acks(rounds: Sequence[Round]) -> list[float]:
    """Return how long the answers of all rounds took."""
    return [took for round_ in rounds for took in round_.acks]


def deliveries(rounds: Sequence[Round]) -> list[float]:
    """Return how long messages of all rounds were on their way to the shop's pages."""
    return [took for round_ in rounds for took in round_.deliveries]


def cpu_us(rounds: Sequence[Round]) -> float:
    """Return the server's microseconds for one message."""
    messages = sum(len(round_.acks) for round_ in rounds)
    return round(sum(round_.cpu for round_ in rounds) / messages * 1e6, 1)
