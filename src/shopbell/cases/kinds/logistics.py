"""Where is my parcel? Answered from its tracking, by the shop, or by its carrier; with a new date.

All its spans are clocks of the policy: the shop's to find out and to send again, the carrier's to
answer, the buyer's to say that it came and to choose a remedy.
"""

from datetime import timedelta

from shopbell.cases.fields import Answers, Field, FieldKind
from shopbell.cases.model import (
    END_OF_ETA,
    END_OF_TRACE,
    Case,
    Effect,
    Goods,
    Guard,
    Kind,
    Party,
    Situation,
    Step,
    Timer,
    Wait,
    at_most,
    escalates,
    once_called,
)
from shopbell.cases.money_rules import UNPAID, amount_is_paid, nothing_under_way
from shopbell.cases.refusals import (
    CannotSendAgain,
    CarrierSaidOtherwise,
    EtaInThePast,
    NoParcelToTrace,
    NothingGivenYet,
    OnlyParcel,
    OtherParcels,
    ProofMissing,
)
from shopbell.cases.return_rules import is_another_parcel
from shopbell.commerce.carriers import Carrier, CarrierId
from shopbell.commerce.hours import after_working_days, end_of_day, find_zone
from shopbell.commerce.model import OrderLine
from shopbell.commerce.tracking import Milestone
from shopbell.kernel.actor import Side
from shopbell.kernel.flow import Flow

FRESH = timedelta(hours=48)
"""News of a parcel that is younger answers the question where it is."""

MAY_BREAK = 2
"""The second promise that is broken calls the operator."""

CONCERNS = ("where_is_it", "late", "no_news", "not_received")
ETA_REASONS = ("carrier_delay", "weather", "customs", "sorting", "holiday", "address", "sent_late")
TRACE_REASONS = ("late", "no_news", "not_received", "damaged")
FINDINGS = ("moving", "held", "returned", "lost", "delivered", "unknown")

_TROUBLE = frozenset(
    {
        Milestone.ATTEMPT_FAILED,
        Milestone.DELIVERED,
        Milestone.EXCEPTION,
        Milestone.RETURNING,
        Milestone.RETURNED,
        Milestone.LOST,
        Milestone.CANCELLED,
        Milestone.EXPIRED,
    }
)
"""Where a parcel that is asked after needs somebody who looks after it."""

_BUYER, _SELLER, _SYSTEM = (Side.BUYER,), (Side.SELLER,), (Side.SYSTEM,)
_FOR_SHOP = (Side.SELLER, Side.OPERATOR)


# ── what is known by itself ─────────────────────────────────────────────────────────────────


def _begins(case: Case, around: Situation) -> str:
    """Answer from the tracking if that answers the question; else it is the shop's to find out."""
    parcel = around.shipment
    if parcel is None or parcel.eta is None or case.facts["concern"] == "not_received":
        return "assign"
    seen = parcel.events[-1].at if parcel.events else None
    fresh = seen is not None and around.now - seen < FRESH
    well = parcel.state not in _TROUBLE and not parcel.late_at(around.now)
    return "auto_answer" if fresh and well else "assign"


def _follows(case: Case, _around: Situation) -> str | None:
    """Call the operator to a shop that has broken its word twice."""
    broken: int = case.facts.get("promises_broken", 0)
    called = case.escalated_at is not None
    return (
        "escalate"
        if case.state == "seller_to_check" and broken >= MAY_BREAK and not called
        else None
    )


def _as_tracked(_case: Case, around: Situation) -> Answers:
    """Tell what the tracking tells: how far it is, where it was seen, when it should come."""
    parcel = around.shipment
    if parcel is None:
        return {}
    last = parcel.events[-1] if parcel.events else None
    known = {
        "status": parcel.state,
        "place": last.place if last else None,
        "seen_at": last.at if last else None,
        "eta": parcel.eta,
    }
    return {name: answer for name, answer in known.items() if answer}


def _answer_by(_case: Case, around: Situation) -> Answers:
    """Tell until when the carrier should answer: the end of that day, where it works."""
    carrier = around.carrier or _UNKNOWN
    zone, clock = find_zone(carrier.zone), around.clock(f"trace_{carrier.kind}")
    if clock.unit == "business_days":
        return {"answer_by": after_working_days([], (), zone, around.now, clock.length)}
    return {"answer_by": end_of_day(around.now + clock.span, zone)}


_UNKNOWN = Carrier(CarrierId(""), name="", vocabulary="")
"""A carrier that is not known is taken to be as slow as post."""


