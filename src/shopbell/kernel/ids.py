"""Identifiers that sort by the time they were made: UUIDv7 (RFC 9562) in their usual text."""

import os
import re
import secrets
import time
from datetime import UTC, datetime
from threading import Lock
from typing import Annotated

from msgspec import Meta

ID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
Id = Annotated[str, Meta(pattern=ID_PATTERN)]
"""An id as it arrives from outside."""

_is_id = re.compile(ID_PATTERN).fullmatch
_VERSION, _VARIANT = 0x7, 0b10
_RANDOM_BITS = 74
_RANDOM_BYTES = 10
_STEP_BITS = 32
_DRAWN_AT_ONCE = 200


class _Mint:
    """Makes each id larger than the one before, also within a millisecond (RFC 9562, 6.2)."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._latest = 0
        self._drawn: list[int] = []
        os.register_at_fork(after_in_child=self._drawn.clear)

    def next(self) -> int:
        """Return milliseconds since 1970 and random bits below them, as one growing number."""
        with self._lock:
            chance = self._draw()
            fresh = time.time_ns() // 1_000_000 << _RANDOM_BITS | chance
            step = 1 + (chance & (1 << _STEP_BITS) - 1)
            self._latest = max(fresh, self._latest + step)
            return self._latest

    def _draw(self) -> int:
        """Return random bits; many are drawn at once, for asking the kernel each time is slow."""
        if not self._drawn:
            chance = secrets.token_bytes(_RANDOM_BYTES * _DRAWN_AT_ONCE)
            places = range(0, len(chance), _RANDOM_BYTES)
            self._drawn += [int.from_bytes(chance[n : n + _RANDOM_BYTES]) for n in places]
        return self._drawn.pop() & (1 << _RANDOM_BITS) - 1


_mint = _Mint()


def new_id() -> str:
    """Return a new UUIDv7: 48 bits of milliseconds, then 74 random bits."""
    millis, chance = divmod(_mint.next(), 1 << _RANDOM_BITS)
    high = millis << 16 | _VERSION << 12 | chance >> 62
    low = _VARIANT << 62 | chance & (1 << 62) - 1
    text = f"{high << 64 | low:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def id_at(moment: datetime) -> str:
    """Return what no id made at ``moment`` or later lies before."""
    text = f"{max(0, int(moment.timestamp() * 1_000)):012x}"
    return f"{text[:8]}-{text[8:]}-7000-8000-000000000000"


def time_of(ident: str) -> datetime:
    """Return when an id was made."""
    return datetime.fromtimestamp(int(ident[:8] + ident[9:13], 16) / 1_000, UTC)


def is_id(text: str) -> bool:
    """Tell whether ``text`` has the form of an id."""
    return _is_id(text) is not None
