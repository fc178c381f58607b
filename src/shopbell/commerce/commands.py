"""What may be asked of this room. Decode or convert what comes from outside, never construct it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Generic, TypeVar

from msgspec import Meta, Struct, field
from msgspec.structs import force_setattr

from shopbell.commerce.hours import Hours
from shopbell.commerce.model import (
    CHANNELS,
    Attribute,
    Channel,
    Count,
    Eta,
    Money,
    Number,
    OrderState,
    ProductId,
    Promise,
    ShortText,
    Slug,
    TrackingEvent,
    VariantId,
)
from shopbell.commerce.numbers import plain_number
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.kernel.texts import Locale, Words

T = TypeVar("T")
OfferId = Annotated[str, Meta(min_length=1, max_length=120)]
Centre = Annotated[str, Meta(min_length=1, max_length=200)]
"""A service centre by its name and address, in one line."""

Months = Annotated[int, Meta(ge=0, le=1_200)]
PAGE = 50
PAGE_MOST = 200


class Outcome(StrEnum):
    """What became of something that may have been there before."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class Put(Struct, Generic[T], frozen=True):
    """Something as it is kept now, and whether that is news."""

    item: T
    outcome: Outcome


class Search(Struct, frozen=True, forbid_unknown_fields=True):
    """What to show of the catalogue; ``q`` are words of titles or codes, ``shop`` an id or slug."""

    q: str | None = None
    shop: str | None = None
    category: str | None = None
    after: str | None = None
    limit: int = PAGE


class OpenShop(Struct, frozen=True, forbid_unknown_fields=True):
    """Open a shop, or change the shop at this address."""

    slug: Slug
    name: ShortText
    about: Words
    zone: str
    languages: list[Locale]
    email: str
    hours: list[Hours] = []
    holidays: list[date] = []
    channels: list[Channel] = field(default_factory=lambda: list(CHANNELS))
    promise: Promise = Promise()
    picture: str | None = None
    service_centres: Annotated[list[Centre], Meta(max_length=50)] = []


class ListVariant(Struct, frozen=True, forbid_unknown_fields=True):
    """One choice of a product to list. The platform gives the SKU where none is named."""

    offer_id: OfferId
    options: dict[str, str]
    price: Money
    stock: Count = 0
    sku: str | None = None


class ListProduct(Struct, frozen=True, forbid_unknown_fields=True):
    """Put a product on sale, or change the listing that has this ``offer_id`` in the shop.

    With variants, price and stock are theirs: the lowest, and the sum. Without a ``slug`` the
    product gets one from its ``offer_id``.
    """

    offer_id: OfferId
    title: Words
    price: Money
    about: Words | None = None
    category: ShortText = ""
    attributes: list[Attribute] = []
    pictures: list[str] = []
    stock: Count = 0
    was: Money | None = None
    tags: list[str] = []
    picture_refs: list[str] = []
    warranty_months: Months | None = None
    variants: list[ListVariant] = []
    slug: Slug | None = None
    sku: str | None = None


class OrderedLine(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing ordered. What is not given here is taken from the product."""

    product: ProductId | None = None
    variant: VariantId | None = None
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    price: Money | None = None
    title: Words | None = None


class SentParcel(Struct, frozen=True, forbid_unknown_fields=True):
    """A parcel of an order, known by carrier and number.

    ``eta_at``: when those days were said. Days of unknown age never move days that are known.
    The number is kept as carriers tell it, however it was typed.
    """

    carrier: ShortText = ""
    tracking_number: ShortText = ""
    eta: Eta | None = None
    eta_at: datetime | None = None
    eta_reason: Words | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    events: list[TrackingEvent] = []

    def __post_init__(self) -> None:
        force_setattr(self, "tracking_number", plain_number(self.tracking_number))


class PlaceOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """Record an order, or what has changed about the shop's order of this number.

    Without a ``total`` it is the sum of the lines; without a ``state`` the parcels tell it.
    """

    number: Number
    buyer: PersonId
    shop: ShopId
    placed_at: datetime
    currency: str
    state: OrderState | None = None
    lines: list[OrderedLine] = []
    shipments: list[SentParcel] = []
    total: Money | None = None
