"""By which lane parcels went, and whether they came late: each promise is read once. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache

import msgspec

from shopbell.commerce.carriers import Carrier, find
from shopbell.commerce.lateness import Way, day_after, lane_of
from shopbell.commerce.model import Eta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
A_MICROSECOND = timedelta(microseconds=1)
KEPT_MOST = 10_000


class Road:
    """The lanes of a shop in a time zone, by the carriers there are."""

    def __init__(self, carriers: Sequence[Carrier], zone: str) -> None:
        self._carriers, self._zone = carriers, zone
        self.of = cache(self._of)

    def _of(self, carrier: str, eta: str | None) -> tuple[str, Way]:
        """Return the carrier's own name, and whether a parcel crossed a border."""
        known = find(self._carriers, carrier)
        lane = lane_of(known.kind if known else None, self._zone, promised(eta) if eta else None)
        return known.name if known else carrier, lane.way

    def came_late(self, eta: str | None, arrived: int | None) -> bool:
        """Tell whether a parcel came, in microseconds, after the last of the days it was due on."""
        return eta is not None and arrived is not None and arrived >= due_before(eta)


@lru_cache(KEPT_MOST)
def promised(eta: str) -> Eta:
    """Read days as they are kept."""
    return msgspec.json.decode(eta, type=Eta)


@lru_cache(KEPT_MOST)
def due_before(eta: str) -> int:
    """Return the first moment after the last day, in microseconds."""
    return (day_after(promised(eta)) - EPOCH) // A_MICROSECOND
