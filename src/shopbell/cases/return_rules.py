"""What may be returned, for what reason, and when which step of a return may be taken. Pure."""

from shopbell.cases.fields import Answers, TakenLine
from shopbell.cases.model import Case, Goods, Situation
from shopbell.cases.money import price_of
from shopbell.cases.refusals import (
    AmountTooHigh,
    CodeDiffers,
    ConclusionMissing,
    ExchangeIncomplete,
    FaultUntold,
    FilesTooLarge,
    GoodsElsewhere,
    LineTwice,
    MoreThanBought,
    NoCodeGiven,
    NoDefect,
    NotAnOption,
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
    VideosTooMany,
    WayBackTooDear,
    WordsTooMany,
)
from shopbell.commerce.model import Money, OrderLineId
from shopbell.commerce.tracking import Milestone
from shopbell.kernel.texts import text
from shopbell.knowledge.model import Condition
from shopbell.knowledge.refusals import NoSuchLine
from shopbell.knowledge.wording import explain

CONDITIONS = tuple(one for one in Condition if one is not Condition.NOT_RECEIVED)
"""How a thing may be that goes back: all but what never came."""

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


def reason_fits(case: Case, given: Answers, around: Situation) -> None:
    """Refuse a reason that belongs to another condition, before a shop refuses it for that."""
    if case.verdict and case.verdict.condition != given["condition"]:
        fitting = text(around.locale, f"case.choice_condition.{case.verdict.condition}")
        raise ReasonElsewhere(fitting=fitting)


def verdict_allows(case: Case, _given: Answers, around: Situation) -> None:
    """Refuse what the policy does not let go back, with its clause."""
    if case.verdict and not case.verdict.allowed:
        raise NotReturnable(words=explain(case.verdict, around.locale))


def evidence_is_whole(case: Case, given: Answers, around: Situation) -> None:
    """Name what is missing before a shop refuses it for that.

    A reason may stand for photos where the policy says so; one photo shows one side.
    """
    if case.verdict is None:
        return
    wanted = case.verdict.evidence
    shots = {shot.file: shot.shows for shot in given.get("shots", [])}
    missing = set(wanted.required_angles) - set(shots.values())
    excused = wanted.reason_for_photos and given.get("why_no_photos")
    if not excused and (missing or len(shots) < wanted.photos_min):
        named = [angle for angle in wanted.required_angles if angle in missing]
        words = [text(around.locale, f"policy.angle_{angle}") for angle in named]
        raise PhotosMissing(missing="; ".join(words), least=wanted.photos_min)
    if wanted.documents and not given.get("conclusion"):
        raise ConclusionMissing


def evidence_fits(case: Case, given: Answers, around: Situation) -> None:
    """Refuse more than the policy takes: photos, videos, words, and how large the files are.

    What was shown before counts with it.
    """
    if case.verdict is None:
        return
    limits = case.verdict.evidence
    shots = {shot["file"] for shot in case.facts.get("shots", ())}
    shots |= {shot.file for shot in given.get("shots", ())}
    videos = {*case.facts.get("video", ()), *given.get("video", ())}
    if len(shots) > limits.photos_max:
        raise PhotosTooMany(most=limits.photos_max)
    if len(videos) > limits.videos_max:
        raise VideosTooMany(most=limits.videos_max)
    for name in _SAID:
        if len(given.get(name, "")) > limits.comment_max:
            raise WordsTooMany(most=limits.comment_max, field=name)
    photos = around.view.sizes(shots)
    if max(photos, default=0) > limits.photo_max_mb * MEGABYTE:
        raise FilesTooLarge(most=limits.photo_max_mb, field="shots")
    if sum(photos) + sum(around.view.sizes(videos)) > limits.total_max_mb * MEGABYTE:
        raise FilesTooLarge(most=limits.total_max_mb, field="shots" if shots else "video")


_SAID = ("fault", "why_no_photos", "info")
MEGABYTE = 1024 * 1024


def wish_is_open(case: Case, given: Answers, around: Situation) -> None:
    """Refuse to ask for what the clause does not offer; the shop may still offer it, and kinder."""
    wish, options = given.get("wish"), case.verdict.options if case.verdict else []
    if wish and options and _OPTIONS[wish] not in options:
        able = [one for one in _OPTIONS if _OPTIONS[one] in options]
        words = [text(around.locale, f"case.choice_wish.{one}") for one in able]
        raise NotAnOption(options="; ".join(words))


_OPTIONS = {"refund": "refund", "exchange": "replace", "repair": "repair", "part": "refund"}
"""Which of the policy's options each wish is."""


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
    since = case.entered_at + around.clock("transit_dispute").span
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
            return "arrived" if has_come(around, case.facts.get("back_shipment")) else None
        case "replacement_shipped":
            return came_or_lost(around, case.facts.get("sent_shipment"), "delivered", "lost")
        case "goods_sent":
            return came_or_lost(around, case.facts.get("sent_shipment"), "came_home", "lost_home")
        case _:
            return None


_ALREADY = {Goods.WITH_SHOP: "already_here", Goods.ON_WAY_BACK: "already_sent"}


def came_or_lost(around: Situation, shipment: str | None, came: str, lost: str) -> str | None:
    """Return which of two steps follows from what became of a parcel beside the order, if any."""
    if has_come(around, shipment):
        return came
    parcels = around.order.beside if around.order else []
    is_lost = any(one.id == shipment and one.state is Milestone.LOST for one in parcels)
    return lost if is_lost else None


def has_come(around: Situation, shipment: str | None) -> bool:
    """Tell whether a parcel beside the order has been delivered."""
    parcels = around.order.beside if around.order else []
    return any(one.id == shipment and one.delivered_at for one in parcels)


def code_was_given(case: Case, _around: Situation) -> None:
    """Let a thing be dropped off only by the code that the shop gave for it."""
    if not case.facts.get("drop_off_code"):
        raise NoCodeGiven


def code_is_right(case: Case, given: Answers, _around: Situation) -> None:
    """Refuse another code than the one that was given."""
    if _plain(given["sent_with_code"]) != _plain(case.facts["drop_off_code"]):
        raise CodeDiffers


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
    if "awarded" in case.facts:
        whole = Money(**case.facts["awarded"])
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
