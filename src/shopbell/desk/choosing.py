"""Who of those who are there takes what waits. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shopbell.conversations.model import TalkKind
from shopbell.desk.model import Mode, Rule, Seat
from shopbell.kernel.texts import Locale

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Hands:
    """Somebody who is there, and what of theirs waits for the shop by now."""

    seat: Seat
    load: int
    limit: int
    given_at: datetime

    @classmethod
    def of(cls, seat: Seat, load: int, rule: Rule) -> "Hands":
        """Return what somebody has to do, and how much they can."""
        return cls(seat, load, limit_of(seat, rule), seat.last_given_at or NEVER)

    @property
    def free(self) -> bool:
        """Tell whether there is room for one more."""
        return self.load < self.limit

    def take(self, now: datetime) -> None:
        """Count one more."""
        self.load, self.given_at = self.load + 1, now


def limit_of(seat: Seat | None, rule: Rule) -> int:
    """Return how many conversations that wait a machine gives to somebody at most."""
    return rule.limit if seat is None or seat.capacity is None else seat.capacity


def choose(
    rule: Rule, there: Iterable[Hands], locale: Locale, kind: TalkKind | None, waited: timedelta
) -> Hands | None:
    """Return who takes a conversation that has ``waited`` so long; None if nobody can, yet.

    By skill, those who know it come first, and after the rule's patience anybody will do.
    """
    free = [one for one in there if one.free]
    if rule.mode is Mode.SKILL and waited.total_seconds() < rule.patience:
        free = [one for one in free if one.seat.knows(locale, kind)]
    if rule.mode is Mode.ROUND_ROBIN:
        return min(free, key=lambda one: (one.given_at, one.seat.person), default=None)
    return min(free, key=lambda one: (one.load, one.given_at, one.seat.person), default=None)