def _not_received(case: Case, around: Situation) -> Answers:
    return {"trace_reason": "not_received", **_answer_by(case, around)}


# ── what stands in the way ──────────────────────────────────────────────────────────────────


def _has_number(_case: Case, around: Situation) -> None:
    if around.shipment is None or not around.shipment.tracking_number:
        raise NoParcelToTrace


def _carrier_said(*outcomes: str) -> Guard:
    """Let a step be taken only after one of these answers."""

    def guard(case: Case, _around: Situation) -> None:
        said = case.facts.get("finding", "")
        if said not in outcomes:
            raise CarrierSaidOtherwise(outcome=said)

    return guard


def _in_its_place(guard: Guard) -> Guard:
    """Let the operator decide for a shop that lets its time pass, whatever the carrier said."""

    def judge(case: Case, around: Situation) -> None:
        (once_called if around.actor.side is Side.OPERATOR else guard)(case, around)

    return judge


def _in_stock(_case: Case, around: Situation) -> None:
    """Refuse to send again what the shop does not have."""
    if around.order is None or not all(_is_there(around, one) for one in around.order.lines):
        raise CannotSendAgain


def _is_there(around: Situation, line: OrderLine) -> bool:
    product = around.goods.get(line.product) if line.product else None
    if product is None:
        return False
    variant = next((one for one in product.variants if one.id == line.variant), None)
    return (variant or product).stock >= line.quantity


def _one_parcel(_case: Case, around: Situation) -> None:
    """Give back the whole order only if it came, or did not come, in one parcel."""
    if around.order and len(around.order.to_buyer) > 1:
        raise OtherParcels


def _one_of_several(_case: Case, around: Situation) -> None:
    """Ask for an amount only where not all of the order is lost."""
    if around.order is None or len(around.order.to_buyer) <= 1:
        raise OnlyParcel


def _remedy_given(case: Case, around: Situation) -> None:
    """Let a parcel that came back end the matter only if the buyer got something for it."""
    if not around.is_repaid and "reship_sent" not in case.taken:
        raise NothingGivenYet


def _is_proven(case: Case, given: Answers, _around: Situation) -> None:
    """Refuse to call delivered what neither a proof nor a name that the carrier told shows."""
    if not any(given.get(name) or case.facts.get(name) for name in PROOFS):
        raise ProofMissing


PROOFS = ("proof", "proof_url", "carrier_named")
"""What shows that a parcel was handed over: a name only if its carrier told it to us."""


def _lies_ahead(_case: Case, given: Answers, around: Situation) -> None:
    """Refuse to promise a day that has passed."""
    eta = given["eta"]
    if eta.latest < eta.day_of(around.now):
        raise EtaInThePast(latest=str(eta.latest))


# ── the table ───────────────────────────────────────────────────────────────────────────────


def _tracked(state: str, *ends: Effect) -> tuple[Step, ...]:
    """Say what the tracking may do to an inquiry that waits for somebody, and what it ends."""
    return (
        Step(
            state,
            "shipment_delivered",
            "awaiting_buyer_confirm",
            by=_SYSTEM,
            knows=_as_tracked,
        ),
        Step(state, "shipment_lost", "remedy", by=_SYSTEM, does=(*ends, Effect.GOODS_LOST)),
        Step(
            state,
            "shipment_returning",
            "remedy",
            by=_SYSTEM,
            does=(*ends, Effect.GOODS_COME_BACK),
        ),
        Step(state, "led_elsewhere", "settled_elsewhere", by=_SYSTEM, does=ends),
    )


def _asking(state: str, action: str, by: tuple[Side, ...], *when: Guard) -> Step:
    """Have the carrier asked; it is the carrier's turn then."""
    return Step(
        state,
        action,
        "trace_open",
        by=by,
        takes=("trace_reason", "comment"),
        when=(_has_number, *when),
        knows=_answer_by,
        does=(Effect.ASK_CARRIER,),
    )


def _promising(state: str, *when: Guard) -> Step:
    """Have the shop give a new date, with its reason: a promise."""
    return Step(
        state,
        "give_eta",
        "monitoring",
        by=_SELLER,
        asks=("eta", "eta_reason"),
        takes=("comment",),
        when=when,
        checks=(_lies_ahead,),
        does=(Effect.PROMISE,),
    )


def _answering(state: str) -> Step:
    return Step(
        state,
        "carrier_reply",
        "trace_answered",
        by=(Side.SELLER, Side.SYSTEM),
        asks=("finding",),
        takes=("carrier_ref", "said", "proof", "proof_url", "signed_by"),
        does=(Effect.NOTE_ANSWER,),
    )


