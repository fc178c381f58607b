"""Pages of a measurement: they send, hear, take the time, and remember what was acknowledged."""

import asyncio
import random
import time
from collections.abc import Callable

import msgspec
from picows import (
    WSFrame,
    WSInvalidStatusError,
    WSListener,
    WSMsgType,
    WSTransport,
    ws_connect,
)

from shopbell.cli.bench.asking import Refused, ask
from shopbell.cli.bench.people import Buyer, Visitor
from shopbell.cli.bench.record import Down, Record, read_frame
from shopbell.kernel.ids import new_id

TEXT = "Is it still available?"
AGAIN_SECONDS = 0.5
READ_BUFFER = 2048


class Page(WSListener):
    """One open page that follows streams."""

    def __init__(self, record: Record, who: Visitor, source: str = "") -> None:
        self.record, self.who, self._source = record, who, source
        self.view = record.view(who)
        self.here = False
        self._streams: list[str] = []
        self._awaited: tuple[str, asyncio.Future[None]] | None = None
        self._line: WSTransport

    async def open(self, url: str, streams: list[str], *, watch: bool = False) -> None:
        """Come in with a ticket, and follow."""
        ticket = await self._ticket(url)
        headers = {"Sec-WebSocket-Protocol": "shopbell.1", "Origin": url}
        address = url.replace("http", "ws") + "/api/v1/socket"
        self._line = await self._knock(address, headers)
        self.here, self._streams = True, streams
        await self._say("welcome", {"t": "hello", "token": ticket, "version": "1"})
        for number, stream in enumerate(streams):
            after = self.record.follow(self.view, stream)
            wish = {"t": "sub", "sid": str(number), "stream": stream, "after": after}
            await self._say("sub_ok", wish)
        if watch:
            self.write(msgspec.json.encode({"t": "watch"}))

    async def _ticket(self, url: str) -> str:
        """Get a ticket; a server that gives out only so many a second is asked again."""
        while True:
            try:
                got = await ask(url, "/api/v1/socket-tickets", self.who.cookie, {}, self._source)
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
        return await dial(self, address, headers, self._source)

    def write(self, frame: bytes) -> None:
        """Send a frame."""
        self._line.send(WSMsgType.TEXT, frame)

    def close(self) -> None:
        """Leave."""
        self.part()
        self._line.disconnect()

    def part(self) -> None:
        """Have nothing more expected of this page."""
        self.record.part(self.view, self._streams)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:  # noqa: ARG002
        """Take a frame."""
        if frame.msg_type == WSMsgType.TEXT:
            self.hear(read_frame(frame.get_payload_as_bytes()))

    def on_ws_disconnected(self, transport: WSTransport) -> None:  # noqa: ARG002
        """Note that we are not connected any more."""
        self.here = False

    def hear(self, frame: Down) -> None:
        """Note what we are told."""
        self.record.hears(self.view, self.who, frame)
        if frame.t == "ping":
            self.write(b'{"t":"pong"}')
        elif self._awaited and frame.t == self._awaited[0]:
            self._awaited[1].set_result(None)
            self._awaited = None

    async def _say(self, answer: str, wish: object) -> None:
        self._awaited = (answer, asyncio.get_running_loop().create_future())
        self.write(msgspec.json.encode(wish))
        await asyncio.wait_for(self._awaited[1], 30)


class Desk(Page):
    """The page of the shop that everything has to reach."""

    def hear(self, frame: Down) -> None:
        """Note that a message arrived."""
        super().hear(frame)
        self.record.undelivered -= frame.t == "event"


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

    def __init__(self, record: Record, buyer: Buyer) -> None:
        super().__init__(record, buyer.who)
        self.stream = buyer.stream
        self._again: Callable[[], None] = lambda: None
        rest = {"stream": buyer.stream, "type": "message", "data": {"text": TEXT}, "cmid": "@"}
        self._before, self._after = msgspec.json.encode({"t": "send", **rest}).split(b"@")

    def talk(self, until: float) -> None:
        """Send, wait for the answer, send again."""
        self._again = lambda: self.send() if time.monotonic() < until else None
        self.send()

    def send(self, planned: float | None = None) -> None:
        """Send one message; its time runs from when it was ``planned``."""
        now = time.monotonic()
        cmid, began = new_id(), min(planned or now, now)  # one woken early is not begun later
        self.record.asks(self.record.sends(self.who, self.stream, cmid, TEXT, began))
        self.write(self._before + cmid.encode() + self._after)

    def hear(self, frame: Down) -> None:
        """Note what we are told, and send the next when one is answered."""
        super().hear(frame)
        if frame.t == "ok":
            self._again()


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
