"""A server is started anew under very many pages, and all of them come back at once.

They behave as the protocol asks (PROTOCOL section 10). Meanwhile the shop goes on writing over
HTTP, and what it wrote is looked for afterwards, at the pages and in the threads.
"""

import asyncio
import itertools
import random
import signal
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import uvloop
from msgspec import Struct
from picows import WSError, WSFrame, WSInvalidStatusError, WSListener, WSMsgType, WSTransport

from shopbell.cli.bench import floor
from shopbell.cli.bench.asking import AWAY, Refused, ask
from shopbell.cli.bench.chat import in_ms
from shopbell.cli.bench.counting import COUNTING, STATEMENTS
from shopbell.cli.bench.idle import OPEN_WIDE, sources
from shopbell.cli.bench.pages import Echoer, dial
from shopbell.cli.bench.people import Crowd, found
from shopbell.cli.bench.server import Process, Stalls, begin, cores, database, running
from shopbell.engine.settings import Settings
from shopbell.kernel.ids import new_id

FOLLOWED = 100
FIRST_SECONDS, STEP_SECONDS, LONGEST_SECONDS = 1.0, 0.5, 30.0
WELCOME_SECONDS = 10.0
BACK_SECONDS = 180.0
DESKS = 20
"""One person of the shop may have so many pages open."""

WRITERS = 10
FLOOR_SECONDS = 2.0
POLITE = {"SHOPBELL_DRAIN_SECONDS": "10"}


class ResumeFigures(Struct, frozen=True):
    """Seconds run from the moment the server was told to stop, or was killed."""

    pages: int
    streams: int
    killed: bool
    away_seconds: float
    back_p50_seconds: float
    back_p99_seconds: float
    back_all_seconds: float
    back_all_after_start_seconds: float
    knocks: int
    tickets_not_now: int
    sockets_not_now: int
    statements_a_page: float
    reads_a_stream: float
    entries_read_a_stream: float
    server_cpu_ms_a_page: float
    echo_sockets_per_second: float
    echo_cpu_us_a_socket: float
    echo_cpu_us: float
    insert_cpu_us: float
    writes: int
    write_p50_ms: float
    write_p99_ms: float
    write_5xx: int
    lost: int
    doubled: int
    disordered: int
    undelivered: int
    longest_stall_ms: float
    longest_work_ms: float


class Entry(Struct):
    seq: int
    cmid: str = ""


class Told(Struct):
    """What a page that comes back needs of any frame."""

    t: str
    stream: str = ""
    head: int = 0
    recovered: bool = True
    events: list[Entry] = []
    event: Entry | None = None
    after_ms: float = 0.0


_read = msgspec.json.Decoder(Told).decode


def measure(pages: int, *, kill: bool) -> ResumeFigures:
    """Let everybody in, start the server anew, and wait until all are back; then the floor."""
    with cores(), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        with TemporaryDirectory() as folder:
            crowd = found(Settings(data=Path(folder), database=database()), pages)
            herd = Herd(crowd, Path(folder), kill=kill)
            runner.run(herd.run())
        with TemporaryDirectory() as folder:
            with running(Path(folder), floor.ECHO) as server:
                bare = runner.run(_echo_sockets(server, pages))
                echo = runner.run(floor.echo(server, FOLLOWED, FLOOR_SECONDS))
            insert = floor.inserts(database(), Path(folder), FOLLOWED, 1, FLOOR_SECONDS)
    return herd.figures(bare, echo, insert)


