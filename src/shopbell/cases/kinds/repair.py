"""A thing that broke: advice first, then the warranty, the service, and its way back.

The limit of 45 days for a repair, and what follows from it, are the policy's (`repair_max`); they
run from when the thing may be brought to the service.
"recommendations given" as an outcome of its own is Ozon's.
"""

from datetime import timedelta

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
    escalates,
    once_called,
)
from shopbell.cases.money_rules import UNPAID, nothing_under_way
from shopbell.cases.repair_rules import (
    alone,
    follows,
    goes_by_hand,
    goes_by_parcel,
    led,
    use_is_proven,
    warranty_known,
    warranty_over,
)
from shopbell.cases.return_rules import (
    exchange_is_whole,
    goods_back,
    goods_there,
    is_another_parcel,
    lines_were_bought,
)
from shopbell.kernel.actor import Side
from shopbell.kernel.flow import Flow

_BUYER, _SELLER, _SYSTEM = (Side.BUYER,), (Side.SELLER,), (Side.SYSTEM,)
_SHOP_OR_OPERATOR = (Side.SELLER, Side.OPERATOR)
_REMIND = "repair_nudge"
_CALLED_OFF, _REFUSED, _JUDGED = "repair_cancelled", "repair_refused", "repair_judged"


def _disputes(state: str, by: tuple[Side, ...], *when: Guard) -> Step:
    return Step(
        state, "open_dispute", "disputed", by=by, asks=("statement",), when=when, opens="dispute"
    )


def _overdue(state: str) -> tuple[Step, ...]:
    """Call the operator to who does nothing; then buyer or operator may have it decided."""
    return (escalates(state), _disputes(state, (Side.BUYER, Side.OPERATOR), once_called))


def _lost(state: str) -> Step:
    return Step(state, "lost", "remedy", by=_SYSTEM, does=(Effect.GOODS_LOST,))


def _shop(after: str) -> Wait:
    return Wait(Party.SELLER, Timer(after, "escalate"), nudge=_REMIND)


