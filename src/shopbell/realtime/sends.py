"""What a page sends and is not answered yet: a few at once, in the order in which they came."""

from asyncio import Future, get_running_loop
from collections.abc import Callable

from shopbell.conversations.commands import Appended
from shopbell.realtime.frames import Send

UNANSWERED_MOST = 8
"""Further ones are left unread on the wire until one is answered."""


class Sends:
    """Hands sends to the database, which keeps their order; none waits for another's answer."""

    __slots__ = ("_answer", "_ask", "_room", "_unanswered")

    def __init__(
        self,
        ask: Callable[[Send], "Future[Appended]"],
        answer: Callable[[Send, "Future[Appended]"], None],
    ) -> None:
        self._ask, self._answer = ask, answer
        self._unanswered = 0
        self._room: Future[None] | None = None

    async def take(self, wish: Send) -> None:
        """Begin with a send as soon as there is room; returns before it is done."""
        if self._unanswered >= UNANSWERED_MOST:
            self._room = get_running_loop().create_future()
            await self._room
        asked = self._ask(wish)
        self._unanswered += 1
        asked.add_done_callback(lambda asked: self._answered(wish, asked))

    def _answered(self, wish: Send, asked: "Future[Appended]") -> None:
        self._unanswered -= 1
        if self._room is not None and not self._room.done():
            self._room.set_result(None)
        self._answer(wish, asked)
