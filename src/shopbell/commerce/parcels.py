"""Statements for many parcels at once: the busy path of what carriers tell."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, func, select

from shopbell.commerce.carriers import CarrierId
from shopbell.commerce.model import OrderId, OrderState, Shipment, ShipmentId, TrackingEvent
from shopbell.commerce.reports import UNCODED, Lacks, Report, UnknownCode
from shopbell.commerce.tables import orders, shipments, shops, tracking, unplaced
from shopbell.engine.database import Tx
from shopbell.engine.rows import Insert, Select, Update
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.kernel.ids import is_id

CODES_MOST = 500

_OWN = tuple(name for name in Shipment.__struct_fields__ if name != "events")
_CHANGING = ("state", "shipped_at", "delivered_at", "event_at", "late", "stalled_since")
_FIND = Select(shipments, ["tracking_number", "carrier", "id", "order"], ["tracking_number"])
_HOLD = Select(orders, ["id", "shop", "buyer", "number", "state"], ["id"], hold=True)
_OF_ORDERS = Select(shipments, [*_OWN, "order"], ["order"])
_ZONES = Select(shops, ["id", "zone"], ["id"])
_KNOWN = Select(tracking, ["shipment", "key"], ["shipment", "key"])
_ADD = Insert(tracking)
_CHANGE = Update(shipments, _CHANGING, ["id"])
_MOVE = Update(orders, ["state"], ["id"])
_UNPLACED = Select(unplaced, ["number", "key"], ["number", "key"])
_WAITING = Select(unplaced, unplaced.c.keys(), ["number"])
_PUT_ASIDE = Insert(unplaced)
_TAKE_UP = delete(unplaced).where(unplaced.c.number.in_(bindparam("numbers", expanding=True)))
_FORGET = delete(unplaced).where(unplaced.c.heard_at < bindparam("before"))
_LAST_HEARD = select(func.max(unplaced.c.at)).where(unplaced.c.number == bindparam("number"))
_ORDER_OF = select(shipments.c.order).where(shipments.c.id == bindparam("shipment"))
_UNKNOWN = (
    select(
        unplaced.c.carrier,
        unplaced.c.raw,
        func.count().label("events"),
        func.max(unplaced.c.heard_at).label("last_heard"),
        func.min(unplaced.c.number).label("number"),
    )
    .where(unplaced.c.why == Lacks.CODE)
    .group_by(unplaced.c.carrier, unplaced.c.raw)
    .order_by(func.count().desc(), unplaced.c.carrier, unplaced.c.raw)
    .limit(CODES_MOST)
)


class Place(NamedTuple):
    """Where an event belongs."""

    number: str
    carrier: str
    id: ShipmentId
    order: OrderId

    def key(self, event: TrackingEvent) -> tuple[str, str]:
        return self.id, event.key(self.carrier, self.number)


class HeldOrder(NamedTuple):
    """What must be known of an order to move it, held against others' changes."""

    id: OrderId
    shop: ShopId
    buyer: PersonId
    number: str
    state: OrderState


def find(tx: Tx, numbers: Iterable[str]) -> list[Place]:
    """Return the parcels that have these numbers."""
    return [Place(*row) for row in _FIND(tx, [(number,) for number in numbers])]


def known(tx: Tx, keys: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return which events, by parcel and key, are there already."""
    return {(row[0], row[1]) for row in _KNOWN(tx, keys)} if keys else set()


def set_aside(tx: Tx, keys: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return which reports, by number and key, wait already."""
    return {(row[0], row[1]) for row in _UNPLACED(tx, keys)} if keys else set()


def hold(tx: Tx, wanted: Iterable[OrderId]) -> dict[OrderId, HeldOrder]:
    """Hold orders, always in the same order, until this transaction ends."""
    return {row[0]: HeldOrder(*row) for row in _HOLD(tx, [(one,) for one in wanted])}


def of_orders(tx: Tx, wanted: Iterable[OrderId]) -> dict[OrderId, dict[ShipmentId, Shipment]]:
    """Return all parcels of these orders, without their events."""
    found: dict[OrderId, dict[ShipmentId, Shipment]] = {}
    for *own, order in _OF_ORDERS(tx, [(one,) for one in wanted]):
        parcel = Shipment(*own)
        found.setdefault(order, {})[parcel.id] = parcel
    return found


def order_of(tx: Tx, shipment: str) -> OrderId | None:
    """Return the order a parcel belongs to."""
    if not is_id(shipment):
        return None
    found: OrderId | None = tx.execute(_ORDER_OF, {"shipment": shipment}).scalar_one_or_none()
    return found


def zones(tx: Tx, of: Iterable[ShopId]) -> dict[ShopId, str]:
    """Return the time zones of shops."""
    return {row[0]: row[1] for row in _ZONES(tx, [(one,) for one in of])}


def add_events(tx: Tx, events: Sequence[tuple[Place, TrackingEvent]]) -> None:
    """Append events."""
    rows = [
        (place.id, place.key(e)[1], e.code, e.at, e.place, e.note, e.raw, e.local)
        for place, e in events
    ]
    if rows:
        _ADD(tx, rows)


def change(tx: Tx, changed: Sequence[Shipment]) -> None:
    """Keep how far parcels have come."""
    rows = [(*(getattr(parcel, name) for name in _CHANGING), parcel.id) for parcel in changed]
    if rows:
        _CHANGE(tx, rows)


def move(tx: Tx, moved: Sequence[tuple[OrderState, OrderId]]) -> None:
    """Keep how far orders have come."""
    if moved:
        _MOVE(tx, moved)


def put_aside(tx: Tx, reports: Iterable[tuple[Report, Lacks]]) -> None:
    """Keep what cannot be placed yet."""
    rows = [_unplaced_row(tx, report, why) for report, why in reports]
    if rows:
        _PUT_ASIDE(tx, rows)


def waiting(tx: Tx, numbers: Collection[str]) -> list[tuple[CarrierId, str, TrackingEvent]]:
    """Return what waits for parcels of these numbers: by whom it was told, of which, and what."""
    if not numbers:
        return []
    found = _WAITING(tx, [(number,) for number in numbers])
    return [
        (carrier, number, TrackingEvent(UNCODED, at, place, note, raw, local))
        for carrier, number, _key, _why, at, place, note, raw, local, _heard in found
    ]


def take_up(tx: Tx, numbers: Collection[str]) -> None:
    """Let what waited for parcels of these numbers wait no longer."""
    tx.execute(_TAKE_UP, {"numbers": list(numbers)})


def forget_unplaced(tx: Tx, before: datetime) -> None:
    """Drop what nobody could place for long."""
    tx.execute(_FORGET, {"before": before})


def last_unplaced(tx: Tx, number: str) -> datetime | None:
    """Return when the newest thing happened that was told of a number and could not be placed."""
    found: datetime | None = tx.execute(_LAST_HEARD, {"number": number}).scalar_one()
    return found


def unknown_codes(tx: Tx) -> list[UnknownCode]:
    """List carriers' words that no vocabulary has, the most frequent first."""
    return [UnknownCode(*row) for row in tx.execute(_UNKNOWN)]


def _unplaced_row(tx: Tx, report: Report, why: Lacks) -> tuple[object, ...]:
    e = report.event
    own = (report.carrier.id, report.number, report.key, why)
    return (*own, e.at, e.place, e.note, e.raw, e.local, tx.now)
