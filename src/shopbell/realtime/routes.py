"""The door for open pages: a ticket over HTTP, then a socket; or requests that wait for news."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from litestar import Request, Response, WebSocket, get, post, websocket
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromQuery
from litestar.response import ServerSentEvent, ServerSentEventMessage

from shopbell.accounts.model import SessionId
from shopbell.accounts.routes import address_of
from shopbell.engine.database import Database
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import Actor
from shopbell.kernel.texts import Locale
from shopbell.realtime import service
from shopbell.realtime.codes import Close
from shopbell.realtime.frames import PROTOCOL
from shopbell.realtime.model import Bearer, Ticket
from shopbell.realtime.place import Place
from shopbell.realtime.polling import Asking, CaughtUp
from shopbell.realtime.session import Session
from shopbell.realtime.wire import ABORT, WIRE, House, Wire

UNBUFFERED = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
RETRY_MILLIS = 2_000
TICKETS = "/api/v1/socket-tickets"


class SocketWire:
    """An ASGI socket as a `Wire`."""

    def __init__(self, socket: WebSocket[Any, Any, Any]) -> None:
        self._socket = socket

    async def frames(self) -> AsyncIterator[str | bytes]:
        """Yield text and binary frames as they come."""
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            text, data = message.get("text"), message.get("bytes")
            yield text if isinstance(text, str) else data if isinstance(data, bytes) else b""

    def take(self, frame: bytes) -> bool:  # noqa: ARG002
        """Say that every frame has to wait: ASGI knows of no other way."""
        return False

    async def send(self, *frames: bytes) -> None:
        """Send text frames."""
        for frame in frames:
            await self._socket.send_text(frame.decode())

    async def close(self, code: int) -> None:
        """Hang up."""
        await self._socket.close(code=code)

    def abort(self) -> None:
        """Cut the connection; a server that cannot do so ends it by itself."""
        extensions = _extensions(self._socket)
        if ABORT in extensions:
            extensions[ABORT]["abort"]()


@post(TICKETS)
async def give_ticket(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    session_id: NamedDependency[SessionId | None],
    locale: NamedDependency[Locale],
) -> Ticket:
    """Give a ticket that opens one socket within a minute."""
    return await db.write(service.give_ticket, Bearer(actor, session_id, locale))


@get(
    "/api/v1/events",
    responses={200: ResponseSpec(CaughtUp, generate_examples=False, description="What is new")},
)
async def wait_for_events(
    *,
    request: Request[Any, Any, Any],
    house: NamedDependency[House],
    actor: NamedDependency[Actor],
    session_id: NamedDependency[SessionId | None],
    cursor: FromQuery[str],
    wait: FromQuery[float] = 0.0,
    inbox: FromQuery[bool] = False,
) -> Response[CaughtUp] | ServerSentEvent:
    """Return what is new in some streams, waiting for it up to 25 seconds; for want of a socket.

    ``cursor`` is ``EPOCH~STREAM~SEQ``, with further pairs of stream and number, and comes back in
    the answer for the next question. Asked for ``text/event-stream``, it goes on answering.
    """
    asking = Asking(house, actor, session_id, inbox=inbox)
    place = Place.parse(request.headers.get("last-event-id") or cursor)
    if "text/event-stream" in request.headers.get("accept", ""):
        return ServerSentEvent(_spoken(asking.stream(place)), headers=UNBUFFERED)
    place, frames = await asking.news(place, wait)
    return Response(CaughtUp(str(place), frames))


async def _spoken(answers: AsyncIterator[CaughtUp | None]) -> AsyncIterator[ServerSentEventMessage]:
    async for answer in answers:
        if answer is None:
            yield ServerSentEventMessage(comment="")
        else:
            written = msgspec.json.encode(answer).decode()
            yield ServerSentEventMessage(data=written, id=answer.cursor, retry=RETRY_MILLIS)


@websocket("/api/v1/socket")
async def open_socket(
    socket: WebSocket[Any, Any, Any],
    house: NamedDependency[House],
    settings: NamedDependency[Settings],
) -> None:
    """Speak the protocol ``shopbell.1`` with one page."""
    spoken = PROTOCOL in socket.scope["subprotocols"]
    await socket.accept(subprotocols=PROTOCOL if spoken else None)
    wire = _wire_of(socket)
    if not _from_our_pages(socket, settings):
        await wire.close(Close.ORIGIN)
        return
    if not spoken:
        await wire.close(Close.VERSION)
        return
    work = Session(wire, house, address_of(socket)).run()
    if keep := _extensions(socket).get(WIRE, {}).get("keep"):
        keep(work)
        return
    with contextlib.suppress(WebSocketDisconnect):
        await work


def _wire_of(socket: WebSocket[Any, Any, Any]) -> Wire:
    """Return the server's own wire, if it offers one, else the framework's socket as one."""
    extensions = _extensions(socket)
    wire: Wire = extensions[WIRE]["wire"] if WIRE in extensions else SocketWire(socket)
    return wire


def _extensions(socket: WebSocket[Any, Any, Any]) -> dict[str, Any]:
    extensions: Any = socket.scope.get("extensions")
    return extensions or {}


def _from_our_pages(socket: WebSocket[Any, Any, Any], settings: Settings) -> bool:
    """Tell whether a page of ours opens this socket; programs without a browser send no Origin."""
    origin = socket.headers.get("origin")
    return origin is None or settings.welcomes(origin)


ROUTES = (give_ticket, wait_for_events, open_socket)
