"""A case told to one reader: what was done, asked, promised and paid, and who must act by when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from shopbell.cases.fields import Field
from shopbell.cases.model import Kind
from shopbell.cases.money import RefundShown, RefundState
from shopbell.cases.shown import CaseShown, PromiseShown, StepShown, TraceShown
from shopbell.commerce.model import Money
from shopbell.kernel.actor import Side
from shopbell.kernel.texts import say, text
from shopbell.language.guard import COVER
from shopbell.web.pages import format as written
from shopbell.web.pages.case_words import Given, Surroundings, detail, details

Tone = Literal["plain", "good", "wait", "bad"]


class Done(Struct, frozen=True):
    """One step that was taken; ``veiled`` says why a part of its words is covered, if one is."""

    title: str
    who: str
    at: datetime
    given: list[Given]
    veiled: str = ""


class Next(Struct, frozen=True):
    """What a case waits for: who must act, until when, and why then."""

    title: str
    who: str
    mine: bool
    until: datetime | None
    why: str


class Question(Struct, frozen=True, kw_only=True):
    """What a carrier was asked, and what came of it; ``late`` if it has let its time pass."""

    parcel: str
    href: str | None
    asked_at: datetime
    due_at: datetime
    answered_at: datetime | None
    outcome: str
    late: bool
    given: list[Given]


class Promise(Struct, frozen=True, kw_only=True):
    """The days that a shop gave, why, and whether the parcel came by then."""

    days: str
    reason: str
    given_at: datetime
    state: Literal["running", "kept", "broken"]


class Stage(Struct, frozen=True):
    """How far one refund has come."""

    title: str
    amount: Money
    now: str
    steps: list[tuple[str, datetime | None, str]]
    note: str = ""
    reference: str = ""


# --- what was done ---------------------------------------------------------------------------


def done(
    kind: Kind, fields: Mapping[str, Field], steps: list[StepShown], around: Surroundings
) -> list[Done]:
    """Tell all steps of a case."""
    return [
        Done(
            title=around.say(f"{kind.name}_did_{step.action}"),
            who=_who(step, around),
            at=step.at,
            given=list(details(fields, step.given, around)),
            veiled=_why_veiled(step, around),
        )
        for step in steps
    ]


def _why_veiled(step: StepShown, around: Surroundings) -> str:
    if not any(isinstance(answer, str) and COVER in answer for answer in step.given.values()):
        return ""
    if step.side is not around.side:
        return text(around.locale, "veil.reader")
    told = text(around.locale, "veil.told", what=text(around.locale, "veil.part"))
    return f"{told} {text(around.locale, 'veil.why_contact')}"


def _who(step: StepShown, around: Surroundings) -> str:
    if step.side is around.side:
        return text(around.locale, "pages.you")
    match step.side:
        case Side.SELLER:
            return around.shop
        case Side.BUYER:
            return step.name
        case _:
            return around.say(f"by_{step.side}")


def question(kind: Kind, trace: TraceShown, now: datetime, around: Surroundings) -> Question:
    """Tell what a carrier was asked; in its own words, and by which way, only to the shop."""
    told: dict[str, Any] = {
        "trace_reason": trace.reason,
        "carrier_ref": trace.carrier_ref,
        "signed_by": trace.signed_by,
        "said": trace.said,
        "proof": trace.proof,
        "proof_url": trace.proof_url,
    }
    outcome = around.say(f"choice_finding.{trace.outcome}") if trace.outcome else ""
    waiting = around.say("trace_trouble" if trace.trouble else "waits_carrier")
    return Question(
        parcel=f"{trace.carrier} {trace.number}".strip(),
        href=around.follow(trace.carrier, trace.number),
        asked_at=trace.asked_at,
        due_at=trace.due_at,
        answered_at=trace.answered_at,
        outcome=outcome or waiting,
        late=trace.answered_at is None and (bool(trace.trouble) or now > trace.due_at),
        given=[detail(kind.field(name), said, around) for name, said in told.items() if said],
    )


def promise(given: PromiseShown, around: Surroundings) -> Promise:
    """Tell which days a shop gave, and whether it kept its word."""
    return Promise(
        days=written.span(given.eta.earliest, given.eta.latest, around.locale),
        reason=around.say(f"choice_eta_reason.{given.reason}"),
        given_at=given.given_at,
        state="kept" if given.kept_at else "broken" if given.broken_at else "running",
    )


# --- what follows ----------------------------------------------------------------------------


def following(case: CaseShown, around: Surroundings) -> Next | None:
    """Say what a case waits for; nothing once it is over."""
    if case.closed_at is not None:
        return None
    mine = _is_mine(case, around)
    return Next(
        title=state(case.kind, case.state, around),
        who=around.say("your_turn" if mine else f"waits_{case.waiting_on}"),
        mine=mine,
        until=case.due.at if case.due else None,
        why=say(case.due.why, around.locale) if case.due and case.due.why else "",
    )


def _is_mine(case: CaseShown, around: Surroundings) -> bool:
    return around.side in case.waiting_on.sides


def state(kind: str, name: str, around: Surroundings) -> str:
    """Name where a case stands."""
    return around.say(f"{kind}_is_{name}")


def tone(case: CaseShown, around: Surroundings) -> Tone:
    """Tell how a case is to be shown: as something to do, to wait for, gone wrong, or done."""
    if case.closed_at is not None:
        return "plain"
    if case.escalated_at is not None:
        return "bad"
    return "wait" if _is_mine(case, around) else "good"


# --- money -----------------------------------------------------------------------------------

_WAY = (RefundState.REQUESTED, RefundState.APPROVED, RefundState.SUBMITTED, RefundState.SUCCEEDED)


def stages(refund: RefundShown, around: Surroundings) -> Stage:
    """Tell how far a refund has come, and when the bank should have it."""
    ended = refund.state in {RefundState.FAILED, RefundState.CANCELLED}
    sent = (RefundState.SUBMITTED,) if refund.submitted_at else ()
    way = (RefundState.REQUESTED, *sent, refund.state) if ended else _WAY
    at = way.index(refund.state)
    moments = {
        RefundState.REQUESTED: refund.requested_at,
        RefundState.SUBMITTED: refund.submitted_at,
        way[-1]: refund.done_at,
    }
    return Stage(
        title=around.say(f"part_{refund.part}"),
        amount=refund.amount,
        now=around.say(f"refund_is_{refund.state}"),
        steps=[
            (
                around.say(f"refund_is_{stage}"),
                moments.get(stage),
                "bad" if ended and n == at else "done" if n <= at else "next",
            )
            for n, stage in enumerate(way)
        ],
        note="" if ended else around.say("bank_days", n=refund.bank_days),
        reference=refund.reference,
    )
