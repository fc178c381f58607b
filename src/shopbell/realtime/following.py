"""The streams one page follows: each comes out in order, complete, once."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from shopbell.conversations.commands import Page
from shopbell.conversations.model import Audience, Stream
from shopbell.engine import metrics
from shopbell.engine.log import log
from shopbell.kernel.actor import Actor, ShopId, Side
from shopbell.kernel.refusals import NotFound, Refusal
from shopbell.realtime import service
from shopbell.realtime.codes import Close, Hangup
from shopbell.realtime.frames import Down, Gone, Happened, Presence, Reset, Sub
from shopbell.realtime.hub import Listener
from shopbell.realtime.outgoing import QUEUE_FRAMES
from shopbell.realtime.service import Behind, Missed
from shopbell.realtime.wire import House

SUBSCRIPTIONS = 128
TRY_AGAIN_SECONDS = 1.0


class Follower(Listener, Protocol):
    """The page behind a wire, as far as this file needs it."""

    def say(self, frame: Down) -> None:
        """Queue a frame."""

    async def calm(self) -> None:
        """Wait until there is room for a long answer."""


@dataclass(eq=False, slots=True)
class Following:
    """One stream: how far the page was told, how far the stream goes, and what came too early."""

    sid: str
    stream: Stream
    name: str
    shop: ShopId | None = None
    told: int = 0
    head: int = 0
    catching_up: bool = True
    held: dict[int, bytes] = field(default_factory=dict[int, bytes])

    def hold(self, seq: int, frame: bytes) -> None:
        """Keep an entry that came too early; of very many none, they are read afterwards."""
        self.head = max(self.head, seq)
        if len(self.held) >= QUEUE_FRAMES:
            self.held.clear()
        self.held[seq] = frame

    def look_up(self) -> frozenset[int]:
        """Believe the database from now on; return what was heard before it is asked.

        What is heard while it answers may be newer than the answer, and has to be looked up again.
        """
        self.head = self.told
        return frozenset(self.held)

    def forget(self, heard: frozenset[int]) -> None:
        """Drop what was ``heard`` before the database answered: it is in the answer, or nowhere."""
        self.held = {seq: frame for seq, frame in self.held.items() if seq not in heard}


class Subscriptions:
    """What one page follows. Entries reach it by ``tell``."""

    __slots__ = ("_by_stream", "_house", "_later", "_page")

    def __init__(self, page: Follower, house: House, later: Callable[..., None]) -> None:
        self._page, self._house, self._later = page, house, later
        self._by_stream: dict[str, Following] = {}

    @property
    def _actor(self) -> Actor:
        return self._page.actor

    # ── beginning and ending ────────────────────────────────────────────────────────────────

    async def sub(self, wish: Sub) -> Following:
        """Register; what comes from now on is held until `begin` has read and answered.

        A page that follows much asks for all of it at once, and all of it is read as one.
        """
        stream = Stream.parse(wish.stream)
        self.unsub(wish.sid)
        if earlier := self._by_stream.get(wish.stream):
            self.unsub(earlier.sid)
        if len(self._by_stream) >= SUBSCRIPTIONS:
            raise Hangup(Close.RATE_LIMITED)
        await self._page.calm()
        return self._register(Following(wish.sid, stream, wish.stream))

    async def begin(self, following: Following, wish: Sub) -> None:
        """Read, answer, and only then pass on what came meanwhile.

        The reading also decides whether this page may; until then nothing is passed on.
        """
        try:
            missed = await self._missed(following, wish.after)
        except Refusal:
            if self._has(following):
                self.unsub(wish.sid)
                raise
            return
        await self._page.calm()
        if not self._has(following):  # lost, while we read
            return
        following.shop = missed.shop
        self._answer(following, wish, missed.page)
        self._attend(following)
        self._release(following)

    def unsub(self, sid: str) -> None:
        """Follow a stream no longer."""
        of_it = (following for following in self._by_stream.values() if following.sid == sid)
        following = next(of_it, None)
        if following is None:
            return
        del self._by_stream[following.name]
        self._house.hub.unfollow(self._page, following.name)
        if following.shop is not None:
            self._house.hub.presence.leave_stream(following.name, self._actor.side, following.shop)
            if following.stream.audience is Audience.NOTES:
                self._house.hub.presence.close_notes(following.name, self._actor)

    def end(self) -> None:
        """Follow nothing any more."""
        for following in tuple(self._by_stream.values()):
            self.unsub(following.sid)

    def lose(self, stream: str) -> None:
        """Tell the page that a stream is no longer its to see, and follow it no longer."""
        if following := self._by_stream.get(stream):
            self._page.say(Gone(following.sid, stream))
            self.unsub(following.sid)

    def _missed(self, following: Following, after: int) -> "asyncio.Future[Missed]":
        ask = Behind(self._actor, following.stream, after)
        return self._house.db.read_together(service.missed_all, ask)

    def _has(self, following: Following) -> bool:
        return self._by_stream.get(following.name) is following

    def _register(self, following: Following) -> Following:
        self._by_stream[following.name] = following
        self._house.hub.follow(self._page, following.name)
        return following

    def _attend(self, following: Following) -> None:
        """Say who is here, and let the others know that we are."""
        if following.shop is None or not self._has(following):
            return
        presence, side = self._house.hub.presence, self._actor.side
        for other in presence.sides_at(following.name) - {side}:
            self._page.say(Presence(side=other, on=True, stream=following.name))
        if side is not Side.SELLER:
            online = presence.at_desk(following.shop)
            self._page.say(Presence(side=Side.SELLER, on=online, shop=following.shop))
        presence.come_to_stream(following.name, side, following.shop)
        if following.stream.audience is Audience.NOTES:
            self._join_readers(following.name)

    def _join_readers(self, notes: str) -> None:
        """Say who of the team has this conversation open, and let them know that we have."""
        presence = self._house.hub.presence
        for reader in presence.readers_of(notes):
            self._page.say(reader)
        presence.open_notes(notes, self._actor)

    def _answer(self, following: Following, wish: Sub, page: Page) -> None:
        following.told = page.head
        if service.of_another_history(wish.after, wish.epoch, page):
            self._page.say(Reset(wish.sid, wish.stream, page.head))
            return
        metrics.RESUMED.observe(page.head - wish.after)
        self._page.say(service.answer(wish.sid, page, wish.after))

    # ── what comes ──────────────────────────────────────────────────────────────────────────

    def told(self, stream: str) -> int | None:
        """Say up to which number the page was told; None while that is being found out."""
        following = self._by_stream.get(stream)
        return None if following is None or following.catching_up else following.told

    def hear(self, stream: str, seq: int, frame: bytes) -> None:
        """Pass an entry on if it is the next one; hold it if it came early."""
        following = self._by_stream.get(stream)
        if following is None or (seq <= following.told and not following.catching_up):
            return
        if following.catching_up or seq > following.told + 1:
            following.hold(seq, frame)
            self._start_catching_up(following)
            return
        following.told = seq
        self._page.tell(frame)

    def catch_up(self, stream: str, head: int) -> None:
        """Read what the page was not told, up to ``head``."""
        if following := self._by_stream.get(stream):
            following.head = max(following.head, head)
            self._start_catching_up(following)

    def _start_catching_up(self, following: Following) -> None:
        if not following.catching_up:
            following.catching_up = True
            self._later(self._catch_up(following))

    async def _catch_up(self, following: Following) -> None:
        """Fill a gap from the database, which is asked again whether this page may see it."""
        while True:
            await self._page.calm()
            heard = following.look_up()
            try:
                missed = await self._missed(following, following.told)
            except NotFound:
                self.lose(following.name)
                return
            except Refusal as trouble:  # the database is away: nothing is lost, only late
                log().info("catching up later", trouble=trouble.code)
                await asyncio.sleep(TRY_AGAIN_SECONDS)
                continue
            break
        if not self._has(following):
            return
        following.forget(heard)
        self._tell_missed(following, missed.page)
        self._release(following)

    def _tell_missed(self, following: Following, page: Page) -> None:
        answer = service.answer(following.sid, page, following.told)
        following.told = page.head
        if not answer.recovered:
            self._page.say(answer)
            return
        for event in page.events:
            self._page.say(Happened(following.name, event))

    def _release(self, following: Following) -> None:
        """Pass on what was held, as far as the numbers go; read the rest, if there is one."""
        following.catching_up = False
        while (frame := following.held.pop(following.told + 1, None)) is not None:
            following.told += 1
            self._page.tell(frame)
        following.held = {n: f for n, f in following.held.items() if n > following.told}
        if following.head > following.told:
            self._start_catching_up(following)
