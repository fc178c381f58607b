"""Times are told from the day the marketplace is made, so that it always looks fresh."""

import re
from copy import copy
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shopbell.engine.database import Tx

_SPAN = re.compile(r"(?P<count>\d+)(?P<unit>[mhd])")
_DAY = re.compile(r"(?P<days>\d+)d (?P<clock>\d\d:\d\d)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def at(tx: Tx, moment: datetime) -> Tx:
    """Return the same transaction as if it were ``moment``."""
    then = copy(tx)
    then.now = moment
    return then


def ago(told: str, now: datetime, zone: str) -> datetime:
    """Read "3h" as three hours ago, "9d 18:20" as that time of day in ``zone`` nine days ago."""
    if found := _DAY.fullmatch(told):
        day = today(now, zone) - timedelta(days=int(found["days"]))
        local = datetime.combine(day, time.fromisoformat(found["clock"]), ZoneInfo(zone))
        return min(local.astimezone(UTC), now)
    return now - span(told)


def span(told: str) -> timedelta:
    """Read "5m", "2h" or "3d"."""
    found = _SPAN.fullmatch(told)
    if found is None:
        raise ValueError(f"not a span of time: {told!r}")
    return timedelta(**{_UNITS[found["unit"]]: int(found["count"])})


def today(now: datetime, zone: str) -> date:
    """Return the date in ``zone``."""
    return now.astimezone(ZoneInfo(zone)).date()
