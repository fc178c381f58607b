"""What the desk does when other rooms announce something."""

from typing import Any

from shopbell.accounts.model import StaffLeft
from shopbell.cases.acting import OPENED
from shopbell.cases.model import CaseMoved
from shopbell.commerce.facts import TrackingSeen
from shopbell.conversations import tending
from shopbell.conversations.model import (
    Audience,
    Conversation,
    ConversationId,
    EventAppended,
    StateChanged,
    TalkKind,
    WakeOn,
)
from shopbell.conversations.turns import State
from shopbell.desk import storage
from shopbell.desk.giving import let_go, serve_if_free, waits
from shopbell.desk.model import Attendance, Why, seat_id
from shopbell.desk.seating import leave
from shopbell.desk.service import works_here
from shopbell.desk.snoozing import rouse
from shopbell.engine.database import Reaction, Tx
from shopbell.kernel.actor import SYSTEM, PersonId, Side

_KINDS = {
    "question": TalkKind.QUESTION,
    "logistics_inquiry": TalkKind.LOGISTICS,
    "return": TalkKind.RETURN,
    "repair": TalkKind.REPAIR,
    "dispute": TalkKind.DISPUTE,
}


def remember_turn(tx: Tx, fact: StateChanged) -> None:
    """Remember that a turn passes: `follow_entry` acts on it once that is written."""
    tx.held["turned", fact.conversation] = fact.before


def follow_entry(tx: Tx, fact: EventAppended) -> None:
    """Wake what slept until the buyer speaks, and give out what a turn brings or frees.

    On the way of every message: whatever does not concern the desk leaves at once.
    """
    if fact.stream.audience is Audience.NOTES:
        return
    talk, event = fact.talk, fact.event
    if talk.snoozed_until is not None:
        _disturb(tx, talk, event.type, event.actor.side)
    elif talk.woken is not None and event.actor.side is Side.SELLER:
        tending.answered_for(tx, talk)
    if ("turned", talk.id) in tx.held:
        _follow_turn(tx, talk.id)


def follow_case(tx: Tx, fact: CaseMoved) -> None:
    """Let a conversation be of the kind of its newest case, and wake what slept until it moves."""
    talk = tending.held(tx, fact.case.conversation)
    if fact.action == OPENED:
        tending.sort_by_case(tx, talk, _KINDS.get(fact.case.kind, TalkKind.OTHER))
    if talk.snoozed_for is WakeOn.CASE and talk.asleep:
        rouse(tx, SYSTEM, tending.held(tx, talk.id), WakeOn.CASE)
    if ("turned", talk.id) in tx.held:
        _follow_turn(tx, talk.id)


def follow_parcel(tx: Tx, fact: TrackingSeen) -> None:
    """Wake what slept until this parcel moves."""
    for one in tending.asleep_for_parcel(tx, fact.shop, fact.order):
        talk = tending.held(tx, one)
        if talk.snoozed_for is WakeOn.PARCEL and talk.asleep:
            rouse(tx, SYSTEM, talk, WakeOn.PARCEL)


def follow_leaver(tx: Tx, fact: StaffLeft) -> None:
    """Give what somebody had who works here no more to those who do."""
    leave(tx, fact.shop, fact.person)


def _disturb(tx: Tx, talk: Conversation, kind: str, side: Side) -> None:
    """End a sleep: the buyer speaks, or the promise to them is broken, which is never silent."""
    if kind == "answer_overdue":
        rouse(tx, SYSTEM, talk, WakeOn.PROMISE)
    elif kind == "message" and side is Side.BUYER:
        rouse(tx, SYSTEM, talk, WakeOn.BUYER)


def _follow_turn(tx: Tx, of: ConversationId) -> None:
    before = tx.held.pop(("turned", of))
    talk = tending.held(tx, of)
    assignee = talk.assignee
    if before is State.RESOLVED and assignee and waits(talk) and _is_gone(tx, talk, assignee):
        let_go(tx, SYSTEM, talk, assignee, Why.SHIFT)
    serve_if_free(tx, talk.shop)


def _is_gone(tx: Tx, talk: Conversation, assignee: PersonId) -> bool:
    seat = storage.seat(tx, seat_id(talk.shop, assignee))
    off = seat is not None and seat.chosen and seat.presence is Attendance.OFF
    return off or not works_here(tx, talk.shop, assignee)


REACTIONS: tuple[Reaction[Any], ...] = (
    Reaction(StateChanged, remember_turn),
    Reaction(EventAppended, follow_entry),
    Reaction(CaseMoved, follow_case),
    Reaction(TrackingSeen, follow_parcel),
    Reaction(StaffLeft, follow_leaver),
)
