"""What waits in a conversation, and what the ladder above does about it, in the thread."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from shopbell.conversations import storage
from shopbell.conversations.clocks import LADDER
from shopbell.conversations.commands import MoveData, Overdue
from shopbell.conversations.model import CASE, CONTACT, Conversation, ConversationId, Event, Stream
from shopbell.conversations.thread import add_event, move
from shopbell.conversations.turns import State
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Side

LOOKED_AT = 200
"""So many entries the buyer has not seen are looked through for the first that calls them."""


class _Told(msgspec.Struct, frozen=True):
    """What an entry says of itself."""

    automatic: bool = False
    withdrawn: bool = False


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
    since = talk.round_since or talk.last_at
    return storage.first_since(tx, Stream(talk.id), since, Side.BUYER) or talk.last_seq


def first_unseen(tx: Tx, talk: Conversation, after: int) -> Event | None:
    """Return the first entry behind number ``after`` that the buyer ought to see and has not."""
    entries = storage.after(
        tx, Stream(talk.id), max(after, talk.buyer_read), LOOKED_AT, unveil=False
    )
    return next(_calls_the_buyer(entries), None)


def tell(tx: Tx, talk: Conversation, step: msgspec.Struct) -> Conversation:
    """Let both sides see a step that the ladder took."""
    return add_event(tx, talk, Stream(talk.id), SYSTEM, CONTACT, step)[0]


def tell_overdue(tx: Tx, talk: Conversation) -> Conversation:
    """Tell both sides that the shop's promise has passed; now the buyer may ask the operator."""
    assert talk.due_at is not None, "only a promise can be broken"
    overdue = Overdue(talk.due_at)
    return add_event(tx, talk, Stream(talk.id), SYSTEM, "answer_overdue", overdue, breaches=1)[0]


def hand_over(tx: Tx, talk: Conversation) -> Conversation:
    """Ask the operator, as nobody else has answered."""
    changes = move(tx, talk, SYSTEM, "escalate")
    return add_event(tx, talk, Stream(talk.id), SYSTEM, "escalate", MoveData(), **changes)[0]


def waits_for_shop(talk: Conversation) -> bool:
    """Tell whether words wait for the shop, by a promise that runs or is broken."""
    return talk.state is State.WAITING_SELLER and talk.due_at is not None


def _calls_the_buyer(entries: Iterable[Event]) -> Iterator[Event]:
    for entry in entries:
        if entry.type in {"message", CASE} and entry.actor.side is not Side.BUYER:
            told = msgspec.json.decode(entry.data, type=_Told)
            if not (told.automatic or told.withdrawn):
                yield entry
