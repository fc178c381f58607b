"""What each role of the operators may do: one table, which every service asks.

To look is never enough to change anything. Somebody of the role ``out`` does not even look.
"""

from collections.abc import Mapping
from enum import StrEnum

from shopbell.kernel.actor import Actor, Role, Side


class Right(StrEnum):
    """Something that operators do."""

    SEE = "see"
    DECIDE = "decide"
    PAY = "pay"
    CALM = "calm"
    SORT_MAIL = "sort_mail"
    RULE = "rule"
    MEND = "mend"
    APPOINT = "appoint"


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.LEAD: frozenset(Right),
    Role.MEDIATOR: frozenset({Right.SEE, Right.DECIDE, Right.PAY, Right.CALM, Right.SORT_MAIL}),
    Role.READER: frozenset({Right.SEE}),
    Role.OUT: frozenset(),
}


def may(actor: Actor, right: Right) -> bool:
    """Tell whether ``actor`` runs the marketplace and may do this; the house itself may."""
    if actor.side is Side.OPERATOR:
        return right in RIGHTS[actor.role or Role.LEAD]
    return actor.side is Side.SYSTEM
