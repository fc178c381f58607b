"""Every statement this room runs, built once; a page costs the same few statements at any size."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Table,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy import Select as Query
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.commerce.model import (
    Errand,
    Money,
    Order,
    OrderId,
    OrderLine,
    Product,
    ProductId,
    Shipment,
    ShipmentId,
    Shop,
    TrackingEvent,
    Variant,
    in_order,
)
from shopbell.commerce.tables import (
    lines,
    orders,
    pictures,
    products,
    shipments,
    shops,
    tracking,
    variants,
)
from shopbell.engine.database import Tx
from shopbell.engine.rows import Row, Select
from shopbell.engine.tables import Ident, Moment
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.kernel.likeness import like

_ALL_SHOPS = select(shops).order_by(shops.c.name, shops.c.id)
_SHOP_BY_ID = Select(shops, shops.c.keys(), ["id"])
_SHOP_BY_SLUG = select(shops).where(shops.c.slug == bindparam("key"))
_CATEGORIES = (
    select(products.c.category)
    .where(products.c.category != "")
    .distinct()
    .order_by(products.c.category)
)
_SLUGS_TAKEN = select(products.c.slug).where(
    products.c.slug.in_(bindparam("slugs", expanding=True))
)
_VARIANTS = (
    select(variants)
    .where(variants.c.product.in_(bindparam("products", expanding=True)))
    .order_by(variants.c.product, variants.c.position)
)
_DROP_VARIANTS = delete(variants).where(
    variants.c.product.in_(bindparam("of_products", expanding=True))
)
_MOVE_ORDERS = (
    update(orders)
    .where(orders.c.buyer == bindparam("of_buyer"))
    .values(buyer=bindparam("to_buyer"))
    .returning(orders.c.id)
)
_BY_ID = Select(orders, orders.c.keys(), ["id"])
_HOLD_BY_ID = Select(orders, orders.c.keys(), ["id"], hold=True)
_LINES = Select(lines, lines.c.keys(), ["order"])
_DROP_LINES = delete(lines).where(lines.c.order == bindparam("of_order"))
_SHIPMENTS = Select(shipments, shipments.c.keys(), ["order"])
_COUNT_BETWEEN = select(func.count()).where(
    orders.c.buyer == bindparam("of_buyer"), orders.c.shop == bindparam("of_shop")
)
_ORDER_OF = select(shipments.c.order).where(shipments.c.id == bindparam("shipment"))
_EVENTS = Select(tracking, tracking.c.keys(), ["shipment"])
_ADD_EVENT = (
    upsert(tracking)
    .on_conflict_do_nothing(index_elements=[tracking.c.shipment, tracking.c.key])
    .returning(tracking.c.key)
)
_SHOW = upsert(pictures).on_conflict_do_nothing(index_elements=[pictures.c.sha256])
_SHOWN = select(pictures.c.sha256).where(pictures.c.sha256 == bindparam("sha256"))

_PRODUCT_COLUMNS = [column for column in products.c if column.name != "search"]
_IN_ORDER = (
    select(*_PRODUCT_COLUMNS)
    .where(products.c.shop == bindparam("of_shop"), products.c.id > bindparam("after"))
    .order_by(products.c.id)
    .limit(bindparam("most"))
)
_PRODUCT_FILTERS: Mapping[str, ColumnElement[bool]] = {
    "id": products.c.id == bindparam("id"),
    "slug": products.c.slug == bindparam("slug"),
    "shop": products.c.shop == bindparam("shop"),
    "ids": products.c.id.in_(bindparam("ids", expanding=True)),
    "offer_ids": products.c.offer_id.in_(bindparam("offer_ids", expanding=True)),
    "variant_offer_id": products.c.id.in_(
        select(variants.c.product).where(variants.c.offer_id == bindparam("variant_offer_id"))
    ),
    "code": or_(
        products.c.offer_id == bindparam("code"),
        products.c.sku == bindparam("code"),
        products.c.id.in_(
            select(variants.c.product).where(
                or_(variants.c.offer_id == bindparam("code"), variants.c.sku == bindparam("code"))
            )
        ),
    ),
    "category": products.c.category == bindparam("category"),
    "after": products.c.id < bindparam("after"),
    **{f"word{n}": products.c.search.like(bindparam(f"word{n}"), escape="!") for n in range(8)},
}
_AFTER = tuple_(bindparam("after_moment", type_=Moment), bindparam("after", type_=Ident))
_ORDER_FILTERS: Mapping[str, ColumnElement[bool]] = {
    "id": orders.c.id == bindparam("id"),
    "number": orders.c.number == bindparam("number"),
    "numbers": orders.c.number.in_(bindparam("numbers", expanding=True)),
    "tracking": orders.c.id.in_(
        select(shipments.c.order).where(shipments.c.tracking_number == bindparam("tracking"))
    ),
    "shop": orders.c.shop == bindparam("shop"),
    "buyer": orders.c.buyer == bindparam("buyer"),
    "after": tuple_(orders.c.placed_at, orders.c.id) < _AFTER,
}


@cache
def _find_products(*filters: str, hold: bool) -> Query[Any]:
    wanted = [_PRODUCT_FILTERS[name] for name in filters]
    newest_first = select(*_PRODUCT_COLUMNS).where(*wanted).order_by(products.c.id.desc())
    found = newest_first.limit(bindparam("most"))
    return found.with_for_update() if hold else found


@cache
def _find_orders(*filters: str, hold: bool) -> Query[Any]:
    wanted = [_ORDER_FILTERS[name] for name in filters if name in _ORDER_FILTERS]
    newest_first = orders.c.placed_at.desc(), orders.c.id.desc()
    found = select(orders).where(*wanted).order_by(*newest_first).limit(bindparam("most"))
    return found.with_for_update() if hold else found


class Shops:
    """The shops of this marketplace, as seen by one transaction."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    def all(self) -> list[Shop]:
        return [Shop(*row) for row in self._tx.execute(_ALL_SHOPS)]

    def by_id(self, shop: str) -> Shop | None:
        rows = _SHOP_BY_ID(self._tx, [(shop,)])
        return Shop(*rows[0]) if rows else None

    def by_slug(self, slug: str) -> Shop | None:
        row = self._tx.execute(_SHOP_BY_SLUG, {"key": slug}).one_or_none()
        return None if row is None else Shop(*row)

    def add(self, shop: Shop) -> None:
        self._tx.execute(insert(shops), _fields(shop))

    def change(self, shop: Shop) -> None:
        self._tx.execute(_change_of(shops), {"by_id": shop.id, **_fields(shop)})

    def show_pictures(self, files: Iterable[str]) -> None:
        """Let anybody see these files."""
        if rows := [{"sha256": sha256} for sha256 in files]:
            self._tx.execute(_SHOW, rows)

    def shows_picture(self, sha256: str) -> bool:
        """Tell whether anybody may see this file."""
        return self._tx.execute(_SHOWN, {"sha256": sha256}).first() is not None


