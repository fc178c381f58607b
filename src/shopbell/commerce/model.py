"""What a shop, a product and an order are. No database, no web."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Generic, Literal, NewType, TypeVar, get_args

from babel.numbers import get_currency_precision
from msgspec import Meta, Struct

from shopbell.commerce.hours import Hours, find_zone, is_open, next_opening
from shopbell.commerce.tracking import CODES, Milestone, TrackingCode, milestone_of
from shopbell.kernel.actor import Actor, PersonId, ShopId, Side
from shopbell.kernel.refusals import Conflict, Forbidden, Invalid, Malformed, NotFound
from shopbell.kernel.texts import Locale, Words

ProductId = NewType("ProductId", str)
VariantId = NewType("VariantId", str)
OrderId = NewType("OrderId", str)
OrderLineId = NewType("OrderLineId", str)
ShipmentId = NewType("ShipmentId", str)

T = TypeVar("T")
Channel = Literal["chat", "message", "email"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
Count = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Minor = Annotated[int, Meta(ge=0, le=10**15)]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$")]
Slug = Annotated[str, Meta(pattern=r"^[\w-]+$", max_length=120)]
Number = Annotated[str, Meta(pattern=r"^[^\s/?#\x00-\x1f]+$", max_length=64)]
ShortText = Annotated[str, Meta(max_length=200)]


class NoSuchShop(NotFound):
    """No shop has this address or id."""


class NoSuchProduct(NotFound):
    """No product has this address or id."""


class NoSuchOrder(NotFound):
    """No order has this number, or it is somebody else's."""


class SeveralOrders(Conflict):
    """Shops number their orders themselves, and several gave this number; ask by id."""


class NoSuchShipment(NotFound):
    """No parcel has this id, or it is somebody else's."""


class NoSuchPicture(NotFound):
    """The storefront shows no such picture."""


class NotYourShop(Forbidden):
    """Only managers and owners of the shop, or the operator, may change this."""


class NoWayToReach(Invalid):
    """A shop keeps at least one channel, or nobody could ask it anything."""


class AddressTaken(Conflict):
    """Another shop or product already lives at this address."""


class OrderOfAnotherBuyer(Conflict):
    """The shop already has an order with this number, and it belongs to somebody else."""


class CurrenciesMixed(Invalid):
    """The lines of one order are priced in different currencies."""


class LineIncomplete(Invalid):
    """A line of an order that names no product of ours must bring its own title and price."""


class EtaReversed(Invalid):
    """The earliest day of a delivery lies after the latest."""


class BadCursor(Malformed):
    """The place to go on from was not given out by us."""


class Money(Struct, frozen=True):
    """An amount in the smallest unit of its currency: cents, kopecks, fen."""

    amount: Minor
    currency: Currency

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> "Money":
        """Count ``amount`` in the smallest unit; it must come out whole."""
        minor = amount.scaleb(get_currency_precision(currency))
        if minor != minor.to_integral_value():
            raise ValueError(f"{amount} {currency} has too many decimals")
        return cls(int(minor), currency)

    def times(self, quantity: int) -> "Money":
        return Money(self.amount * quantity, self.currency)


class Eta(Struct, frozen=True):
    """When a parcel should arrive: days on the calendar of the place it goes to, both included."""

    earliest: date
    latest: date
    zone: str

    def __post_init__(self) -> None:
        if self.earliest > self.latest:
            raise EtaReversed(earliest=str(self.earliest), latest=str(self.latest))

    def day_of(self, moment: datetime) -> date:
        """Return which day ``moment`` is at the place of delivery."""
        return moment.astimezone(find_zone(self.zone)).date()


class Promise(Struct, frozen=True):
    """How soon a shop says it answers on each channel."""

    chat_minutes: Count = 5
    message_hours: Count = 24
    email_hours: Count = 24


