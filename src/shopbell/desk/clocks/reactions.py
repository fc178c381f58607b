"""What this room does when a clock stands still, goes on or stops: it keeps the pauses."""

from typing import Any

from shopbell.conversations.targets.facts import ClockPaused, ClockResumed, ClockStopped
from shopbell.desk.clocks import storage
from shopbell.engine.database import Reaction, Tx


def end_pause(tx: Tx, fact: ClockPaused | ClockResumed | ClockStopped) -> None:
    """Note that a clock stands still no more, or not for the one it did."""
    if fact.rested is not None:
        storage.keep(tx, fact.conversation, fact.target, fact.rested, until=tx.now)


def begin_pause(tx: Tx, fact: ClockPaused) -> None:
    """Note for whom a clock stands still from now on."""
    storage.keep(tx, fact.conversation, fact.target, fact.rest)


REACTIONS: tuple[Reaction[Any], ...] = (
    Reaction(ClockPaused, end_pause),
    Reaction(ClockPaused, begin_pause),
    Reaction(ClockResumed, end_pause),
    Reaction(ClockStopped, end_pause),
)
