"""Whether the event loop turns: nothing that takes long may run in it."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

from shopbell.engine import metrics
from shopbell.engine.log import log

LOOK_SECONDS = 0.025
"""A stall seems shorter than it was by at most this."""

LONG_SECONDS = 0.2


@contextlib.asynccontextmanager
async def watching_the_loop() -> AsyncIterator[None]:
    """Measure how late the loop is while this lasts, and log when it stood still for long."""
    watching = asyncio.create_task(_watch())
    try:
        yield
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


async def _watch() -> None:
    """Look how late we are, and how much of it this process worked: the rest it waited for a core.

    Whichever thread of ours it was that worked, the loop had to wait for it.
    """
    clock, longest, most = asyncio.get_running_loop().time, 0.0, 0.0
    while True:
        due, worked = clock() + LOOK_SECONDS, time.process_time()
        await asyncio.sleep(LOOK_SECONDS)
        late = max(0.0, clock() - due)
        busy = min(late, time.process_time() - worked)
        longest, most = max(longest, late), max(most, busy)
        metrics.LOOP_STALL.observe(late)
        metrics.LOOP_LONGEST.set(longest)
        metrics.LOOP_BUSIEST.set(most)
        if late > LONG_SECONDS:
            log().warning("event loop stalled", seconds=round(late, 3), busy=round(busy, 3))
