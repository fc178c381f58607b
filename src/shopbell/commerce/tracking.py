"""The words for where a parcel is: one vocabulary, whatever the carrier calls it."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NewType

from shopbell.kernel.refusals import Invalid

TrackingCode = NewType("TrackingCode", str)

S10 = re.compile(r"[A-Z]{2}(?P<serial>\d{8})(?P<check>\d)[A-Z]{2}")
"""A postal number by the Universal Postal Union's standard S10, as RR123456785CN."""

S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


class UnknownTrackingCode(Invalid):
    """Not one of our codes; a connector translates its carrier's words first."""


class TrackingNumberMistyped(Invalid):
    """A postal number whose check digit does not fit the others."""


class Milestone(StrEnum):
    """How far a parcel has come; each code belongs to one."""

    PENDING = "pending"
    INFO_RECEIVED = "info_received"
    ACCEPTED = "accepted"
    IN_TRANSIT = "in_transit"
    CUSTOMS = "customs"
    LAST_MILE = "last_mile"
    PICKUP = "pickup"
    ATTEMPT_FAILED = "attempt_failed"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    RETURNING = "returning"
    RETURNED = "returned"
    LOST = "lost"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


_DETAILS: Mapping[Milestone, str] = {
    Milestone.PENDING: "none number_invalid",
    Milestone.INFO_RECEIVED: "label_created handover_planned",
    Milestone.ACCEPTED: "picked_up dropped_off",
    Milestone.IN_TRANSIT: (
        "moving departed arrived_hub left_origin_country arrived_destination_country "
        "forwarded delayed problem_resolved"
    ),
    Milestone.CUSTOMS: "presented held info_required duty_due released export",
    Milestone.LAST_MILE: "arrived_delivery_office out_for_delivery appointment contacting",
    Milestone.PICKUP: "ready locker deadline_near missed",
    Milestone.ATTEMPT_FAILED: "nobody address closed refused other",
    Milestone.DELIVERED: "recipient signed neighbour locker cod other",
    Milestone.EXCEPTION: (
        "damaged held payment prohibited not_found_physical address refused other recipient_moved"
    ),
    Milestone.RETURNING: "to_sender",
    Milestone.RETURNED: "to_sender",
    Milestone.LOST: "lost destroyed",
    Milestone.CANCELLED: "by_sender by_carrier",
    Milestone.EXPIRED: "silence",
}

CODES = tuple(
    TrackingCode(f"{milestone}.{detail}")
    for milestone, details in _DETAILS.items()
    for detail in details.split()
)


def milestone_of(code: str) -> Milestone:
    """Return the milestone a code belongs to, or refuse a code we do not know."""
    if code not in CODES:
        raise UnknownTrackingCode(given=code[:60])
    return Milestone(code.partition(".")[0])


def check_number(number: str) -> None:
    """Refuse a postal number with a typing slip; other carriers' numbers carry no such check."""
    if (found := S10.fullmatch(number)) and not _check_fits(found["serial"], found["check"]):
        raise TrackingNumberMistyped(number=number)


def is_s10(number: str) -> bool:
    """Tell whether ``number`` is a postal number whose check digit is right."""
    found = S10.fullmatch(number)
    return found is not None and _check_fits(found["serial"], found["check"])


def _check_fits(serial: str, check: str) -> bool:
    weighed = sum(int(digit) * weight for digit, weight in zip(serial, S10_WEIGHTS, strict=True))
    return {10: 0, 11: 5}.get(11 - weighed % 11, 11 - weighed % 11) == int(check)
