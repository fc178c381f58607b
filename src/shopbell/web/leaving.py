"""How those who hung up are let go: some in each turn of the loop, for others wait meanwhile."""

import asyncio
from collections import deque
from collections.abc import Callable

AT_ONCE = 100
"""So many are let go in one turn: a proxy that dies takes thousands along, at some 30 µs each."""


class Leavers:
    """A line of those who hung up; each is told in its turn."""

    def __init__(self) -> None:
        self._line: deque[Callable[[], None]] = deque()

    def add(self, let_go: Callable[[], None]) -> None:
        """Have ``let_go`` called soon."""
        if not self._line:
            asyncio.get_running_loop().call_soon(self._next)
        self._line.append(let_go)

    def _next(self) -> None:
        for _ in range(min(AT_ONCE, len(self._line))):
            self._line.popleft()()
        if self._line:
            asyncio.get_running_loop().call_soon(self._next)