class Products:
    """What is on sale, as seen by one transaction."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    def find(
        self, most: int, given: Mapping[str, str | Sequence[str]], *, hold: bool = False
    ) -> list[Product]:
        """Return products that fit everything ``given``, newest first: two statements.

        ``hold`` keeps others from changing them, or holding them, until this transaction ends.
        """
        statement = _find_products(*sorted(given), hold=hold)
        rows = self._tx.execute(statement, {**given, "most": most}).all()
        choices = self._variants([row.id for row in rows])
        return [_product(row, choices.get(row.id, [])) for row in rows]

    def categories(self) -> list[str]:
        return list(self._tx.execute(_CATEGORIES).scalars())

    def in_order(self, shop: str, after: str, most: int) -> list[Product]:
        """Return a shop's products as they were listed, after the one with this id."""
        given = {"of_shop": shop, "after": after, "most": most}
        rows = self._tx.execute(_IN_ORDER, given).all()
        choices = self._variants([row.id for row in rows])
        return [_product(row, choices.get(row.id, [])) for row in rows]

    def slugs_taken(self, slugs: Iterable[str]) -> set[str]:
        """Tell which of these addresses products have."""
        wanted = list(slugs)
        found = self._tx.execute(_SLUGS_TAKEN, {"slugs": wanted}).scalars() if wanted else ()
        return set(found)

    def add(self, listed: Sequence[tuple[Product, str]]) -> None:
        """Add products, each with what it is found by."""
        if listed:
            self._tx.execute(insert(products), [_product_row(*one) for one in listed])
            self._add_variants([product for product, _ in listed])

    def change(self, listed: Sequence[tuple[Product, str]]) -> None:
        """Keep products as they are now."""
        if listed:
            rows = [{"by_id": one[0].id, **_product_row(*one)} for one in listed]
            self._tx.execute(_change_of(products), rows)
            gone = {"of_products": [product.id for product, _ in listed]}
            self._tx.execute(_DROP_VARIANTS, gone)
            self._add_variants([product for product, _ in listed])

    def _add_variants(self, of: Sequence[Product]) -> None:
        rows = [
            {
                **_fields(variant),
                "price": variant.price.amount,
                "product": product.id,
                "position": n,
            }
            for product in of
            for n, variant in enumerate(product.variants)
        ]
        if rows:
            self._tx.execute(insert(variants), rows)

    def _variants(self, of: Sequence[ProductId]) -> dict[ProductId, list[Any]]:
        found = self._tx.execute(_VARIANTS, {"products": of}) if of else ()
        return _grouped(found, "product")


