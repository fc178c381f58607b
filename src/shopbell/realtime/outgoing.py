"""What waits to be sent to one page: little, and not for long.

A page that does not take its frames must cost nobody else anything. So nothing here waits, the
queue is bounded in frames, bytes and time, and what a page need not have is given up first.
"""

import asyncio

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

    __slots__ = ("_bytes", "_clock", "_fleeting", "_frames", "_room")

    def __init__(self) -> None:
        self._clock = asyncio.get_running_loop().time
        self._frames: list[tuple[float, bytes]] = []
        self._fleeting: dict[str, bytes] = {}
        self._bytes = 0
        self._room: asyncio.Event | None = None

    def __len__(self) -> int:
        return len(self._frames) + len(self._fleeting)

    def put(self, frame: bytes) -> bool:
        """Queue a frame; false if there is no room for it."""
        if len(self._frames) >= QUEUE_FRAMES or self._bytes + len(frame) > QUEUE_BYTES:
            return False
        self._frames.append((self._clock() + SEND_SECONDS, frame))
        self._bytes += len(frame)
        return True

    def put_fleeting(self, kind: str, frame: bytes) -> None:
        """Keep a frame of which only the newest of its kind counts; drop it if there are many."""
        if kind in self._fleeting or len(self._fleeting) < FLEETING_MOST:
            self._fleeting[kind] = frame

    def next(self) -> tuple[float, list[bytes]]:
        """Return the next few frames and by when they must be sent; fleeting ones come last."""
        due = self._frames[0][0] if self._frames else self._clock() + SEND_SECONDS
        taken, size = list[bytes](), 0
        for _due, frame in self._frames:
            if size >= TOGETHER_BYTES:
                break
            taken.append(frame)
            size += len(frame)
        del self._frames[: len(taken)]
        self._bytes -= size
        if self._room is not None and self._is_calm():
            self._room.set()
            self._room = None
        if not self._frames:
            taken += self._fleeting.values()
            self._fleeting.clear()
        return due, taken

    async def calm(self) -> None:
        """Wait until there is room for a long answer: who asks for much gets it bit by bit."""
        while not self._is_calm():
            self._room = self._room or asyncio.Event()
            await self._room.wait()

    def _is_calm(self) -> bool:
        return len(self._frames) <= CALM_FRAMES and self._bytes <= CALM_BYTES
