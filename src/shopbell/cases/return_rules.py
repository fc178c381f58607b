"""What may be returned, for what reason, and when which step of a return may be taken. Pure."""

from shopbell.cases.fields import Answers, TakenLine
from shopbell.cases.model import Case, Goods, Situation
from shopbell.cases.money import price_of
from shopbell.cases.refusals import (
    AmountTooHigh,
    ConclusionMissing,
    ExchangeIncomplete,
    FaultUntold,
    GoodsElsewhere,
    LineTwice,
    MoreThanBought,
    NoDefect,
    NotReturnable,
    NotYet,
    OtherCurrency,
    OtherRemedyAgreed,
    PhotosMissing,
    PhotosTooMany,
    ReasonElsewhere,
    SameParcelAgain,
    SerialDiffers,
    SerialSame,
    SerialUnknown,
    WayBackTooDear,
)
from shopbell.commerce.model import Money, OrderLineId
from shopbell.kernel.texts import text
from shopbell.knowledge.refusals import NoSuchLine
from shopbell.knowledge.wording import explain

REASONS: dict[str, tuple[str, ...]] = {
    "proper": ("changed_mind", "size_fit", "wrong_size_ordered", "late_delivery"),
    "defective": ("defective", "not_working"),
    "damaged_in_transit": ("damaged",),
    "wrong_item": ("wrong_item", "wrong_size_sent"),
    "not_as_described": ("not_as_described",),
    "incomplete": ("incomplete",),
    "counterfeit": ("counterfeit",),
    "expired": ("expired",),
    "warranty": ("warranty",),
}
"""Reasons by the condition they stand for: those of the policy profiles, less what never came."""

CONDITIONS = tuple(REASONS)
IN_VAIN = frozenset({"cancelled", "expired", "rejected_final"})
"""Ends of a return after which its things may be returned again."""


# ── to open one ─────────────────────────────────────────────────────────────────────────────


def lines_were_bought(_case: Case, given: Answers, around: Situation) -> None:
    """Refuse things that were not bought, or more of them than were."""
    _check_lines(given["lines"], around, {})


def lines_are_of_the_order(case: Case, given: Answers, around: Situation) -> None:
    """Refuse things that were not bought, or more of them than can still go back."""
    _check_lines(given["lines"], around, _gone_back(case, around))


def _check_lines(lines: list[TakenLine], around: Situation, gone: dict[OrderLineId, int]) -> None:
    if len({one.line for one in lines}) < len(lines):
        raise LineTwice
    bought = {line.id: line.quantity for line in around.order.lines} if around.order else {}
    for one in lines:
        if one.line not in bought:
            raise NoSuchLine(line=str(one.line)[:40])
        if one.quantity > (left := bought[one.line] - gone.get(one.line, 0)):
            raise MoreThanBought(most=left)


def _gone_back(case: Case, around: Situation) -> dict[OrderLineId, int]:
    gone: dict[OrderLineId, int] = {}
    for other in around.others:
        if other.kind == case.kind and other.id != case.id and other.state not in IN_VAIN:
            for one in other.facts.get("lines", ()):
                gone[one["line"]] = gone.get(one["line"], 0) + one["quantity"]
    return gone


def reason_fits(_case: Case, given: Answers, _around: Situation) -> None:
    """Refuse a reason that belongs to another condition, before a shop refuses it for that."""
    if given["reason"] not in REASONS[given["condition"]]:
        raise ReasonElsewhere(fitting=", ".join(REASONS[given["condition"]]))


def verdict_allows(case: Case, _given: Answers, around: Situation) -> None:
    """Refuse what the policy does not let go back, with its clause."""
    if case.verdict and not case.verdict.allowed:
        raise NotReturnable(words=explain(case.verdict, around.locale))


def evidence_is_whole(case: Case, given: Answers, around: Situation) -> None:
    """Name what is missing before a shop refuses it for that; a reason may stand for photos."""
    if case.verdict is None:
        return
    wanted, shots = case.verdict.evidence, given.get("shots", [])
    if len(shots) > wanted.photos_max:
        raise PhotosTooMany(most=wanted.photos_max)
    missing = set(wanted.required_angles) - {shot.shows for shot in shots}
    if not given.get("why_no_photos") and (missing or len(shots) < wanted.photos_min):
        named = [angle for angle in wanted.required_angles if angle in missing]
        words = [text(around.locale, f"policy.angle_{angle}") for angle in named]
        raise PhotosMissing(missing="; ".join(words), least=wanted.photos_min)
    if wanted.documents and not given.get("conclusion"):
        raise ConclusionMissing


def fault_is_told(_case: Case, given: Answers, _around: Situation) -> None:
    """Ask what is wrong with a thing that is said not to be right."""
    if given["condition"] != "proper" and not given.get("fault"):
        raise FaultUntold


# ── to take a step ──────────────────────────────────────────────────────────────────────────


