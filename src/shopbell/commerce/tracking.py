"""The words for where a parcel is: one vocabulary, whatever the carrier calls it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NewType

from shopbell.kernel.refusals import Invalid

TrackingCode = NewType("TrackingCode", str)


class UnknownTrackingCode(Invalid):
    """Not one of our codes; a connector translates its carrier's words first."""


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
