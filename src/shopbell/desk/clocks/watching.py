"""Looks at the clocks of a conversation when one has something to say: aloud, and each once.

Whoever is on holiday, whatever is put aside, open or not: the note is left, the fact is announced
and the consequences follow. Looking and telling are one transaction with the firing.
"""

from collections.abc import Callable, Mapping

from shopbell.accounts import letters, staff
from shopbell.accounts import service as accounts
from shopbell.accounts.wishes.model import Kind
from shopbell.conversations import waiting
from shopbell.conversations.model import Conversation, ConversationId, WakeOn
from shopbell.conversations.targets import service as targets
from shopbell.conversations.targets.model import Consequence
from shopbell.conversations.targets.running import Ring, Rung
from shopbell.conversations.targets.winding import CLOCKS
from shopbell.desk.clocks.facts import ClockBreached, ClockWarned
from shopbell.desk.giving import let_go, serve_if_free
from shopbell.desk.model import Why
from shopbell.desk.snoozing import rouse
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Rank

CLIMB = "ladder_now"
"""The deadline by which the ladder, above this room, takes its next step at once."""


def look(tx: Tx, entity: str) -> None:
    """Say what the clocks of a conversation have to say by now; look again when there is more."""
    talk = waiting.held(tx, ConversationId(entity))
    if talk.clocks is None:
        return
    for rung in talk.clocks.rung(tx.now):
        talk = _tell(tx, talk, rung)
    targets.look_next(tx, talk)


def _tell(tx: Tx, talk: Conversation, rung: Rung) -> Conversation:
    policy = targets.rule_of(tx, talk, rung.run).policy
    breached = rung.ring is Ring.BREACHED
    follows = policy.on_breach if breached else policy.on_warning
    talk = targets.ring(tx, talk, rung, raised=Consequence.RAISE in follows)
    kind = ClockBreached if breached else ClockWarned
    tx.announce(
        kind(
            conversation=talk.id,
            shop=talk.shop,
            target=rung.run.target,
            rules=rung.run.rules,
            row=rung.run.row,
            due_at=rung.run.due_at or tx.now,
            consequences=follows,
        )
    )
    if breached and talk.asleep:
        rouse(tx, SYSTEM, talk, WakeOn.PROMISE)
    for consequence in follows:
        _FOLLOWS[consequence](tx, waiting.held(tx, talk.id), rung)
    return waiting.held(tx, talk.id)


def _write_to_managers(tx: Tx, talk: Conversation, rung: Rung) -> None:
    """Leave a letter for each manager and owner of the shop, in their own language."""
    for one in staff.of_shop(tx, SYSTEM, talk.shop):
        if one.rank.includes(Rank.MANAGER):
            letters.tell(
                tx,
                accounts.person(tx, one.id),
                Kind.DUE,
                f"clock_{rung.ring}_{rung.run.target}",
                buyer=talk.buyer_name,
                shop=talk.shop_name,
                link=f"{tx.settings.base_url}/desk/{talk.id}",
            )


def _climb(tx: Tx, talk: Conversation, _rung: Rung) -> None:
    tx.arm(CLIMB, talk.id, tx.now)


def _back_to_the_queue(tx: Tx, talk: Conversation, _rung: Rung) -> None:
    """Make a conversation nobody's whose assignee let the clock run, and have it given out."""
    if talk.assignee is not None:
        let_go(tx, SYSTEM, talk, talk.assignee, Why.CLOCK)
        serve_if_free(tx, talk.shop)


def _nothing_more(_tx: Tx, _talk: Conversation, _rung: Rung) -> None:
    """Do nothing: the place in the list is part of the clocks."""


_FOLLOWS: Mapping[Consequence, Callable[[Tx, Conversation, Rung], None]] = {
    Consequence.RAISE: _nothing_more,
    Consequence.REQUEUE: _back_to_the_queue,
    Consequence.LETTER: _write_to_managers,
    Consequence.LADDER: _climb,
}

DEADLINES: Mapping[str, Callable[[Tx, str], None]] = {CLOCKS: look}
