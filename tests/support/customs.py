"""A kind of case that only tests have: the customs ask for papers, the buyer gives them."""

from shopbell.cases.fields import Field, FieldKind
from shopbell.cases.model import Effect, Kind, Party, Step, Timer, Wait
from shopbell.kernel.actor import Side
from shopbell.kernel.flow import Flow

_BUYER, _SYSTEM = (Side.BUYER,), (Side.SYSTEM,)
_WHO_KNOWS = (Side.SELLER, Side.OPERATOR)

CUSTOMS = Kind(
    name="customs",
    opens=(Side.BUYER, Side.SELLER),
    fields=(
        Field("wanted", FieldKind.CHOICE, choices=("passport_number", "proof_of_payment")),
        Field("papers", FieldKind.FILES, private=True),
        Field("cleared_on", FieldKind.DAY),
    ),
    asks=("wanted",),
    flow=Flow(
        start="papers_wanted",
        ends=("cleared", "sent_back"),
        said="case.customs_is_",
        moves=(
            Step("papers_wanted", "give_papers", "at_customs", by=_BUYER, asks=("papers",)),
            Step("papers_wanted", "lapse", "sent_back", by=_SYSTEM),
            Step("at_customs", "cleared", "cleared", by=_WHO_KNOWS, takes=("cleared_on",)),
            Step("at_customs", "escalate", "at_customs", by=_SYSTEM, does=(Effect.ESCALATE,)),
        ),
    ),
    waits={
        "papers_wanted": Wait(Party.BUYER, Timer("buyer_info", "lapse")),
        "at_customs": Wait(Party.SELLER, Timer("refund_due", "escalate")),
    },
)

TEXTS = {
    "customs": "Customs question",
    "customs_ask": "The customs want papers",
    "customs_lead": "Tell the shop what the customs ask for.",
    "customs_hint": "Say which papers",
    "customs_is_papers_wanted": "The customs ask for papers",
    "customs_is_at_customs": "With the customs",
    "customs_is_cleared": "Cleared",
    "customs_is_sent_back": "Sent back",
    "customs_do_give_papers": "Give the papers",
    "customs_do_cleared": "It is cleared",
    "customs_did_open": "The customs asked for papers",
    "customs_did_give_papers": "The papers were given",
    "customs_did_cleared": "The customs let it pass",
    "customs_did_lapse": "No papers came: it goes back",
    "customs_did_escalate": "The marketplace was called in",
    "field_wanted": "What is asked for?",
    "field_papers": "Papers",
    "field_cleared_on": "Cleared on",
    "choice_wanted.passport_number": "Passport number",
    "choice_wanted.proof_of_payment": "Proof of payment",
}