def is_defect(case: Case, _around: Situation) -> None:
    """Let only what is broken be repaired, and only if it is said how."""
    if case.facts.get("condition") not in {"defective", "damaged_in_transit", "warranty"}:
        raise NoDefect
    if not case.facts.get("fault"):
        raise FaultUntold


def goods_there(case: Case, _around: Situation) -> None:
    """Refuse what makes sense only while the goods are with the buyer."""
    if case.goods is not Goods.WITH_BUYER:
        raise GoodsElsewhere


def goods_back(case: Case, _around: Situation) -> None:
    """Refuse what makes sense only once the goods are with the shop."""
    if case.goods is not Goods.WITH_SHOP:
        raise GoodsElsewhere


def agreed_refund(case: Case, _around: Situation) -> None:
    """Give back money only where no exchange was agreed."""
    if "reserved" in case.facts:
        raise OtherRemedyAgreed


def agreed_exchange(case: Case, _around: Situation) -> None:
    """Send another one only where that was agreed."""
    if "reserved" not in case.facts:
        raise OtherRemedyAgreed


def long_on_its_way(case: Case, around: Situation) -> None:
    """Let the buyer call in the marketplace once the way back takes too long."""
    since = case.entered_at + around.spans["transit_dispute"]
    if around.now < since:
        raise NotYet(when=since.isoformat(timespec="minutes"))


def known_already(case: Case, around: Situation) -> str | None:
    """Go on by itself where the goods are further than the case.

    They were sent before it was decided that they may be, or their carrier told they have come.
    """
    match case.state:
        case "approved":
            return _ALREADY.get(case.goods)
        case "in_transit_back":
            return "arrived" if _has_come(around, case.facts.get("back_shipment")) else None
        case "replacement_shipped":
            return "delivered" if _has_come(around, case.facts.get("sent_shipment")) else None
        case _:
            return None


_ALREADY = {Goods.WITH_SHOP: "already_here", Goods.ON_WAY_BACK: "already_sent"}


def _has_come(around: Situation, shipment: str | None) -> bool:
    parcels = around.order.beside if around.order else []
    return any(one.id == shipment and one.delivered_at for one in parcels)


def is_another_parcel(_case: Case, given: Answers, around: Situation) -> None:
    """Refuse the number of a parcel of the order: what is known of it is not news of another."""
    order = around.order
    known = (
        {one.tracking_number for one in (*order.shipments, *order.beside)} if order else set[str]()
    )
    for name in ("parcel", "sent_parcel"):
        if name in given and given[name].number in known:
            raise SameParcelAgain(number=given[name].number)


def way_back_is_payable(_case: Case, given: Answers, around: Situation) -> None:
    """Refuse a cost of sending it back that is nothing, in other money, or more than was paid."""
    cost: Money | None = given.get("return_cost")
    if cost is None or around.order is None:
        return
    paid = around.order.captured
    if cost.currency != paid.currency or not 0 < cost.amount <= paid.amount:
        raise WayBackTooDear(most=paid.amount, currency=paid.currency)


def less_than_the_lines(case: Case, given: Answers, around: Situation) -> None:
    """Refuse a part that is the whole or more, or nothing, or of another currency."""
    amount: Money = given["amount"]
    if around.order is None:
        return
    lines = [TakenLine(**one) for one in case.facts["lines"]]
    whole = Money(price_of(around.order, lines), around.order.total.currency)
    if amount.currency != whole.currency:
        raise OtherCurrency(currency=whole.currency)
    if not 0 < amount.amount < whole.amount:
        raise AmountTooHigh(most=whole.amount - 1, currency=whole.currency)


def exchange_is_whole(case: Case, given: Answers, _around: Situation) -> None:
    """Refuse to send more things than go back."""
    returned = sum(one["quantity"] for one in case.facts["lines"])
    if given["replacement"].quantity > returned:
        raise ExchangeIncomplete(most=returned)


def same_serial(case: Case, given: Answers, _around: Situation) -> None:
    """Refuse to accept by mistake what bears another serial number than what was sold."""
    seen, sold = given.get("serial_seen"), _sold(case, given)
    if seen and sold and _plain(seen) != _plain(sold):
        raise SerialDiffers(sold=sold, seen=seen)


def serial_is_compared(case: Case, given: Answers, _around: Situation) -> None:
    """Ask for both numbers where goods are refused because they differ."""
    if given["found"] != "serial_differs":
        return
    seen, sold = given.get("serial_seen"), _sold(case, given)
    if not (seen and sold):
        raise SerialUnknown
    if _plain(seen) == _plain(sold):
        raise SerialSame(serial=sold)


def _sold(case: Case, given: Answers) -> str:
    return str(given.get("serial_sold") or case.facts.get("serial") or "")


def _plain(serial: str) -> str:
    return "".join(filter(str.isalnum, serial)).upper()