_COMES_LATER = _carrier_said("moving", "held", "unknown", "silent")
_SAYS_NOTHING = _carrier_said("unknown", "silent")
_GONE = _carrier_said("lost", "unknown", "silent")

_MOVES = (
    Step(
        "open",
        "auto_answer",
        "answered_auto",
        by=_SYSTEM,
        knows=_as_tracked,
    ),
    Step("open", "assign", "seller_to_check", by=_SYSTEM),
    Step(
        "answered_auto",
        "not_satisfied",
        "seller_to_check",
        by=_BUYER,
    ),
    Step("answered_auto", "eta_passed", "seller_to_check", by=_SYSTEM),
    Step("answered_auto", "shipment_stalled", "seller_to_check", by=_SYSTEM),
    *_tracked("answered_auto"),
    _asking("seller_to_check", "open_trace", _FOR_SHOP, once_called),
    _promising("seller_to_check"),
    Step(
        "seller_to_check",
        "declare_lost",
        "remedy",
        by=(Side.OPERATOR,),
        takes=("comment",),
        when=(once_called,),
        does=(Effect.GOODS_LOST,),
    ),
    *_tracked("seller_to_check"),
    escalates("seller_to_check"),
    _answering("trace_open"),
    Step(
        "trace_open",
        "trace_unanswered",
        "trace_answered",
        by=_SYSTEM,
        does=(Effect.NOTE_SILENCE,),
    ),
    *_tracked("trace_open"),
    _answering("trace_answered"),
    _promising("trace_answered", _COMES_LATER),
    _asking("trace_answered", "reopen_trace", _FOR_SHOP, _in_its_place(_SAYS_NOTHING)),
    Step(
        "trace_answered",
        "declare_lost",
        "remedy",
        by=_FOR_SHOP,
        takes=("comment",),
        when=(_in_its_place(_GONE),),
        does=(Effect.GOODS_LOST,),
    ),
    Step(
        "trace_answered",
        "declare_returned",
        "remedy",
        by=(Side.SELLER, Side.SYSTEM),
        takes=("comment",),
        when=(_carrier_said("returned"),),
        does=(Effect.GOODS_COME_BACK,),
    ),
    Step(
        "trace_answered",
        "proof_of_delivery",
        "awaiting_buyer_confirm",
        by=_SELLER,
        takes=("proof", "proof_url", "signed_by", "comment"),
        when=(_carrier_said("delivered"),),
        checks=(_is_proven,),
    ),
    *_tracked("trace_answered"),
    escalates("trace_answered"),
    *_tracked("monitoring", Effect.BREAK_PROMISE),
    Step(
        "monitoring",
        "eta_passed",
        "seller_to_check",
        by=_SYSTEM,
        does=(Effect.BREAK_PROMISE,),
    ),
    Step(
        "awaiting_buyer_confirm",
        "confirm",
        "delivered",
        by=_BUYER,
        does=(Effect.KEEP_PROMISE,),
    ),
    Step(
        "awaiting_buyer_confirm",
        "not_received",
        "trace_open",
        by=_BUYER,
        takes=("comment", "photos"),
        knows=_not_received,
        does=(Effect.BREAK_PROMISE, Effect.ASK_CARRIER),
    ),
    Step(
        "awaiting_buyer_confirm",
        "unconfirmed",
        "delivered",
        by=_SYSTEM,
        does=(Effect.KEEP_PROMISE,),
    ),
    Step(
        "remedy",
        "choose_refund",
        "refunding",
        by=(Side.BUYER, Side.OPERATOR),
        when=(_one_parcel,),
        does=(Effect.REFUND,),
    ),
    Step(
        "remedy",
        "ask_refund",
        "remedy",
        by=_BUYER,
        takes=("comment",),
        when=(_one_of_several, at_most("ask_refund", 1)),
        does=(Effect.ESCALATE,),
    ),
    Step(
        "remedy",
        "refund_parcel",
        "refunding",
        by=(Side.SELLER, Side.OPERATOR),
        asks=("amount",),
        takes=("comment",),
        when=(_one_of_several,),
        checks=(amount_is_paid,),
        does=(Effect.REFUND,),
    ),
    Step("remedy", "choose_reship", "reshipping", by=_BUYER, when=(_in_stock,)),
    _asking("remedy", "ask_again", _SELLER),
    Step(
        "remedy",
        "parcel_back",
        "returned_to_sender",
        by=_SELLER,
        asks=("reference",),
        when=(_remedy_given,),
    ),
    escalates("remedy"),
    Step("refunding", "refund_succeeded", "lost_refunded", by=_SYSTEM),
    Step("refunding", "refund_failed", "refunding", by=_SYSTEM, does=(Effect.ESCALATE,)),
    escalates("refunding"),
    Step(
        "refunding",
        "close_unpaid",
        "lost_refunded",
        by=(Side.OPERATOR,),
        asks=("comment",),
        when=(nothing_under_way,),
    ),
    Step(
        "reshipping",
        "reship_sent",
        "reshipped",
        by=_SELLER,
        asks=("sent_parcel", "eta"),
        checks=(is_another_parcel, _lies_ahead),
        does=(Effect.RESHIP,),
    ),
    Step("reshipping", "reship_overdue", "remedy", by=_SYSTEM),
    *(
        Step(state, "cancel", "cancelled", by=_BUYER, does=(Effect.KEEP_PROMISE,))
        for state in (
            "answered_auto",
            "seller_to_check",
            "trace_open",
            "trace_answered",
            "monitoring",
            "awaiting_buyer_confirm",
            "remedy",
        )
    ),
)
"""An inquiry for which money or goods are under way already cannot be taken back."""

