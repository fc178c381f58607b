"""What waits to be sent to one page: little, and not for long.

A page that does not take its frames must cost nobody else anything. So nothing here waits, the
queue is bounded in frames, bytes and time, and what a page need not have is given up first.
"""

import asyncio
from collections import deque

QUEUE_FRAMES = 512
QUEUE_BYTES = 1 << 20
SEND_SECONDS = 5.0
"""A frame that was not sent so long after it was queued says that the page does not read."""

TOGETHER_BYTES = 16 * 1024
"""About so much is sent in one go."""

FLEETING_MOST = 512
CALM_FRAMES, CALM_BYTES = QUEUE_FRAMES // 4, QUEUE_BYTES // 4
"""So little waits that there is room for a whole answer of `BACKFILL_BYTES`."""


class Outgoing:
    """A queue of frames with numbers, and beside it the newest of each fleeting thing."""

    def __init__(self) -> None:
        self._clock = asyncio.get_running_loop().time
        self._frames: deque[tuple[float, bytes]] = deque()
        self._fleeting: dict[str, bytes] = {}
        self._bytes = 0
        self._stirred, self._calm = asyncio.Event(), asyncio.Event()
        self._calm.set()

    def __len__(self) -> int:
        return len(self._frames) + len(self._fleeting)

    def put(self, frame: bytes) -> bool:
        """Queue a frame; false if there is no room for it."""
        if len(self._frames) >= QUEUE_FRAMES or self._bytes + len(frame) > QUEUE_BYTES:
            return False
        self._frames.append((self._clock() + SEND_SECONDS, frame))
        self._bytes += len(frame)
        self._stirred.set()
        if not self._is_calm():
            self._calm.clear()
        return True

    def put_fleeting(self, kind: str, frame: bytes) -> None:
        """Keep a frame of which only the newest of its kind counts; drop it if there are many."""
        if kind in self._fleeting or len(self._fleeting) < FLEETING_MOST:
            self._fleeting[kind] = frame
            self._stirred.set()

    async def next(self) -> tuple[float, list[bytes]]:
        """Wait for frames; return by when they must be sent, and the next few of them."""
        while not len(self):
            self._stirred.clear()
            await self._stirred.wait()
        return self.next_now()

    def next_now(self) -> tuple[float, list[bytes]]:
        """Return the next few frames; fleeting ones when there is nothing else."""
        due = self._frames[0][0] if self._frames else self._clock() + SEND_SECONDS
        taken, size = list[bytes](), 0
        while self._frames and size < TOGETHER_BYTES:
            taken.append(self._frames.popleft()[1])
            size += len(taken[-1])
        self._bytes -= size
        if self._is_calm():
            self._calm.set()
        if not self._frames:
            taken += self._fleeting.values()
            self._fleeting.clear()
        return due, taken

    async def calm(self) -> None:
        """Wait until there is room for a long answer: who asks for much gets it bit by bit."""
        await self._calm.wait()

    def _is_calm(self) -> bool:
        return len(self._frames) <= CALM_FRAMES and self._bytes <= CALM_BYTES
