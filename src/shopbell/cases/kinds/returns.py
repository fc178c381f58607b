"""A thing that goes back: for its money, for another one, or for a part of the money.

The names of states, reasons and clocks are those of the policy. Where the goods are, what was
decided and how far the money is are told apart: `goods`, `state`, `money`.
"""

from shopbell.cases.fields import Field, FieldKind
from shopbell.cases.homeward import DISPUTED_ELSEWHERE, HOMEWARD_WAITS, PARCELS, goes_home
from shopbell.cases.model import (
    Effect,
    Goods,
    Guard,
    Kind,
    Party,
    Step,
    Timer,
    Wait,
    at_most,
    escalates,
    once_called,
)
from shopbell.cases.money_rules import PAYER, UNPAID, nothing_under_way
from shopbell.cases.return_rules import (
    CONDITIONS,
    agreed_exchange,
    agreed_refund,
    code_is_right,
    code_was_given,
    evidence_fits,
    evidence_is_whole,
    exchange_is_whole,
    fault_is_told,
    goods_back,
    goods_there,
    is_another_parcel,
    is_defect,
    known_already,
    less_than_the_lines,
    lines_are_of_the_order,
    long_on_its_way,
    reason_fits,
    same_serial,
    serial_is_compared,
    verdict_allows,
    way_back_is_payable,
    wish_is_open,
)
from shopbell.kernel.actor import Side
from shopbell.kernel.flow import Flow
from shopbell.knowledge.model import ANGLES, Condition

_BUYER, _SELLER, _SYSTEM = (Side.BUYER,), (Side.SELLER,), (Side.SYSTEM,)
_OFFER = "offer_answer"
_RELEASE = (Effect.RELEASE,)
_ASK: dict[str, str] = dict.fromkeys(
    ("buyer_may_escalate", "operator_asked", "operator_decides"), "escalate"
)
"""What happens where the policy does not let silence decide."""

_NOT_RIGHT = tuple(condition for condition in CONDITIONS if condition is not Condition.PROPER)
_BROKEN = ("defective", "damaged_in_transit", "warranty")

_FIELDS = (
    Field("lines", FieldKind.LINES),
    Field("condition", FieldKind.CHOICE, choices=CONDITIONS, drawn="conditions"),
    Field("reason", FieldKind.CHOICE, drawn="reasons"),
    Field("fault", FieldKind.TEXT, when={"condition": _NOT_RIGHT}),
    Field("shots", FieldKind.SHOTS, choices=ANGLES),
    Field("video", FieldKind.VIDEO, when={"condition": _NOT_RIGHT}),
    Field("why_no_photos", FieldKind.TEXT, when={"condition": _NOT_RIGHT}),
    Field("wish", FieldKind.CHOICE, choices=("refund", "exchange", "repair", "part")),
    Field("wished", FieldKind.SHORT, when={"wish": ("exchange",)}),
    Field("serial", FieldKind.SHORT, when={"condition": _BROKEN}, code=True),
    Field("conclusion", FieldKind.FILES, when={"condition": _BROKEN}),
    Field("info_wanted", FieldKind.TEXT),
    Field("angles_wanted", FieldKind.SOME, choices=ANGLES),
    Field("info", FieldKind.TEXT),
    Field("note", FieldKind.TEXT),
    Field("return_to", FieldKind.TEXT),
    Field("return_from", FieldKind.TEXT),
    Field("drop_off_code", FieldKind.SHORT, code=True),
    Field("amount", FieldKind.MONEY),
    Field("replacement", FieldKind.ITEM),
    Field(
        "refused_for",
        FieldKind.CHOICE,
        choices=(
            "not_returnable",
            "window_over",
            "used",
            "packaging_damaged",
            "reason_does_not_fit",
            "defect_not_visible",
            "too_few_photos",
            "no_answer",
            "other",
        ),
    ),
    Field("refusal", FieldKind.TEXT),
    Field("parcel", FieldKind.PARCEL),
    Field("sent_with_code", FieldKind.SHORT, code=True),
    Field("return_cost", FieldKind.MONEY),
    PAYER,
    Field("receipt", FieldKind.FILES),
    Field(
        "checklist",
        FieldKind.CHECKS,
        choices=("right_item", "all_parts", "unused", "labels", "packaging"),
    ),
    Field("goods_photos", FieldKind.PHOTOS),
    Field("goods_video", FieldKind.VIDEO),
    Field("serial_sold", FieldKind.SHORT, code=True),
    Field("serial_seen", FieldKind.SHORT, code=True),
    Field(
        "found",
        FieldKind.CHOICE,
        choices=(
            "serial_differs",
            "another_item",
            "used",
            "damaged_by_buyer",
            "parts_missing",
            "empty",
        ),
    ),
    Field("sent_parcel", FieldKind.PARCEL),
    Field("statement", FieldKind.TEXT),
    Field("evidence", FieldKind.FILES),
    *PARCELS,
    UNPAID,
)