class Shop(Struct, frozen=True):
    """A seller on the marketplace, as buyers see it. What breaks goes to its service centres."""

    id: ShopId
    slug: Slug
    name: ShortText
    about: Words
    zone: str
    languages: list[Locale]
    hours: list[Hours]
    holidays: list[date]
    channels: list[Channel]
    email: str
    promise: Promise
    picture: str | None = None
    service_centres: list[str] = []

    def open_at(self, moment: datetime) -> bool:
        """Tell whether somebody is at the counter."""
        return is_open(self.hours, self.holidays, find_zone(self.zone), moment)

    def opens_next(self, moment: datetime) -> datetime | None:
        """Return the first opening after ``moment``; none if the shop keeps no hours."""
        return next_opening(self.hours, self.holidays, find_zone(self.zone), moment)

    def at_work(self, moment: datetime) -> datetime:
        """Return ``moment``, or when the shop opens after it; one without hours is always there."""
        return moment if self.open_at(moment) else self.opens_next(moment) or moment


class Attribute(Struct, frozen=True):
    """One line of a product's specification."""

    name: Words
    value: Words


class Variant(Struct, frozen=True):
    """One choice of a product: ``offer_id`` is the shop's own code, ``sku`` the platform's."""

    id: VariantId
    sku: str
    offer_id: str
    options: dict[str, str]
    price: Money
    stock: int


class Product(Struct, frozen=True):
    """Something a shop sells. ``price`` is the lowest of its variants', ``stock`` their sum.

    ``pictures`` are kept files by SHA-256. ``picture_refs`` are what a seller's file
    calls them: their addresses, or names in the zip that came beside it.
    """

    id: ProductId
    shop: ShopId
    slug: str
    sku: str
    offer_id: str
    title: Words
    about: Words
    category: str
    attributes: list[Attribute]
    price: Money
    pictures: list[str]
    stock: int
    was: Money | None = None
    tags: list[str] = []
    picture_refs: list[str] = []
    warranty_months: int | None = None
    variants: list[Variant] = []

    def choice(self, variant: str | None) -> str:
        """Return what one of its variants is called; nothing of one that it has not.

        One listed without words is called by the shop's own code, as it is where it is chosen.
        """
        found = next((one for one in self.variants if one.id == variant), None)
        return " · ".join(found.options.values()) or found.offer_id if found else ""


class Offer(Struct, frozen=True):
    """What a shop's own code stands for: a product, or one choice of it."""

    product: Product
    variant: Variant | None = None


class OrderState(StrEnum):
    """How far an order has come, as the marketplace tells us."""

    CREATED = "created"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNED = "returned"


ON_THE_WAY = frozenset({OrderState.CREATED, OrderState.PAID, OrderState.SHIPPED})


class OrderLine(Struct, frozen=True):
    """One thing ordered, as it was called and priced that day."""

    id: OrderLineId
    product: ProductId | None
    variant: VariantId | None
    title: Words
    picture: str | None
    quantity: int
    price: Money
    warranty_months: int | None = None


class TrackingEvent(Struct, frozen=True):
    """One thing a carrier said about a parcel: ``at`` is when it happened, not when we heard.

    ``raw`` is the carrier's own word for it. Where its time came without a zone, ``local`` is that
    time as it was written, and the zone of the place that it was read in.
    """

    code: TrackingCode
    at: datetime
    place: str = ""
    note: Words | None = None
    raw: str = ""
    local: str = ""

    @property
    def milestone(self) -> Milestone:
        return milestone_of(self.code)

    def key(self, carrier: str, number: str) -> str:
        """Return what makes this event the same one when a carrier repeats it."""
        word = self.code or self.raw
        parts = (carrier, number, word, str(round(self.at.timestamp() * 1000)), self.place)
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


class Errand(StrEnum):
    """What a parcel is for: an order is delivered; things go back; others, or they, come again."""

    DELIVERY = "delivery"
    RETURN = "return"
    EXCHANGE = "exchange"