class Orders:
    """What was ordered and sent, as seen by one transaction."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    def find(
        self,
        most: int,
        given: Mapping[str, str | Sequence[str]],
        *,
        after: tuple[datetime, str] | None = None,
        hold: bool = False,
    ) -> list[Order]:
        """Return whole orders that fit everything ``given``, newest first: four statements.

        ``hold`` keeps others from changing them until this transaction ends.
        """
        place = dict(zip(("after_moment", "after"), after, strict=True)) if after else {}
        facts = {**given, **place}
        if facts.keys() == {"id"}:
            keys = [(facts["id"],)]
            return self._whole(_named(orders, (_HOLD_BY_ID if hold else _BY_ID)(self._tx, keys)))
        statement = _find_orders(*sorted(facts), hold=hold)
        rows = self._tx.execute(statement, {**facts, "most": most}).all()
        return self._whole(rows)

    def count_between(self, buyer: PersonId, shop: ShopId) -> int:
        """Count what a buyer ordered from a shop."""
        given = {"of_buyer": buyer, "of_shop": shop}
        return int(self._tx.execute(_COUNT_BETWEEN, given).scalar_one())

    def id_of_shipment(self, shipment: ShipmentId) -> OrderId | None:
        """Return the order a parcel belongs to."""
        found: OrderId | None = self._tx.execute(
            _ORDER_OF, {"shipment": shipment}
        ).scalar_one_or_none()
        return found

    def add(self, new: Sequence[Order]) -> None:
        """Keep new orders whole: four statements for any number of them."""
        parcels = [(parcel, order.id) for order in new for parcel in order.shipments]
        self._insert(orders, [_order_row(order) for order in new])
        self._insert(lines, [row for order in new for row in _line_rows(order)])
        self._add_parcels(parcels)

    def change(self, order: Order) -> None:
        """Keep an order's own fields and its lines; parcels are changed one by one."""
        self._tx.execute(_change_of(orders), {"by_id": order.id, **_order_row(order)})
        self._tx.execute(_DROP_LINES, {"of_order": order.id})
        self._insert(lines, _line_rows(order))

    def move(self, before: PersonId, buyer: PersonId) -> list[OrderId]:
        """Make all orders of one buyer another's; returns which those were."""
        given = {"of_buyer": before, "to_buyer": buyer}
        return list(self._tx.execute(_MOVE_ORDERS, given).scalars())

    def add_shipment(self, order: OrderId, parcel: Shipment) -> None:
        self._add_parcels([(parcel, order)])

    def change_shipment(self, order: OrderId, parcel: Shipment) -> None:
        """Keep a parcel's own fields; its events only ever grow."""
        row = {"by_id": parcel.id, **_fields(parcel, "events"), "order": order}
        self._tx.execute(_change_of(shipments), row)

    def add_event(self, parcel: Shipment, event: TrackingEvent) -> bool:
        """Append an event; false if it is there already."""
        return self._tx.execute(_ADD_EVENT, _event_row(parcel, event)).first() is not None

    def _add_parcels(self, new: Sequence[tuple[Shipment, OrderId]]) -> None:
        rows = [{**_fields(parcel, "events"), "order": order} for parcel, order in new]
        self._insert(shipments, rows)
        self._insert(tracking, [_event_row(p, event) for p, _order in new for event in p.events])

    def _insert(self, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
        if rows:
            self._tx.execute(insert(table), rows)

    def _whole(self, rows: Sequence[Any]) -> list[Order]:
        if not rows:
            return []
        keys = [(row.id,) for row in rows]
        placed = sorted(_named(lines, _LINES(self._tx, keys)), key=attrgetter("position"))
        ordered = _grouped(placed, "order")
        sent = sorted(_named(shipments, _SHIPMENTS(self._tx, keys)), key=attrgetter("id"))
        seen = self._events([row.id for row in sent])
        parcels = {
            order: [_parcel(p, seen.get(p.id, [])) for p in its]
            for order, its in _grouped(sent, "order").items()
        }
        return [
            like(
                Order,
                row,
                total=Money(row.total, row.currency),
                lines=[_line(line) for line in ordered.get(row.id, [])],
                shipments=[p for p in parcels.get(row.id, ()) if p.errand is Errand.DELIVERY],
                beside=[p for p in parcels.get(row.id, ()) if p.errand is not Errand.DELIVERY],
            )
            for row in rows
        ]

    def _events(self, of: Sequence[ShipmentId]) -> dict[str, list[Any]]:
        found = _EVENTS(self._tx, [(parcel,) for parcel in of]) if of else []
        return _grouped(_named(tracking, found), "shipment")


@cache
def _change_of(table: Any) -> Any:  # noqa: ANN401 - any of our tables
    return update(table).where(table.c.id == bindparam("by_id"))


def _fields(record: Any, *without: str) -> dict[str, object]:  # noqa: ANN401 - any struct
    return {n: getattr(record, n) for n in record.__struct_fields__ if n not in without}


def _named(table: Table, rows: Iterable[Row]) -> list[Any]:
    """Give the values of whole rows the names of their columns."""
    names = table.c.keys()
    return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in rows]


