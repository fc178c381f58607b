"""What waits in a conversation, and what the ladder above does about it, in the thread."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from shopbell.conversations import storage
from shopbell.conversations.clocks import LADDER
from shopbell.conversations.commands import MoveData, Overdue
from shopbell.conversations.model import CONTACT, Conversation, ConversationId, Stream
from shopbell.conversations.thread import add_event, move
from shopbell.conversations.turns import State
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM

LOOKED_AT = 200
"""So many entries the buyer has not seen are looked through for the first that calls them."""


class _Told(msgspec.Struct, frozen=True):
    """What an entry says of itself."""

    automatic: bool = False


_UNANSWERED, _UNSEEN = "first unanswered", "unseen"


class Unseen(NamedTuple):
    """An entry that the buyer has not seen: its number, and since when it waits."""

    seq: int
    at: datetime


def read_ahead(tx: Tx, talks: Sequence[ConversationId]) -> None:
    """Lock conversations and read at once what the functions below will be asked for, of each."""
    storage.hold(tx, talks)
    tx.held.update({(_UNANSWERED, talk): None for talk in talks})
    tx.held.update({(_UNSEEN, talk): [] for talk in talks})
    for talk, seq in storage.unanswered(tx, talks):
        tx.held[_UNANSWERED, talk] = seq
    for talk, seq, at, data in storage.unseen(tx, talks, LOOKED_AT):
        if not msgspec.json.decode(data, type=_Told).automatic:
            tx.held[_UNSEEN, talk].append(Unseen(seq, at))


def forget(tx: Tx, talk: Conversation) -> None:
    """Forget what was read ahead of a conversation: it has changed."""
    for what in (_UNANSWERED, _UNSEEN):
        tx.held.pop((what, talk.id), None)


def held(tx: Tx, talk: ConversationId) -> Conversation:
    """Return a conversation that nobody else changes meanwhile."""
    return storage.get(tx, talk, hold=True)


def look_next(tx: Tx, talk: Conversation, at: datetime | None) -> None:
    """Have the ladder look again at ``at``, or let go of the conversation."""
    if at is not None:
        tx.arm(LADDER, talk.id, at)
    if at != talk.watch_at:
        storage.change(tx, talk, watch_at=at)


def first_unanswered(tx: Tx, talk: Conversation) -> int:
    """Return the number of the first entry of the buyer that the shop has not answered."""
    found: int | None = _read(tx, _UNANSWERED, talk)
    return found or talk.last_seq


def first_unseen(tx: Tx, talk: Conversation, after: int) -> Unseen | None:
    """Return the first entry behind number ``after`` that the buyer ought to see and has not."""
    found: list[Unseen] = _read(tx, _UNSEEN, talk)
    return next((one for one in found if one.seq > after), None)


def tell(tx: Tx, talk: Conversation, step: msgspec.Struct) -> Conversation:
    """Let both sides see a step that the ladder took."""
    return add_event(tx, talk, Stream(talk.id), SYSTEM, CONTACT, step)[0]


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


def _read(tx: Tx, what: str, talk: Conversation) -> Any:  # noqa: ANN401 - as it was held
    if (what, talk.id) not in tx.held:
        read_ahead(tx, [talk.id])
    return tx.held[what, talk.id]
