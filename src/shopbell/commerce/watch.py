"""Keeps an eye on parcels: each has a deadline for its days, and one for its carrier's silence.

A word of the carrier does not put the second one off. When its time comes it looks when the last
word was, and waits on: so a word costs nothing here, unless it moves the parcel.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from shopbell.commerce import parcels, roster
from shopbell.commerce.carriers import find
from shopbell.commerce.facts import ShipmentLate, ShipmentStalled
from shopbell.commerce.lateness import TOO_OLD, lane_of, late_from, silent_from
from shopbell.commerce.model import OrderState, Shipment, ShipmentId
from shopbell.commerce.parcels import HeldOrder
from shopbell.engine.database import Tx
from shopbell.kernel.actor import ShopId

LATE, SILENT = "shipment_late", "shipment_silent"


class Watched(Struct, frozen=True):
    """A parcel as it was and as it is, each with the state of its order."""

    shop: ShopId
    state: OrderState
    parcel: Shipment
    state_before: OrderState | None = None
    before: Shipment | None = None


def renew(tx: Tx, changes: Sequence[Watched]) -> None:
    """Have deadlines follow what has changed."""
    for change in changes:
        _renew_late(tx, change)
    moved = [change for change in changes if _was(change) != _mood(change.state, change.parcel)]
    if moved:
        zones = parcels.zones(tx, {change.shop for change in moved})
        for change in moved:
            due = _silent_from(tx, change.state, change.parcel, zones[change.shop])
            _arm(tx, SILENT, change.parcel.id, due)


def note_late(tx: Tx, shipment: str) -> None:
    """Flag a parcel whose days have passed, and say so once for these days."""
    held = _held(tx, shipment)
    if held is None or (due := late_from(held[0].state, held[1])) is None or held[1].late:
        return
    order, parcel = held
    if parcel.eta is None or _waits_on(tx, LATE, parcel.id, due):
        return
    parcels.change(tx, [replace(parcel, late=True)])
    fact = ShipmentLate(
        shop=order.shop, order=order.id, buyer=order.buyer, shipment=parcel.id, eta=parcel.eta
    )
    tx.announce(fact)


def note_silence(tx: Tx, shipment: str) -> None:
    """Flag a parcel of which too long nothing was heard, and say so; or wait on."""
    held = _held(tx, shipment)
    if held is None or held[1].stalled_since is not None:
        return
    order, parcel = held
    since = parcel.event_at or parcel.shipped_at
    due = _silent_from(tx, order.state, parcel, parcels.zones(tx, [order.shop])[order.shop])
    if due is None or since is None or _waits_on(tx, SILENT, parcel.id, due):
        return
    parcels.change(tx, [replace(parcel, stalled_since=since)])
    fact = ShipmentStalled(
        shop=order.shop,
        order=order.id,
        buyer=order.buyer,
        shipment=parcel.id,
        since=since,
        last=parcel.state if parcel.event_at else None,
    )
    tx.announce(fact)


def _renew_late(tx: Tx, change: Watched) -> None:
    before = change.before and late_from(change.state_before or change.state, change.before)
    due = late_from(change.state, change.parcel)
    if due != before:
        _arm(tx, LATE, change.parcel.id, due)


def _silent_from(tx: Tx, state: OrderState, parcel: Shipment, zone: str) -> datetime | None:
    """Return when silence is too long; a word that we do not understand is a sign of life, too."""
    carrier = find(roster.every(tx), parcel.carrier)
    lane = lane_of(carrier.kind if carrier else None, zone, parcel.eta)
    due = silent_from(state, parcel, lane)
    heard = parcels.last_unplaced(tx, parcel.tracking_number) if due and due <= tx.now else None
    if due is None or heard is None:
        return due
    word = replace(parcel, event_at=max(heard, parcel.event_at or heard))
    return silent_from(state, word, lane)


def _arm(tx: Tx, kind: str, shipment: ShipmentId, due: datetime | None) -> None:
    if due is None or due < tx.now - TOO_OLD:
        tx.disarm(kind, shipment)
    else:
        tx.arm(kind, shipment, due)


def _waits_on(tx: Tx, kind: str, shipment: ShipmentId, due: datetime) -> bool:
    """Tell whether there is nothing to say now: not yet, or no more."""
    if tx.now - TOO_OLD <= due <= tx.now:
        return False
    _arm(tx, kind, shipment, due)
    return True


def _was(change: Watched) -> object:
    return change.before and _mood(change.state_before or change.state, change.before)


def _mood(state: OrderState, parcel: Shipment) -> object:
    """Return what decides how much silence is usual, apart from when the last word was."""
    begins = parcel.shipped_at if parcel.event_at is None else None
    return state, parcel.state, begins, parcel.stalled_since, parcel.delivered_at, parcel.eta


def _held(tx: Tx, shipment: str) -> tuple[HeldOrder, Shipment] | None:
    """Return a parcel and its order, held against others' changes."""
    if (order := parcels.order_of(tx, shipment)) is None:
        return None
    held = parcels.hold(tx, [order])[order]
    return held, parcels.of_orders(tx, [order])[order][ShipmentId(shipment)]