def _grouped(rows: Iterable[Any], by: str) -> dict[Any, list[Any]]:
    groups: dict[Any, list[Any]] = {}
    for row in rows:
        groups.setdefault(getattr(row, by), []).append(row)
    return groups


def _product_row(product: Product, search: str) -> dict[str, object]:
    return {
        **_fields(product, "variants"),
        "price": product.price.amount,
        "was": product.was and product.was.amount,
        "currency": product.price.currency,
        "search": search,
    }


def _order_row(order: Order) -> dict[str, object]:
    own = _fields(order, "lines", "shipments", "beside")
    return {**own, "total": order.total.amount, "currency": order.total.currency}


def _line_rows(order: Order) -> list[dict[str, object]]:
    return [
        {
            **_fields(line),
            "price": line.price.amount,
            "currency": line.price.currency,
            "order": order.id,
            "position": n,
        }
        for n, line in enumerate(order.lines)
    ]


def _event_row(parcel: Shipment, event: TrackingEvent) -> dict[str, object]:
    key = event.key(parcel.carrier, parcel.tracking_number)
    return {**_fields(event), "shipment": parcel.id, "key": key}


def _product(row: Any, choices: Iterable[Any]) -> Product:  # noqa: ANN401 - a row
    return like(
        Product,
        row,
        price=Money(row.price, row.currency),
        was=None if row.was is None else Money(row.was, row.currency),
        variants=[like(Variant, v, price=Money(v.price, row.currency)) for v in choices],
    )


def _line(row: Any) -> OrderLine:  # noqa: ANN401 - a row
    return like(OrderLine, row, price=Money(row.price, row.currency))


def _parcel(row: Any, seen: Iterable[Any]) -> Shipment:  # noqa: ANN401 - a row
    return like(Shipment, row, events=in_order(like(TrackingEvent, e) for e in seen))
