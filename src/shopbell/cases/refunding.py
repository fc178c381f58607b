"""How refunds are asked for, approved and followed; each stage is told to the buyer."""

from contextlib import suppress
from datetime import timedelta

import msgspec
from msgspec.structs import replace

from shopbell.cases import refund_storage, storage
from shopbell.cases.fields import Answers
from shopbell.cases.kinds import KINDS
from shopbell.cases.model import Case, CaseEntry, MoneyState, Party
from shopbell.cases.money import Part, RefundId, RefundShown, RefundState
from shopbell.cases.recording import count
from shopbell.cases.refunds import (
    FLOW,
    Refund,
    Share,
    check_share,
    money_of,
    possible,
    room_for,
    shares,
)
from shopbell.cases.refusals import (
    AskedInAnotherCase,
    CaseNeedsOrder,
    NotYoursToCancel,
    NotYoursToPay,
    OtherCurrency,
    SecondHandNeeded,
)
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Money, Order
from shopbell.conversations.model import Stream
from shopbell.conversations.posting import call_operator, post_case
from shopbell.conversations.refusals import ConversationClosed
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, PersonId, Rank, ShopId, Side
from shopbell.kernel.events import Job
from shopbell.kernel.ids import new_id
from shopbell.kernel.likeness import like
from shopbell.kernel.refusals import Refusal

POLL, STUCK, UNDECIDED = "refund_poll", "refund_stuck", "refund_undecided"
POLL_AFTER = timedelta(hours=24)
STUCK_AFTER = timedelta(hours=72)
DECIDE_WITHIN = timedelta(hours=24)


class SubmitRefund(Job, frozen=True):
    """Ask the platform to pay a refund, or how far it is."""

    refund: RefundId


def give_back(tx: Tx, actor: Actor, case: Case, given: Answers, *, agreed: bool = False) -> Case:
    """Ask for all that a step of a case gives back, as far as there is anything left to give.

    What is not left, because it was given back before or is more than was ever paid, is told and
    the operator looks at it.
    """
    if case.order is None:
        return case
    order = commerce.held_order(tx, case.order)
    case, short = case.forgetting("unpaid"), 0
    for share in shares(case, order, given, agreed=agreed):
        left = possible(order, refund_storage.of_order(tx, order.id), share)
        short += share.amount - left.amount
        if left.amount:
            _add(tx, actor, case, order, left)
    if short:
        call_operator(tx, case.conversation)
        unpaid = msgspec.to_builtins(Money(short, order.total.currency))
        case = replace(case.knowing(unpaid=unpaid), escalated_at=case.escalated_at or tx.now)
    return replace(case, money=money_of(refund_storage.of_case(tx, case.id)))


def give_difference(tx: Tx, actor: Actor, case: Case, earlier: Case, given: Answers) -> Case:
    """Ask for what a decision gives more than was given for the case it is about."""
    if case.order is None:
        return case
    order = commerce.held_order(tx, case.order)
    given_back = sum(
        one.amount.amount
        for about in (earlier, case)
        for one in refund_storage.of_case(tx, about.id)
        if one.counts and one.part is not Part.RETURN_SHIPPING
    )
    judged = replace(case, verdict=earlier.verdict)
    wanted = (one for one in shares(judged, order, given) if one.part is not Part.RETURN_SHIPPING)
    more = sum(share.amount for share in wanted) - given_back
    if more <= 0:
        return case
    return give_back(tx, actor, case, {"amount": Money(more, order.total.currency)})


def ask(  # noqa: PLR0917
    tx: Tx, actor: Actor, case: Case, share: Share, currency: str, cmid: str
) -> Refund:
    """Ask for one part by hand; refused if it is more than is left of what was paid."""
    if not _is_cashier(actor, case.shop):
        raise NotYoursToPay
    if case.order is None:
        raise CaseNeedsOrder(kind=case.kind)
    if not KINDS[case.kind].money_by_hand:
        raise AskedInAnotherCase
    order = commerce.held_order(tx, case.order)
    if currency != order.total.currency:
        raise OtherCurrency(currency=order.total.currency)
    check_share(order, refund_storage.of_order(tx, order.id), share)
    return _add(tx, actor, case, order, share, cmid)