class Shipment(Struct, frozen=True):
    """A parcel of an order. ``first_eta`` stays, so that a moved date can be shown struck out.

    ``eta_at`` is when its days were said, if that is known; ``event_at`` when the newest of its
    events happened. ``late`` and ``stalled_since`` are our own flags, no words of its carrier: its
    days have passed, or nothing was heard of it since then for longer than is usual on its way.
    It may have been sent ``instead_of`` a lost one, for which nobody waits any more.
    """

    id: ShipmentId
    carrier: str
    tracking_number: str
    state: Milestone
    eta: Eta | None
    first_eta: Eta | None
    eta_reason: Words | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    eta_at: datetime | None = None
    event_at: datetime | None = None
    late: bool = False
    stalled_since: datetime | None = None
    errand: Errand = Errand.DELIVERY
    instead_of: ShipmentId | None = None
    events: list[TrackingEvent] = []

    def late_on(self, day: date) -> bool:
        """Tell whether it should have arrived before ``day`` and has not."""
        return self.delivered_at is None and self.eta is not None and day > self.eta.latest

    def late_at(self, moment: datetime) -> bool:
        """Tell the same of a moment, by the calendar of the place it goes to."""
        return self.eta is not None and self.late_on(self.eta.day_of(moment))


class Order(Struct, frozen=True):
    """What one buyer ordered from one shop.

    ``shipments`` bring what was ordered; ``beside`` them go returns, and what comes instead. The
    order does not follow those.
    """

    id: OrderId
    number: str
    buyer: PersonId
    shop: ShopId
    state: OrderState
    placed_at: datetime
    total: Money
    lines: list[OrderLine] = []
    shipments: list[Shipment] = []
    beside: list[Shipment] = []

    def admits(self, actor: Actor) -> bool:
        """Tell whether ``actor`` may see this order: its buyer, the shop's staff, the operator."""
        match actor.side:
            case Side.BUYER:
                return actor.id == self.buyer
            case Side.SELLER:
                return actor.works_for(self.shop)
            case Side.OPERATOR | Side.SYSTEM:
                return True

    @property
    def captured(self) -> Money:
        """Return what was taken from the buyer: nothing before payment.

        The money of an order cancelled before anything was sent is the platform's to return.
        """
        sent = any(parcel.shipped_at or parcel.delivered_at for parcel in self.shipments)
        unsent = self.state is OrderState.CANCELLED and not sent
        unpaid = self.state is OrderState.CREATED or unsent
        return Money(0, self.total.currency) if unpaid else self.total

    @property
    def to_buyer(self) -> list[Shipment]:
        """Return the parcels on their way to the buyer: those ordered, and what comes instead."""
        instead = [parcel for parcel in self.beside if parcel.errand is Errand.EXCHANGE]
        return [*self.shipments, *instead]

    def late_on(self, day: date) -> bool:
        """Tell whether a parcel is overdue on ``day``, counted where it is to be delivered."""
        return self.state in ON_THE_WAY and any(p.late_on(day) for p in awaited(self.shipments))

    def late_at(self, moment: datetime) -> bool:
        """Tell whether a parcel is overdue at ``moment``."""
        return self.state in ON_THE_WAY and any(p.late_at(moment) for p in awaited(self.shipments))

    def warranty_until(self, line: OrderLine) -> date | None:
        """Return the last day of a line's warranty; none before delivery or without one."""
        arrived = latest_delivery(self.shipments)
        if line.warranty_months is None or arrived is None:
            return None
        return months_after(arrived.date(), line.warranty_months)


class Page(Struct, Generic[T], frozen=True):
    """A part of a list; ``next`` is given back as ``after`` to go on."""

    items: list[T]
    next: str | None = None


def in_order(events: Iterable[TrackingEvent]) -> list[TrackingEvent]:
    """Sort events by when they happened; the order in which they reached us says nothing."""
    return sorted(events, key=lambda event: (event.at, CODES.index(event.code)))


def awaited(parcels: Iterable[Shipment]) -> list[Shipment]:
    """Return the parcels that bring what was ordered, less those that others were sent for."""
    ordered = [parcel for parcel in parcels if parcel.errand is Errand.DELIVERY]
    replaced = {parcel.instead_of for parcel in ordered}
    return [parcel for parcel in ordered if parcel.id not in replaced]


def latest_delivery(shipments: Iterable[Shipment]) -> datetime | None:
    """Return when the last parcel that arrived did so."""
    return max((p.delivered_at for p in shipments if p.delivered_at), default=None)


def months_after(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + years, month + 1, last)
        except ValueError:
            continue
    raise ValueError(f"no day {months} months after {day}")
