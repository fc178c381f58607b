"""Calendars that clocks run by: hours of the week, and days that are unlike others. Pure.

Minutes are counted as they pass: a day on which clocks are put back has one hour more of them.
An hour that comes twice is meant at its first time; one that a day skips, as soon as it is over.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from shopbell.commerce.hours import (
    HORIZON,
    Hours,
    Opening,
    Span,
    count_between,
    find_zone,
    run_through,
    span,
)
from shopbell.kernel.refusals import Invalid

DayName = Annotated[str, Meta(pattern=r"^([0-9]{4}-)?[0-9]{2}-[0-9]{2}$")]
"""``2026-12-24``, or ``12-24`` for every year."""

_LEAP = "2024"


class NoSuchDay(Invalid):
    """A calendar names a day that is in no year."""


class OtherDay(Struct, frozen=True, forbid_unknown_fields=True):
    """A day with openings of its own instead of its weekday's: none on a holiday."""

    on: DayName
    openings: Annotated[list[Opening], Meta(max_length=12)] = []

    def __post_init__(self) -> None:
        try:
            date.fromisoformat(self.on if len(self.on) > len("12-24") else f"{_LEAP}-{self.on}")
        except ValueError:
            raise NoSuchDay(day=self.on) from None


class Calendar(Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """When somebody works, in a time zone. Intervals may overlap: each minute counts once."""

    zone: Annotated[str, Meta(max_length=64)]
    hours: Annotated[list[Hours], Meta(max_length=84)] = []
    days: Annotated[list[OtherDay], Meta(max_length=400)] = []

    def __post_init__(self) -> None:
        find_zone(self.zone)

    def starts(self, moment: datetime) -> datetime | None:
        """Return ``moment`` if somebody works, else when they next do; None if not in 400 days."""
        found = (max(opens, moment) for opens, closes in self._from(moment) if closes > moment)
        return next(found, None)

    def after(self, since: datetime, length: timedelta) -> datetime | None:
        """Return when ``length`` of working time has passed; None if that takes over 400 days."""
        reached, left = run_through(self._from(since), since, length)
        return None if left else reached

    def between(self, since: datetime, until: datetime) -> timedelta:
        """Return how much working time lies between two moments."""
        last = until.astimezone(self._place).date()
        return count_between(self._spans(self._eve(since), last), since, until)

    def _from(self, moment: datetime) -> Iterator[Span]:
        first = self._eve(moment)
        return self._spans(first, first + HORIZON)

    def _eve(self, moment: datetime) -> date:
        """Return the day before a moment: what begins then may last beyond it."""
        return moment.astimezone(self._place).date() - timedelta(days=1)

    def _spans(self, first: date, last: date) -> Iterator[Span]:
        for number in range(first.toordinal(), last.toordinal() + 1):
            day = date.fromordinal(number)
            yield from sorted(span(one, day, self._place) for one in self._openings(day))

    def _openings(self, day: date) -> Sequence[Hours | Opening]:
        name = day.isoformat()
        for key in (name, name[len("2026-") :]):
            if key in self._other:
                return self._other[key]
        return self._week[day.weekday()]

    @cached_property
    def _place(self) -> ZoneInfo:
        return find_zone(self.zone)

    @cached_property
    def _other(self) -> dict[str, list[Opening]]:
        return {day.on: day.openings for day in self.days}

    @cached_property
    def _week(self) -> list[list[Hours]]:
        return [[one for one in self.hours if one.weekday == day] for day in range(7)]
