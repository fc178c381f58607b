"""Spans of time as people write them: ``4h``, ``3d``. Pure."""

import re
from datetime import timedelta

_SPAN = re.compile(r"([1-9]\d{0,2})([hd])")
_UNITS = {"h": "hours", "d": "days"}


def span_of(value: str) -> timedelta | None:
    """Read ``72h`` or ``3d``; None if it is neither."""
    found = _SPAN.fullmatch(value)
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None
