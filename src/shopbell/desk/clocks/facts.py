"""What is announced when a clock warns or has run out: from these figures are counted."""

from datetime import datetime

from shopbell.conversations.targets.facts import OfClock
from shopbell.conversations.targets.model import Consequence


class ClockRang(OfClock, frozen=True):
    """A clock had something to say, by a row of a version of the shop's rules."""

    rules: int
    row: int
    due_at: datetime
    consequences: list[Consequence]


class ClockWarned(ClockRang, frozen=True, tag="clock_warned"):
    """Time runs short: so much of a target has passed as its policy names."""


class ClockBreached(ClockRang, frozen=True, tag="clock_breached"):
    """A target was not kept."""
