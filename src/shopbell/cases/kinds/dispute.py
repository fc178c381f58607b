"""A disagreement that the operator settles if the two sides do not.

The spans are the policy's: 72 hours for evidence, 7 days to agree, 3 days to decide, 30 days to
appeal; the appeal is another operator's. Proposals that are equal settle it (AliExpress). The
case in dispute waits meanwhile; what an appeal changes after it has ended is made up for here.
"""

from shopbell.cases.dispute_rules import (
    OUTCOMES,
    amount_is_payable,
    by_another_judge,
    by_opener,
    by_second,
    can_go_back,
    follows,
    not_sent_back,
    other_has_offered,
    signed_by_two_above,
    typed_out,
)
from shopbell.cases.fields import Answers, Field, FieldKind
from shopbell.cases.model import (
    Case,
    Check,
    Effect,
    Guard,
    Kind,
    Party,
    Situation,
    Step,
    Timer,
    Wait,
    at_most,
    escalates,
)
from shopbell.cases.money_rules import PAYER, UNPAID
from shopbell.kernel.actor import Side
from shopbell.kernel.flow import Flow

_SIDES, _OPERATOR, _SYSTEM = (Side.BUYER, Side.SELLER), (Side.OPERATOR,), (Side.SYSTEM,)


_TO_PARENT = "decide_{outcome}"
"""The step that the case in dispute takes, by what was decided or agreed."""


def _drafted(case: Case, _around: Situation) -> Answers:
    """Tell, with the second signature, what was decided under the first."""
    drafted: Answers = case.facts["draft"]
    return drafted


_OFFER = ("outcome", "amount", "payer", "statement")
_RULING = ("outcome", "clause", "reason_buyer", "reason_seller")


def _evidence(state: str) -> tuple[Step, ...]:
    return (
        Step(state, "add_evidence", state, by=_SIDES, asks=("statement",), takes=("evidence",)),
        Step(state, "request_review", "review", by=_SIDES),
        Step(
            state,
            "propose",
            "negotiation",
            by=_SIDES,
            asks=("outcome",),
            takes=_OFFER[1:],
            checks=(amount_is_payable, can_go_back),
            does=(Effect.PROPOSE,),
        ),
        Step(
            state,
            "withdraw",
            "closed",
            by=_SIDES,
            asks=("confirm",),
            when=(by_opener,),
            checks=(typed_out,),
            tells="withdrawn",
        ),
        Step(state, "to_review", "review", by=_SYSTEM),
    )


def _by_two(
    heard_in: str,
    signing: str,
    *,
    when: tuple[Guard, ...] = (),
    checks: tuple[Check, ...],
    does: tuple[Effect, ...] = (),
) -> tuple[Step, ...]:
    """Return how a decision about much money is drafted by one operator, and signed by another."""
    return (
        Step(
            heard_in,
            "draft_decision",
            signing,
            by=_OPERATOR,
            asks=_RULING,
            takes=("amount", "payer"),
            when=when,
            checks=checks,
            does=(Effect.DRAFT,),
            quiet=True,
        ),
        Step(
            signing,
            "countersign",
            "decided",
            by=_OPERATOR,
            when=(by_second, *when),
            does=(Effect.PRONOUNCE, *does),
            knows=_drafted,
            agrees=True,
            tells=_TO_PARENT,
        ),
        Step(
            signing,
            "send_back",
            heard_in,
            by=_OPERATOR,
            asks=("needed",),
            when=(by_second, *when),
            quiet=True,
        ),
        escalates(signing),
    )


DISPUTE = Kind(
    name="dispute",
    opens=(),
    fields=(
        Field("statement", FieldKind.TEXT),
        Field("evidence", FieldKind.FILES),
        Field("outcome", FieldKind.CHOICE, choices=OUTCOMES),
        Field("amount", FieldKind.MONEY),
        PAYER,
        Field("confirm", FieldKind.SHORT, code=True),
        Field("clause", FieldKind.CLAUSE),
        Field("reason_buyer", FieldKind.TEXT),
        Field("reason_seller", FieldKind.TEXT, private=True),
        Field("needed", FieldKind.TEXT),
        Field("lines", FieldKind.LINES),
        Field("judges", FieldKind.TEXT, secret=True),
        Field("draft", FieldKind.TEXT, secret=True),
        UNPAID,
        Field("drafted_by", FieldKind.SHORT, secret=True),
    ),
    asks=("statement",),
    takes=("evidence", "lines"),
    one_at_a_time=False,
    money_by_hand=False,
    follows=follows,
    flow=Flow(
        start="evidence",
        ends=("closed",),
        said="case.dispute_is_",
        moves=(
            *_evidence("evidence"),
            *_evidence("negotiation"),
            Step(
                "negotiation",
                "accept",
                "decided",
                by=_SIDES,
                when=(other_has_offered,),
                does=(Effect.AGREE,),
                agrees=True,
                tells=_TO_PARENT,
            ),
            Step(
                "negotiation",
                "agree",
                "decided",
                by=_SYSTEM,
                does=(Effect.AGREE,),
                tells=_TO_PARENT,
            ),
            Step(
                "review",
                "ask_more",
                "evidence",
                by=_OPERATOR,
                asks=("needed",),
                when=(at_most("ask_more", 1),),
            ),
            escalates("review"),
            Step(
                "review",
                "decide",
                "decided",
                by=_OPERATOR,
                asks=_RULING,
                takes=("amount", "payer"),
                checks=(amount_is_payable, can_go_back, signed_by_two_above),
                does=(Effect.SIGN,),
                tells=_TO_PARENT,
            ),
            *_by_two("review", "signing", checks=(amount_is_payable, can_go_back)),
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
                when=(by_another_judge,),
            ),
            Step(
                "appeal",
                "overturn",
                "decided",
                by=_OPERATOR,
                asks=_RULING,
                takes=("amount", "payer"),
                when=(by_another_judge,),
                checks=(amount_is_payable, not_sent_back, signed_by_two_above),
                does=(Effect.SIGN, Effect.MAKE_UP),
                tells=_TO_PARENT,
            ),
            *_by_two(
                "appeal",
                "appeal_signing",
                when=(by_another_judge,),
                checks=(amount_is_payable, not_sent_back),
                does=(Effect.MAKE_UP,),
            ),
            Step("decided", "refund_succeeded", "closed", by=_SYSTEM),
            Step("decided", "refund_failed", "decided", by=_SYSTEM, does=(Effect.ESCALATE,)),
            escalates("appeal"),
        ),
    ),
    waits={
        "evidence": Wait(Party.BOTH, Timer("dispute_evidence", "to_review")),
        "negotiation": Wait(Party.BOTH, Timer("dispute_negotiation", "to_review")),
        "review": Wait(Party.OPERATOR, Timer("operator_decision", "escalate")),
        "signing": Wait(Party.OPERATOR, Timer("operator_decision", "escalate")),
        "decided": Wait(Party.NOBODY, Timer("appeal", "close")),
        "appeal": Wait(Party.OPERATOR, Timer("operator_decision", "escalate")),
        "appeal_signing": Wait(Party.OPERATOR, Timer("operator_decision", "escalate")),
    },
)
