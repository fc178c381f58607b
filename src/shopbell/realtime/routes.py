"""The door for sockets: a ticket over HTTP, then the socket itself."""

from collections.abc import AsyncIterator
from typing import Any

from litestar import WebSocket, post, websocket
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect

from shopbell.engine.database import Database
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import Actor
from shopbell.kernel.texts import Locale
from shopbell.realtime import service
from shopbell.realtime.codes import Close
from shopbell.realtime.frames import PROTOCOL
from shopbell.realtime.model import Bearer, Ticket
from shopbell.realtime.session import Session
from shopbell.realtime.wire import House

ABORT = "shopbell.abort"
"""The extension by which a socket server lets us cut a connection: ``{"abort": callable}``."""


class SocketWire:
    """An ASGI socket as a `Wire`."""

    def __init__(self, socket: WebSocket[Any, Any, Any]) -> None:
        self._socket = socket
        self.address = socket.client.host if socket.client else ""

    async def frames(self) -> AsyncIterator[str | bytes]:
        """Yield text and binary frames as they come."""
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            text, data = message.get("text"), message.get("bytes")
            yield text if isinstance(text, str) else data if isinstance(data, bytes) else b""

    async def send(self, frame: bytes) -> None:
        """Send one text frame."""
        await self._socket.send_text(frame.decode())

    async def close(self, code: int) -> None:
        """Hang up."""
        await self._socket.close(code=code)

    def abort(self) -> None:
        """Cut the connection; a server that cannot do so ends it by itself."""
        extensions: Any = self._socket.scope.get("extensions") or {}
        if ABORT in extensions:
            extensions[ABORT]["abort"]()


@post("/api/v1/socket-tickets")
async def give_ticket(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    session_id: NamedDependency[str | None],
    locale: NamedDependency[Locale],
) -> Ticket:
    """Give a ticket that opens one socket within a minute."""
    return await db.write(service.give_ticket, Bearer(actor, session_id, locale))


@websocket("/api/v1/socket")
async def open_socket(
    socket: WebSocket[Any, Any, Any],
    house: NamedDependency[House],
    settings: NamedDependency[Settings],
) -> None:
    """Speak the protocol ``shopbell.1`` with one page."""
    spoken = PROTOCOL in socket.scope["subprotocols"]
    await socket.accept(subprotocols=PROTOCOL if spoken else None)
    wire = SocketWire(socket)
    if not _from_our_pages(socket, settings):
        await wire.close(Close.ORIGIN)
        return
    if not spoken:
        await wire.close(Close.VERSION)
        return
    try:
        await Session(wire, house).run()
    except WebSocketDisconnect:
        return


def _from_our_pages(socket: WebSocket[Any, Any, Any], settings: Settings) -> bool:
    """Tell whether a page of ours opens this socket; programs without a browser send no Origin."""
    origin = socket.headers.get("origin")
    return origin is None or settings.welcomes(origin)


ROUTES = (give_ticket, open_socket)
