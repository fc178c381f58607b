"""The socket server: picows where uvicorn expects a protocol, so that both share one port.

The application answers the handshake as that of any ASGI socket. Once it has accepted, its route
finds a `Wire` in the scope, and frames pass by the framework: that is most of what a frame costs.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextvars import Context
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote
from weakref import WeakKeyDictionary

import uvicorn
from picows import (
    WSAutoPingStrategy,
    WSCloseCode,
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    WSUpgradeResponse,
    WSUpgradeResponseWithListener,
)
from picows.picows import WSProtocol  # type: ignore[attr-defined]
from uvicorn.protocols.utils import get_local_addr, get_remote_addr, is_ssl
from uvicorn.server import ServerState

from shopbell.realtime.wire import ABORT, WIRE
from shopbell.web.leaving import Leavers

READ_AHEAD = 16
"""Frames we read before the session has taken them; then the other side must wait."""

TAKEN_MOST = 64 * 1024
HELD_MOST = 64 * 1024
CLOSE_SECONDS = 3.0
READ_BUFFER = 2048
TEXT, CLOSE, PONG = 0x81, 0x88, 0x8A
"""How whole frames of these kinds begin."""

_LOG = logging.LoggerAdapter(logging.getLogger("picows"))  # not a Logger: it would make children
_LOG.setLevel(logging.CRITICAL)  # what clients do wrong is counted elsewhere

_LEAVERS: WeakKeyDictionary[ServerState, Leavers] = WeakKeyDictionary()
"""Those who leave each running server."""


class PicowsSocket(WSListener):
    """One socket: an ASGI handshake, then a `Wire`."""

    __slots__ = (
        "_answered",
        "_asked",
        "_came",
        "_closing",
        "_config",
        "_connection",
        "_ended",
        "_kept",
        "_leavers",
        "_news",
        "_others",
        "_parts",
        "_request",
        "_speaking",
        "_state",
        "_taken",
        "_taken_bytes",
        "_tasks",
        "_writable",
    )

    def __init__(
        self, config: uvicorn.Config, server_state: ServerState, app_state: dict[str, Any]
    ) -> None:
        self._config, self._state = config, app_state
        self._leavers = _LEAVERS.setdefault(server_state, Leavers())
        self._others: set[Any] = server_state.connections
        self._tasks = server_state.tasks
        self._connection: asyncio.Transport
        self._request: bytes = b""
        self._speaking = self._closing = False
        self._came: list[str | bytes] = []
        self._parts: list[bytes] = []
        self._taken: list[bytes] = []
        self._taken_bytes = 0
        self._asked = self._answered = self._kept = self._ended = False
        self._news: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None

    # ── for uvicorn ─────────────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Take over a connection that asks for a socket."""
        self._connection = transport
        self._others.add(self)

    def data_received(self, data: bytes) -> None:
        """Take the request; what comes before it is answered waits."""
        first, self._request = not self._request, self._request + data
        if first:
            asking = asyncio.get_running_loop().create_task(self._ask(data))
            self._tasks.add(asking)
            asking.add_done_callback(self._tasks.discard)
        elif len(self._request) > HELD_MOST:
            self.abort()

    def eof_received(self) -> None:
        """Let the connection end."""

    def connection_lost(self, _error: Exception | None) -> None:
        """Note that the other side has gone."""
        self._others.discard(self)
        self._ended = True
        self._leavers.add(self._let_go)

    def _let_go(self) -> None:
        self._wake()
        self.resume_writing()

    def shutdown(self) -> None:
        """Hang up, for the server stops."""
        self._hang_up(WSCloseCode.SERVICE_RESTART.value)

    # ── the handshake ───────────────────────────────────────────────────────────────────────

    async def _ask(self, request: bytes) -> None:
        """Run the application for this socket."""
        application: Any = self._config.loaded_app
        try:
            await application(self._scope(request), self._receive, self._send)
        except Exception:
            logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR)
        finally:
            if not self._kept:
                self._refuse(HTTPStatus.FORBIDDEN)
                self._hang_up(WSCloseCode.INTERNAL_ERROR.value)

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        """Do what is left to do at this socket, when the framework has gone."""
        self._kept = True
        # An empty context: the one of the request holds what was asked.
        working = asyncio.get_running_loop().create_task(self._end_with(work), context=Context())
        self._tasks.add(working)
        working.add_done_callback(self._tasks.discard)

    async def _end_with(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception:
            logging.getLogger("uvicorn.error").exception("Exception at a socket")
        finally:
            self._hang_up(WSCloseCode.INTERNAL_ERROR.value)

    def _scope(self, request: bytes) -> dict[str, Any]:
        first, *lines = request.partition(b"\r\n\r\n")[0].split(b"\r\n")
        target = first.split(b" ")[1]
        path, _, query = target.partition(b"?")
        headers = [(name, value) for name, _, value in (line.partition(b": ") for line in lines)]
        spoken = b",".join(value for name, value in headers if name == b"sec-websocket-protocol")
        return {
            "type": "websocket",
            "asgi": {"version": self._config.asgi_version, "spec_version": "2.4"},
            "http_version": "1.1",
            "scheme": "wss" if is_ssl(self._connection) else "ws",
            "server": get_local_addr(self._connection),
            "client": get_remote_addr(self._connection),
            "root_path": self._config.root_path,
            "path": self._config.root_path + unquote(path.decode("ascii")),
            "raw_path": path,
            "query_string": query,
            "headers": headers,
            "subprotocols": [word.strip() for word in spoken.decode("latin-1").split(",") if word],
            "state": self._state.copy(),
            "extensions": {
                "websocket.http.response": {},
                WIRE: {"wire": self, "keep": self._keep},
                ABORT: {"abort": self.abort},
            },
        }

    async def _receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "websocket.connect"}
        async for frame in self.frames():
            kind = "text" if isinstance(frame, str) else "bytes"
            return {"type": "websocket.receive", kind: frame}
        return {"type": "websocket.disconnect", "code": 1005}

    async def _send(self, message: dict[str, Any]) -> None:
        kind: str = message["type"]
        match kind:
            case "websocket.accept":
                self._accept(message.get("subprotocol"), message.get("headers", ()))
            case "websocket.send":
                text = message.get("text")
                await self.send(message["bytes"] if text is None else text.encode())
            case "websocket.close" if not self._answered:
                self._refuse(HTTPStatus.FORBIDDEN)
            case "websocket.close":
                await self.close(message.get("code", 1000))
            case "websocket.http.response.start":
                self._begin_refusal(message["status"], message["headers"])
            case "websocket.http.response.body":
                self._connection.write(message.get("body", b""))
                if not message.get("more_body", False):
                    self._connection.close()
            case _:
                raise ValueError(kind)

    def _accept(self, subprotocol: str | None, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self._answered = True
        if self._ended:
            return
        extra = [(name.decode(), value.decode()) for name, value in headers]
        if subprotocol:
            extra.append(("Sec-WebSocket-Protocol", subprotocol))
        answer = WSUpgradeResponseWithListener(WSUpgradeResponse.create_101_response(extra), self)
        speaker = _speaker(lambda _request: answer, self._config.ws_max_size)
        speaker.connection_made(self._connection)
        self._connection.set_protocol(speaker)
        held, self._request = self._request, b""
        _feed(speaker, held)

    def _begin_refusal(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self._answered = True
        lines = [b"HTTP/1.1 %d %s" % (status, HTTPStatus(status).phrase.encode())]
        lines += [b"%s: %s" % header for header in (*headers, (b"connection", b"close"))]
        self._connection.write(b"\r\n".join((*lines, b"", b"")))

    def _refuse(self, status: HTTPStatus) -> None:
        """Answer with an error, unless something was answered already."""
        if not self._answered and not self._ended:
            self._begin_refusal(status, [(b"content-length", b"0")])
            self._connection.close()

    # ── for picows ──────────────────────────────────────────────────────────────────────────

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Begin to speak; what picows keeps of the handshake, nobody will ask for."""
        self._speaking = True
        for kept in (transport.request, transport.response):
            kept.headers.clear()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Take a frame; the pieces of one that was cut are joined."""
        kind = frame.msg_type
        if kind == WSMsgType.TEXT and frame.fin and not frame.rsv1 and not self._parts:
            self._take_text(frame.get_payload_as_bytes())
        elif kind == WSMsgType.CLOSE:
            self._hang_up(frame.get_close_code().value or WSCloseCode.OK.value)
            transport.disconnect()
        elif kind == WSMsgType.PING:
            self._write(_framed(PONG, frame.get_payload_as_bytes()))
        elif kind != WSMsgType.PONG:
            self._take_piece(kind, frame)

    def on_ws_disconnected(self, transport: WSTransport) -> None:  # noqa: ARG002
        """Note that the other side has gone."""
        self.connection_lost(None)

    def pause_writing(self) -> None:
        """Let senders wait: the other side does not read."""
        if self._writable is None:
            self._writable = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        """Let senders go on."""
        if self._writable is not None:
            self._writable.set_result(None)
            self._writable = None

    def _take_text(self, text: bytes) -> None:
        try:
            self._take(text.decode())
        except UnicodeDecodeError:
            self._hang_up(WSCloseCode.INVALID_TEXT.value)

    def _take_piece(self, kind: WSMsgType, frame: WSFrame) -> None:
        begins = kind != WSMsgType.CONTINUATION
        if frame.rsv1 or begins == bool(self._parts):
            self._hang_up(WSCloseCode.PROTOCOL_ERROR.value)
            return
        self._parts += [kind.name.encode()] * begins + [frame.get_payload_as_bytes()]
        if sum(map(len, self._parts)) > self._config.ws_max_size:
            self._hang_up(WSCloseCode.MESSAGE_TOO_BIG.value)
        elif frame.fin:
            (first, *pieces), self._parts = self._parts, []
            whole = b"".join(pieces)
            if first == b"TEXT":
                self._take_text(whole)
            else:
                self._take(whole)

    def _take(self, frame: str | bytes) -> None:
        self._came.append(frame)
        if len(self._came) == READ_AHEAD:
            self._connection.pause_reading()
        self._wake()

    def _wake(self) -> None:
        news, self._news = self._news, None
        if news is not None and not news.done():  # who waited may have been cancelled
            news.set_result(None)

    # ── for the session ─────────────────────────────────────────────────────────────────────

    async def frames(self) -> AsyncIterator[str | bytes]:
        """Yield what the other side sends, until it hangs up."""
        while True:
            while self._came:
                if len(self._came) == READ_AHEAD:
                    self._connection.resume_reading()
                yield self._came.pop(0)
            if self._ended:
                return
            self._news = asyncio.get_running_loop().create_future()
            await self._news

    def take(self, frame: bytes) -> bool:
        """Send a frame with others of this turn of the loop, if the other side reads."""
        if self._writable is not None or self._taken_bytes > TAKEN_MOST:
            return False
        if not self._taken:
            asyncio.get_running_loop().call_soon(self._send_taken)
        self._taken.append(frame)
        self._taken_bytes += len(frame)
        return True

    async def send(self, *frames: bytes) -> None:
        """Send text frames; wait as long as the other side does not read."""
        self._taken += frames
        self._send_taken()
        if self._writable is not None:
            await asyncio.shield(self._writable)

    def _send_taken(self) -> None:
        taken, self._taken, self._taken_bytes = self._taken, [], 0
        if taken:
            self._write(b"".join([_framed(TEXT, frame) for frame in taken]))

    def _write(self, frames: bytes) -> None:
        """Write by the loop: picows writes by itself, and may overtake what the loop has queued."""
        if self._speaking and not self._ended and not self._closing:
            self._connection.write(frames)

    async def close(self, code: int) -> None:
        """Hang up, saying why; who does not answer is cut off."""
        self._hang_up(code)

    def abort(self) -> None:
        """Cut the connection, whatever is still on its way."""
        self._connection.abort()

    def _hang_up(self, code: int) -> None:
        self._send_taken()
        self._write(_framed(CLOSE, code.to_bytes(2)))
        if not self._closing:
            self._closing = True
            asyncio.get_running_loop().call_later(CLOSE_SECONDS, self.abort)


def _framed(kind: int, data: bytes) -> bytes:
    """Return a whole frame: a server's frames are not masked (RFC 6455, 5.2)."""
    size = len(data)
    if size < 126:  # noqa: PLR2004
        return b"%c%c%b" % (kind, size, data)
    if size < 1 << 16:
        return b"%c\x7e%b%b" % (kind, size.to_bytes(2), data)
    return b"%c\x7f%b%b" % (kind, size.to_bytes(8), data)


def _speaker(answer: Callable[[WSUpgradeRequest], Any], most: int) -> Any:  # noqa: ANN401
    """Return picows' own protocol: its constructor is no promised API, so one place knows it."""
    return WSProtocol(
        None,  # host
        None,  # path
        False,  # not the client's side
        answer,
        _LOG,
        True,  # hang up on an error of our own
        None,  # no hurry: the handshake has arrived already
        False,  # no pings: the session beats
        0,
        0,
        WSAutoPingStrategy.PING_WHEN_IDLE,
        False,  # no pongs: they would be written past the loop
        most,
        None,  # headers of a client
        READ_BUFFER,
    )


def _feed(speaker: Any, data: bytes) -> None:  # noqa: ANN401 - see `_speaker`
    left: Sequence[int] = memoryview(data)
    while left:
        room = speaker.get_buffer(-1)
        taken = min(len(room), len(left))
        room[:taken] = left[:taken]
        speaker.buffer_updated(taken)
        left = left[taken:]
