"""Very many pages that only listen: what they weigh, and whether those who talk notice them."""

import asyncio
import itertools
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop
from msgspec import Struct

from shopbell.cli.bench import floor
from shopbell.cli.bench.chat import Round, in_ms, turn
from shopbell.cli.bench.pages import OPEN_AT_ONCE, Clock, Echoer, Page
from shopbell.cli.bench.people import Buyer, Crowd, found
from shopbell.cli.bench.server import Process, cores, database, running
from shopbell.engine.settings import Settings

FLOOR_SECONDS = 2.0
WARM_SECONDS = 1.0
"""What is done for the first time takes longer."""

SETTLE_SECONDS = 2.0
ADDRESSES = 32
"""Addresses of this machine that pages come from: one alone has not ports enough for long."""

OPEN_WIDE = {"SHOPBELL_SOCKETS_PER_SECOND": "100000"}


class IdleFigures(Struct, frozen=True):
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
    echo_cpu_us: float
    insert_cpu_us: float
    left: int
    refused: int
    lost: int
    doubled: int
    disordered: int
    undelivered: int
    longest_stall_ms: float
    longest_work_ms: float


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
            house = House(crowd, senders, rate, seconds)
            with running(Path(folder), settings=OPEN_WIDE) as server:
                runner.run(house.compare(server, rounds))
        with TemporaryDirectory() as folder:
            with running(Path(folder), floor.ECHO) as server:
                echo = runner.run(floor.echo(server, senders, FLOOR_SECONDS))
                bare = runner.run(_weigh_echo(server, sockets))
            insert = floor.inserts(database(), Path(folder), senders, 1, FLOOR_SECONDS)
    return house.figures(rounds, bare, echo, insert)


class House:
    """A server, some who talk, and many who listen."""

    def __init__(self, crowd: Crowd, senders: int, rate: float, seconds: float) -> None:
        self.talking = Crowd(crowd.desk, crowd.buyers[:senders])
        self.listening = crowd.buyers[senders:]
        self._rate, self._seconds = rate, seconds
        self.alone: list[Round] = []
        self.among: list[Round] = []
        self.weights: list[Weight] = []
        self.left = 0

    async def compare(self, server: Process, rounds: int) -> None:
        """Measure alone and among idle pages, in turn."""
        await turn(server, self.talking, WARM_SECONDS, self._rate)
        for _round in range(rounds):
            self.alone.append(await turn(server, self.talking, self._seconds, self._rate))
            pages = await self._open(server)
            self.among.append(await turn(server, self.talking, self._seconds, self._rate))
            self.left += sum(not page.here for page in pages)
            for page in pages:
                page.close()
            await asyncio.sleep(SETTLE_SECONDS)

    async def _open(self, server: Process) -> list[Page]:
        clock, pages = Clock(), list[Page]()
        turnstile = asyncio.Semaphore(OPEN_AT_ONCE)

        async def open_one(buyer: Buyer, source: str) -> None:
            page = Page(clock, source)
            async with turnstile:
                await page.open(server.url, buyer.cookie, [buyer.stream])
            pages.append(page)

        began, used, held = time.monotonic(), server.cpu_seconds(), server.mebibytes()
        await asyncio.gather(*map(open_one, self.listening, itertools.cycle(sources())))
        took, cpu = time.monotonic() - began, server.cpu_seconds() - used
        self.weights.append(Weight(took, cpu, server.mebibytes() - held))
        return pages

    def figures(self, rounds: int, bare: float, echo: float, insert: float) -> IdleFigures:
        """Return the figures: times of all rounds together."""
        alone, among = acks(self.alone), acks(self.among)
        every, first, many = [*self.alone, *self.among], self.weights[0], len(self.listening)
        took = sum(weight.seconds for weight in self.weights)
        return IdleFigures(
            sockets=many,
            senders=len(self.talking.buyers),
            rate=self._rate,
            rounds=rounds,
            opened_per_second=round(many * rounds / took, 1),
            open_cpu_us=round(sum(w.cpu for w in self.weights) / many / rounds * 1e6, 1),
            mib_per_1000=round(first.mebibytes / many * 1000, 2),
            echo_mib_per_1000=round(bare, 2),
            ack_p50_alone_ms=in_ms(alone, 0.5),
            ack_p50_among_ms=in_ms(among, 0.5),
            ack_p99_alone_ms=in_ms(alone, 0.99),
            ack_p99_among_ms=in_ms(among, 0.99),
            p99_times=round(in_ms(among, 0.99) / in_ms(alone, 0.99), 2),
            cpu_alone_us=cpu_us(self.alone),
            cpu_among_us=cpu_us(self.among),
            echo_cpu_us=round(echo, 1),
            insert_cpu_us=round(insert, 1),
            left=self.left,
            refused=sum(round_.clock.refused for round_ in every),
            lost=sum(round_.lost for round_ in every),
            doubled=sum(round_.doubled for round_ in every),
            disordered=sum(round_.disordered for round_ in every),
            undelivered=sum(round_.undelivered for round_ in every),
            longest_stall_ms=every[-1].stalls.longest,
            longest_work_ms=every[-1].stalls.worked,
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
    return [took for round_ in rounds for took in round_.clock.acks]


def deliveries(rounds: Sequence[Round]) -> list[float]:
    """Return how long messages of all rounds were on their way to the shop's pages."""
    return [took for round_ in rounds for took in round_.clock.deliveries]


def cpu_us(rounds: Sequence[Round]) -> float:
    """Return the server's microseconds for one message."""
    messages = sum(len(round_.clock.acks) for round_ in rounds)
    return round(sum(round_.cpu for round_ in rounds) / messages * 1e6, 1)
