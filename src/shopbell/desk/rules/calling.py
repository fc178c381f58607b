"""What calls rules: facts of other rooms leave a job behind where a rule waits for them.

On the way of every message: where nobody's rule waits, a look into memory is all there is.
"""

from typing import Any

from shopbell.cases.model import CaseMoved
from shopbell.commerce.facts import ShipmentLate, ShipmentStalled, TrackingSeen
from shopbell.commerce.model import OrderId
from shopbell.commerce.tracking import Milestone
from shopbell.conversations import service as conversations
from shopbell.conversations.model import (
    Audience,
    ConversationId,
    EventAppended,
    StateChanged,
    Subject,
    SubjectKind,
)
from shopbell.conversations.satisfaction.model import Rated
from shopbell.conversations.turns import State
from shopbell.desk.clocks.facts import ClockBreached, ClockWarned
from shopbell.desk.model import TalkSorted, TalkTagged, TalkWoken
from shopbell.desk.rules import storage
from shopbell.desk.rules.model import CallRules, RuleId, Trigger
from shopbell.desk.rules.scene import words_in
from shopbell.desk.rules.silence import SILENCE
from shopbell.engine.database import Reaction, Tx
from shopbell.kernel.actor import SYSTEM, ShopId, Side
from shopbell.kernel.ids import new_id

CHAIN = "automation_chain"
"""What a transaction holds while a rule acts: the rules by which it came to that."""

_WROTE = {Side.BUYER: Trigger.BUYER_WROTE, Side.SELLER: Trigger.SHOP_WROTE}


def remember_opening(tx: Tx, fact: StateChanged) -> None:
    """Remember that a conversation begins: `follow_entry` acts on it once that is written."""
    if fact.before is State.NEW:
        tx.held["begun", fact.conversation] = True


def follow_entry(tx: Tx, fact: EventAppended) -> None:
    """Call the rules that wait for what a person says; what a machine says calls none."""
    talk, event = fact.talk, fact.event
    if event.type != "message" or fact.stream.audience is Audience.NOTES:
        return
    waits = storage.waits(tx, talk.shop)
    if not waits.triggers or words_in(event.data).automatic:
        return
    if waits.silence:
        tx.arm(SILENCE, talk.id, tx.now + waits.silence)
    if trigger := _WROTE.get(event.actor.side):
        _call(tx, talk.shop, talk.id, trigger, event.id, seq=event.seq)
    if event.actor.side is Side.BUYER and tx.held.pop(("begun", talk.id), False):
        _call(tx, talk.shop, talk.id, Trigger.OPENED, event.id, seq=event.seq)


def follow_case(tx: Tx, fact: CaseMoved) -> None:
    """Call the rules that wait for a step of a case."""
    case = fact.case
    _call(tx, case.shop, case.conversation, Trigger.CASE_MOVED, value=fact.action)


def follow_kind(tx: Tx, fact: TalkSorted) -> None:
    """Call the rules that wait for a kind."""
    _call(tx, fact.shop, fact.conversation, Trigger.SORTED, value=fact.kind)


def follow_tag(tx: Tx, fact: TalkTagged) -> None:
    """Call the rules that wait for a tag."""
    if fact.on:
        _call(tx, fact.shop, fact.conversation, Trigger.TAGGED, value=fact.tag)


def follow_waking(tx: Tx, fact: TalkWoken) -> None:
    """Call the rules that wait for the end of a sleep."""
    _call(tx, fact.shop, fact.conversation, Trigger.WOKEN)


def follow_rating(tx: Tx, fact: Rated) -> None:
    """Call the rules that wait for what a buyer says of a conversation."""
    _call(tx, fact.shop, fact.conversation, Trigger.RATED, value=fact.verdict)


def follow_warning(tx: Tx, fact: ClockWarned) -> None:
    """Call the rules that wait for time to run short."""
    _call(tx, fact.shop, fact.conversation, Trigger.CLOCK_WARNED, value=fact.target)


def follow_breach(tx: Tx, fact: ClockBreached) -> None:
    """Call the rules that wait for a target that is not kept."""
    _call(tx, fact.shop, fact.conversation, Trigger.CLOCK_BREACHED, value=fact.target)


def follow_late(tx: Tx, fact: ShipmentLate) -> None:
    """Call the rules that wait for a late parcel."""
    _call_about(tx, fact.shop, fact.order, Trigger.PARCEL_LATE)


def follow_stalled(tx: Tx, fact: ShipmentStalled) -> None:
    """Call the rules that wait for a parcel of which nothing is heard."""
    _call_about(tx, fact.shop, fact.order, Trigger.PARCEL_STALLED)


def follow_tracking(tx: Tx, fact: TrackingSeen) -> None:
    """Call the rules that wait for a parcel to arrive."""
    if fact.event.milestone is Milestone.DELIVERED:
        _call_about(tx, fact.shop, fact.order, Trigger.PARCEL_DELIVERED)


def _call_about(tx: Tx, shop: ShopId, order: OrderId, trigger: Trigger) -> None:
    """Call rules in the conversation about an order; nobody has asked about it, nothing is done."""
    if trigger in storage.waits(tx, shop).triggers:
        talk = conversations.about(tx, SYSTEM, Subject(SubjectKind.ORDER, order))
        if talk is not None:
            _call(tx, shop, talk.id, trigger)


def _call(
    tx: Tx,
    shop: ShopId,
    talk: ConversationId,
    trigger: Trigger,
    call: str = "",
    *,
    seq: int = 0,
    value: str = "",
) -> None:
    if trigger in storage.waits(tx, shop).triggers:
        chain: tuple[RuleId, ...] = tx.held.get(CHAIN, ())
        job = CallRules(
            call=call or new_id(),
            trigger=trigger,
            shop=shop,
            conversation=talk,
            seq=seq,
            value=value,
            chain=chain,
        )
        tx.later(job)


REACTIONS: tuple[Reaction[Any], ...] = (
    Reaction(StateChanged, remember_opening),
    Reaction(EventAppended, follow_entry),
    Reaction(CaseMoved, follow_case),
    Reaction(TalkSorted, follow_kind),
    Reaction(TalkTagged, follow_tag),
    Reaction(TalkWoken, follow_waking),
    Reaction(Rated, follow_rating),
    Reaction(ClockWarned, follow_warning),
    Reaction(ClockBreached, follow_breach),
    Reaction(ShipmentLate, follow_late),
    Reaction(ShipmentStalled, follow_stalled),
    Reaction(TrackingSeen, follow_tracking),
)
