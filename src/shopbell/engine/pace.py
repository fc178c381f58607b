"""How fast somebody may go, and how many may wait at once: counted in this process, in memory.

What must hold across processes and restarts, such as tries at a password, is counted in the
database (`shopbell.accounts.limits`).
"""

import math
import random
import time
from collections import Counter
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from shopbell.kernel.refusals import TooMany, Unavailable

REMEMBERED = 10_000
"""Buckets kept before the full ones, which say nothing, are thrown away."""

SOON = (1, 3)
"""Seconds after which those turned away may knock again, at random: not all at one moment."""


class TooFast(TooMany):
    """More in a short time than one may do."""


class Overloaded(Unavailable):
    """More is waiting to be stored than we let wait."""


class Allowance:
    """A bucket of tokens: so many a second, so many at once."""

    __slots__ = ("_burst", "_left", "_rate", "_since")

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst, self._left = rate, burst, burst
        self._since = time.monotonic()

    def spend(self) -> bool:
        """Take one; false if there is none left."""
        self._fill()
        if self._left < 1:
            return False
        self._left -= 1
        return True

    @property
    def wait(self) -> float:
        """Return the seconds until there is one to take."""
        self._fill()
        return max(0.0, 1 - self._left) / self._rate

    @property
    def full(self) -> bool:
        """Tell whether nothing was taken for so long that it need not be remembered."""
        self._fill()
        return self._left >= self._burst

    def _fill(self) -> None:
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._since) * self._rate)
        self._since = now


class Line:
    """A line at a door: so many a second get their turn, so many at once when nobody was there."""

    def __init__(self, rate: float, burst: float, longest: float) -> None:
        self._step, self._slack, self._longest = 1 / rate, burst / rate, longest
        self._next = time.monotonic() - self._slack

    def join(self) -> float | None:
        """Return the seconds until one's turn; None if the line is longer than ``longest``."""
        now = time.monotonic()
        turn = max(self._next, now - self._slack)
        if turn > now + self._longest:
            return None
        self._next = turn + self._step
        return max(0.0, turn - now)


class Pace:
    """An allowance for each person, address or whatever else is slowed down by itself."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._of: dict[str, Allowance] = {}

    def spend(self, who: str) -> None:
        """Take one of what ``who`` may do, or refuse and say how long to wait."""
        allowance = self._of.get(who)
        if allowance is None:
            self._forget()
            allowance = self._of[who] = Allowance(self._rate, self._burst)
        if not allowance.spend():
            raise TooFast(retry_after=max(1, math.ceil(allowance.wait)))

    def _forget(self) -> None:
        if len(self._of) >= REMEMBERED:
            self._of = {who: kept for who, kept in self._of.items() if not kept.full}


class Place:
    """A place inside, until it is left: at the end of a ``with``, or whenever its holder says."""

    __slots__ = ("_inside", "_kind")

    def __init__(self, inside: Counter[str], kind: str) -> None:
        self._inside, self._kind = inside, kind
        inside[kind] += 1

    def __enter__(self) -> None:
        """Stay as long as the block lasts."""

    def __exit__(self, *_how: object) -> None:
        """Leave."""
        self.leave()

    def leave(self) -> None:
        """Make room for the next one."""
        self._inside[self._kind] -= 1
        if not self._inside[self._kind]:
            del self._inside[self._kind]


class Turnstile:
    """Lets so many in at once, of each kind; the next one is turned away without waiting."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._inside: Counter[str] = Counter()

    def __getitem__(self, kind: str) -> int:
        return self._inside[kind]

    def through(self, kind: str = "") -> Place:
        """Count somebody in until they leave, or refuse."""
        if self._inside[kind] >= self.most:
            raise Overloaded(retry_after=random.randint(*SOON))  # noqa: S311 - spreads them
        return Place(self._inside, kind)


@lru_cache(REMEMBERED)
def network(address: str) -> str:
    """Return what one household shares: an IPv4 address, or the /64 of an IPv6 address."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped or ip_network((ip, 64), strict=False))
    return str(ip)
