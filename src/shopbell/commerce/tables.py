"""The tables of this room; only its storage uses them."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Named,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
)

from shopbell.commerce.carriers import CarrierId, CarrierKind
from shopbell.commerce.hours import Hours
from shopbell.commerce.model import (
    Attribute,
    Errand,
    Eta,
    OrderId,
    OrderLineId,
    OrderState,
    ProductId,
    Promise,
    ShipmentId,
    VariantId,
)
from shopbell.commerce.reports import Lacks
from shopbell.commerce.tracking import Milestone
from shopbell.engine.tables import Json, Moment, choice, ident, metadata
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.kernel.texts import Locale, Words
from shopbell.language.checks import Form

S = TypeVar("S", bound=str)
CODE = 120
"""Length of a shop's own code for something, and of an address."""


def _named(_kind: Callable[[str], S], **options: Any) -> "Column[S]":  # noqa: ANN401
    """Declare a name that is typed as what it names."""
    column: Column[Any] = Column(String(40), **{"nullable": False, **options})
    return column


class ShopColumns(TypedColumns):
    id = ident(ShopId, primary_key=True)
    slug = Column(String(CODE), nullable=False, unique=True)
    name = Column(String(200), nullable=False)
    about: Named[Words] = Column(Json(Words), nullable=False)
    zone = Column(String(64), nullable=False)
    languages: Named[list[Locale]] = Column(Json(list[Locale]), nullable=False)
    hours: Named[list[Hours]] = Column(Json(list[Hours]), nullable=False)
    holidays: Named[list[date]] = Column(Json(list[date]), nullable=False)
    channels: Named[list[str]] = Column(Json(list[str]), nullable=False)
    email = Column(String(254), nullable=False)
    promise: Named[Promise] = Column(Json(Promise), nullable=False)
    picture: Named[str | None] = Column(String(64))
    service_centres: Named[list[str]] = Column(Json(list[str]), nullable=False)


class ProductColumns(TypedColumns):
    id = ident(ProductId, primary_key=True)
    shop = ident(ShopId, ForeignKey("shop.id"))
    slug = Column(String(CODE), nullable=False, unique=True)
    sku = Column(String(CODE), nullable=False, index=True)
    offer_id = Column(String(CODE), nullable=False)
    title: Named[Words] = Column(Json(Words), nullable=False)
    about: Named[Words] = Column(Json(Words), nullable=False)
    category = Column(String(200), nullable=False)
    attributes: Named[list[Attribute]] = Column(Json(list[Attribute]), nullable=False)
    price = Column(BigInteger, nullable=False)
    pictures: Named[list[str]] = Column(Json(list[str]), nullable=False)
    stock = Column(Integer, nullable=False)
    was: Named[int | None] = Column(BigInteger)
    tags: Named[list[str]] = Column(Json(list[str]), nullable=False)
    picture_refs: Named[list[str]] = Column(Json(list[str]), nullable=False)
    warranty_months: Named[int | None] = Column(Integer)
    currency = Column(String(3), nullable=False)
    search = Column(Text, nullable=False)


class VariantColumns(TypedColumns):
    product = ident(ProductId, ForeignKey("product.id"))
    position = Column(Integer, nullable=False)
    id = ident(VariantId, primary_key=True)
    sku = Column(String(CODE), nullable=False, index=True)
    offer_id = Column(String(CODE), nullable=False)
    options: Named[dict[str, str]] = Column(Json(dict[str, str]), nullable=False)
    price = Column(BigInteger, nullable=False)
    stock = Column(Integer, nullable=False)


class OrderColumns(TypedColumns):
    id = ident(OrderId, primary_key=True)
    number = Column(String(64), nullable=False, index=True)
    buyer = ident(PersonId)
    shop = ident(ShopId, ForeignKey("shop.id"))
    state = choice(OrderState)
    placed_at = Column(Moment, nullable=False)
    total = Column(BigInteger, nullable=False)
    currency = Column(String(3), nullable=False)


class OrderLineColumns(TypedColumns):
    order = ident(OrderId, ForeignKey("orders.id"))
    position = Column(Integer, nullable=False)
    id = ident(OrderLineId, primary_key=True)
    product: Named[ProductId | None] = ident(ProductId, nullable=True)
    variant: Named[VariantId | None] = ident(VariantId, nullable=True)
    title: Named[Words] = Column(Json(Words), nullable=False)
    picture: Named[str | None] = Column(String(64))
    quantity = Column(Integer, nullable=False)
    price = Column(BigInteger, nullable=False)
    warranty_months: Named[int | None] = Column(Integer)
    currency = Column(String(3), nullable=False)


