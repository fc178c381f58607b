"""What waits in a conversation, and what the ladder above does about it, in the thread."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from shopbell.conversations import storage
from shopbell.conversations.clocks import LADDER
from shopbell.conversations.commands import MoveData, Overdue
from shopbell.conversations.model import (
    CONTACT,
    CONTACT_MISSED,
    Conversation,
    ConversationId,
    Stream,
)
from shopbell.conversations.thread import add_event, move
from shopbell.conversations.turns import State
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Side

LOOKED_AT = 200
"""So many of the newest entries are looked through for those that wait."""


class _Told(msgspec.Struct, frozen=True):
    """What an entry says of itself: that a machine wrote it, that nothing in it waits."""

    automatic: bool = False
    asks: bool = True


_TOLD = msgspec.json.Decoder(_Told)


class Call(NamedTuple):
    """An entry that waits for somebody: its number, and since when it does."""

    seq: int
    at: datetime


Read = Callable[
    [Tx, Sequence[ConversationId], int], Iterable[tuple[ConversationId, int, datetime, str]]
]


def hold_free(tx: Tx, talks: Sequence[ConversationId]) -> list[ConversationId]:
    """Lock those of some conversations that nobody else works on, and return them."""
    return storage.hold_free(tx, talks)


def read_ahead(tx: Tx, talks: Sequence[ConversationId]) -> None:
    """Read at once what the functions below will be asked for, of each of some conversations."""
    for read in (storage.unanswered, storage.unseen):
        _read_all(tx, read, talks)


def _read_all(tx: Tx, read: Read, talks: Sequence[ConversationId]) -> None:
    tx.held.update({(read, talk): [] for talk in talks})
    for talk, seq, at, data in read(tx, talks, LOOKED_AT):
        told = _TOLD.decode(data)
        if told.asks and not told.automatic:
            tx.held[read, talk].append(Call(seq, at))


def has_spoken(tx: Tx, talk: ConversationId, side: Side, after: int) -> bool:
    """Tell whether a side has said something since entry ``after`` that still stands."""
    return storage.spoken(tx, Stream(talk), after, side)


def forget(tx: Tx, talk: Conversation) -> None:
    """Forget what was read ahead of a conversation: it has changed."""
    for read in (storage.unanswered, storage.unseen):
        tx.held.pop((read, talk.id), None)


def held(tx: Tx, talk: ConversationId) -> Conversation:
    """Return a conversation that nobody else changes meanwhile."""
    return storage.get(tx, talk, hold=True)


def look_next(tx: Tx, talk: Conversation, at: datetime | None) -> None:
    """Have the ladder look again at ``at``, or let go of the conversation."""
    if at is not None:
        tx.arm(LADDER, talk.id, at)
    if at != talk.watch_at:
        storage.change(tx, talk, watch_at=at)


def unanswered(tx: Tx, talk: Conversation) -> list[Call]:
    """List what the shop has not answered, oldest first: words of the buyer, and the operator's.

    An operator who hands a conversation back in which nobody asked speaks for themselves.
    """
    found = _read(tx, storage.unanswered, talk)
    if found or talk.round_since is not None:
        return found
    return [Call(talk.last_seq, talk.last_at)]


def unseen(tx: Tx, talk: Conversation) -> list[Call]:
    """List what the buyer ought to see and has not, oldest first."""
    return _read(tx, storage.unseen, talk)


def tell(tx: Tx, talk: Conversation, step: msgspec.Struct) -> Conversation:
    """Let both sides see a step that the ladder took."""
    return add_event(tx, talk, Stream(talk.id), SYSTEM, CONTACT, step)[0]


def tell_missed(tx: Tx, talk: Conversation, step: msgspec.Struct) -> Conversation:
    """Let both sides see that a step which the ladder took has reached nobody."""
    return add_event(tx, talk, Stream(talk.id), SYSTEM, CONTACT_MISSED, step)[0]


def tell_overdue(tx: Tx, talk: Conversation, due_at: datetime) -> Conversation:
    """Tell both sides that the shop's promise has passed; now the buyer may ask the operator."""
    overdue = Overdue(due_at)
    return add_event(tx, talk, Stream(talk.id), SYSTEM, "answer_overdue", overdue, breaches=1)[0]


def hand_over(tx: Tx, talk: Conversation) -> Conversation:
    """Ask the operator, as nobody else has answered."""
    changes = move(tx, talk, SYSTEM, "escalate")
    return add_event(tx, talk, Stream(talk.id), SYSTEM, "escalate", MoveData(), **changes)[0]


def waits_for_shop(talk: Conversation) -> bool:
    """Tell whether words wait for the shop, by a promise that runs or is broken."""
    return talk.state is State.WAITING_SELLER and talk.due_at is not None


def _read(tx: Tx, read: Read, talk: Conversation) -> list[Call]:
    if (read, talk.id) not in tx.held:
        _read_all(tx, read, [talk.id])
    found: list[Call] = tx.held[read, talk.id]
    return found
