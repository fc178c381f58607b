"""Days and hours of a zone as arithmetic on moments, the same in every database."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HOUR, DAY = 3_600_000_000, 86_400_000_000
"""Microseconds, as moments are kept."""

EPOCH = date(1970, 1, 1).toordinal()
THURSDAY = 3
"""1970 began on one; weeks begin on Monday."""

_A_DAY, _A_MINUTE = timedelta(days=1), timedelta(minutes=1)
Shift = tuple[datetime, int]


def bounds(zone: ZoneInfo, since: date, until: date) -> tuple[datetime, datetime]:
    """Return the first moment of a day, and the first behind another."""
    return _midnight(zone, since), _midnight(zone, until + _A_DAY)


def week_of(zone: ZoneInfo, moment: datetime) -> datetime:
    """Return the moment on which the week began, Monday by the clocks of a zone."""
    day = moment.astimezone(zone).date()
    return _midnight(zone, day - timedelta(days=day.weekday()))


def shifts(zone: ZoneInfo, since: date, until: date) -> list[Shift]:
    """Return from when on a zone is how many microseconds ahead of universal time."""
    begin, end = bounds(zone, since, until)
    return [(begin, _ahead(zone, begin)), *_changes(zone, begin, end)]


def _changes(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[Shift]:
    while begin < end:
        after = min(begin + _A_DAY, end)
        if _ahead(zone, begin) != _ahead(zone, after):
            turn = _turn(zone, begin, after)
            yield turn, _ahead(zone, turn)
        begin = after


def _turn(zone: ZoneInfo, begin: datetime, after: datetime) -> datetime:
    """Return the minute between two moments in which a zone's clocks are changed."""
    while after - begin > _A_MINUTE:
        middle = begin + (after - begin) // _A_MINUTE // 2 * _A_MINUTE
        if _ahead(zone, middle) == _ahead(zone, begin):
            begin = middle
        else:
            after = middle
    return after


def _ahead(zone: ZoneInfo, moment: datetime) -> int:
    ahead = moment.astimezone(zone).utcoffset()
    return 0 if ahead is None else ahead // timedelta(microseconds=1)


def _midnight(zone: ZoneInfo, day: date) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def named_day(number: int) -> str:
    """Return a day by how many days 1970 is past."""
    return date.fromordinal(EPOCH + number).isoformat()


def named_week(number: int) -> str:
    """Return the Monday of a week."""
    return named_day(number * 7 - THURSDAY)