def _add(  # noqa: PLR0917
    tx: Tx, actor: Actor, case: Case, order: Order, share: Share, cmid: str = ""
) -> Refund:
    refund = Refund(
        id=RefundId(new_id()),
        case=case.id,
        order=order.id,
        shop=case.shop,
        number=len(refund_storage.of_case(tx, case.id)) + 1,
        part=share.part,
        amount=Money(share.amount, order.total.currency),
        lines=list(share.lines),
        requested_by=_decider(tx, actor, case),
        requested_side=actor.side,
        requested_at=tx.now,
        asked_cmid=cmid,
    )
    if refund.named_by_buyer:
        refund = replace(refund, requested_by=case.buyer, requested_side=Side.BUYER)
    refund_storage.add(tx, refund)
    tx.arm(UNDECIDED, refund.id, tx.now + DECIDE_WITHIN)
    pay_soon(tx, refund)
    return refund


def _decider(tx: Tx, actor: Actor, case: Case) -> PersonId:
    """Return who wants it: behind what the system does after a dispute stands its judge."""
    if actor.side is not Side.SYSTEM:
        return actor.id
    disputes = (storage.get(tx, one) for one in storage.children(tx, case.id))
    judges = [judge for one in disputes for judge in one.facts.get("judges", ())]
    return PersonId(judges[-1]) if judges else actor.id


def pay_soon(tx: Tx, refund: Refund) -> None:
    """Leave it to a worker to bring a refund on its way."""
    tx.later(SubmitRefund(refund=refund.id), key=f"refund:{refund.id}")


def tell_of_new(tx: Tx, case: Case) -> None:
    """Tell what was asked for with the step that was just taken."""
    for refund in refund_storage.of_case(tx, case.id):
        if refund.state is RefundState.REQUESTED and refund.requested_at == tx.now:
            tell_of(tx, case, refund)
    if "unpaid" in case.facts:
        _tell(tx, case, "money_short", {"amount": case.facts["unpaid"]})


def tell_of(tx: Tx, case: Case, refund: Refund) -> None:
    """Tell both sides how far a refund has come."""
    given = {
        "amount": refund.amount,
        "part": refund.part,
        "reference": refund.reference,
        "bank_days": refund.bank_days,
    }
    _tell(tx, case, f"money_{refund.state}", given)


def _tell(tx: Tx, case: Case, action: str, given: dict[str, object]) -> None:
    entry = CaseEntry(
        case=case.id,
        number=case.number,
        kind=case.kind,
        action=action,
        before=case.state,
        after=case.state,
        waiting_on=case.waiting_on,
        due=case.due,
        given=msgspec.to_builtins(given),
    )
    asks = case.waiting_on is Party.SELLER
    with suppress(ConversationClosed):  # money goes its way, also where nothing is said any more
        post_case(tx, SYSTEM, Stream(case.conversation), entry, asks=asks)


def is_all_back(tx: Tx, order: Order) -> bool:
    """Tell whether all that was paid for an order goes back, or has gone."""
    asked = refund_storage.of_order(tx, order.id)
    return any(one.counts for one in asked) and room_for(order, asked) <= 0


def shown(actor: Actor, refund: Refund) -> RefundShown:
    """Return a refund as one side sees it."""
    return like(RefundShown, refund, actions=actions(actor, refund))


def actions(actor: Actor, refund: Refund) -> list[str]:
    """List what ``actor`` may do about a refund."""
    if not may_decide(actor, refund):
        return []
    moves = [move.action for move in FLOW.options(refund.state, actor.side)]
    return [one for one in moves if _hindrance(actor, refund, one) is None]


def check_step(actor: Actor, refund: Refund, action: str) -> None:
    """Refuse a step of a refund that somebody else must take."""
    if hindrance := _hindrance(actor, refund, action):
        raise hindrance


def _hindrance(actor: Actor, refund: Refund, action: str) -> Refusal | None:
    if action == "approve" and actor.id == refund.requested_by:
        return SecondHandNeeded()
    if action == "cancel" and actor.side is Side.SELLER and not refund.is_grace:
        return NotYoursToCancel()
    return None


def may_decide(actor: Actor, refund: Refund) -> bool:
    """Tell whether ``actor`` decides about a refund."""
    return _is_cashier(actor, refund.shop)


def _is_cashier(actor: Actor, shop: ShopId) -> bool:
    """Tell whether ``actor`` decides about a shop's money: its managers, and the operator."""
    if actor.side is Side.SELLER:
        return actor.works_for(shop, Rank.MANAGER)
    return actor.side in {Side.OPERATOR, Side.SYSTEM}


def follow(tx: Tx, case: Case) -> Case:
    """Note with a held case how far its money is; the operator is called where it failed."""
    money = money_of(refund_storage.of_case(tx, case.id))
    if money is case.money:
        return case
    failed = tx.now if money is MoneyState.FAILED else None
    found = replace(case, money=money, escalated_at=case.escalated_at or failed)
    storage.change(tx, found)
    count(tx, found)
    return found