def _disputes(state: str, *when: Guard, by: tuple[Side, ...] = _BUYER) -> Step:
    return Step(
        state,
        "open_dispute",
        "disputed",
        by=by,
        asks=("statement",),
        takes=("evidence",),
        when=when,
        opens="dispute",
    )


def _overdue(state: str) -> tuple[Step, ...]:
    """Call the operator to who does nothing; then buyer or operator may have it decided."""
    by = (Side.BUYER, Side.OPERATOR)
    return (escalates(state), _disputes(state, once_called, by=by))


def _offered(state: str, back: str = "requested") -> tuple[Step, ...]:
    """Return how an offer goes back to the shop: by a no, or by silence."""
    return (
        Step(state, "decline", back, by=_BUYER, takes=("note",)),
        Step(state, "lapse", back, by=_SYSTEM),
    )


_DECISION = (
    Step(
        "requested",
        "approve_return",
        "approved",
        by=_SELLER,
        takes=("return_to", "drop_off_code", "note"),
    ),
    Step(
        "requested",
        "ask_info",
        "need_info",
        by=(Side.SELLER, Side.OPERATOR),
        asks=("info_wanted",),
        takes=("angles_wanted",),
        when=(at_most("ask_info", 2),),
    ),
    Step(
        "requested",
        "approve_keep",
        "refund_due",
        by=_SELLER,
        takes=("note",),
        does=(Effect.REFUND,),
    ),
    Step(
        "requested",
        "offer_partial",
        "partial_offered",
        by=_SELLER,
        asks=("amount",),
        takes=("note",),
        checks=(less_than_the_lines,),
    ),
    Step(
        "requested",
        "offer_exchange",
        "exchange_offered",
        by=_SELLER,
        asks=("replacement",),
        takes=("return_to", "drop_off_code", "note"),
        checks=(exchange_is_whole,),
        does=(Effect.RESERVE,),
    ),
    Step(
        "requested",
        "offer_repair",
        "repair_offered",
        by=_SELLER,
        takes=("note",),
        when=(is_defect,),
    ),
    Step("requested", "reject", "rejected", by=_SELLER, asks=("refused_for", "refusal")),
    Step("requested", "auto_approve", "approved", by=_SYSTEM),
    *_overdue("requested"),
    Step("requested", "cancel", "cancelled", by=_BUYER),
    Step(
        "need_info",
        "provide_info",
        "requested",
        by=_BUYER,
        asks=("info",),
        takes=("shots", "video", "conclusion"),
        checks=(evidence_fits,),
    ),
    Step("need_info", "lapse", "expired", by=_SYSTEM),
    Step("need_info", "cancel", "cancelled", by=_BUYER),
)

_OFFERS = (
    Step(
        "partial_offered",
        "accept",
        "refund_due",
        by=_BUYER,
        does=(Effect.REFUND_PART,),
        agrees=True,
    ),
    *_offered("partial_offered"),
    _disputes("partial_offered"),
    Step("exchange_offered", "accept", "approved", by=_BUYER, agrees=True),
    Step(
        "exchange_offered",
        "decline",
        "requested",
        by=_BUYER,
        takes=("note",),
        does=_RELEASE,
    ),
    Step("exchange_offered", "lapse", "requested", by=_SYSTEM, does=_RELEASE),
    Step("repair_offered", "accept", "in_repair", by=_BUYER, opens="repair", agrees=True),
    *_offered("repair_offered"),
    Step("in_repair", "repair_done", "completed", by=_SYSTEM),
    Step(
        "in_repair",
        "repair_failed",
        "refund_due",
        by=_SYSTEM,
        takes=("amount",),
        does=(Effect.REFUND,),
    ),
    Step("in_repair", "repair_cancelled", "requested", by=_SYSTEM),
    Step("in_repair", "repair_refused", "rejected", by=_SYSTEM),
    Step("in_repair", "repair_judged", "rejected_final", by=_SYSTEM),
    Step("rejected", "reconsider", "requested", by=_SELLER, takes=("note",), when=(goods_there,)),
    Step("rejected", "look_again", "inspecting", by=_SELLER, takes=("note",), when=(goods_back,)),
    _disputes("rejected"),
    Step("rejected", "close", "rejected_final", by=_SYSTEM, does=_RELEASE),
    Step("rejected", "close_owing", "goods_owed", by=_SYSTEM, does=_RELEASE),
)

