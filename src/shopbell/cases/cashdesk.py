"""What the operator sees of money: refunds that go on only when a person has looked at them."""

from msgspec import Struct

from shopbell.accounts.roles import Right
from shopbell.accounts.standing import check_operates
from shopbell.cases import paying, refund_storage, storage
from shopbell.cases.commands import RefundStep
from shopbell.cases.money import RefundId, RefundShown
from shopbell.cases.refunding import shown
from shopbell.cases.service import listed
from shopbell.cases.shown import CaseListed
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Side

MOST = 100
"""So many stand in the list at once."""


class Waiting(Struct, frozen=True):
    """A refund that waits for a person: for which case, who wanted it, why it failed."""

    refund: RefundShown
    case: CaseListed
    wanted_by: Side
    trouble: str


class Till(Struct, frozen=True):
    """The refunds that wait for a person, the oldest first, and whether there are ``more``."""

    rows: list[Waiting]
    more: bool


def waiting(tx: Tx, actor: Actor) -> Till:
    """List the refunds that a person must approve, pay or try again."""
    check_operates(actor)
    every = refund_storage.waiting(tx, MOST + 1)
    found = every[:MOST]
    cases = listed(tx, [storage.get(tx, one.case) for one in found])
    rows = [
        Waiting(shown(actor, one), case, one.requested_side, one.trouble)
        for one, case in zip(found, cases, strict=True)
    ]
    return Till(rows, more=len(every) > MOST)


def settle(tx: Tx, actor: Actor, refund: RefundId, step: RefundStep) -> RefundShown:
    """Take a step of a refund as the operator."""
    check_operates(actor, Right.PAY)
    return paying.act_on(tx, actor, refund, step)
