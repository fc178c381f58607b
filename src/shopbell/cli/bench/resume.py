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
from picows import WSError, WSFrame, WSInvalidStatusError, WSListener, WSMsgType, WSTransport

from shopbell.cli.bench import floor
from shopbell.cli.bench.asking import AWAY, Refused, ask
from shopbell.cli.bench.chat import in_ms
from shopbell.cli.bench.counting import COUNTING, STATEMENTS
from shopbell.cli.bench.figures import Floor, Judged
from shopbell.cli.bench.idle import OPEN_WIDE, sources
from shopbell.cli.bench.pages import Echoer, dial
from shopbell.cli.bench.people import Visitor, found
from shopbell.cli.bench.record import Down, Entry, Record, read_frame
from shopbell.cli.bench.server import Process, Stalls, begin, cores, database
from shopbell.engine.settings import Settings
from shopbell.kernel.ids import new_id

FOLLOWED = 100
FIRST_SECONDS, STEP_SECONDS, LONGEST_SECONDS = 1.0, 0.5, 30.0
WELCOME_SECONDS = 10.0
BACK_SECONDS = 180.0
DESKS = 20
"""One person of the shop may have so many pages open."""

WRITERS = 10
ANSWER = "It is on its way."
NOT_NOW, UNKNOWN = 503, {500, 502, 504}
"""What a server says that has no room just now, or that cannot tell what became of it."""

POLITE = {"SHOPBELL_DRAIN_SECONDS": "10"}


class ResumeFigures(Judged, frozen=True):
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
    tickets_refused: int
    sockets_not_now: int
    statements_a_page: float
    reads_a_stream: float
    entries_read_a_stream: float
    server_cpu_ms_a_page: float
    echo_sockets_per_second: float
    echo_cpu_us_a_socket: float
    write_p50_ms: float
    write_p99_ms: float
    write_5xx: int


def measure(pages: int, *, kill: bool) -> ResumeFigures:
    """Let everybody in, start the server anew, and wait until all are back; then the floor."""
    with cores(), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        with TemporaryDirectory() as folder:
            crowd = found(Settings(data=Path(folder), database=database()), pages)
            herd = Herd(Record(crowd), Path(folder), kill=kill)
            runner.run(herd.run())
        with floor.echoing() as server:
            bare = runner.run(_echo_sockets(server, pages))
        beneath = floor.measure(runner, FOLLOWED, 1)
    return herd.figures(bare, beneath)