_WAY_BACK = (
    Step(
        "approved",
        "ship_back",
        "in_transit_back",
        by=_BUYER,
        asks=("parcel",),
        takes=("return_cost", "receipt", "note"),
        checks=(is_another_parcel, way_back_is_payable),
        does=(Effect.SEND_BACK,),
    ),
    Step("approved", "address_label", "approved", by=_BUYER, asks=("return_from",)),
    Step(
        "approved",
        "drop_off",
        "in_transit_back",
        by=_BUYER,
        asks=("sent_with_code",),
        when=(code_was_given,),
        checks=(code_is_right,),
    ),
    Step("approved", "lapse", "expired", by=_SYSTEM, does=_RELEASE),
    Step("approved", "cancel", "cancelled", by=_BUYER, does=_RELEASE),
    Step("in_transit_back", "arrived", "inspecting", by=(Side.SELLER, Side.SYSTEM)),
    _disputes("in_transit_back", long_on_its_way),
    Step(
        "in_transit_back",
        "auto_dispute",
        "disputed",
        by=_SYSTEM,
        does=(Effect.SPEAK,),
        opens="dispute",
    ),
)

_LOOKED = ("checklist", "serial_sold", "serial_seen", "goods_photos", "goods_video")
_INSTEAD = (Effect.RELEASE, Effect.REFUND)
_LESS = (Effect.RELEASE, Effect.REFUND_PART)
_INSPECTION = (
    Step(
        "inspecting",
        "accept_goods",
        "refund_due",
        by=_SELLER,
        takes=_LOOKED,
        when=(agreed_refund,),
        checks=(same_serial,),
        does=(Effect.REFUND,),
    ),
    Step(
        "inspecting",
        "accept_goods_exchange",
        "replacement_due",
        by=_SELLER,
        takes=_LOOKED,
        when=(agreed_exchange,),
        checks=(same_serial,),
    ),
    Step(
        "inspecting",
        "accept_partly",
        "deduction_offered",
        by=_SELLER,
        asks=("amount", "found", "goods_photos"),
        takes=(*_LOOKED[:3], "goods_video", "note"),
        checks=(less_than_the_lines,),
    ),
    Step(
        "inspecting",
        "reject_goods",
        "rejected",
        by=_SELLER,
        asks=("found", "goods_photos", "refusal"),
        takes=(*_LOOKED[:3], "goods_video"),
        checks=(serial_is_compared,),
    ),
    Step("inspecting", "auto_refund", "refund_due", by=_SYSTEM, does=_INSTEAD),
    *_overdue("inspecting"),
    Step("deduction_offered", "accept", "refund_due", by=_BUYER, does=_LESS, agrees=True),
    Step("deduction_offered", "decline", "inspecting", by=_BUYER, takes=("note",)),
    Step("deduction_offered", "lapse", "refund_due", by=_SYSTEM, does=_LESS),
    _disputes("deduction_offered"),
    Step(
        "replacement_due",
        "ship_replacement",
        "replacement_shipped",
        by=_SELLER,
        asks=("sent_parcel",),
        takes=("note",),
        checks=(is_another_parcel,),
        does=(Effect.SEND_AGAIN,),
    ),
    Step(
        "replacement_due",
        "out_of_stock",
        "refund_due",
        by=_SELLER,
        takes=("note",),
        does=_INSTEAD,
    ),
    Step(
        "replacement_due",
        "overdue",
        "refund_due",
        by=_SYSTEM,
        does=_INSTEAD,
    ),
    Step("replacement_shipped", "delivered", "completed", by=(Side.BUYER, Side.SYSTEM)),
    Step("replacement_shipped", "lost", "replacement_due", by=(Side.SELLER, Side.SYSTEM)),
    *_overdue("replacement_shipped"),
)


def _refunded(state: str) -> Step:
    """Return how the marketplace decides for money without a return."""
    return Step(
        state,
        "decide_refund",
        "refund_due",
        by=_SYSTEM,
        takes=("amount", "payer"),
        does=(Effect.RELEASE, Effect.AWARD, Effect.REFUND),
    )


def _refused(state: str) -> tuple[Step, ...]:
    """Return how it decides for nothing: if need be, the things have to go home."""
    return (
        Step(state, "decide_reject", "rejected_final", by=_SYSTEM, does=_RELEASE),
        Step(state, "decide_reject_owing", "goods_owed", by=_SYSTEM, does=_RELEASE),
    )


