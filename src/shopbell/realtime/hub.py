"""Who is connected to this process, and what each of them is to hear."""

import asyncio
import contextlib
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import msgspec

from shopbell.accounts.model import KeyRevoked, SessionsEnded
from shopbell.conversations.model import (
    Audience,
    Conversation,
    EventAppended,
    MarkMoved,
    Stream,
    as_seen_by,
)
from shopbell.engine import metrics
from shopbell.kernel.actor import Actor, PersonId, ShopId, Side
from shopbell.kernel.events import Fact
from shopbell.realtime.codes import Close
from shopbell.realtime.frames import Bye, Cursor, Down, Happened, Presence, Row

encode = msgspec.json.Encoder().encode
FAREWELL_SECONDS = 2.0


class Listener(Protocol):
    """One open page, as the hub knows it."""

    actor: Actor
    session: str | None

    def hear(self, stream: str, seq: int, frame: bytes) -> None:
        """Take a numbered entry of a stream it follows; never waits."""

    def tell(self, frame: bytes) -> None:
        """Take a frame without a number; never waits."""

    def hang_up(self, code: Close) -> None:
        """End it."""


class Hub:
    """Rings everyone concerned when something was committed.

    It holds no truth: a listener that misses a number reads the gap from the database.
    """

    def __init__(self) -> None:
        self._pages: set[Listener] = set()
        self._following: dict[str, set[Listener]] = defaultdict(set)
        self._watching: dict[str, set[Listener]] = defaultdict(set)
        self._talks_of: dict[ShopId, Counter[str]] = defaultdict(Counter)
        self.draining = False
        self._react: dict[type[Fact], Callable[..., None]] = {
            EventAppended: self._on_event,
            MarkMoved: self._on_mark,
            SessionsEnded: self._on_sessions_ended,
            KeyRevoked: self._on_key_revoked,
        }

    # ── who is here ─────────────────────────────────────────────────────────────────────────

    def enter(self, page: Listener) -> None:
        """Count a page in."""
        self._pages.add(page)
        metrics.SOCKETS.set(len(self._pages))
        if page.actor.shop and self._at_desk(page.actor.shop) == 1:
            self._announce_desk(page.actor.shop, on=True)

    def leave(self, page: Listener) -> None:
        """Count a page out, and forget all it wanted to hear."""
        self._pages.discard(page)
        metrics.SOCKETS.set(len(self._pages))
        self._unwatch(page)
        if page.actor.shop and self._at_desk(page.actor.shop) == 0:
            self._announce_desk(page.actor.shop, on=False)

    def follow(self, page: Listener, stream: Stream, shop: ShopId) -> None:
        """Let a page hear a stream, and the others that its side came."""
        name = str(stream)
        came = not self._here(name, page.actor.side)
        self._following[name].add(page)
        self._talks_of[shop][name] += 1
        if came:
            self._announce_side(name, page.actor.side, on=True)

    def unfollow(self, page: Listener, stream: Stream, shop: ShopId) -> None:
        """Let a page hear a stream no longer."""
        name = str(stream)
        self._following[name].discard(page)
        self._talks_of[shop][name] -= 1
        if self._talks_of[shop][name] <= 0:
            del self._talks_of[shop][name]
        if not self._here(name, page.actor.side):
            self._announce_side(name, page.actor.side, on=False)
        if not self._following[name]:
            del self._following[name]

    def watch(self, page: Listener) -> None:
        """Let a page hear of every change in its inbox."""
        self._watching[_inbox_of(page.actor)].add(page)

    def _unwatch(self, page: Listener) -> None:
        key = _inbox_of(page.actor)
        self._watching[key].discard(page)
        if not self._watching[key]:
            del self._watching[key]

    def sides_here(self, stream: Stream) -> set[Side]:
        """Return which sides have a page open at this stream."""
        return {page.actor.side for page in self._following.get(str(stream), ())}

    def shop_online(self, shop: ShopId) -> bool:
        """Tell whether someone of this shop's team is at the desk."""
        return self._at_desk(shop) > 0

    def connections(self, person: PersonId) -> int:
        """Count the pages a person has open."""
        return sum(page.actor.id == person for page in self._pages)

    # ── what they hear ──────────────────────────────────────────────────────────────────────

    def publish(self, facts: Sequence[Fact]) -> None:
        """Pass on what was committed; called in the event loop, after the commit."""
        for fact in facts:
            react = self._react.get(type(fact))
            if react is not None:
                react(fact)

    def others(self, stream: str, page: Listener, frame: Down) -> None:
        """Tell everyone else at a stream something fleeting; not the same person's other tabs."""
        told = encode(frame)
        for other in tuple(self._following.get(stream, ())):
            if other.actor.id != page.actor.id:
                other.tell(told)

    async def drain(self, seconds: float) -> None:
        """Send every page away politely, in slices, so that they do not all come back at once."""
        self.draining = True
        pages = list(self._pages)
        random.shuffle(pages)
        slices = max(1, min(len(pages), round(seconds * 10)))
        for number in range(slices):
            for page in pages[number::slices]:
                page.tell(encode(Bye(after_ms=random.randint(0, round(seconds * 1000)))))  # noqa: S311
                page.hang_up(Close.DRAINING)
            await asyncio.sleep(seconds / slices if len(pages) > 1 else 0)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_SECONDS):
                while self._pages:  # noqa: ASYNC110 - each page leaves in its own time
                    await asyncio.sleep(0.01)

    def _on_event(self, fact: EventAppended) -> None:
        metrics.APPENDED.labels(fact.event.type).inc()
        name = str(fact.stream)
        listeners = self._following.get(name)
        if listeners:
            told = encode(Happened(stream=name, event=fact.event))
            for page in tuple(listeners):
                page.hear(name, fact.event.seq, told)
        self._tell_row(fact.talk, notes=fact.stream.audience is Audience.NOTES)

    def _on_mark(self, fact: MarkMoved) -> None:
        name = str(Stream(fact.talk.id))
        told = encode(Cursor(stream=name, kind=fact.kind, side=fact.side, seq=fact.seq))
        for page in tuple(self._following.get(name, ())):
            page.tell(told)
        self._tell_row(fact.talk)

    def _on_sessions_ended(self, fact: SessionsEnded) -> None:
        ended = set(fact.sessions)
        for page in tuple(self._pages):
            if page.session in ended:
                page.hang_up(Close.REVOKED)

    def _on_key_revoked(self, fact: KeyRevoked) -> None:
        for page in tuple(self._pages):
            if str(page.actor.id) == fact.key:
                page.hang_up(Close.REVOKED)

    def _tell_row(self, talk: Conversation, *, notes: bool = False) -> None:
        """Show the row to every inbox it is in; of a note only the shop's own may know."""
        inboxes = (
            (_SHOP + talk.shop,) if notes else (_BUYER + talk.buyer, _SHOP + talk.shop, _OPERATOR)
        )
        for key in inboxes:
            pages = self._watching.get(key)
            if pages and (talk.last_side is not None or key == _BUYER + talk.buyer):
                told = encode(Row(as_seen_by(talk, next(iter(pages)).actor)))
                _tell_all(pages, told)

    def _here(self, stream: str, side: Side) -> bool:
        return any(page.actor.side is side for page in self._following.get(stream, ()))

    def _at_desk(self, shop: ShopId) -> int:
        return sum(page.actor.shop == shop for page in self._pages)

    def _announce_side(self, stream: str, side: Side, *, on: bool) -> None:
        frame = encode(Presence(side=side, on=on, stream=stream))
        _tell_all((p for p in self._following[stream] if p.actor.side is not side), frame)

    def _announce_desk(self, shop: ShopId, *, on: bool) -> None:
        frame = encode(Presence(side=Side.SELLER, on=on, shop=shop))
        for stream in tuple(self._talks_of.get(shop, ())):
            _tell_all(self._following.get(stream, ()), frame)


_BUYER, _SHOP, _OPERATOR = "buyer:", "shop:", "operator"


def _inbox_of(actor: Actor) -> str:
    match actor.side:
        case Side.BUYER:
            return _BUYER + actor.id
        case Side.SELLER:
            return f"{_SHOP}{actor.shop}"
        case Side.OPERATOR | Side.SYSTEM:
            return _OPERATOR


def _tell_all(pages: Iterable[Listener], frame: bytes) -> None:
    for page in tuple(pages):
        page.tell(frame)
