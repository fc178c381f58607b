"""What a session needs: a wire to its page, the house behind it, and a measure of its own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from shopbell.conversations.crowd import Crowd
from shopbell.engine.database import Database
from shopbell.engine.pace import Turnstile
from shopbell.kernel.refusals import Document, Refusal
from shopbell.kernel.texts import Locale
from shopbell.realtime.hub import Hub
from shopbell.realtime.relay import Relay

WIRE = "shopbell.wire"
"""The extension by which a socket server offers a `Wire` of its own: ``{"wire": wire}``.

With ``{"keep": keep}`` it takes over the work at that wire: the route can return at once, and what
the framework holds for one connection need not be held for hours.
"""

ABORT = "shopbell.abort"
"""The extension by which a socket server lets us cut a connection: ``{"abort": callable}``."""


class Wire(Protocol):
    """A connection, as far as a session cares; the socket server behind it can be exchanged."""

    def frames(self) -> AsyncIterator[str | bytes]:
        """Yield what the other side sends, until it hangs up."""
        ...

    def take(self, frame: bytes) -> bool:
        """Send a frame at once, with others of this moment; false if it has to wait in line."""
        ...

    async def send(self, *frames: bytes) -> None:
        """Send frames, in this order; waits while the other side does not read."""
        ...

    async def close(self, code: int) -> None:
        """Hang up, saying why; may wait for the other side."""
        ...

    def abort(self) -> None:
        """Cut the connection, whatever is still on its way; does nothing once it has ended."""
        ...


class Explain(Protocol):
    """Puts a refusal into words, as a problem document."""

    def __call__(self, refusal: Refusal, locale: Locale) -> Document:
        """Return the document."""
        ...


@dataclass
class House:
    """What a session needs of the house."""

    db: Database
    hub: Hub
    relay: Relay
    crowd: Crowd
    strangers: Turnstile
    explain: Explain
    epoch: str
    attachment_bytes: int
    frames_per_second: float
