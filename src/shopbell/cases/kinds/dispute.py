"""A disagreement that the operator settles if the two sides do not.

The spans are the policy's: 72 hours for evidence, 7 days to agree, 3 days to decide, 30 days to
appeal; the appeal is another operator's. Proposals that are equal settle it (AliExpress).
"""

from datetime import timedelta

from shopbell.cases.fields import Field, FieldKind
from shopbell.cases.model import (
    Case,
    Effect,
    Kind,
    Party,
    Situation,
    Step,
    Timer,
    Wait,
    at_most,
    other_offers,
)
from shopbell.cases.refusals import AppealByAnother, NothingOffered, NotTheOpener, SignedByAnother
from shopbell.kernel.actor import Side
from shopbell.kernel.flow import Flow

_SIDES, _OPERATOR, _SYSTEM = (Side.BUYER, Side.SELLER), (Side.OPERATOR,), (Side.SYSTEM,)
OUTCOMES = ("refund", "return", "reject")
"""What is asked for or decided: money without a return, money for a return, or neither."""


def _by_opener(case: Case, around: Situation) -> None:
    if around.actor.side is not case.opened_by:
        raise NotTheOpener


def _by_another_operator(case: Case, around: Situation) -> None:
    """Let nobody judge an appeal against their own decision."""
    if around.actor.id == case.facts.get("decided_by"):
        raise AppealByAnother


def _by_second(case: Case, around: Situation) -> None:
    """Let nobody countersign what they decided themselves."""
    if around.actor.id == case.facts.get("decided_by"):
        raise SignedByAnother


def _to_parent(case: Case) -> str:
    """Name the step that the case in dispute takes by what was decided or agreed."""
    return f"decide_{case.facts['outcome']}"


def _other_has_offered(case: Case, around: Situation) -> None:
    """Refuse to accept what nobody has proposed."""
    if not other_offers(case, around.actor.side):
        raise NothingOffered


def _settles(case: Case, _around: Situation) -> str | None:
    """Settle it by itself once buyer and shop propose the same."""
    offers = case.facts.get("offers", {})
    mine, theirs = offers.get(Side.BUYER), offers.get(Side.SELLER)
    return "agree" if case.state == "negotiation" and mine and mine == theirs else None


_OFFER = ("outcome", "amount", "payer", "statement")
_RULING = ("outcome", "clause", "reason_buyer", "reason_seller")


def _evidence(state: str) -> tuple[Step, ...]:
    return (
        Step(state, "add_evidence", state, by=_SIDES, asks=("statement",), takes=("evidence",)),
        Step(
            state,
            "propose",
            "negotiation",
            by=(*_SIDES, Side.OPERATOR),
            asks=("outcome",),
            takes=_OFFER[1:],
            does=(Effect.PROPOSE,),
        ),
        Step(state, "request_review", "review", by=_SIDES),
        Step(
            state,
            "withdraw",
            "closed",
            by=_SIDES,
            asks=("confirm",),
            when=(_by_opener,),
            tells="withdrawn",
        ),
        Step(state, "to_review", "review", by=_SYSTEM),
    )


DISPUTE = Kind(
    name="dispute",
    opens=(),
    fields=(
        Field("statement", FieldKind.TEXT),
        Field("evidence", FieldKind.FILES),
        Field("outcome", FieldKind.CHOICE, choices=OUTCOMES),
        Field("amount", FieldKind.MONEY),
        Field("payer", FieldKind.CHOICE, choices=("buyer", "seller")),
        Field("confirm", FieldKind.YES),
        Field("clause", FieldKind.SHORT),
        Field("reason_buyer", FieldKind.TEXT),
        Field("reason_seller", FieldKind.TEXT),
        Field("needed", FieldKind.TEXT),
        Field("decided_by", FieldKind.SHORT, secret=True),
        Field("draft", FieldKind.TEXT, secret=True),
    ),
    asks=("statement",),
    takes=("evidence", "outcome", "amount"),
    follows=_settles,
    flow=Flow(
        start="evidence",
        moves=(
            *_evidence("evidence"),
            *_evidence("negotiation"),
            Step(
                "negotiation",
                "accept",
                "decided",
                by=_SIDES,
                when=(_other_has_offered,),
                does=(Effect.AGREE,),
                tells=_to_parent,
            ),
            Step(
                "negotiation",
                "agree",
                "decided",
                by=_SYSTEM,
                does=(Effect.AGREE,),
                tells=_to_parent,
            ),
            Step(
                "review",
                "ask_more",
                "evidence",
                by=_OPERATOR,
                asks=("needed",),
                when=(at_most("ask_more", 1),),
            ),
            Step("review", "escalate", "review", by=_SYSTEM, does=(Effect.ESCALATE,)),
            Step(
                "review",
                "decide",
                "decided",
                by=_OPERATOR,
                asks=_RULING,
                takes=("amount", "payer"),
                does=(Effect.SIGN,),
                tells=_to_parent,
            ),
            Step(
                "review",
                "draft_decision",
                "signing",
                by=_OPERATOR,
                asks=_RULING,
                takes=("amount", "payer"),
                does=(Effect.DRAFT,),
                quiet=True,
            ),
            Step(
                "signing",
                "countersign",
                "decided",
                by=_OPERATOR,
                when=(_by_second,),
                does=(Effect.PRONOUNCE,),
                tells=_to_parent,
            ),
            Step(
                "signing",
                "send_back",
                "review",
                by=_OPERATOR,
                asks=("needed",),
                when=(_by_second,),
                quiet=True,
            ),
            Step("signing", "escalate", "signing", by=_SYSTEM, does=(Effect.ESCALATE,)),
            Step(
                "decided",
                "appeal",
                "appeal",
                by=_SIDES,
                asks=("statement", "evidence"),
                when=(at_most("appeal", 1),),
            ),
            Step("decided", "close", "closed", by=_SYSTEM),
            Step(
                "appeal",
                "uphold",
                "decided",
                by=_OPERATOR,
                asks=("reason_buyer", "reason_seller"),
                when=(_by_another_operator,),
            ),
            Step(
                "appeal",
                "overturn",
                "decided",
                by=_OPERATOR,
                asks=_RULING,
                takes=("amount", "payer"),
                when=(_by_another_operator,),
                does=(Effect.SIGN,),
            ),
            Step("appeal", "escalate", "appeal", by=_SYSTEM, does=(Effect.ESCALATE,)),
        ),
    ),
    waits={
        "evidence": Wait(Party.BOTH, Timer("dispute_evidence", "to_review")),
        "negotiation": Wait(Party.BOTH, Timer("dispute_negotiation", "to_review")),
        "review": Wait(Party.OPERATOR, Timer("operator_decision", "escalate")),
        "signing": Wait(Party.OPERATOR, Timer("operator_decision", "escalate")),
        "decided": Wait(Party.NOBODY, Timer("appeal", "close")),
        "appeal": Wait(Party.OPERATOR, Timer(timedelta(days=7), "escalate")),
    },
)
