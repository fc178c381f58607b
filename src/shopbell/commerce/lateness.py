"""When a parcel is late, and when a carrier has been silent for too long. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from babel.core import get_global

from shopbell.commerce.carriers import CarrierKind
from shopbell.commerce.hours import find_zone
from shopbell.commerce.model import ON_THE_WAY, Errand, Eta, OrderState, Shipment
from shopbell.commerce.tracking import Milestone

GRACE = timedelta(hours=6)
"""What is delivered on the last evening is often told by the carrier only during the night, and
services that ask carriers do so every few hours: whoever is told of a delay should not have
the parcel in their hands already."""

FIRST_WORD = timedelta(hours=72)
"""A number of which its carrier knows nothing three days after hand-over is empty or wrong."""

TOO_OLD = timedelta(days=45)
"""Days that ran out longer ago are history that was brought in, and news to nobody."""

OVER = frozenset({Milestone.DELIVERED, Milestone.RETURNED, Milestone.LOST, Milestone.CANCELLED})
ONLY_ANNOUNCED = frozenset({Milestone.PENDING, Milestone.INFO_RECEIVED})
"""What a carrier says of a parcel that it does not have yet."""


class Way(StrEnum):
    """Whether a parcel crosses a border."""

    DOMESTIC = "domestic"
    ABROAD = "abroad"


class Lane(NamedTuple):
    """By what and whereto a parcel goes: it decides how much silence is usual."""

    kind: CarrierKind
    way: Way


LANES = tuple(Lane(kind, way) for kind in CarrierKind for way in Way)

_USUAL: Mapping[Milestone, tuple[int, int, int, int]] = {
    Milestone.ACCEPTED: (5, 10, 3, 5),
    Milestone.IN_TRANSIT: (7, 14, 4, 8),
    Milestone.CUSTOMS: (10, 21, 7, 10),
    Milestone.LAST_MILE: (4, 7, 2, 3),
    Milestone.ATTEMPT_FAILED: (5, 7, 3, 3),
    Milestone.EXCEPTION: (5, 7, 3, 3),
    Milestone.EXPIRED: (0, 0, 0, 0),
}
"""Days without a word that are usual: by post at home and abroad, by courier at home and abroad.
While a parcel waits to be picked up, or goes back, nobody has to say anything."""

SILENCE: Mapping[tuple[Milestone, Lane], timedelta] = {
    (milestone, lane): timedelta(days=days)
    for milestone, usual in _USUAL.items()
    for lane, days in zip(LANES, usual, strict=True)
}


def lane_of(kind: CarrierKind | None, shop_zone: str, eta: Eta | None) -> Lane:
    """Choose a parcel's lane; what is not known is taken to be slow, so as not to cry wolf."""
    here, there = country_of(shop_zone), country_of(eta.zone) if eta else None
    way = Way.DOMESTIC if here and here == there else Way.ABROAD
    return Lane(kind or CarrierKind.POST, way)


def late_from(state: OrderState, parcel: Shipment) -> datetime | None:
    """Return the moment from which a parcel is late; none if it has come, or no day was said."""
    if parcel.eta is None or not _is_awaited(state, parcel):
        return None
    return day_after(parcel.eta) + GRACE


def silent_from(state: OrderState, parcel: Shipment, lane: Lane) -> datetime | None:
    """Return the moment from which too long nothing was heard of a parcel."""
    if not _is_awaited(state, parcel):
        return None
    if parcel.event_at is None or parcel.state in ONLY_ANNOUNCED:
        return parcel.shipped_at and parcel.shipped_at + FIRST_WORD
    usual = SILENCE.get((parcel.state, lane))
    return None if usual is None else parcel.event_at + usual


def day_after(eta: Eta) -> datetime:
    """Return the first moment after the last day, where the parcel goes."""
    begins = datetime.combine(eta.latest + timedelta(days=1), time(), find_zone(eta.zone))
    return begins.astimezone(UTC)


@cache
def country_of(zone: str) -> str | None:
    """Return the country a time zone belongs to, if it belongs to one."""
    plain = get_global("zone_aliases").get(zone, zone)
    found: str | None = get_global("zone_territories").get(plain)
    return None if found in {None, "001", "ZZ"} else found


def _is_awaited(state: OrderState, parcel: Shipment) -> bool:
    """Tell whether its buyer waits for a parcel; for what comes instead, also after the order."""
    if parcel.delivered_at is not None or parcel.state in OVER:
        return False
    if parcel.errand is Errand.DELIVERY:
        return state in ON_THE_WAY
    return parcel.errand is Errand.EXCHANGE
