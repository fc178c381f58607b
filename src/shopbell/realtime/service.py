"""Give out tickets for sockets, take them back once, and look up what open pages missed."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256

from msgspec import UNSET, Struct
from msgspec.structs import replace

from shopbell.accounts import service as accounts
from shopbell.accounts.model import SessionId
from shopbell.accounts.refusals import ActsForAnother
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Page
from shopbell.conversations.model import Stream
from shopbell.engine.database import Tx
from shopbell.engine.epoch import epoch
from shopbell.kernel.actor import Actor, ShopId
from shopbell.kernel.refusals import NotFound, Refusal, SignInFirst
from shopbell.realtime import storage
from shopbell.realtime.frames import BACKFILL_BYTES, Gone, Reset, SubOk
from shopbell.realtime.model import TICKET_SECONDS, Bearer, Ticket
from shopbell.realtime.place import Place

FAR = 300
"""More missed entries than this are paged over HTTP, not pushed."""

NEWS_BYTES = 2 * BACKFILL_BYTES


class Missed(Struct, frozen=True):
    """What a page was not told of a stream, and whose counter the stream leads to."""

    page: Page
    shop: ShopId


class Behind(Struct, frozen=True):
    """Who wants to know what stands in a stream behind which number."""

    actor: Actor
    stream: Stream
    after: int


def missed_all(tx: Tx, asks: Sequence[Behind]) -> list[Missed | Refusal]:
    """Look up what several missed: `missed` for each, with their conversations read as one."""
    conversations.read_ahead(tx, (ask.stream for ask in asks))
    return tx.each(lambda tx, ask: missed(tx, ask.actor, ask.stream, ask.after), asks)


def missed(tx: Tx, actor: Actor, stream: Stream, after: int) -> Missed:
    """Return what stands behind ``after``, whole unless it is far, if ``actor`` may see it."""
    talk = conversations.entered(tx, actor, stream)
    page = conversations.page(tx, actor, stream, after=after, of=talk)
    while len(page.events) < page.head - after <= FAR:
        told = page.events[-1].seq if page.events else after
        rest = conversations.page(tx, actor, stream, after=told, of=talk)
        if not rest.events:  # a number is missing: what is there is told as not complete
            break
        page = replace(page, events=[*page.events, *rest.events])
    return Missed(page, talk.shop)


def of_another_history(after: int, epoch: str | None, page: Page) -> bool:
    """Tell whether a copy up to ``after`` is not of the story that stands here now."""
    return after > page.head or (epoch is not None and epoch != page.epoch)


class News(Struct, frozen=True):
    """What is new since a place, as frames of the socket, and the place behind it."""

    place: Place
    frames: list[SubOk | Reset | Gone]


def news(tx: Tx, asker: Actor, session: SessionId | None, place: Place) -> News:
    """Return what stands behind a place, stream by stream; asker and streams are looked at anew."""
    actor = accounts.still(tx, asker, session)
    if actor is None:
        raise SignInFirst
    if actor.shop != asker.shop:
        raise ActsForAnother
    streams, frames, room = dict[Stream, int](), list[SubOk | Reset | Gone](), NEWS_BYTES
    for stream, after in place.streams.items():
        streams[stream] = after
        if room <= 0:  # it comes with the next question
            continue
        try:
            found = missed(tx, actor, stream, after).page
        except NotFound:
            frames.append(Gone(str(stream), str(stream)))
            del streams[stream]
            continue
        streams[stream] = found.head
        room -= _weight(found)
        if of_another_history(after, place.epoch or None, found):
            frames.append(Reset(str(stream), str(stream), found.head))
        elif found.head > after or not place.epoch:
            frames.append(answer(str(stream), found, after))
    return News(Place(epoch(tx), streams), frames)


def answer(sid: str, page: Page, after: int) -> SubOk:
    """Return all that was missed, or only how far it goes: never a part of it."""
    complete = len(page.events) == page.head - after and _weight(page) <= BACKFILL_BYTES
    return SubOk(
        sid=sid,
        stream=page.stream,
        head=page.head,
        recovered=complete,
        events=page.events if complete else [],
        reads=page.reads,
        delivered=page.delivered,
        reason=UNSET if complete else "far",
    )


def _weight(page: Page) -> int:
    return sum(len(bytes(event.data)) for event in page.events)


def give_ticket(tx: Tx, bearer: Bearer) -> Ticket:
    """Make a ticket for the one who asks; only its hash is kept."""
    secret = secrets.token_urlsafe(32)
    storage.add(tx, _hash(secret), bearer, tx.now + timedelta(seconds=TICKET_SECONDS))
    return Ticket(secret)


def redeem(tx: Tx, secret: str) -> Bearer | None:
    """Take a ticket back, if whoever got it is still signed in; it opens one socket only.

    One that was got for another shop opens none: its page shows that shop.
    """
    bearer = storage.take(tx, _hash(secret))
    now = None if bearer is None else still(tx, bearer)
    if bearer and now and now.actor.shop != bearer.actor.shop:
        raise ActsForAnother
    return now


def still(tx: Tx, bearer: Bearer) -> Bearer | None:
    """Return whom a ticket was for as they are now; None once they were signed out."""
    actor = accounts.still(tx, bearer.actor, bearer.session)
    return None if actor is None else replace(bearer, actor=actor)


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