_FIND_OUT = Timer("inquiry_answer", "escalate")
_NUDGE, _PROGRESS = "inquiry_nudge", "trace_progress"

LOGISTICS = Kind(
    name="logistics_inquiry",
    opens=(Side.BUYER, Side.SYSTEM),
    about_parcel=True,
    fields=(
        Field("concern", FieldKind.CHOICE, choices=CONCERNS),
        Field("shipment", FieldKind.SHIPMENT),
        Field("comment", FieldKind.TEXT),
        Field("photos", FieldKind.FILES),
        Field("status", FieldKind.CHOICE, choices=tuple(Milestone)),
        Field("place", FieldKind.SHORT),
        Field("seen_at", FieldKind.MOMENT),
        Field("eta", FieldKind.DAYS),
        Field("eta_reason", FieldKind.CHOICE, choices=ETA_REASONS),
        Field("trace_reason", FieldKind.CHOICE, choices=TRACE_REASONS),
        Field("answer_by", FieldKind.MOMENT),
        Field("finding", FieldKind.CHOICE, choices=FINDINGS),
        Field("carrier_ref", FieldKind.SHORT, code=True),
        Field("said", FieldKind.TEXT, private=True),
        Field("proof", FieldKind.FILES),
        Field("proof_url", FieldKind.LINK),
        Field("signed_by", FieldKind.SHORT),
        Field("reference", FieldKind.SHORT, code=True),
        Field("amount", FieldKind.MONEY),
        Field("sent_parcel", FieldKind.PARCEL),
        UNPAID,
    ),
    asks=("concern",),
    takes=("shipment", "comment", "photos"),
    begins=_begins,
    follows=_follows,
    flow=Flow(
        start="open",
        ends=(
            "delivered",
            "lost_refunded",
            "reshipped",
            "returned_to_sender",
            "settled_elsewhere",
            "cancelled",
        ),
        said="case.logistics_inquiry_is_",
        moves=_MOVES,
    ),
    waits={
        "open": Wait(Party.SELLER, Timer(timedelta(minutes=1), "assign")),
        "answered_auto": Wait(Party.CARRIER, Timer(END_OF_ETA, "eta_passed")),
        "seller_to_check": Wait(Party.SELLER, _FIND_OUT, nudge=_NUDGE),
        "trace_open": Wait(Party.CARRIER, Timer(END_OF_TRACE, "trace_unanswered"), note=_PROGRESS),
        "trace_answered": Wait(Party.SELLER, _FIND_OUT, nudge=_NUDGE),
        "monitoring": Wait(Party.CARRIER, Timer(END_OF_ETA, "eta_passed"), note=_PROGRESS),
        "awaiting_buyer_confirm": Wait(Party.BUYER, Timer("delivery_confirm", "unconfirmed")),
        "remedy": Wait(Party.BUYER, Timer("remedy_choice", "escalate")),
        "refunding": Wait(Party.OPERATOR, Timer("refund_due", "escalate")),
        "reshipping": Wait(Party.SELLER, Timer("reship", "reship_overdue"), nudge="reship_nudge"),
    },
    goods={
        "open": Goods.ON_WAY_TO_BUYER,
        "delivered": Goods.WITH_BUYER,
        "reshipped": Goods.ON_WAY_TO_BUYER,
        "returned_to_sender": Goods.WITH_SHOP,
    },
)
