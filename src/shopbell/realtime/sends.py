"""What a page sends and is not answered yet: a few at once, and one at a time per stream."""

import asyncio
from collections.abc import Awaitable, Callable

from shopbell.realtime.frames import Send

UNANSWERED_MOST = 8
"""Further ones are left unread on the wire until one is answered."""


class Sends:
    """Does sends side by side, those to one stream in the order in which they came."""

    def __init__(self, do: Callable[[Send], Awaitable[None]]) -> None:
        self._do = do
        self._room = asyncio.Semaphore(UNANSWERED_MOST)
        self._newest: dict[str, asyncio.Task[None]] = {}

    async def take(self, wish: Send) -> asyncio.Task[None]:
        """Begin with a send as soon as there is room; returns before it is done."""
        await self._room.acquire()
        earlier = self._newest.get(wish.stream)
        task = asyncio.create_task(self._do_behind(earlier, wish))
        self._newest[wish.stream] = task
        return task

    async def _do_behind(self, earlier: asyncio.Task[None] | None, wish: Send) -> None:
        try:
            if earlier is not None:
                await asyncio.wait([earlier])
            await self._do(wish)
        finally:
            self._room.release()
            if self._newest.get(wish.stream) is asyncio.current_task():
                del self._newest[wish.stream]
