"""Time that passes when a test says so."""

from datetime import UTC, datetime, timedelta

MORNING = datetime(2026, 5, 4, 9, tzinfo=UTC)
"""A Monday; every shop of the tests is open."""


class WoundClock:
    """A clock that stands still; handed to the house in place of the time outside."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **time: float) -> None:
        """Let time pass, as ``passes(minutes=6)``."""
        self.now += timedelta(**time)