class Herd:
    """All pages, the server they come back to, and those who write meanwhile."""

    def __init__(self, record: Record, folder: Path, *, kill: bool) -> None:
        self.record, self._folder, self._kill = record, folder, kill
        self._crowd = crowd = record.crowd
        self.url = ""
        self.counts: Counter[str] = Counter()
        self._stopped_at = self._started_at = 0.0
        self._writes: list[float] = []
        self._statuses: Counter[int] = Counter()
        self._stalls, self._cpu = Stalls(0, 0), 0.0
        self._statements: dict[str, float] = {}
        streams = [buyer.stream for buyer in crowd.buyers]
        desks = [streams[first : first + FOLLOWED] for first in range(0, len(streams), FOLLOWED)]
        places = itertools.cycle(sources())
        self._pages = [
            Returner(self, who, followed, next(places))
            for who, followed in (
                *((buyer.who, [buyer.stream]) for buyer in crowd.buyers),
                *((crowd.desk, followed) for followed in desks[:DESKS]),
            )
        ]

    async def run(self) -> None:
        """Come, lose the server, come back; then compare what everybody has with what stands."""
        server = begin(self._folder, settings=OPEN_WIDE | self._polite())
        self.url, port = server.url, int(server.url.rpartition(":")[2])
        lives = [asyncio.create_task(page.live()) for page in self._pages]
        await self._all_here(since=0.0)
        writing = [asyncio.create_task(self._write()) for _writer in range(WRITERS)]
        await asyncio.sleep(1)
        self.counts.clear()
        self._stopped_at = time.monotonic()
        how = signal.SIGKILL if self._kill else signal.SIGTERM
        await asyncio.to_thread(server.end, how)
        server = await asyncio.to_thread(begin, self._folder, COUNTING, self._polite(), port)
        self._started_at = time.monotonic()
        try:
            await self._all_here(since=self._stopped_at)
            await self._take_figures(server)
            for task in writing:
                task.cancel()
            await asyncio.gather(*writing, return_exceptions=True)
            self.record.history.settled = time.monotonic()
            await asyncio.sleep(1)
            await self.record.judge(self.url)
        finally:
            for task in lives:
                task.cancel()
            await asyncio.gather(*lives, return_exceptions=True)
            await asyncio.to_thread(server.end, signal.SIGKILL)

    def _polite(self) -> dict[str, str]:
        return {} if self._kill else POLITE

    async def _all_here(self, since: float) -> None:
        async with asyncio.timeout(BACK_SECONDS):
            while not all(page.here_at > since for page in self._pages):  # noqa: ASYNC110 - thousands
                await asyncio.sleep(0.05)

    async def _take_figures(self, server: Process) -> None:
        self._cpu = server.cpu_seconds()
        self._stalls = await asyncio.to_thread(server.stalls)
        found = await asyncio.to_thread(server.figures)
        self._statements = {k: v for k, v in found.items() if k.startswith(STATEMENTS)}

    async def _write(self) -> None:
        """Write as the shop, again under the same name until it is in."""
        while True:
            stream, cmid = random.choice(self._crowd.buyers).stream, new_id()  # noqa: S311
            await self._write_one(stream, cmid)
            await asyncio.sleep(random.uniform(0, 1))  # noqa: S311

    async def _write_one(self, stream: str, cmid: str) -> None:
        body = {"cmid": cmid, "type": "message", "data": {"text": ANSWER}}
        path, desk = f"/api/v1/streams/{stream}/events", self._crowd.desk
        while True:
            attempt = self.record.sends(desk, stream, cmid, ANSWER, time.monotonic())
            try:
                answer = await ask(self.url, path, desk.cookie, body)
            except Refused as refused:
                self._statuses[refused.status] += 1
                if refused.status not in UNKNOWN:
                    attempt.outcome = "refused"
                await asyncio.sleep(max(refused.wait, 0.2))
            except AWAY:
                await asyncio.sleep(0.2)
            else:
                attempt.stored(answer["seq"], answer["id"], replayed=answer["replayed"])
                self._writes.append(attempt.ended - attempt.began)
                return

    def figures(self, bare: tuple[float, float], beneath: Floor) -> ResumeFigures:
        """Return the figures."""
        back = sorted(page.here_at - self._stopped_at for page in self._pages)
        pages, streams = len(self._pages), len(self._crowd.buyers)
        subscribed = sum(len(page.copies) for page in self._pages)
        return ResumeFigures(
            pages=pages,
            streams=subscribed,
            killed=self._kill,
            away_seconds=round(self._started_at - self._stopped_at, 2),
            back_p50_seconds=round(back[pages // 2], 2),
            back_p99_seconds=round(back[pages * 99 // 100], 2),
            back_all_seconds=round(back[-1], 2),
            back_all_after_start_seconds=round(back[-1] - self._started_at + self._stopped_at, 2),
            knocks=self.counts["knocks"],
            tickets_not_now=self.counts["tickets_not_now"],
            tickets_refused=self.counts["tickets_refused"],
            sockets_not_now=self.counts["sockets_not_now"],
            statements_a_page=round(sum(self._statements.values()) / pages, 2),
            reads_a_stream=round(self._selects("conversation") / streams, 2),
            entries_read_a_stream=round(self._selects("event") / streams, 2),
            server_cpu_ms_a_page=round(self._cpu / pages * 1000, 2),
            echo_sockets_per_second=round(bare[0], 1),
            echo_cpu_us_a_socket=round(bare[1], 1),
            write_p50_ms=in_ms(self._writes, 0.5),
            write_p99_ms=in_ms(self._writes, 0.99),
            write_5xx=sum(n for status, n in self._statuses.items() if status >= 500),  # noqa: PLR2004
            floor=beneath,
            seen=self.record.seen(self._stalls),
        )

    def _selects(self, table: str) -> float:
        wanted = ('thread="read"', 'verb="SELECT"', f'table="{table}"')
        found = self._statements.items()
        return sum(n for name, n in found if all(label in name for label in wanted))


class Returner(WSListener):
    """A page that follows streams, and comes back when its server has gone."""

    def __init__(self, herd: Herd, who: Visitor, streams: list[str], source: str) -> None:
        self._herd, self._who, self._source = herd, who, source
        self._view = herd.record.view(who)
        self.copies = {stream: herd.record.follow(self._view, stream) for stream in streams}
        self.here_at = 0.0
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
                why = "not_now" if refused.status == NOT_NOW else "refused"
                self._herd.counts[f"tickets_{why}"] += 1
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
        ticket = (await ask(herd.url, path, self._who.cookie, {}, self._source))["ticket"]
        headers = {"Sec-WebSocket-Protocol": "shopbell.1", "Origin": herd.url}
        address = herd.url.replace("http", "ws") + "/api/v1/socket"
        self._line = await dial(self, address, headers, self._source)
        self._open = set(self.copies)
        await self._say({"t": "hello", "token": ticket, "version": "1"})
        self._attempt = 0
        for stream, after in self.copies.items():
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
            self._hear(read_frame(frame.get_payload_as_bytes()))

    def on_ws_disconnected(self, transport: WSTransport) -> None:  # noqa: ARG002
        """Lose the line."""
        if not self._ended.done():
            self._ended.set_result(None)

    def _hear(self, told: Down) -> None:
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
                self._open.discard(told.stream)
                if not self._open and not self._heard.done():
                    self._heard.set_result(None)
            case _:
                pass

    def _apply(self, stream: str, entries: list[Entry]) -> None:
        for entry in entries:
            if entry.seq > self.copies[stream]:
                self.copies[stream] = entry.seq
                self._herd.record.shows(self._view, self._who, stream, entry)

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
