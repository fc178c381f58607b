"""What this room does when another announces something."""

from typing import Any

from shopbell.cases import storage
from shopbell.commerce.facts import TrackingSeen
from shopbell.commerce.tracking import Milestone
from shopbell.engine.database import Reaction, Tx

LOOK = "case_look"


def look_for_parcels(tx: Tx, fact: TrackingSeen) -> None:
    """Have the cases of an order look whether what they wait for has come.

    They look in a transaction of their own: a case is held before its order, a parcel after it.
    """
    if fact.event.milestone is not Milestone.DELIVERED:
        return
    for case in storage.about(tx, fact.order):
        if case.closed_at is None:
            tx.arm(LOOK, case.id, tx.now)


REACTIONS: tuple[Reaction[Any], ...] = (Reaction(TrackingSeen, look_for_parcels),)
