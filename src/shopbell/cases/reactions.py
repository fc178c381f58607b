"""What this room does when parcels are late, fall silent, arrive, get lost or come back."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from shopbell.accounts import service as accounts
from shopbell.cases import service, storage
from shopbell.cases.acting import take
from shopbell.cases.commands import OpenCase
from shopbell.cases.kinds.logistics import LOGISTICS
from shopbell.cases.model import Case
from shopbell.cases.recording import held
from shopbell.commerce import service as commerce
from shopbell.commerce.facts import OrdersMoved, ShipmentLate, ShipmentStalled, TrackingSeen
from shopbell.commerce.model import ON_THE_WAY, OrderId, Shipment, ShipmentId, awaited
from shopbell.commerce.tracking import Milestone
from shopbell.conversations.model import Subject, SubjectKind
from shopbell.engine.database import Reaction, Tx
from shopbell.kernel.actor import SYSTEM, PersonId
from shopbell.kernel.ids import new_id

LOOK = "case_look"

STEPS: Mapping[Milestone, str] = {
    Milestone.DELIVERED: "shipment_delivered",
    Milestone.LOST: "shipment_lost",
    Milestone.RETURNING: "shipment_returning",
    Milestone.RETURNED: "shipment_returning",
}
"""What the tracking does to an inquiry that is open."""

_FAILED = frozenset({"shipment_lost", "shipment_returning"})

SETTLED = frozenset({"lost_refunded", "reshipped", "returned_to_sender", "settled_elsewhere"})
"""How an inquiry ends after which nobody asks again where this parcel is."""


def see_late(tx: Tx, fact: ShipmentLate) -> None:
    """Ask where a parcel is whose days have passed, before its buyer has to."""
    _look_after(tx, fact.order, fact.buyer, fact.shipment, concern="late", step="eta_passed")


def see_stalled(tx: Tx, fact: ShipmentStalled) -> None:
    """Ask where a parcel is of which nothing is heard."""
    _look_after(
        tx, fact.order, fact.buyer, fact.shipment, concern="no_news", step="shipment_stalled"
    )


def look_for_parcels(tx: Tx, fact: TrackingSeen) -> None:
    """Have the cases of an order look whether what they wait for has come.

    They look in a transaction of their own: a case is held before its order, a parcel after it.
    """
    if fact.event.milestone not in {Milestone.DELIVERED, Milestone.LOST}:
        return
    for case in storage.about(tx, fact.order):
        if case.closed_at is None:
            tx.arm(LOOK, case.id, tx.now)


def follow_tracking(tx: Tx, fact: TrackingSeen) -> None:
    """Let an open inquiry go on with what its carrier says, if that is the newest word."""
    step = STEPS.get(fact.event.milestone)
    inquiry = _running(tx, fact.order, fact.shipment) if step else None
    is_lost = fact.event.milestone is Milestone.LOST
    if step is None or not (inquiry or is_lost):
        return  # as nearly always: nothing more is read
    parcel = _parcel(tx, fact.order, fact.shipment)
    if parcel is None or parcel.state is not fact.event.milestone:
        return
    if is_lost:
        _open_for_lost(tx, fact.order, parcel)
        inquiry = _running(tx, fact.order, fact.shipment)
    if inquiry:
        led = step in _FAILED and _is_led(tx, fact.order, fact.shipment)
        _go_on(tx, inquiry, fact.shipment, "led_elsewhere" if led else step)


def _is_led(tx: Tx, order: OrderId, parcel: ShipmentId) -> bool:
    """Tell whether a return or repair has sent a parcel: the remedy for it is given there."""
    running = (one for one in storage.about(tx, order) if one.closed_at is None)
    return any(one.facts.get("sent_shipment") == parcel for one in running)


def _open_for_lost(tx: Tx, order: OrderId, parcel: Shipment) -> None:
    """Open the inquiry that leads to a remedy; what comes in exchange has its return for that."""
    about = commerce.order(tx, SYSTEM, order)
    if about.state in ON_THE_WAY and parcel.id in {one.id for one in awaited(about.shipments)}:
        _look_after(tx, order, about.buyer, parcel.id, concern="no_news", step="shipment_lost")


def follow_orders(tx: Tx, fact: OrdersMoved) -> None:
    """Let the cases about imported orders follow to the buyer whose orders they are now."""
    storage.give_to(tx, fact.before, fact.buyer, fact.orders)


def _look_after(
    tx: Tx, order: OrderId, buyer: PersonId, parcel: ShipmentId, *, concern: str, step: str
) -> None:
    earlier = storage.about_parcels(tx, LOGISTICS.name, [parcel])
    if any(one.state in SETTLED for one in earlier) or _parcel(tx, order, parcel) is None:
        return
    if running := _running(tx, order, parcel):
        _go_on(tx, running, parcel, step)
        return
    about = Subject(SubjectKind.ORDER, order)
    command = OpenCase(new_id(), LOGISTICS.name, about, {"concern": concern, "shipment": parcel})
    service.open_case(tx, SYSTEM, command, accounts.person(tx, buyer).locale)


def _parcel(tx: Tx, order: OrderId, parcel: ShipmentId) -> Shipment | None:
    """Return a parcel of an order, if it is one on its way to the buyer."""
    there = commerce.order(tx, SYSTEM, order).to_buyer
    return next((one for one in there if one.id == parcel), None)


def _running(tx: Tx, order: OrderId, parcel: ShipmentId) -> Case | None:
    """Return the open inquiry about a parcel, or about an order that had none yet."""
    found = storage.listed(tx, SYSTEM, "open", 20, kinds=[LOGISTICS.name], order=order)
    return next((one for one in found if one.shipment in {None, parcel}), None)


def _go_on(tx: Tx, inquiry: Case, parcel: ShipmentId, action: str) -> None:
    """Take a step, if it is one from where the inquiry stands."""
    case = replace(held(tx, inquiry.id), shipment=parcel)
    if LOGISTICS.may_take(case, action):
        take(tx, SYSTEM, case, action, {})


REACTIONS: tuple[Reaction[Any], ...] = (
    Reaction(ShipmentLate, see_late),
    Reaction(ShipmentStalled, see_stalled),
    Reaction(TrackingSeen, look_for_parcels),
    Reaction(TrackingSeen, follow_tracking),
    Reaction(OrdersMoved, follow_orders),
)