class Herd:
    """All pages, the server they come back to, and those who write meanwhile."""

    def __init__(self, crowd: Crowd, folder: Path, *, kill: bool) -> None:
        self._crowd, self._folder, self._kill = crowd, folder, kill
        self.url = ""
        self.counts: Counter[str] = Counter()
        self.stopped_at = self.started_at = 0.0
        self.written: dict[str, list[str]] = {}
        self.writes: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.stalls, self.cpu = Stalls(0, 0), 0.0
        self.statements: dict[str, float] = {}
        self.faults: Counter[str] = Counter()
        streams = [buyer.stream for buyer in crowd.buyers]
        desks = [streams[first : first + FOLLOWED] for first in range(0, len(streams), FOLLOWED)]
        places = itertools.cycle(sources())
        self.pages = [
            Returner(self, cookie, followed, next(places))
            for cookie, followed in (
                *((buyer.cookie, [buyer.stream]) for buyer in crowd.buyers),
                *((crowd.desk, followed) for followed in desks[:DESKS]),
            )
        ]

    async def run(self) -> None:
        """Come, lose the server, come back; then compare what everybody has with what stands."""
        server = begin(self._folder, settings=OPEN_WIDE | self._polite())
        self.url, port = server.url, int(server.url.rpartition(":")[2])
        lives = [asyncio.create_task(page.live()) for page in self.pages]
        await self._all_here(since=0.0)
        writing = [asyncio.create_task(self._write()) for _writer in range(WRITERS)]
        await asyncio.sleep(1)
        self.counts.clear()
        self.stopped_at = time.monotonic()
        how = signal.SIGKILL if self._kill else signal.SIGTERM
        await asyncio.to_thread(server.end, how)
        server = await asyncio.to_thread(begin, self._folder, COUNTING, self._polite(), port)
        self.started_at = time.monotonic()
        try:
            await self._all_here(since=self.stopped_at)
            await self._take_figures(server)
            for task in writing:
                task.cancel()
            await asyncio.gather(*writing, return_exceptions=True)
            await asyncio.sleep(1)
            await self._compare()
        finally:
            for task in lives:
                task.cancel()
            await asyncio.gather(*lives, return_exceptions=True)
            await asyncio.to_thread(server.end, signal.SIGKILL)

    def _polite(self) -> dict[str, str]:
        return {} if self._kill else POLITE

    async def _all_here(self, since: float) -> None:
        async with asyncio.timeout(BACK_SECONDS):
            while not all(page.here_at > since for page in self.pages):  # noqa: ASYNC110 - thousands
                await asyncio.sleep(0.05)

    async def _take_figures(self, server: Process) -> None:
        self.cpu = server.cpu_seconds()
        self.stalls = await asyncio.to_thread(server.stalls)
        found = await asyncio.to_thread(server.figures)
        self.statements = {k: v for k, v in found.items() if k.startswith(STATEMENTS)}

    async def _write(self) -> None:
        """Write as the shop, again under the same name until it is in."""
        while True:
            stream, cmid = random.choice(self._crowd.buyers).stream, new_id()  # noqa: S311
            await self._write_one(stream, cmid)
            await asyncio.sleep(random.uniform(0, 1))  # noqa: S311

    async def _write_one(self, stream: str, cmid: str) -> None:
        body = {"cmid": cmid, "type": "message", "data": {"text": "It is on its way."}}
        while True:
            began = time.monotonic()
            try:
                await ask(self.url, f"/api/v1/streams/{stream}/events", self._crowd.desk, body)
            except Refused as refused:
                self.statuses[refused.status] += 1
                await asyncio.sleep(max(refused.wait, 0.2))
            except AWAY:
                await asyncio.sleep(0.2)
            else:
                self.writes.append(time.monotonic() - began)
                self.written.setdefault(stream, []).append(cmid)
                return

    async def _compare(self) -> None:
        """Look for what was acknowledged in its thread, and at every page that follows it."""
        for stream, cmids in self.written.items():
            path = f"/api/v1/streams/{stream}/events?limit=200&after=0"
            kept = (await ask(self.url, path, self._crowd.desk))["events"]
            names = [event["cmid"] for event in kept if "cmid" in event]
            self.faults["lost"] += len(set(cmids) - set(names))
            self.faults["doubled"] += len(names) - len(set(names))
            self.faults["disordered"] += [e["seq"] for e in kept] != list(range(1, len(kept) + 1))
            for page in self.pages:
                if stream in page.applied:
                    self.faults["undelivered"] += page.applied[stream] != len(kept)
        self.faults["disordered"] += sum(page.gaps for page in self.pages)

    def figures(self, bare: tuple[float, float], echo: float, insert: float) -> ResumeFigures:
        """Return the figures."""
        back = sorted(page.here_at - self.stopped_at for page in self.pages)
        pages, streams = len(self.pages), len(self._crowd.buyers)
        subscribed = sum(len(page.applied) for page in self.pages)
        return ResumeFigures(
            pages=pages,
            streams=subscribed,
            killed=self._kill,
            away_seconds=round(self.started_at - self.stopped_at, 2),
            back_p50_seconds=round(back[pages // 2], 2),
            back_p99_seconds=round(back[pages * 99 // 100], 2),
            back_all_seconds=round(back[-1], 2),
            back_all_after_start_seconds=round(back[-1] - self.started_at + self.stopped_at, 2),
            knocks=self.counts["knocks"],
            tickets_not_now=self.counts["tickets_not_now"],
            sockets_not_now=self.counts["sockets_not_now"],
            statements_a_page=round(sum(self.statements.values()) / pages, 2),
            reads_a_stream=round(self._selects("conversation") / streams, 2),
            entries_read_a_stream=round(self._selects("event") / streams, 2),
            server_cpu_ms_a_page=round(self.cpu / pages * 1000, 2),
            echo_sockets_per_second=round(bare[0], 1),
            echo_cpu_us_a_socket=round(bare[1], 1),
            echo_cpu_us=round(echo, 1),
            insert_cpu_us=round(insert, 1),
            writes=len(self.writes),
            write_p50_ms=in_ms(self.writes, 0.5),
            write_p99_ms=in_ms(self.writes, 0.99),
            write_5xx=sum(n for status, n in self.statuses.items() if status >= 500),  # noqa: PLR2004
            lost=self.faults["lost"],
            doubled=self.faults["doubled"],
            disordered=self.faults["disordered"],
            undelivered=self.faults["undelivered"],
            longest_stall_ms=self.stalls.longest,
            longest_work_ms=self.stalls.worked,
        )

    def _selects(self, table: str) -> float:
        wanted = ('thread="read"', 'verb="SELECT"', f'table="{table}"')
        found = self.statements.items()
        return sum(n for name, n in found if all(label in name for label in wanted))


class Returner(WSListener):
    """A page that follows streams, and comes back when its server has gone."""

    def __init__(self, herd: Herd, cookie: str, streams: list[str], source: str) -> None:
        self._herd, self._cookie, self._source = herd, cookie, source
        self.applied = dict.fromkeys(streams, 0)
        self.here_at = 0.0
        self.gaps = 0
        self._asked = 0.0
        self._open = set[str]()
        self._attempt = 0
        self._heard: asyncio.Future[None]
        self._ended: asyncio.Future[None]
        self._line: WSTransport

    async def live(self) -> None:
        """Stay connected, until the measurement is over."""
        while True:
            self._ended = asyncio.get_running_loop().create_future()
            self._asked = 0.0
            try:
                await self._come()
                await self._ended
            except Refused as refused:
                self._herd.counts["tickets_not_now"] += 1
                self._asked = refused.wait * random.uniform(1, 2)  # noqa: S311
            except WSInvalidStatusError:
                self._herd.counts["sockets_not_now"] += 1
            except (*AWAY, WSError):
                pass
            await asyncio.sleep(self._asked or self._delay())

    async def _come(self) -> None:
        """Get a ticket, connect, say who we are, and go on following where we were."""
        herd = self._herd
        herd.counts["knocks"] += 1
        path = "/api/v1/socket-tickets"
        ticket = (await ask(herd.url, path, self._cookie, {}, self._source))["ticket"]
        headers = {"Sec-WebSocket-Protocol": "shopbell.1", "Origin": herd.url}
        address = herd.url.replace("http", "ws") + "/api/v1/socket"
        self._line = await dial(self, address, headers, self._source)
        self._open = set(self.applied)
        await self._say({"t": "hello", "token": ticket, "version": "1"})
        self._attempt = 0
        for stream, after in self.applied.items():
            self.write({"t": "sub", "sid": stream, "stream": stream, "after": after})
        await self._until_heard()
        self.here_at = time.monotonic()

    async def _say(self, frame: object) -> None:
        self.write(frame)
        await self._until_heard()

    async def _until_heard(self) -> None:
        self._heard = asyncio.get_running_loop().create_future()
        done, _ = await asyncio.wait(
            (self._heard, self._ended),
            timeout=WELCOME_SECONDS,
            return_when=asyncio.FIRST_COMPLETED,
        )
        if self._heard not in done:
            self._line.disconnect()
            raise TimeoutError

    def write(self, frame: object) -> None:
        """Send a frame."""
        self._line.send(WSMsgType.TEXT, msgspec.json.encode(frame))

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:  # noqa: ARG002
        """Take a frame."""
        if frame.msg_type == WSMsgType.TEXT:
            self._hear(_read(frame.get_payload_as_bytes()))

    def on_ws_disconnected(self, transport: WSTransport) -> None:  # noqa: ARG002
        """Lose the line."""
        if not self._ended.done():
            self._ended.set_result(None)

    def _hear(self, told: Told) -> None:
        match told.t:
            case "welcome":
                self._heard.set_result(None)
            case "ping":
                self.write({"t": "pong"})
            case "bye":
                self._asked = told.after_ms / 1000
            case "event" if told.event is not None:
                self._apply(told.stream, [told.event])
            case "sub_ok":
                self._apply(told.stream, told.events)
                self.gaps += self.applied[told.stream] != told.head
                self._open.discard(told.stream)
                if not self._open and not self._heard.done():
                    self._heard.set_result(None)
            case _:
                pass

    def _apply(self, stream: str, entries: list[Entry]) -> None:
        for entry in entries:
            if entry.seq > self.applied[stream]:
                self.gaps += entry.seq != self.applied[stream] + 1
                self.applied[stream] = entry.seq

    def _delay(self) -> float:
        """Return how long to wait before the next try (PROTOCOL section 10)."""
        n, self._attempt = self._attempt, self._attempt + 1
        most = min(LONGEST_SECONDS, STEP_SECONDS * 2**n) if n else FIRST_SECONDS
        return random.uniform(0, most)  # noqa: S311


async def _echo_sockets(server: Process, sockets: int) -> tuple[float, float]:
    """Return how many bare sockets come in a second, and the microseconds each costs the server."""
    bare = [Echoer(source=source) for source, _ in zip(itertools.cycle(sources()), range(sockets))]
    began, used = time.monotonic(), server.cpu_seconds()
    for page in bare:
        await page.open(server.url)
    took, cpu = time.monotonic() - began, server.cpu_seconds() - used
    for page in bare:
        page.close()
    return sockets / took, cpu / sockets * 1e6