_MONEY = (
    Step("refund_due", "refund_succeeded", "completed", by=_SYSTEM),
    Step("refund_due", "refund_failed", "refund_due", by=_SYSTEM, does=(Effect.ESCALATE,)),
    escalates("refund_due"),
    Step(
        "refund_due",
        "close_unpaid",
        "completed",
        by=(Side.OPERATOR,),
        asks=("note",),
        when=(nothing_under_way,),
    ),
    Step(
        "disputed",
        "decide_return",
        "approved",
        by=_SYSTEM,
        takes=("amount", "payer"),
        does=(Effect.RELEASE, Effect.AWARD),
    ),
    Step("approved", "already_here", "refund_due", by=_SYSTEM, does=(Effect.REFUND,), quiet=True),
    Step("approved", "already_sent", "in_transit_back", by=_SYSTEM, quiet=True),
    _refunded("disputed"),
    *_refused("disputed"),
    Step("disputed", "withdrawn", "cancelled", by=_SYSTEM, does=_RELEASE),
    Step("disputed", "withdrawn_owing", "goods_owed", by=_SYSTEM, does=_RELEASE),
    Step("disputed", "withdrawn_on_way", "in_transit_back", by=_SYSTEM),
    Step("disputed", "on_to_buyer", "replacement_shipped", by=_SYSTEM),
)

_REDECIDED = (
    *map(_refunded, ("approved", "in_transit_back", "inspecting", "rejected")),
    Step("approved", "decide_reject", "rejected_final", by=_SYSTEM, does=_RELEASE),
    Step("in_transit_back", "decide_reject_owing", "goods_owed", by=_SYSTEM, does=_RELEASE),
    Step("inspecting", "decide_reject_owing", "goods_owed", by=_SYSTEM, does=_RELEASE),
    *_refused("rejected"),
)
"""What an appeal decides anew while the goods still go the way of the first decision."""

RETURN = Kind(
    name="return",
    judged=True,
    fields=_FIELDS,
    asks=("lines", "condition", "reason"),
    takes=(
        "fault",
        "shots",
        "video",
        "why_no_photos",
        "wish",
        "wished",
        "serial",
        "conclusion",
    ),
    checks=(
        lines_are_of_the_order,
        reason_fits,
        verdict_allows,
        wish_is_open,
        evidence_fits,
        evidence_is_whole,
        fault_is_told,
    ),
    follows=known_already,
    flow=Flow(
        start="requested",
        ends=("completed", "rejected_final", "cancelled", "expired"),
        said="case.return_is_",
        moves=(
            *_DECISION,
            *_OFFERS,
            *_WAY_BACK,
            *_INSPECTION,
            *_MONEY,
            *_REDECIDED,
            *goes_home("rejected_final", "refund_due"),
        ),
    ),
    waits={
        "requested": Wait(Party.SELLER, Timer("seller_decision", "auto_approve", instead=_ASK)),
        "need_info": Wait(Party.BUYER, Timer("buyer_info", "lapse"), pauses="requested"),
        "partial_offered": Wait(Party.BUYER, Timer(_OFFER, "lapse"), pauses="requested"),
        "exchange_offered": Wait(Party.BUYER, Timer(_OFFER, "lapse"), pauses="requested"),
        "repair_offered": Wait(Party.BUYER, Timer(_OFFER, "lapse"), pauses="requested"),
        "in_repair": Wait(Party.SELLER, child="repair"),
        "rejected": Wait(Party.BUYER, Timer("dispute_open", "close")),
        "approved": Wait(Party.BUYER, Timer("buyer_ship", "lapse")),
        "in_transit_back": Wait(Party.CARRIER, Timer("transit_autodispute", "auto_dispute")),
        "inspecting": Wait(Party.SELLER, Timer("inspection", "auto_refund", instead=_ASK)),
        "deduction_offered": Wait(Party.BUYER, Timer(_OFFER, "lapse"), pauses="inspecting"),
        "replacement_due": Wait(Party.SELLER, Timer("replace", "overdue")),
        "replacement_shipped": Wait(Party.CARRIER, Timer("transit_dispute", "escalate")),
        "refund_due": Wait(Party.OPERATOR, Timer("refund_due", "escalate")),
        "disputed": Wait(Party.OPERATOR, child="dispute"),
        **HOMEWARD_WAITS,
    },
    elsewhere={
        "close": {Goods.WITH_SHOP: "close_owing"},
        **DISPUTED_ELSEWHERE,
    },
    goods={
        "goods_sent": Goods.ON_WAY_TO_BUYER,
        "rejected_final": Goods.WITH_BUYER,
        "requested": Goods.WITH_BUYER,
        "in_transit_back": Goods.ON_WAY_BACK,
        "inspecting": Goods.WITH_SHOP,
        "replacement_shipped": Goods.ON_WAY_TO_BUYER,
    },
)
