"""Who is connected to this process, and what each of them is to hear."""

import asyncio
import contextlib
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Protocol

import msgspec

from shopbell.accounts.blocks.model import BlocksChanged
from shopbell.accounts.model import KeyRevoked, SessionId, SessionsEnded, SessionsMoved
from shopbell.conversations.calling import ColleaguesCalled
from shopbell.conversations.model import (
    Audience,
    Conversation,
    Event,
    EventAppended,
    MarkKind,
    MarkMoved,
    Stream,
    as_seen_by,
)
from shopbell.engine import metrics
from shopbell.kernel.actor import Actor, PersonId, ShopId, Side
from shopbell.kernel.events import Fact
from shopbell.realtime.codes import Close
from shopbell.realtime.frames import Bye, Called, Cursor, Happened, Row, Types
from shopbell.realtime.frames import Presence as Seen
from shopbell.realtime.presence import Presence

encode = msgspec.json.Encoder().encode
FAREWELL_SECONDS = 2.0
_appended = cache(metrics.APPENDED.labels)


class Listener(Protocol):
    """One open page, as the hub knows it. Nothing it is told makes it wait."""

    actor: Actor
    session: SessionId | None

    def hear(self, stream: str, seq: int, frame: bytes) -> None:
        """Take a numbered entry of a stream it follows."""

    def tell(self, frame: bytes) -> None:
        """Take a frame without a number."""

    def tell_newest(self, kind: str, frame: bytes) -> None:
        """Take a frame of which only the newest of its kind counts."""

    def told(self, stream: str) -> int | None:
        """Say up to which number of a stream it was told; None if it is just catching up."""

    def catch_up(self, stream: str, head: int) -> None:
        """Read what it was not told, up to ``head``, from the database."""

    def lose(self, stream: str) -> None:
        """Hear that a stream is no longer its to see."""

    def hang_up(self, code: Close) -> None:
        """End it."""

    @property
    def waiting(self) -> int:
        """Return how many frames wait to be sent."""
        ...


