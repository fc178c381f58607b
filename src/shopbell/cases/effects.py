"""What steps do beside moving their case. To add one: its name in the model, its line below."""

from collections.abc import Callable, Mapping

import msgspec

from shopbell.cases.fields import Answers
from shopbell.cases.model import Case, Effect
from shopbell.conversations.posting import call_operator
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor


def escalate(tx: Tx, _actor: Actor, case: Case, _given: Answers) -> Case:
    """Call the operator; whoever was to act still may."""
    call_operator(tx, case.conversation)
    return msgspec.structs.replace(case, escalated_at=case.escalated_at or tx.now)


EFFECTS: Mapping[Effect, Callable[[Tx, Actor, Case, Answers], Case]] = {
    Effect.ESCALATE: escalate,
}