REPAIR = Kind(
    name="repair",
    fields=(
        Field("lines", FieldKind.LINES),
        Field("fault", FieldKind.TEXT),
        Field("photos", FieldKind.FILES),
        Field("serial", FieldKind.SHORT, code=True),
        Field("advice", FieldKind.TEXT),
        Field("way", FieldKind.CHOICE, choices=("drop_off", "pick_up", "ship")),
        Field("centre", FieldKind.SHORT, drawn="centres"),
        Field("price", FieldKind.MONEY),
        Field("amount", FieldKind.MONEY),
        Field("days", FieldKind.NUMBER),
        Field(
            "refused_for",
            FieldKind.CHOICE,
            choices=("misuse", "not_ours", "opened_by_others", "worn", "other"),
        ),
        Field("comment", FieldKind.TEXT),
        Field("conclusion", FieldKind.FILES),
        Field("parcel", FieldKind.PARCEL),
        Field("sent_parcel", FieldKind.PARCEL),
        Field("replacement", FieldKind.ITEM),
        Field("warranty_until", FieldKind.DAY),
        Field("statement", FieldKind.TEXT),
        *PARCELS,
        UNPAID,
    ),
    asks=("lines", "fault"),
    takes=("photos", "serial", "conclusion"),
    checks=(lines_were_bought,),
    follows=follows,
    flow=Flow(
        start="reported",
        ends=(
            "closed_repaired",
            "closed_replaced",
            "closed_refunded",
            "closed_rejected",
            "cancelled",
        ),
        said="case.repair_is_",
        moves=(
            Step("reported", "advise", "troubleshooting", by=_SELLER, asks=("advice",)),
            Step("reported", "check", "warranty_check", by=_SELLER, knows=warranty_known),
            Step("reported", "cancel", "cancelled", by=_BUYER, tells=_CALLED_OFF),
            *_overdue("reported"),
            Step("troubleshooting", "fixed", "closed_repaired", by=_BUYER, tells="repair_done"),
            Step(
                "troubleshooting",
                "not_fixed",
                "warranty_check",
                by=_BUYER,
                takes=("comment", "conclusion"),
                knows=warranty_known,
            ),
            Step("troubleshooting", "close", "closed_repaired", by=_SYSTEM, tells="repair_done"),
            Step(
                "warranty_check",
                "in_warranty",
                "to_service",
                by=_SELLER,
                asks=("way", "centre"),
                takes=("comment",),
            ),
            Step(
                "warranty_check",
                "out_of_warranty",
                "quoted",
                by=_SELLER,
                asks=("price", "days", "centre"),
                takes=("way",),
                when=(warranty_over,),
            ),
            Step(
                "warranty_check",
                "reject",
                "rejected",
                by=_SELLER,
                asks=("refused_for", "comment"),
                takes=("conclusion", "photos"),
                checks=(use_is_proven,),
            ),
            *_overdue("warranty_check"),
            Step("quoted", "accept", "to_service", by=_BUYER, agrees=True),
            Step("quoted", "decline", "cancelled", by=_BUYER, tells=_CALLED_OFF),
            Step("quoted", "lapse", "cancelled", by=_SYSTEM, tells=_CALLED_OFF),
            Step("to_service", "handed_over", "on_its_way", by=_BUYER, when=(goes_by_hand,)),
            Step(
                "to_service",
                "sent",
                "on_its_way",
                by=_BUYER,
                asks=("parcel",),
                when=(goes_by_parcel,),
                checks=(is_another_parcel,),
                does=(Effect.SEND_BACK,),
            ),
            Step("to_service", "received", "diagnosing", by=_SELLER),
            Step("to_service", "lapse", "cancelled", by=_SYSTEM, tells=_CALLED_OFF),
            Step("on_its_way", "received", "diagnosing", by=(Side.SELLER, Side.SYSTEM)),
            *_overdue("on_its_way"),
            Step("diagnosing", "diagnosed", "repairing", by=_SELLER, takes=("comment", "days")),
            Step(
                "diagnosing",
                "no_fault",
                "returning",
                by=_SELLER,
                asks=("conclusion",),
                takes=("sent_parcel",),
                checks=(is_another_parcel,),
                does=(Effect.SEND_AGAIN,),
            ),
            Step(
                "diagnosing",
                "misuse",
                "rejected",
                by=_SELLER,
                asks=("conclusion", "comment"),
            ),
            Step("diagnosing", "irreparable", "remedy", by=_SELLER, asks=("conclusion",)),
            Step("diagnosing", "overdue", "remedy", by=_SYSTEM),
            Step(
                "repairing",
                "repaired",
                "returning",
                by=_SELLER,
                takes=("comment", "sent_parcel"),
                checks=(is_another_parcel,),
                does=(Effect.SEND_AGAIN,),
            ),
            Step("repairing", "irreparable", "remedy", by=_SELLER, asks=("conclusion",)),
            Step("repairing", "overdue", "remedy", by=_SYSTEM),
            Step("returning", "delivered", "verify", by=(Side.BUYER, Side.SYSTEM)),
            _lost("returning"),
            Step("returning", "already_replacing", "replacing", by=_SYSTEM, quiet=True),
            *_overdue("returning"),
            Step("verify", "works", "closed_repaired", by=_BUYER, tells="repair_done"),
            Step("verify", "same_fault", "remedy", by=_BUYER, takes=("comment", "photos")),
            Step("verify", "close", "closed_repaired", by=_SYSTEM, tells="repair_done"),
            Step(
                "remedy",
                "replace",
                "replacing",
                by=_SHOP_OR_OPERATOR,
                asks=("replacement",),
                takes=("sent_parcel",),
                checks=(exchange_is_whole, is_another_parcel),
                does=(Effect.RESERVE, Effect.SEND_AGAIN),
            ),
            Step(
                "remedy",
                "refund",
                "refunding",
                by=_SHOP_OR_OPERATOR,
                when=(alone,),
                does=(Effect.REFUND,),
            ),
            Step(
                "remedy",
                "give_back",
                "closed_refunded",
                by=_SHOP_OR_OPERATOR,
                when=(led,),
                tells="repair_failed",
            ),
            escalates("remedy"),
            Step(
                "replacing",
                "replaced",
                "closed_replaced",
                by=(Side.BUYER, Side.SYSTEM),
                tells="repair_done",
            ),
            _lost("replacing"),
            *_overdue("replacing"),
            Step(
                "refunding",
                "refund_succeeded",
                "closed_refunded",
                by=_SYSTEM,
                tells="repair_done",
            ),
            Step("refunding", "refund_failed", "refunding", by=_SYSTEM, does=(Effect.ESCALATE,)),
            escalates("refunding"),
            Step(
                "refunding",
                "close_unpaid",
                "closed_refunded",
                by=(Side.OPERATOR,),
                asks=("comment",),
                when=(nothing_under_way,),
                tells="repair_done",
            ),
            _disputes("rejected", _BUYER),
            Step("rejected", "reconsider", "warranty_check", by=_SELLER, when=(goods_there,)),
            Step("rejected", "look_again", "diagnosing", by=_SELLER, when=(goods_back,)),
            Step("rejected", "close", "closed_rejected", by=_SYSTEM, tells=_REFUSED),
            Step("rejected", "close_owing", "goods_owed", by=_SYSTEM, tells=_REFUSED),
            Step(
                "disputed",
                "decide_refund",
                "refunding",
                by=_SYSTEM,
                takes=("amount",),
                does=(Effect.REFUND,),
            ),
            Step(
                "disputed",
                "decide_return",
                "remedy",
                by=_SYSTEM,
                takes=("amount",),
                does=(Effect.AWARD,),
            ),
            Step("disputed", "decide_reject", "closed_rejected", by=_SYSTEM, tells=_JUDGED),
            Step("disputed", "decide_reject_owing", "goods_owed", by=_SYSTEM, tells=_JUDGED),
            Step("disputed", "withdrawn", "closed_rejected", by=_SYSTEM, tells=_REFUSED),
            Step("disputed", "withdrawn_owing", "goods_owed", by=_SYSTEM, tells=_REFUSED),
            Step("disputed", "withdrawn_on_way", "on_its_way", by=_SYSTEM),
            Step("disputed", "on_to_buyer", "returning", by=_SYSTEM),
            *goes_home("closed_rejected", "refunding"),
        ),
    ),
    waits={
        "reported": _shop("repair_check"),
        "troubleshooting": Wait(Party.BUYER, Timer("repair_advice", "close"), nudge=_REMIND),
        "warranty_check": _shop("repair_check"),
        "quoted": Wait(Party.BUYER, Timer("offer_answer", "lapse"), nudge=_REMIND),
        "to_service": Wait(Party.BUYER, Timer("buyer_ship", "lapse"), nudge=_REMIND),
        "on_its_way": _shop("transit_dispute"),
        "diagnosing": Wait(
            Party.SELLER, Timer("repair_max", "overdue", since="to_service"), nudge=_REMIND
        ),
        "repairing": Wait(
            Party.SELLER,
            Timer("repair_max", "overdue", since="to_service"),
            nudge=timedelta(days=20),
            note=timedelta(days=7),
        ),
        "returning": Wait(Party.CARRIER, Timer("transit_dispute", "escalate")),
        "verify": Wait(Party.BUYER, Timer("repair_verify", "close")),
        "remedy": _shop("remedy_choice"),
        "replacing": Wait(Party.CARRIER, Timer("transit_dispute", "escalate")),
        "refunding": Wait(Party.OPERATOR, Timer("refund_due", "escalate")),
        "rejected": Wait(Party.BUYER, Timer("dispute_open", "close")),
        "disputed": Wait(Party.OPERATOR, child="dispute"),
        **HOMEWARD_WAITS,
    },
    elsewhere={
        "close": {Goods.WITH_SHOP: "close_owing"},
        **DISPUTED_ELSEWHERE,
    },
    goods={
        "goods_sent": Goods.ON_WAY_TO_BUYER,
        "closed_rejected": Goods.WITH_BUYER,
        "reported": Goods.WITH_BUYER,
        "on_its_way": Goods.ON_WAY_BACK,
        "diagnosing": Goods.WITH_SHOP,
        "returning": Goods.ON_WAY_TO_BUYER,
        "verify": Goods.WITH_BUYER,
        "replacing": Goods.ON_WAY_TO_BUYER,
        "closed_replaced": Goods.WITH_BUYER,
    },
)