class Hub:
    """Rings everyone concerned when something was committed.

    It holds no truth: a listener that misses a number reads the gap from the database.
    """

    def __init__(self) -> None:
        self._pages: set[Listener] = set()
        self._pages_of: Counter[PersonId] = Counter()
        self._following: dict[str, tuple[Listener, ...]] = {}
        self._watching: dict[str, set[Listener]] = defaultdict(set)
        self.presence = Presence(self._tell_of_presence)
        self.draining = False
        self._react: dict[type[Fact], Callable[..., None]] = {
            EventAppended: self._on_event,
            MarkMoved: self._on_mark,
            SessionsEnded: self._on_sessions_ended,
            SessionsMoved: self._on_sessions_moved,
            KeyRevoked: self._on_key_revoked,
            BlocksChanged: self._on_blocks_changed,
            ColleaguesCalled: self.call,
        }

    # ── who is here ─────────────────────────────────────────────────────────────────────────

    def enter(self, page: Listener) -> None:
        """Count a page in."""
        self._pages.add(page)
        self._pages_of[page.actor.id] += 1
        metrics.SOCKETS.set(len(self._pages))

    def leave(self, page: Listener) -> None:
        """Count a page out, and forget all it wanted to hear."""
        self._pages.remove(page)
        self._pages_of[page.actor.id] -= 1
        if not self._pages_of[page.actor.id]:
            del self._pages_of[page.actor.id]
        metrics.SOCKETS.set(len(self._pages))
        self._unwatch(page)

    def follow(self, page: Listener, stream: str) -> None:
        """Let a page hear a stream."""
        pages = self._following.get(stream, ())
        if page not in pages:
            self._following[stream] = (*pages, page)

    def unfollow(self, page: Listener, stream: str) -> None:
        """Let a page hear a stream no longer."""
        pages = tuple(other for other in self.following(stream) if other is not page)
        if pages:
            self._following[stream] = pages
        else:
            self._following.pop(stream, None)

    def watch(self, page: Listener) -> None:
        """Let a page hear of every change in its inbox."""
        self._watching[_inbox_of(page.actor)].add(page)

    def _unwatch(self, page: Listener) -> None:
        key = _inbox_of(page.actor)
        self._watching[key].discard(page)
        if not self._watching[key]:
            del self._watching[key]

    def shop_online(self, shop: ShopId) -> bool:
        """Tell whether someone of this shop's team is at the desk."""
        return self.presence.at_desk(shop)

    def connections(self, person: PersonId) -> int:
        """Count the pages a person has open."""
        return self._pages_of[person]

    def staff(self) -> set[tuple[ShopId, PersonId]]:
        """Return who has a page open here of which shop, of its staff; programs are not people."""
        return {
            (page.actor.shop, page.actor.id)
            for page in self._pages
            if page.actor.shop is not None and page.session is not None
        }

    def pages(self) -> list[Listener]:
        """Return everybody who is here."""
        return list(self._pages)

    def followed(self) -> dict[str, tuple[Listener, ...]]:
        """Return which streams are followed, and by whom."""
        return dict(self._following)

    def following(self, stream: str) -> tuple[Listener, ...]:
        """Return who follows a stream."""
        return self._following.get(stream, ())

    @property
    def is_watched(self) -> bool:
        """Tell whether anybody here looks at an inbox."""
        return bool(self._watching)

    # ── what they hear ──────────────────────────────────────────────────────────────────────

    def publish(self, facts: Sequence[Fact]) -> None:
        """Pass on what was committed; called in the event loop, after the commit."""
        for fact in facts:
            react = self._react.get(type(fact))
            if react is not None:
                react(fact)

    def happened(self, stream: Stream, event: Event) -> None:
        """Tell the pages at a stream of an entry."""
        name = str(stream)
        listeners = self._following.get(name)
        if listeners:
            metrics.EVENT_AGE.observe(max(0.0, (datetime.now(UTC) - event.at).total_seconds()))
            told = encode(Happened(stream=name, event=event))
            for page in listeners:
                page.hear(name, event.seq, told)

    def grown(self, stream: str, head: int) -> None:
        """Have the pages at a stream read what they were not told, up to ``head``."""
        for page in self.following(stream):
            if (told := page.told(stream)) is None or told < head:
                page.catch_up(stream, head)

    def marked(self, stream: Stream, kind: MarkKind, side: Side, seq: int) -> None:
        """Tell the pages at a stream how far a side has come."""
        name = str(stream)
        told = encode(Cursor(stream=name, kind=kind, side=side, seq=seq))
        for page in self.following(name):
            page.tell_newest(f"cursor:{name}:{kind}:{side}", told)

    def typing(self, by: PersonId, frame: Types) -> None:
        """Tell everyone else at a stream who is typing; not the same person's other tabs."""
        told = encode(frame)
        for other in self.following(frame.stream):
            if other.actor.id != by:
                other.tell_newest(f"typing:{frame.stream}:{by}", told)

    def show_row(self, talk: Conversation, *, notes: bool = False) -> None:
        """Show the row to every inbox it is in; of a note only the shop's own may know."""
        inboxes = (
            (_SHOP + talk.shop,) if notes else (_BUYER + talk.buyer, _SHOP + talk.shop, _OPERATOR)
        )
        for key in inboxes:
            pages = self._watching.get(key)
            if pages and (talk.last_side is not None or key == _BUYER + talk.buyer):
                told = encode(Row(as_seen_by(talk, next(iter(pages)).actor)))
                for page in tuple(pages):
                    page.tell(told)

    def call(self, fact: ColleaguesCalled) -> None:
        """Tell those who are called, at whichever of their pages they are."""
        told = encode(Called(fact.why, fact.conversation, fact.by, fact.seq))
        for page in tuple(self._watching.get(_SHOP + fact.shop, ())):
            if page.actor.id in fact.people:
                page.tell(told)

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
        _appended(fact.event.type).inc()
        self.happened(fact.stream, fact.event)
        self.show_row(fact.talk, notes=fact.stream.audience is Audience.NOTES)

    def _on_mark(self, fact: MarkMoved) -> None:
        self.marked(Stream(fact.talk.id), fact.kind, fact.side, fact.seq)
        self.show_row(fact.talk)

    def _on_sessions_ended(self, fact: SessionsEnded) -> None:
        ended = set(fact.sessions)
        self._throw_out(page for page in self._pages if page.session in ended)

    def _on_sessions_moved(self, fact: SessionsMoved) -> None:
        """End the pages of a sign-in that acts for another shop now: theirs is no more to hear."""
        moved = set(fact.sessions)
        for page in tuple(self._pages):
            if page.session in moved:
                page.hang_up(Close.MOVED)

    def _on_key_revoked(self, fact: KeyRevoked) -> None:
        self._throw_out(page for page in self._pages if str(page.actor.id) == fact.key)

    def _on_blocks_changed(self, fact: BlocksChanged) -> None:
        """Have the pages concerned come back, as those who may write more, or less, than before."""
        for page in tuple(self._pages):
            if fact.subject in {page.actor.id, page.actor.shop}:
                page.hang_up(Close.RETRY)

    def _throw_out(self, pages: Iterable[Listener]) -> None:
        for page in tuple(pages):
            page.hang_up(Close.REVOKED)

    def _tell_of_presence(self, stream: str, frame: Seen, but: Side | None) -> None:
        told = encode(frame)
        kind = f"presence:{stream}:{frame.side}:{frame.shop}:{frame.person}"
        for page in self.following(stream):
            if page.actor.side is not but:
                page.tell_newest(kind, told)


_BUYER, _SHOP, _OPERATOR = "buyer:", "shop:", "operator"


def _inbox_of(actor: Actor) -> str:
    match actor.side:
        case Side.BUYER:
            return _BUYER + actor.id
        case Side.SELLER:
            return f"{_SHOP}{actor.shop}"
        case Side.OPERATOR | Side.SYSTEM:
            return _OPERATOR
