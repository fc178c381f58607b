"""The world outside the program, drawn from a seed: its clocks and its chance."""

import random
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from shopbell.kernel import ids
from tests.support.clock import MORNING
from tests.support.simulation.loop import VirtualLoop

BEGIN = MORNING - timedelta(seconds=1_000)
"""When the loop's clock stood at nought; a world begins in the morning."""


@contextmanager
def drawn_from(seed: int, loop: VirtualLoop) -> Iterator[None]:
    """Have every clock show the loop's time, and every chance come from ``seed``."""
    dice = random.Random(f"secrets {seed}")
    kept = time.monotonic, time.time_ns, secrets.token_bytes, ids._mint, random.getstate()  # noqa: SLF001
    time.monotonic = loop.time
    time.time_ns = lambda: round(moment(loop.time()).timestamp() * 1_000_000_000)
    secrets.token_bytes = lambda nbytes=None: dice.randbytes(nbytes or 32)
    ids._mint = ids._Mint()  # noqa: SLF001
    random.seed(f"random {seed}")
    try:
        yield
    finally:
        time.monotonic, time.time_ns, secrets.token_bytes, ids._mint, state = kept  # noqa: SLF001
        random.setstate(state)


def moment(clock: float) -> datetime:
    """Return the time of day for a time of the loop."""
    return (BEGIN + timedelta(seconds=clock)).astimezone(UTC)


def clock_of(time_of_day: datetime) -> float:
    """Return the loop's time for a time of day."""
    return (time_of_day - BEGIN).total_seconds()