class ShipmentColumns(TypedColumns):
    order = ident(OrderId, ForeignKey("orders.id"), index=True)
    id = ident(ShipmentId, primary_key=True)
    carrier = Column(String(200), nullable=False)
    tracking_number = Column(String(200), nullable=False)
    state = choice(Milestone)
    eta: Named[Eta | None] = Column(Json(Eta))
    first_eta: Named[Eta | None] = Column(Json(Eta))
    eta_at: Named[datetime | None] = Column(Moment)
    eta_reason: Named[Words | None] = Column(Json(Words))
    shipped_at: Named[datetime | None] = Column(Moment)
    delivered_at: Named[datetime | None] = Column(Moment)
    event_at: Named[datetime | None] = Column(Moment)
    late = Column(Boolean, nullable=False)
    stalled_since: Named[datetime | None] = Column(Moment)
    errand = choice(Errand)
    instead_of: Named[ShipmentId | None] = ident(ShipmentId, nullable=True)


class TrackingEventColumns(TypedColumns):
    shipment = ident(ShipmentId, ForeignKey("shipment.id"))
    key = Column(String(64), nullable=False)
    code = Column(String(64), nullable=False)
    at = Column(Moment, nullable=False)
    place = Column(String(200), nullable=False)
    note: Named[Words | None] = Column(Json(Words))
    raw = Column(String(CODE), nullable=False)
    local = Column(String(CODE), nullable=False)


class CarrierColumns(TypedColumns):
    id = _named(CarrierId, primary_key=True)
    name = Column(String(200), nullable=False)
    vocabulary = Column(String(40), nullable=False)
    kind = choice(CarrierKind)
    names: Named[list[str]] = Column(Json(list[str]), nullable=False)
    forms: Named[list[Form]] = Column(Json(list[Form]), nullable=False)
    only = Column(Boolean, nullable=False)
    speaks_for_all = Column(Boolean, nullable=False)
    email = Column(String(254), nullable=False)
    api = Column(String(500), nullable=False)
    url = Column(String(500), nullable=False)
    zone = Column(String(64), nullable=False)
    language = Column(String(8), nullable=False)
    secret = Column(String(200), nullable=False)
    secret_before = Column(String(200), nullable=False)


class UnplacedColumns(TypedColumns):
    carrier = _named(CarrierId)
    number = Column(String(64), nullable=False)
    key = Column(String(64), nullable=False)
    why = choice(Lacks)
    at = Column(Moment, nullable=False)
    place = Column(String(200), nullable=False)
    note: Named[Words | None] = Column(Json(Words))
    raw = Column(String(CODE), nullable=False)
    local = Column(String(CODE), nullable=False)
    heard_at = Column(Moment, nullable=False, index=True)


class PictureColumns(TypedColumns):
    sha256 = Column(String(64), primary_key=True)


shops = Table("shop", metadata, ShopColumns)
products = Table(
    "product",
    metadata,
    ProductColumns,
    UniqueConstraint("shop", "offer_id"),
    Index("ix_product_newest_of_shop", "shop", "id"),
    Index("ix_product_newest_of_category", "category", "id"),
)
variants = Table("variant", metadata, VariantColumns, UniqueConstraint("product", "offer_id"))
orders = Table(
    "orders",
    metadata,
    OrderColumns,
    UniqueConstraint("shop", "number"),
    Index("ix_orders_newest_of_shop", "shop", "placed_at", "id"),
    Index("ix_orders_newest_of_buyer", "buyer", "placed_at", "id"),
    Index("ix_orders_newest", "placed_at", "id"),
)
lines = Table("order_line", metadata, OrderLineColumns, UniqueConstraint("order", "position"))
shipments = Table(
    "shipment",
    metadata,
    ShipmentColumns,
    Index("ix_shipment_tracking_number_carrier", "tracking_number", "carrier"),
)
tracking = Table(
    "tracking_event", metadata, TrackingEventColumns, PrimaryKeyConstraint("shipment", "key")
)
carriers = Table("carrier", metadata, CarrierColumns)
unplaced = Table(
    "unplaced_event",
    metadata,
    UnplacedColumns,
    PrimaryKeyConstraint("number", "key"),
    Index("ix_unplaced_event_why", "why", "carrier", "raw"),
)
"""What carriers said of numbers, or in words, that we do not know yet."""

pictures = Table("picture", metadata, PictureColumns)
"""The files the storefront may show to anybody; every other kept file belongs to somebody."""
