"""Lines between pages and nodes: ordered while they hold, cut at any frame, deaf, or half open.

A frame cut in the middle never arrives, so that a line is cut between two frames. ``sent`` is
when the other end let go of a frame.
"""

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator
from typing import NamedTuple

from tests.support.simulation.loop import Process, VirtualLoop

LATENCY, LATE = 0.02, 0.3
WINDOW, NARROW = 64, 3
"""Frames on their way before a sender has to wait: usually, and when the page reads slowly."""


class Came(NamedTuple):
    """What comes out of a line: a frame, or why the other end hung up; None: it broke."""

    sent: float
    frame: str
    closed: int | None = None


BROKE = -1


class Pipe:
    """One direction of a line, from one process to another."""

    def __init__(self, loop: VirtualLoop, chance: random.Random, to: Process) -> None:
        self._loop, self._chance, self._to = loop, chance, to
        self.window, self.latency = WINDOW, LATENCY
        self.deaf, self.over, self._noticed = False, False, False
        self._held: list[Came] = []
        self._came: deque[Came] = deque()
        self._on_its_way, self._last = 0, 0.0
        self._news: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None

    @property
    def has_room(self) -> bool:
        return self._on_its_way + len(self._held) + len(self._came) < self.window

    def put(self, frame: str, closed: int | None = None) -> None:
        """Send something; into a line that is over, it vanishes."""
        if self.over:
            return
        came = Came(self._loop.time(), frame, closed)
        if self.deaf:
            self._held.append(came)
        else:
            self._deliver(came)

    async def room(self) -> None:
        """Wait until there is room."""
        while not self.has_room and not self.over:
            self._room = self._loop.create_future()
            await self._room

    async def get(self) -> Came:
        """Wait for what comes next."""
        while not self._came:
            self._news = self._loop.create_future()
            await self._news
        came = self._came.popleft()
        self._let_in()
        return came

    def hears_again(self) -> None:
        """Deliver what was held up while the line was deaf."""
        self.deaf = False
        held, self._held = self._held, []
        for came in held:
            self._deliver(came)

    def cut(self, *, noticed: bool = True) -> None:
        """Lose what is on its way; the receiver sees it, or not until it is cut again."""
        self.over, self._held = True, []
        if noticed and not self._noticed:
            self._noticed = True
            self._to.after(self._chance.uniform(0, self.latency), self._arrive, _BROKEN)
        self._let_in()

    def _deliver(self, came: Came) -> None:
        self._on_its_way += 1
        soon = self._loop.time() + self._chance.uniform(0.001, self.latency)
        self._last = max(self._last, soon)
        self._to.at(self._last, self._lands, came)

    def _lands(self, came: Came) -> None:
        self._on_its_way -= 1
        if not self.over:
            self._arrive(came)

    def _arrive(self, came: Came) -> None:
        self._came.append(came)
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    def _let_in(self) -> None:
        if self._room is not None and not self._room.done():
            self._room.set_result(None)


_BROKEN = Came(0.0, "", BROKE)


class Line:
    """Both directions."""

    def __init__(
        self, loop: VirtualLoop, chance: random.Random, page: Process, node: Process
    ) -> None:
        self.up, self.down = Pipe(loop, chance, node), Pipe(loop, chance, page)
        self.node = node
        self.eager = chance.random() < 0.7

    @property
    def over(self) -> bool:
        return self.up.over and self.down.over

    def cut(self, *, seen_by_page: bool = True, seen_by_node: bool = True) -> None:
        """Break it."""
        self.up.cut(noticed=seen_by_node)
        self.down.cut(noticed=seen_by_page)


class NodesEnd:
    """The end of a line at a node: a `Wire`, as a session knows it."""

    def __init__(self, line: Line) -> None:
        self._line, self._closed = line, False

    def frames(self) -> AsyncIterator[str | bytes]:
        return self

    def __aiter__(self) -> "NodesEnd":
        return self

    async def __anext__(self) -> str:
        came = await self._line.up.get()
        if came.closed is not None:
            raise StopAsyncIteration
        return came.frame

    def take(self, frame: bytes) -> bool:
        down = self._line.down
        if not self._line.eager or not down.has_room:
            return False
        if not self._closed:
            down.put(frame.decode())
        return True

    async def send(self, *frames: bytes) -> None:
        if not self._closed:
            for frame in frames:
                self._line.down.put(frame.decode())
            await self._line.down.room()

    async def close(self, code: int) -> None:
        self._closed = True
        self._line.down.put("", int(code))

    def abort(self) -> None:
        self._line.cut()
