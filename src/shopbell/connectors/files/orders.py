"""Orders from a table: our own columns, or others' by the names and words the options give.

Rows with the same ``number`` are one order, each a line of it; parcels are told apart by
carrier and number. A buyer we do not know yet becomes one, without a password.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from shopbell.accounts import service as accounts
from shopbell.commerce import service as commerce
from shopbell.commerce.commands import OrderedLine, PlaceOrder, SentParcel
from shopbell.commerce.hours import find_zone
from shopbell.commerce.model import Eta, Money, Order, OrderState, Shop, TrackingEvent
from shopbell.commerce.numbers import check_number, plain_number
from shopbell.commerce.tracking import TrackingCode
from shopbell.connectors.files.cells import Row
from shopbell.connectors.files.intake import Trade, silent, take_in
from shopbell.connectors.files.model import (
    BuyerIsStaff,
    Kept,
    NotAnOrderNumber,
    Options,
    Progress,
    Report,
    UnknownOffer,
    UnknownState,
    ValueMissing,
)
from shopbell.connectors.files.sheet import Columns, Source
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import SYSTEM, PersonId, Side
from shopbell.kernel.texts import Words

COLUMNS = Columns(needed=("number", "buyer_email", "placed_at", "currency"))
NUMBER = re.compile(r"[^\s/?#\x00-\x1f]+")
HANDED_OVER = TrackingCode("accepted.picked_up")
ARRIVED = TrackingCode("delivered.other")


class ToldLine(Struct, frozen=True):
    """A line as the table tells it: ``offer_id`` is the shop's code of a product or a choice."""

    row: int
    offer_id: str
    quantity: int
    price: Money | None
    title: Words | None


class ToldOrder(Struct, frozen=True):
    """An order as the table tells it, its buyer known by address only."""

    number: str
    email: str
    name: str
    placed_at: datetime
    state: OrderState | None
    currency: str
    total: Money | None
    lines: list[ToldLine]
    parcels: list[SentParcel]


def import_orders(
    db: Database,
    shop: str,
    source: Source,
    options: Options | None = None,
    progress: Progress = silent,
) -> Report:
    """Record the orders of ``shop`` (its slug or id) that a table tells of.

    A table read again changes only what differs.
    """
    return take_in(db, shop, source, options, progress, _orders_of)


def _orders_of(seller: Shop, options: Options) -> Trade[ToldOrder]:
    """Say how orders of ``seller`` are read and kept."""
    zone = find_zone(options.zone or seller.zone)

    def told(rows: Sequence[Row]) -> ToldOrder:
        return _told(rows, seller, zone)

    def keep(tx: Tx, orders: Sequence[ToldOrder]) -> list[Kept]:
        asked = [_asked(tx, seller, order) for order in orders]
        puts = commerce.put_orders(tx, SYSTEM, seller.id, asked)
        return [
            Kept(put.outcome, _is_older(order, put.item))
            for order, put in zip(asked, puts, strict=True)
        ]

    return Trade("number", COLUMNS, told, keep)


def _is_older(asked: PlaceOrder, kept: Order) -> bool:
    """Tell whether days that came with an order are not those it has now."""
    days = [parcel.eta for parcel in kept.shipments]
    return any(parcel.eta and parcel.eta not in days for parcel in asked.shipments)


def _asked(tx: Tx, shop: Shop, told: ToldOrder) -> PlaceOrder:
    """Find the people and goods a told order means."""
    return PlaceOrder(
        number=told.number,
        buyer=_buyer(tx, told),
        shop=shop.id,
        placed_at=told.placed_at,
        currency=told.currency,
        state=told.state,
        lines=[_line(tx, shop, line) for line in told.lines],
        shipments=[_no_later_than(tx.now, parcel) for parcel in told.parcels],
        total=told.total,
    )


def _no_later_than(now: datetime, parcel: SentParcel) -> SentParcel:
    """Take what a table says of the future for said now, or no later news would count."""
    return replace(parcel, eta_at=parcel.eta_at and min(parcel.eta_at, now))


def _buyer(tx: Tx, told: ToldOrder) -> PersonId:
    person = accounts.known_buyer(tx, told.email, told.name)
    if person.side is not Side.BUYER:
        raise BuyerIsStaff(email=told.email)
    return person.id


def _line(tx: Tx, shop: Shop, told: ToldLine) -> OrderedLine:
    """Find what was ordered; goods no longer listed come with a title and a price of their own."""
    offer = commerce.find_offer(tx, shop.id, told.offer_id) if told.offer_id else None
    if offer is None and not (told.title and told.price):
        raise UnknownOffer(row=told.row, offer_id=told.offer_id)
    return OrderedLine(
        product=offer.product.id if offer else None,
        variant=offer.variant.id if offer and offer.variant else None,
        quantity=told.quantity,
        price=told.price,
        title=told.title,
    )


def _told(rows: Sequence[Row], shop: Shop, zone: ZoneInfo) -> ToldOrder:
    """Read one order from its rows."""
    head = rows[0]
    email = head.address("buyer_email")
    placed_at = head.moment("placed_at", zone)
    if placed_at is None:
        raise ValueMissing(row=head.number, column="placed_at")
    return ToldOrder(
        number=_number(head),
        email=email,
        name=head.text("buyer_name", 80) or email.partition("@")[0][:40],
        placed_at=placed_at,
        state=_state(head),
        currency=head.currency(),
        total=head.money("total"),
        lines=[line for row in rows if (line := _told_line(row, shop))],
        parcels=[parcel for row in rows if (parcel := _parcel(row, zone))],
    )


def _number(row: Row) -> str:
    number = row.need("number", 64)
    if not NUMBER.fullmatch(number):
        raise NotAnOrderNumber(row=row.number, value=number)
    return number


def _state(row: Row) -> OrderState | None:
    """Read the state, in the table's word or ours; without one the parcels tell it."""
    word = row.text("state")
    if not word:
        return None
    try:
        return OrderState(row.options.states.get(word, word).casefold())
    except ValueError:
        known = ", ".join(OrderState)
        raise UnknownState(row=row.number, value=word[:40], known=known) from None


def _told_line(row: Row, shop: Shop) -> ToldLine | None:
    offer_id, title = row.text("offer_id", 120), row.text("title")
    if not offer_id and not title:
        return None
    return ToldLine(
        row=row.number,
        offer_id=offer_id,
        quantity=row.count("quantity", otherwise=1) or 1,
        price=row.money("price"),
        title={row.options.language_for(shop): title} if title else None,
    )


def _parcel(row: Row, zone: ZoneInfo) -> SentParcel | None:
    """Read a row's parcel; hand-over and delivery become what its carrier would have said."""
    number = plain_number(row.text("tracking_number"))
    check_number(number)
    shipped, delivered = row.moment("shipped_at", zone), row.moment("delivered_at", zone)
    steps = ((HANDED_OVER, shipped), (ARRIVED, delivered))
    parcel = SentParcel(
        carrier=row.text("carrier"),
        tracking_number=number,
        eta=_eta(row, zone),
        eta_at=row.moment("updated_at", zone),
        shipped_at=shipped,
        delivered_at=delivered,
        events=[TrackingEvent(code, at) for code, at in steps if at],
    )
    return None if replace(parcel, eta_at=None) == SentParcel() else parcel


def _eta(row: Row, zone: ZoneInfo) -> Eta | None:
    earliest, latest = row.day("eta_earliest"), row.day("eta_latest")
    first, last = earliest or latest, latest or earliest
    return Eta(first, last, zone.key) if first and last else None
