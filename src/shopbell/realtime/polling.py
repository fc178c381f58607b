"""Pages without a socket: a request waits until something is new, and then reads it.

The request is registered before it reads, so that nothing slips in between; and what it answers
was read from the database, with the right to see it, after the last thing it heard.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

from msgspec import Raw, Struct

from shopbell.accounts.model import SessionId
from shopbell.conversations.model import Stream
from shopbell.engine.pace import TooFast
from shopbell.kernel.actor import Actor
from shopbell.kernel.refusals import Refusal, SignInFirst
from shopbell.realtime import service
from shopbell.realtime.codes import Close
from shopbell.realtime.frames import Gone
from shopbell.realtime.hub import encode
from shopbell.realtime.place import Place
from shopbell.realtime.session import CONNECTIONS
from shopbell.realtime.wire import House

WAIT_MOST = 25.0
GATHER_SECONDS = 0.02
"""What happens together is answered together."""

HEARD_MOST = 100
STREAM_SECONDS = 300.0
BREATH_SECONDS = 15.0
"""A stream of events says so often that it lives: proxies cut what is silent."""


class CaughtUp(Struct, frozen=True):
    """What is new, as frames of the socket, and the cursor to ask with next."""

    cursor: str
    frames: list[Raw]


class Poll:
    """One waiting request, as the hub knows it."""

    def __init__(self, actor: Actor, session: SessionId | None, place: Place) -> None:
        self.actor, self.session = actor, session
        self._place = {str(stream): seq for stream, seq in place.streams.items()}
        self._heard: dict[str, bytes] = {}
        self._rung = asyncio.Event()
        self.over: Close | None = None

    def hear(self, stream: str, seq: int, frame: bytes) -> None:  # noqa: ARG002
        self._rung.set()

    def tell(self, frame: bytes) -> None:
        self.tell_newest(str(len(self._heard)), frame)

    def tell_newest(self, kind: str, frame: bytes) -> None:
        if self.over is None and len(self._heard) < HEARD_MOST:
            self._heard[kind] = frame
            self._rung.set()

    def told(self, stream: str) -> int | None:
        return self._place.get(stream)

    def catch_up(self, stream: str, head: int) -> None:  # noqa: ARG002
        self._rung.set()

    def lose(self, stream: str) -> None:  # noqa: ARG002
        self._rung.set()

    def hang_up(self, code: Close) -> None:
        self.over = self.over or code
        self._rung.set()

    waiting = 0

    def forget(self) -> None:
        """Forget what was heard before it was clear that it may be heard."""
        self._heard.clear()

    def heard(self) -> list[Raw]:
        """Return the frames that came meanwhile."""
        return [Raw(frame) for frame in self._heard.values()]

    async def rings(self, seconds: float) -> bool:
        """Wait until something is new, but not for ever."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()
                await asyncio.sleep(GATHER_SECONDS)
        return self._rung.is_set()


class Asking:
    """Somebody who asks for news, and whether their inbox counts, too."""

    def __init__(
        self, house: House, actor: Actor, session: SessionId | None, *, inbox: bool
    ) -> None:
        self._house, self._actor, self._session, self._inbox = house, actor, session, inbox

    async def news(self, place: Place, wait: float) -> tuple[Place, list[Raw]]:
        """Return what is new since a place, waiting for it for a while."""
        with self._listening(place) as poll:
            found = await self._read(place)
            if found.frames or wait <= 0 or self._house.hub.draining:
                return found.place, [Raw(encode(frame)) for frame in found.frames]
            poll.forget()
            if await poll.rings(min(wait, WAIT_MOST)):
                found = await self._read(place)
            if poll.over is Close.REVOKED:
                raise SignInFirst
            lost = any(isinstance(frame, Gone) for frame in found.frames)
            heard = [] if lost else poll.heard()
            return found.place, [*(Raw(encode(frame)) for frame in found.frames), *heard]

    async def stream(self, place: Place) -> AsyncIterator[CaughtUp | None]:
        """Yield news as they come, for some minutes; None when there were none for a while."""
        until = asyncio.get_running_loop().time() + STREAM_SECONDS
        while asyncio.get_running_loop().time() < until and not self._house.hub.draining:
            try:
                place, frames = await self.news(place, BREATH_SECONDS)
            except Refusal:  # whoever asks again is told why
                return
            yield CaughtUp(str(place), frames) if frames else None

    async def _read(self, place: Place) -> service.News:
        return await self._house.db.read(service.news, self._actor, self._session, place)

    @contextlib.contextmanager
    def _listening(self, place: Place) -> Iterator[Poll]:
        hub = self._house.hub
        if hub.connections(self._actor.id) >= CONNECTIONS:
            raise TooFast(retry_after=1)
        poll = Poll(self._actor, self._session, place)
        hub.enter(poll)
        streams: list[Stream] = list(place.streams)
        for stream in streams:
            hub.follow(poll, str(stream))
        if self._inbox:
            hub.watch(poll)
        try:
            yield poll
        finally:
            for stream in streams:
                hub.unfollow(poll, str(stream))
            hub.leave(poll)
