"""Of what kinds the news is that waits for a buyer, and whether they want it by a way."""

from collections.abc import Iterator

import msgspec

from shopbell.accounts.wishes.model import Kind, Way
from shopbell.accounts.wishes.service import wants
from shopbell.conversations import service as conversations
from shopbell.conversations import waiting
from shopbell.conversations.model import CASE, Conversation, Event, Stream
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Side

ALWAYS = {"dispute"}
"""Kinds of case whose steps are told whatever somebody chose: money and rights hang on them."""

OF_PARCELS = {"logistics_inquiry"}
"""Kinds of case whose steps are news of a delivery: where it is, and when it comes now."""


class _Told(msgspec.Struct, frozen=True):
    """What an entry says of the case it tells of."""

    kind: str = ""


def kind_of(entry: Event) -> Kind | None:
    """Return of what kind the news of an entry is; none, if it is always told.

    What the operator says is: they speak where something is in dispute, or was done to somebody.
    """
    if entry.type != CASE:
        return None if entry.actor.side is Side.OPERATOR else Kind.ANSWER
    told = msgspec.json.decode(entry.data, type=_Told)
    if told.kind in ALWAYS:
        return None
    return Kind.DELIVERY if told.kind in OF_PARCELS else Kind.CASE


def is_wanted(tx: Tx, talk: Conversation, way: Way) -> bool:
    """Tell whether the buyer of a conversation is to be told by this way of what waits there."""
    return any(kind is None or wants(tx, talk.buyer, kind, way) for kind in _waiting(tx, talk))


def must_be_told(tx: Tx, talk: Conversation) -> bool:
    """Tell whether anything waits there that is told whatever the buyer chose."""
    return None in _waiting(tx, talk)


def _waiting(tx: Tx, talk: Conversation) -> set[Kind | None]:
    """Return the kinds of all that waits, however much was said since."""
    return {kind_of(entry) for entry in _unseen(tx, talk)} or {Kind.ANSWER}


def _unseen(tx: Tx, talk: Conversation) -> Iterator[Event]:
    """Yield what the buyer ought to see and has not: the newest of it may hide a step before it."""
    waits, before = {call.seq for call in waiting.unseen(tx, talk)}, talk.head + 1
    page = conversations.page(tx, SYSTEM, Stream(talk.id), before=before, of=talk)
    yield from (entry for entry in page.events if entry.seq in waits)
    while talk.buyer_unread and page.events and page.events[0].seq > talk.buyer_read + 1:
        before = page.events[0].seq
        page = conversations.page(tx, SYSTEM, Stream(talk.id), before=before, of=talk)
        yield from (one for one in page.events if one.seq > talk.buyer_read and _is_news(one))


def _is_news(entry: Event) -> bool:
    return entry.type in {"message", CASE} and entry.actor.side is not Side.BUYER
