"""When a shop is open: local wall-clock intervals, several a day, in the shop's own zone."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Meta, Struct

from shopbell.kernel.refusals import Invalid

ClockTime = Annotated[str, Meta(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
HORIZON = timedelta(days=400)
"""How far ahead the next opening is looked for; a shop closed for longer has none."""

WORKING_WEEK = range(5)
"""When a shop that keeps no hours works: from Monday to Friday."""


class UnknownZone(Invalid):
    """No time zone of this name is known."""


class Hours(Struct, frozen=True):
    """One interval on a weekday (0 is Monday).

    One that closes no later than it opens ends on the next day.
    """

    weekday: Annotated[int, Meta(ge=0, le=6)]
    opens: ClockTime
    closes: ClockTime


class Opening(Struct, frozen=True, forbid_unknown_fields=True):
    """One interval of a day that is unlike others of its weekday."""

    opens: ClockTime
    closes: ClockTime


Span = tuple[datetime, datetime]


def find_zone(name: str) -> ZoneInfo:
    """Return the time zone called ``name`` or refuse."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownZone(zone=name[:60]) from None


def is_open(
    hours: Sequence[Hours], holidays: Collection[date], zone: ZoneInfo, moment: datetime
) -> bool:
    """Tell whether ``moment`` lies within an interval, one begun yesterday included."""
    today = moment.astimezone(zone).date()
    spans = _spans(hours, holidays, zone, today - timedelta(days=1), today)
    return any(opens <= moment < closes for opens, closes in spans)


def next_opening(
    hours: Sequence[Hours], holidays: Collection[date], zone: ZoneInfo, moment: datetime
) -> datetime | None:
    """Return the first opening after ``moment``, in UTC; none if there are no hours."""
    today = moment.astimezone(zone).date()
    if not hours:
        return None
    spans = _spans(hours, holidays, zone, today, today + HORIZON)
    return next((opens for opens, _ in spans if opens > moment), None)


def after_open_hours(
    hours: Sequence[Hours],
    holidays: Collection[date],
    zone: ZoneInfo,
    since: datetime,
    length: timedelta,
) -> datetime:
    """Return when ``length`` of open time has passed since a moment, in UTC."""
    kept = hours or [Hours(day, "00:00", "24:00") for day in WORKING_WEEK]
    today = since.astimezone(zone).date()
    horizon = today + HORIZON + 7 * 24 * length
    spans = _spans(kept, holidays, zone, today - timedelta(days=1), horizon)
    reached, left = run_through(spans, since, length)
    return reached + left


def run_through(
    spans: Iterable[Span], since: datetime, length: timedelta
) -> tuple[datetime, timedelta]:
    """Return when ``length`` of the time in ``spans`` has passed, and what they lack of it."""
    left, reached = length, since.astimezone(UTC)
    for opens, closes in spans:
        begins = max(opens, reached)
        if closes - begins >= left:
            return begins + left, timedelta()
        if closes > begins:
            left, reached = left - (closes - begins), closes
    return reached, left


def open_between(
    hours: Sequence[Hours],
    holidays: Collection[date],
    zone: ZoneInfo,
    since: datetime,
    until: datetime,
) -> timedelta:
    """Return how much open time lies between two moments."""
    kept = hours or [Hours(day, "00:00", "24:00") for day in WORKING_WEEK]
    first = since.astimezone(zone).date() - timedelta(days=1)
    spans = _spans(kept, holidays, zone, first, until.astimezone(zone).date())
    return count_between(spans, since, until)


def count_between(spans: Iterable[Span], since: datetime, until: datetime) -> timedelta:
    """Return how much of the time in ``spans``, which may overlap, lies between two moments."""
    counted, reached = timedelta(), since
    for opens, closes in spans:
        begins, ends = max(opens, reached), min(closes, until)
        if ends > begins:
            counted, reached = counted + (ends - begins), ends
    return counted


def after_working_days(
    hours: Sequence[Hours], holidays: Collection[date], zone: ZoneInfo, since: datetime, days: int
) -> datetime:
    """Return the end of the last of so many working days, in UTC; today is none of them.

    A working day is one on which the shop opens and that is no holiday.
    """
    weekdays = {interval.weekday for interval in hours} or set(WORKING_WEEK)
    day = since.astimezone(zone).date()
    left, horizon = days, day + HORIZON + 7 * timedelta(days=days)
    while left and day < horizon:
        day += timedelta(days=1)
        left -= day.weekday() in weekdays and day not in holidays
    return _at(day, "24:00", zone)


def end_of_day(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the end of the day that a moment is in, in UTC."""
    return _at(moment.astimezone(zone).date(), "24:00", zone)


def _spans(
    hours: Sequence[Hours], holidays: Collection[date], zone: ZoneInfo, first: date, last: date
) -> Iterator[Span]:
    """List the intervals that begin on the days from ``first`` to ``last``, in order."""
    by_weekday = [list[Hours]() for _ in range(7)]
    for interval in sorted(hours, key=lambda interval: interval.opens):
        by_weekday[interval.weekday].append(interval)
    for number in range(first.toordinal(), last.toordinal() + 1):
        if kept := by_weekday[(number - 1) % 7]:
            day = date.fromordinal(number)
            if day not in holidays:
                yield from (span(interval, day, zone) for interval in kept)


def span(interval: Hours | Opening, day: date, zone: ZoneInfo) -> Span:
    """Return from when to when an interval lasts that begins on ``day``, in UTC."""
    ends = day if interval.closes > interval.opens else day + timedelta(days=1)
    return _at(day, interval.opens, zone), _at(ends, interval.closes, zone)


def _at(day: date, clock: ClockTime, zone: ZoneInfo) -> datetime:
    if clock == "24:00":
        return _at(day + timedelta(days=1), "00:00", zone)
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)
