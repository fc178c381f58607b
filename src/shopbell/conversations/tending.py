"""How the desk shares a shop's conversations out, and what is told of it to the team alone."""

from collections.abc import Sequence
from typing import Any

import msgspec

from shopbell.accounts.refusals import NotForYourRank
from shopbell.conversations import queues, storage
from shopbell.conversations.model import (
    Audience,
    Conversation,
    ConversationId,
    Stream,
    TalkKind,
    Unsorted,
    Waiting,
)
from shopbell.conversations.service import entered
from shopbell.conversations.thread import add_event
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, PersonId, ShopId

WAITING_MOST = 100
"""Nobody needs to know of more that waits."""


def of_team(tx: Tx, actor: Actor, talk: ConversationId) -> Conversation:
    """Return a conversation that ``actor`` tends as one of the shop's team, held; or refuse."""
    return entered(tx, actor, Stream(talk, Audience.NOTES), hold=True)


def held(tx: Tx, talk: ConversationId) -> Conversation:
    """Return a conversation that nobody else changes meanwhile."""
    return storage.get(tx, talk, hold=True)


def held_free(tx: Tx, talk: ConversationId) -> Conversation | None:
    """Return a conversation, held, unless somebody else works on it at this moment."""
    free = storage.hold_free(tx, [talk])
    return storage.get(tx, talk, hold=True) if free else None


def tend(
    tx: Tx,
    actor: Actor,
    talk: Conversation,
    entry: str,
    told: msgspec.Struct,
    **changes: Any,  # noqa: ANN401 - fields of `Tended`
) -> Conversation:
    """Change what the team alone knows of a conversation, and tell it among the notes."""
    stream = Stream(talk.id, Audience.NOTES)
    return add_event(tx, talk, stream, actor, entry, told, **changes)[0]


def answered_for(tx: Tx, talk: Conversation) -> Conversation:
    """Forget why a conversation woke: somebody has seen to it."""
    return storage.change(tx, talk, woken=None, woken_at=None)


def sort_by_case(tx: Tx, talk: Conversation, kind: TalkKind) -> None:
    """Let a conversation be of the kind of the case that was opened in it."""
    storage.change(tx, talk, kind=kind)


def sort(tx: Tx, found: Sequence[tuple[ConversationId, TalkKind]]) -> list[ConversationId]:
    """Note what kind conversations are that were of none; those in others' hands come later."""
    kinds = dict(found)
    free = storage.hold_free(tx, list(kinds))
    sorted_now = [
        one for one in (storage.get(tx, talk, hold=True) for talk in free) if not one.kind
    ]
    for talk in sorted_now:
        storage.change(tx, talk, kind=kinds[talk.id])
    return [talk.id for talk in sorted_now]


def line(tx: Tx, shop: ShopId, most: int, after: Waiting | None = None) -> list[Waiting]:
    """List what waits for a shop and is nobody's, in the order in which it ought to be taken."""
    return queues.line(tx, shop, most, after)


def loads(tx: Tx, shop: ShopId) -> dict[PersonId, int]:
    """Count by person what of theirs waits for the shop."""
    return queues.loads(tx, shop)


def load(tx: Tx, shop: ShopId, person: PersonId) -> int:
    """Count what of somebody's waits for the shop."""
    return queues.load(tx, shop, person)


def waiting(tx: Tx, actor: Actor, shop: ShopId) -> int:
    """Count what waits for a shop, as far as anybody needs to know, for its staff only."""
    if not actor.works_for(shop):
        raise NotForYourRank
    return queues.waiting(tx, shop, WAITING_MOST)


def held_by(tx: Tx, shop: ShopId, person: PersonId) -> list[ConversationId]:
    """List what somebody has taken on and is not done."""
    return queues.held_by(tx, shop, person)


def asleep_for_parcel(tx: Tx, shop: ShopId, order: str) -> list[ConversationId]:
    """List what sleeps until a parcel of this order moves: one look for all parcels of a batch."""
    if ("asleep", shop) not in tx.held:
        tx.held["asleep", shop] = queues.asleep_for_parcels(tx, shop)
    return [talk for talk, about in tx.held["asleep", shop] if about == order]


def unsorted(tx: Tx, most: int) -> list[Unsorted]:
    """Return conversations that are of no kind yet, with what was written first."""
    return queues.unsorted(tx, most)
