"""What a refund is: asked of the platform that holds the money, and followed to its end. Pure.

Shopbell never moves money. A refund is one part of what goes back for one case: the parts are
kept apart, so that nobody has to guess what a sum was made of.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from shopbell.cases.fields import Answers, TakenLine
from shopbell.cases.model import Case, CaseId, MoneyState
from shopbell.cases.money import Part, RefundId, RefundState, price_of
from shopbell.cases.refusals import MoreThanBought, OtherCurrency, RefundTooMuch
from shopbell.commerce.model import Money, Order, OrderId
from shopbell.kernel.actor import PersonId, ShopId, Side
from shopbell.kernel.flow import Flow, Move
from shopbell.knowledge.refusals import NoSuchLine

BANK_DAYS = 5
"""How long a bank usually takes once the platform has paid, unless the platform says better."""


_PEOPLE, _OPERATOR, _SYSTEM = (Side.SELLER, Side.OPERATOR), (Side.OPERATOR,), (Side.SYSTEM,)
FLOW = Flow(
    start=RefundState.REQUESTED,
    ends=(RefundState.SUCCEEDED, RefundState.CANCELLED),
    said="case.refund_is_",
    moves=(
        Move("requested", "approve", "approved", by=(*_PEOPLE, Side.SYSTEM)),
        Move("requested", "cancel", "cancelled", by=_PEOPLE),
        Move("approved", "submit", "submitted", by=_SYSTEM),
        Move("approved", "manual_done", "succeeded", by=_OPERATOR, asks=("reference",)),
        Move("submitted", "succeed", "succeeded", by=_SYSTEM),
        Move("submitted", "fail", "failed", by=_SYSTEM),
        Move("failed", "retry", "submitted", by=(Side.OPERATOR, Side.SYSTEM)),
        Move("failed", "succeed", "succeeded", by=_SYSTEM),
        Move("failed", "manual_done", "succeeded", by=_OPERATOR, asks=("reference",)),
    ),
)


class Refund(Struct, frozen=True, kw_only=True):
    """One part of the money that goes back for a case. ``number`` counts those of its case.

    ``reference`` is the platform's or the operator's word for the payment, ``trouble`` why it
    failed, ``bank_days`` how many days the bank may take once it is done. What was asked for by
    hand has the sender's name for that (``asked_cmid``); ``cmid`` is that of the last step, and
    ``step_hash`` what tells that step from another under its name.
    """

    id: RefundId
    case: CaseId
    order: OrderId
    shop: ShopId
    number: int
    part: Part
    amount: Money
    lines: list[TakenLine] = []
    state: RefundState = RefundState.REQUESTED
    requested_by: PersonId
    requested_side: Side
    requested_at: datetime
    approved_by: PersonId | None = None
    submitted_at: datetime | None = None
    done_at: datetime | None = None
    reference: str = ""
    trouble: str = ""
    bank_days: int = BANK_DAYS
    attempt: int = 1
    asked_cmid: str = ""
    cmid: str = ""
    step_hash: bytes | None = None

    @property
    def key(self) -> str:
        """Return the name under which the platform pays it once, however often it is asked.

        A platform that has said no under a name keeps saying so; each new attempt has its own.
        """
        name = f"{self.case}:{self.part}:{self.number}"
        return name if self.attempt == 1 else f"{name}:{self.attempt}"

    @property
    def named_by_buyer(self) -> bool:
        """Tell whether nobody but the buyer has said yet how much it is."""
        return self.part is Part.RETURN_SHIPPING and not self.asked_cmid

    @property
    def is_grace(self) -> bool:
        """Tell whether the shop gives it of its own accord: nothing was decided."""
        return bool(self.asked_cmid) and self.requested_side is Side.SELLER

    @property
    def counts(self) -> bool:
        """Tell whether it takes from what was paid for the order."""
        return self.state is not RefundState.CANCELLED

    @property
    def waits(self) -> bool:
        """Tell whether it neither went to the platform nor came to an end."""
        return self.state in WAITING


WAITING = (RefundState.REQUESTED, RefundState.APPROVED, RefundState.FAILED)


class Share(NamedTuple):
    """A part that is to go back, before it is asked for; ``priced`` by its lines, or as named."""

    part: Part
    amount: int
    lines: tuple[TakenLine, ...] = ()
    priced: bool = False


def shares(case: Case, order: Order, given: Answers, *, agreed: bool = False) -> list[Share]:
    """Return what a step of a case gives back.

    An amount given with the step, or ``agreed`` before it, is for the things the case is about,
    and so is one that a decision has awarded. Without one it is what they cost, with what their
    ways cost where the policy says so. Whoever decides may say who bears the way back.
    """
    lines = tuple(TakenLine(**one) for one in case.facts.get("lines", ()))
    amount = given.get("amount") or case.facts.get("amount" if agreed else "awarded")
    way_back = [] if agreed else _way_back(case, order)
    if amount is not None:
        return [Share(Part.ITEM, _minor(amount, order), lines), *way_back]
    if not lines:
        lines = tuple(TakenLine(line.id, line.quantity) for line in order.lines)
    way_out = _way_out(case, order, lines)
    return [Share(Part.ITEM, price_of(order, lines), lines, priced=True), *way_out, *way_back]


def _minor(amount: Money | dict[str, object], order: Order) -> int:
    money = amount if isinstance(amount, Money) else Money(**amount)  # type: ignore[arg-type]
    if money.currency != order.total.currency:
        raise OtherCurrency(currency=order.total.currency)
    return money.amount


def _way_out(case: Case, order: Order, lines: tuple[TakenLine, ...]) -> list[Share]:
    """Return what sending it out cost the buyer, if all of it goes back."""
    bought = {line.id: line.quantity for line in order.lines}
    whole = {one.line: one.quantity for one in lines} == bought
    out = order.total.amount - sum(line.price.times(line.quantity).amount for line in order.lines)
    due = whole and out > 0 and _gives_back(case, Part.OUTBOUND_SHIPPING)
    return [Share(Part.OUTBOUND_SHIPPING, out)] if due else []


def _way_back(case: Case, order: Order) -> list[Share]:
    """Return what sending it back cost the buyer, unless that is theirs to bear."""
    back = Money(**case.facts["return_cost"]) if "return_cost" in case.facts else None
    if back is None or back.currency != order.total.currency:
        return []
    payer = case.facts.get("payer")
    theirs = payer == "buyer" if payer else not _gives_back(case, Part.RETURN_SHIPPING)
    return [] if theirs else [Share(Part.RETURN_SHIPPING, back.amount)]


def _gives_back(case: Case, part: Part) -> bool:
    return case.verdict is None or part in case.verdict.refund_parts


def room_for(order: Order, earlier: Iterable[Refund]) -> int:
    """Return how much of what was paid has not been asked back yet, for whatever part."""
    return order.captured.amount - sum(one.amount.amount for one in earlier if one.counts)


def possible(order: Order, earlier: list[Refund], share: Share) -> Share:
    """Return as much of a part as is left: of the money, and of each line that was bought."""
    lines = tuple(_left(order, earlier, share.lines))
    worth = price_of(order, lines) if share.priced else share.amount
    room = max(0, room_for(order, earlier))
    return share._replace(amount=min(share.amount, worth, room), lines=lines)


def _left(order: Order, earlier: list[Refund], lines: Iterable[TakenLine]) -> Iterator[TakenLine]:
    bought = {line.id: line.quantity for line in order.lines}
    for one in lines:
        left = bought.get(one.line, 0) - _asked_back(one.line, earlier)
        if left > 0:
            yield TakenLine(one.line, min(one.quantity, left))


def check_share(order: Order, earlier: list[Refund], share: Share) -> None:
    """Refuse more money than was paid for the order, and more of a line than was bought."""
    room = room_for(order, earlier)
    if not 0 < share.amount <= room:
        raise RefundTooMuch(most=max(0, room), currency=order.total.currency)
    bought = {line.id: line.quantity for line in order.lines}
    for one in share.lines:
        if one.line not in bought:
            raise NoSuchLine(line=str(one.line)[:40])
        left = bought[one.line] - _asked_back(one.line, earlier)
        if one.quantity > left:
            raise MoreThanBought(most=left)


def _asked_back(line: str, earlier: list[Refund]) -> int:
    items = (one for one in earlier if one.counts and one.part is Part.ITEM)
    return sum(taken.quantity for one in items for taken in one.lines if taken.line == line)


def money_of(refunds: Iterable[Refund]) -> MoneyState:
    """Return how far the money of a case has come: as far as its slowest part."""
    states = {one.state for one in refunds if one.counts}
    for state, money in _SLOWEST_FIRST.items():
        if state in states:
            return money
    return MoneyState.NONE


def all_paid(refunds: Iterable[Refund]) -> bool:
    """Tell whether everything that was to go back has gone; a gift of the shop decides nothing."""
    asked = [one for one in refunds if one.counts]
    paid = all(one.state is RefundState.SUCCEEDED for one in asked)
    return paid and not all(one.is_grace for one in asked)


def is_repaid(refunds: Collection[Refund]) -> bool:
    """Tell whether everything has gone back, and with it what was decided for the things."""
    for_things = (one for one in refunds if one.counts and one.part is Part.ITEM)
    return all_paid(refunds) and not all(one.is_grace for one in for_things)


_SLOWEST_FIRST = {
    RefundState.FAILED: MoneyState.FAILED,
    RefundState.REQUESTED: MoneyState.REQUESTED,
    RefundState.APPROVED: MoneyState.APPROVED,
    RefundState.SUBMITTED: MoneyState.SUBMITTED,
    RefundState.SUCCEEDED: MoneyState.DONE,
}
