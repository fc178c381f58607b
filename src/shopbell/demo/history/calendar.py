"""When people order: by season, weekday, hour and sale. Pure.

Weekdays and the busiest hours are those of 4,998 real orders of a marketplace (Olist): Saturday
0.69 and Sunday 0.81 of a weekday, the busiest hour 1.76 of the mean; days of a sale many times.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shopbell.demo.history.chance import Chance

YEAR = timedelta(days=365)
_WEEK = (1.05, 1.05, 1.02, 1.0, 0.97, 0.69, 0.81)
_SEASON = (0.95, 0.85, 0.97, 0.94, 0.96, 0.95, 0.9, 0.93, 1.0, 1.04, 1.35, 1.2)
_SALES = {(6, 18): 3.0, (11, 11): 6.0, (11, 27): 4.0, (11, 28): 3.0, (12, 12): 2.5}
_HOURS = (
    *(0.55, 0.3, 0.15, 0.1, 0.08, 0.12, 0.3, 0.6, 0.95, 1.25, 1.5, 1.55),
    *(1.45, 1.5, 1.6, 1.55, 1.6, 1.45, 1.35, 1.4, 1.6, 1.76, 1.6, 1.1),
)


def days_before(now: datetime) -> list[datetime]:
    """List when each day of the past year begins, the last one today."""
    today = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    return [today - YEAR + timedelta(days=day) for day in range(YEAR.days + 1)]


def shares(days: list[datetime], orders: int) -> Iterator[range]:
    """Yield for each day which of all orders, numbered through the year, are placed on it."""
    weights = [_weight(day) for day in days]
    total, so_far, first = sum(weights), 0.0, 0
    for weight in weights:
        so_far += weight
        last = round(orders * so_far / total)
        yield range(first, last)
        first = last


def moment(chance: Chance, day: datetime, zone: str) -> datetime:
    """Return when on that day somebody in ``zone`` orders."""
    hour = chance.choices(range(24), _HOURS)[0]
    local = time(hour, chance.randrange(60), chance.randrange(60))
    return datetime.combine(day.date(), local, ZoneInfo(zone)).astimezone(UTC)


def _weight(day: datetime) -> float:
    return _WEEK[day.weekday()] * _SEASON[day.month - 1] * _SALES.get((day.month, day.day), 1.0)
