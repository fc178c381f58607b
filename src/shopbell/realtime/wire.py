"""What a session needs: a wire to its page, the house behind it, and a measure of its own."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Protocol

from shopbell.conversations.model import Stream
from shopbell.engine.database import Database
from shopbell.kernel.actor import ShopId
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import Locale
from shopbell.realtime.hub import Hub


class Wire(Protocol):
    """A connection, as far as a session cares; the socket server behind it can be exchanged."""

    def frames(self) -> AsyncIterator[str | bytes]:
        """Yield what the other side sends, until it hangs up."""
        ...

    async def send(self, frame: bytes) -> None:
        """Send one frame."""
        ...

    async def close(self, code: int) -> None:
        """Hang up, saying why."""
        ...


class Explain(Protocol):
    """Puts a refusal into words, as a problem document."""

    def __call__(self, refusal: Refusal, locale: Locale) -> dict[str, str | int]:
        """Return the document."""
        ...


@dataclass
class House:
    """What a session needs of the house."""

    db: Database
    hub: Hub
    explain: Explain
    epoch: str
    attachment_bytes: int
    frames_per_second: float


@dataclass(eq=False)
class Following:
    """One stream a page follows: how far it was told, and what came while it caught up."""

    sid: str
    stream: Stream
    shop: ShopId
    told: int = 0
    catching_up: bool = True
    held: dict[int, bytes] = field(default_factory=dict[int, bytes])


class Allowance:
    """A bucket of tokens: so many a second, so many at once."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst, self._left = rate, burst, burst
        self._since = time.monotonic()

    def spend(self) -> bool:
        """Take one; false if there is none left."""
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._since) * self._rate)
        self._since = now
        self._left -= 1
        return self._left >= 0
