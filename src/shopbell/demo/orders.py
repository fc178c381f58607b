"""Orders in every state: on time and late, moved, returned, cancelled, under warranty."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import Struct

from shopbell.commerce import service as commerce
from shopbell.commerce.commands import OrderedLine, PlaceOrder, SentParcel
from shopbell.commerce.model import Eta, Order, OrderState, Shop, TrackingEvent
from shopbell.commerce.tracking import Milestone, TrackingCode
from shopbell.demo.catalogue import Offer
from shopbell.demo.moments import ago, at, today
from shopbell.demo.people import Player
from shopbell.demo.tables import read
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM
from shopbell.kernel.texts import Words

Days = tuple[int, int]
"""Earliest and latest day, counted from today."""


class Step(Struct, frozen=True, array_like=True):
    """What a carrier said: when, the code, where, and the name of a note."""

    when: str
    code: TrackingCode
    place: str
    note: str | None = None


class Moved(Struct, frozen=True, forbid_unknown_fields=True):
    """A new date, when it was given and why; ``reason`` names a note."""

    at: str
    eta: Days
    reason: str


class Parcel(Struct, frozen=True, forbid_unknown_fields=True):
    """A parcel as the table tells of it."""

    carrier: str
    tracking: str
    eta: Days
    events: list[Step]
    moved: Moved | None = None


class Bought(Struct, frozen=True, forbid_unknown_fields=True):
    """An order as the table tells of it; ``lines`` are offer ids and quantities."""

    number: int
    buyer: str
    shop: str
    state: OrderState
    placed: str
    lines: list[tuple[str, int]]
    parcel: Parcel | None = None


class Ledger(Struct, frozen=True, forbid_unknown_fields=True):
    """All orders, and the notes their parcels refer to."""

    order: list[Bought]
    notes: dict[str, Words]


@dataclass(frozen=True)
class Counter:
    """What it takes to place an order: the shops, their offers, the people, the day."""

    shops: Mapping[str, Shop]
    offers: Mapping[str, Offer]
    cast: Mapping[str, Player]
    notes: Mapping[str, Words]
    now: datetime


def ledger() -> Ledger:
    """Return the orders of the table."""
    return read("orders.toml", Ledger)


def place_orders(tx: Tx, counter: Counter, orders: Iterable[Bought]) -> dict[int, str]:
    """Place the orders, oldest first; return the number each got."""
    timed = [(ago(order.placed, counter.now, _zone(counter, order)), order) for order in orders]
    timed.sort(key=lambda pair: pair[0])
    return {order.number: _place(tx, counter, order, placed) for placed, order in timed}


def _place(tx: Tx, counter: Counter, order: Bought, placed: datetime) -> str:
    then, buyer = at(tx, placed), counter.cast[order.buyer]
    number = f"{placed.year}-{order.number}"
    told = PlaceOrder(
        number=number,
        buyer=buyer.person.id,
        shop=counter.shops[order.shop].id,
        placed_at=placed,
        currency=_currency(tx, counter, order),
        state=order.state,
        lines=[_line(counter.offers[offer], quantity) for offer, quantity in order.lines],
        shipments=[_sent(counter, order.parcel, buyer.zone)] if order.parcel else [],
    )
    placed_order = commerce.place_order(then, SYSTEM, told)
    if order.parcel and order.parcel.moved:
        _move(tx, counter, placed_order, order.parcel.moved, buyer.zone)
    return number


def _currency(tx: Tx, counter: Counter, order: Bought) -> str:
    first = counter.offers[order.lines[0][0]]
    return commerce.product(tx, first.product).price.currency


def _line(offer: Offer, quantity: int) -> OrderedLine:
    return OrderedLine(offer.product, offer.variant, quantity)


def _sent(counter: Counter, parcel: Parcel, zone: str) -> SentParcel:
    events = [_event(counter, step, zone) for step in parcel.events]
    arrived = [event.at for event in events if event.milestone is Milestone.DELIVERED]
    return SentParcel(
        carrier=parcel.carrier,
        tracking_number=parcel.tracking,
        eta=_eta(counter, parcel.eta, zone),
        shipped_at=events[0].at,
        delivered_at=arrived[0] if arrived else None,
        events=events,
    )


def _event(counter: Counter, step: Step, zone: str) -> TrackingEvent:
    words = counter.notes[step.note] if step.note else None
    return TrackingEvent(step.code, ago(step.when, counter.now, zone), step.place, words)


def _move(tx: Tx, counter: Counter, order: Order, moved: Moved, zone: str) -> None:
    then, parcel = at(tx, ago(moved.at, counter.now, zone)), order.shipments[0]
    eta, reason = _eta(counter, moved.eta, zone), counter.notes[moved.reason]
    commerce.set_eta(then, SYSTEM, parcel.id, eta, reason)


def _eta(counter: Counter, days: Days, zone: str) -> Eta:
    day = today(counter.now, zone)
    earliest, latest = (day + timedelta(days=count) for count in days)
    return Eta(earliest, latest, zone)


def _zone(counter: Counter, order: Bought) -> str:
    return counter.cast[order.buyer].zone
