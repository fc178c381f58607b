"""How things go home that the shop looked at and refused: they are the buyer's.

No case ends while the shop holds them: it sends them, or the buyer fetches them.
"""

from shopbell.cases.fields import Field, FieldKind
from shopbell.cases.model import (
    Case,
    Effect,
    Goods,
    Party,
    Situation,
    Step,
    Timer,
    Wait,
    escalates,
    once_called,
)
from shopbell.cases.money_rules import amount_is_paid
from shopbell.cases.return_rules import is_another_parcel
from shopbell.kernel.actor import Side

PARCELS = (Field("back_shipment", FieldKind.SHIPMENT), Field("sent_shipment", FieldKind.SHIPMENT))
"""What is on its way because of a case: nobody is asked for them, both sides may follow them."""

_SYSTEM, _WHO_KNOWS = (Side.SYSTEM,), (Side.BUYER, Side.OPERATOR)


def goes_home(end: str, refunding: str) -> tuple[Step, ...]:
    """Return how a case that is lost for the buyer comes to its ``end`` once they have it again.

    Where nothing is sent, or it is lost, the operator has the buyer paid for it instead.
    """
    return (
        Step(
            "goods_owed",
            "send_home",
            "goods_sent",
            by=(Side.SELLER,),
            asks=("sent_parcel",),
            checks=(is_another_parcel,),
            does=(Effect.SEND_AGAIN,),
        ),
        Step("goods_owed", "came_home", end, by=_WHO_KNOWS, when=(_was_called,)),
        escalates("goods_owed"),
        Step("goods_sent", "came_home", end, by=(*_WHO_KNOWS, Side.SYSTEM), when=(_was_called,)),
        Step(
            "goods_sent",
            "lost_home",
            "goods_owed",
            by=_SYSTEM,
            does=(Effect.GOODS_LOST, Effect.ESCALATE),
        ),
        escalates("goods_sent"),
        *(_is_paid_for(state, refunding) for state in ("goods_owed", "goods_sent")),
    )


def _is_paid_for(state: str, refunding: str) -> Step:
    return Step(
        state,
        "decide_refund",
        refunding,
        by=(Side.OPERATOR, Side.SYSTEM),
        takes=("amount",),
        when=(_was_called,),
        checks=(amount_is_paid,),
        does=(Effect.AWARD, Effect.REFUND),
    )


def _was_called(case: Case, around: Situation) -> None:
    """Let the operator step in only where nobody else has acted in time."""
    if around.actor.side is Side.OPERATOR:
        once_called(case, around)


HOMEWARD_WAITS = {
    "goods_owed": Wait(Party.SELLER, Timer("goods_home", "escalate")),
    "goods_sent": Wait(Party.CARRIER, Timer("goods_home", "escalate")),
}
DISPUTED_ELSEWHERE = {
    "decide_reject": {
        Goods.ON_WAY_BACK: "decide_reject_owing",
        Goods.WITH_SHOP: "decide_reject_owing",
        Goods.ON_WAY_TO_BUYER: "on_to_buyer",
    },
    "withdrawn": {
        Goods.ON_WAY_BACK: "withdrawn_on_way",
        Goods.WITH_SHOP: "withdrawn_owing",
        Goods.ON_WAY_TO_BUYER: "on_to_buyer",
    },
}
"""What a lost or withdrawn dispute leads to while the buyer is without the things."""
