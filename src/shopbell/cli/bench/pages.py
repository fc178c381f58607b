"""Pages of a measurement: they send, hear, take the time, and remember what was acknowledged."""

import asyncio
import random
import time
from collections.abc import Callable

import msgspec
from msgspec import Struct
from picows import (
    WSFrame,
    WSInvalidStatusError,
    WSListener,
    WSMsgType,
    WSTransport,
    ws_connect,
)

from shopbell.cli.bench.asking import Refused, ask
from shopbell.cli.bench.people import Buyer
from shopbell.kernel.ids import new_id

TEXT = "Is it still available?"
OPEN_AT_ONCE = 20
AGAIN_SECONDS = 0.5
READ_BUFFER = 2048


class Heard(Struct):
    """What a measurement needs of an entry."""

    cmid: str = ""


class Down(Struct):
    """What it needs of any frame."""

    t: str
    cmid: str = ""
    seq: int = 0
    event: Heard | None = None


class Clock:
    """When each message set out, and how long its answer and its delivery took."""

    def __init__(self) -> None:
        self.began: dict[str, float] = {}
        self.acks: list[float] = []
        self.deliveries: list[float] = []
        self.refused = 0


_read = msgspec.json.Decoder(Down).decode


class Page(WSListener):
    """One open page that follows streams."""

    def __init__(self, clock: Clock, source: str = "") -> None:
        self._clock, self.source = clock, source
        self.here = False
        self._awaited: tuple[str, asyncio.Future[None]] | None = None
        self._line: WSTransport

    async def open(self, url: str, cookie: str, streams: list[str], *, watch: bool = False) -> None:
        """Come in with a ticket, and follow."""
        ticket = await self._ticket(url, cookie)
        headers = {"Sec-WebSocket-Protocol": "shopbell.1", "Origin": url}
        address = url.replace("http", "ws") + "/api/v1/socket"
        self._line = await self._knock(address, headers)
        self.here = True
        await self._say("welcome", {"t": "hello", "token": ticket, "version": "1"})
        for number, stream in enumerate(streams):
            await self._say("sub_ok", {"t": "sub", "sid": str(number), "stream": stream})
        if watch:
            self.write(msgspec.json.encode({"t": "watch"}))

    async def _ticket(self, url: str, cookie: str) -> str:
        """Get a ticket; a server that gives out only so many a second is asked again."""
        while True:
            try:
                got = await ask(url, "/api/v1/socket-tickets", cookie, {}, self.source)
            except Refused as refused:
                await asyncio.sleep(refused.wait * random.uniform(1, 2))  # noqa: S311
            else:
                return str(got["ticket"])

    async def _knock(self, address: str, headers: dict[str, str]) -> WSTransport:
        """Connect; a server that lets in only so many a second is asked again."""
        while True:
            try:
                return await self.dial(address, headers)
            except WSInvalidStatusError:
                await asyncio.sleep(AGAIN_SECONDS)

    async def dial(self, address: str, headers: dict[str, str]) -> WSTransport:
        """Connect once."""
        return await dial(self, address, headers, self.source)

    def write(self, frame: bytes) -> None:
        """Send a frame."""
        self._line.send(WSMsgType.TEXT, frame)

    def close(self) -> None:
        """Leave."""
        self._line.disconnect()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:  # noqa: ARG002
        """Take a frame."""
        if frame.msg_type == WSMsgType.TEXT:
            self.hear(_read(frame.get_payload_as_bytes()))

    def on_ws_disconnected(self, transport: WSTransport) -> None:  # noqa: ARG002
        """Note that we are not connected any more."""
        self.here = False

    def hear(self, frame: Down) -> None:
        """Note when a message arrived."""
        if frame.t == "event" and frame.event and frame.event.cmid in self._clock.began:
            self._clock.deliveries.append(time.monotonic() - self._clock.began[frame.event.cmid])
        elif frame.t == "ping":
            self.write(b'{"t":"pong"}')
        elif self._awaited and frame.t == self._awaited[0]:
            self._awaited[1].set_result(None)
            self._awaited = None

    async def _say(self, answer: str, wish: object) -> None:
        self._awaited = (answer, asyncio.get_running_loop().create_future())
        self.write(msgspec.json.encode(wish))
        await asyncio.wait_for(self._awaited[1], 30)


async def dial(page: WSListener, address: str, headers: dict[str, str], source: str) -> WSTransport:
    """Open a socket that hears little: thousands of them must not take all our memory."""
    line, _ = await ws_connect(
        lambda: page,
        address,
        extra_headers=headers,
        read_buffer_init_size=READ_BUFFER,
        local_addr=(source, 0) if source else None,
    )
    return line


class Talker(Page):
    """A buyer's page with one conversation."""

    def __init__(self, clock: Clock, buyer: Buyer) -> None:
        super().__init__(clock)
        self.buyer = buyer
        self.acknowledged: dict[str, int] = {}
        self._again: Callable[[], None] = lambda: None
        rest = {"stream": buyer.stream, "type": "message", "data": {"text": TEXT}, "cmid": "@"}
        self._before, self._after = msgspec.json.encode({"t": "send", **rest}).split(b"@")

    async def come(self, url: str) -> None:
        """Open the page."""
        await self.open(url, self.buyer.cookie, [self.buyer.stream])

    def talk(self, until: float) -> None:
        """Send, wait for the answer, send again."""
        self._again = lambda: self.send() if time.monotonic() < until else None
        self.send()

    def send(self, planned: float | None = None) -> None:
        """Send one message; its time runs from when it was ``planned``."""
        cmid = new_id()
        self._clock.began[cmid] = planned or time.monotonic()
        self.write(self._before + cmid.encode() + self._after)

    def hear(self, frame: Down) -> None:
        """Note when a message was answered, and send the next."""
        if frame.t == "ok":
            self._clock.acks.append(time.monotonic() - self._clock.began[frame.cmid])
            self.acknowledged[frame.cmid] = frame.seq
            self._again()
        elif frame.t == "refused":
            self._clock.refused += 1
        elif frame.t != "event":
            super().hear(frame)

    async def read_back(self, url: str) -> list[tuple[int, str]]:
        """Return number and client id of everything that stands in the conversation."""
        found: list[tuple[int, str]] = []
        after, head = 0, 1
        while after < head:
            path = f"/api/v1/streams/{self.buyer.stream}/events?after={after}&limit=200"
            page = await ask(url, path, self.buyer.cookie)
            found += [(event["seq"], event.get("cmid", "")) for event in page["events"]]
            after, head = page["events"][-1]["seq"], page["head"]
        return found


class Echoer(WSListener):
    """A page of the floor: it sends a frame, and again as soon as it comes back."""

    def __init__(
        self, frame: bytes = b"", until: Callable[[], float] = time.monotonic, source: str = ""
    ) -> None:
        self._frame, self._until, self._source = frame, until, source
        self.answers = 0

    async def open(self, url: str) -> None:
        """Connect."""
        headers = {"Sec-WebSocket-Protocol": "shopbell.1"}
        self._line = await dial(self, url.replace("http", "ws") + "/echo", headers, self._source)

    def close(self) -> None:
        """Leave."""
        self._line.disconnect()

    def begin(self) -> None:
        """Send the first."""
        self._line.send(WSMsgType.TEXT, self._frame)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Send the next, as long as there is time."""
        frame.get_payload_as_bytes()
        self.answers += 1
        if time.monotonic() < self._until():
            transport.send(WSMsgType.TEXT, self._frame)
