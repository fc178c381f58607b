"""What steps do beside moving their case. To add one: its name in the model, its line below."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from shopbell.cases import inquiring
from shopbell.cases.fields import Answers
from shopbell.cases.model import Case, Effect, other_offers
from shopbell.conversations.posting import call_operator
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor


def escalate(tx: Tx, _actor: Actor, case: Case, _given: Answers) -> Case:
    """Call the operator; whoever was to act still may."""
    call_operator(tx, case.conversation)
    return msgspec.structs.replace(case, escalated_at=case.escalated_at or tx.now)


def propose(_tx: Tx, actor: Actor, case: Case, given: Answers) -> Case:
    """Put a side's proposal in place of its earlier one."""
    offers = {**case.facts.get("offers", {}), actor.side: _terms(given)}
    return case.knowing(offers=offers)


def agree(_tx: Tx, actor: Actor, case: Case, _given: Answers) -> Case:
    """Let what the other side proposed be what was decided."""
    return case.knowing(**other_offers(case, actor.side))


def sign(_tx: Tx, actor: Actor, case: Case, _given: Answers) -> Case:
    """Note who decided: an appeal, or a second signature, is somebody else's."""
    return case.knowing(decided_by=actor.id)


def draft(_tx: Tx, actor: Actor, case: Case, given: Answers) -> Case:
    """Keep a decision that a second operator has to sign."""
    return case.knowing(draft=msgspec.to_builtins(given), decided_by=actor.id)


def pronounce(_tx: Tx, _actor: Actor, case: Case, _given: Answers) -> Case:
    """Let the drafted decision be the decision."""
    return case.knowing(**case.facts["draft"])


TERMS = ("outcome", "amount", "payer")
"""What two proposals must have alike to be the same."""


def _terms(given: Answers) -> dict[str, Any]:
    terms: dict[str, Any] = msgspec.to_builtins(given)
    return {name: terms[name] for name in TERMS if name in terms}


EFFECTS: Mapping[Effect, Callable[[Tx, Actor, Case, Answers], Case]] = {
    Effect.ESCALATE: escalate,
    Effect.PROPOSE: propose,
    Effect.AGREE: agree,
    Effect.SIGN: sign,
    Effect.DRAFT: draft,
    Effect.PRONOUNCE: pronounce,
    Effect.PROMISE: inquiring.promise,
    Effect.KEEP_PROMISE: inquiring.keep_promise,
    Effect.BREAK_PROMISE: inquiring.break_promise,
    Effect.ASK_CARRIER: inquiring.ask_carrier,
    Effect.NOTE_ANSWER: inquiring.note_answer,
    Effect.NOTE_SILENCE: inquiring.note_silence,
    Effect.GOODS_LOST: inquiring.goods_lost,
    Effect.GOODS_COME_BACK: inquiring.goods_come_back,
    Effect.SEND_AGAIN: inquiring.send_again,
    Effect.REFUND: inquiring.refund,
}
