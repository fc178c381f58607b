"""Whether the event loop turns: nothing that takes long may run in it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from shopbell.engine import metrics
from shopbell.engine.log import log

LOOK_SECONDS = 0.1
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
    clock = asyncio.get_running_loop().time
    while True:
        due = clock() + LOOK_SECONDS
        await asyncio.sleep(LOOK_SECONDS)
        late = max(0.0, clock() - due)
        metrics.LOOP_STALL.observe(late)
        if late > LONG_SECONDS:
            log().warning("event loop stalled", seconds=round(late, 3))
