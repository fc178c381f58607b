"""What numbers and codes in people's words stand for, between one buyer and one shop."""

from collections.abc import Sequence

from shopbell.commerce.model import Order, Product, ProductId
from shopbell.commerce.storage import Orders, Products
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, PersonId, ShopId

FEW = 5


def newest_orders(tx: Tx, actor: Actor, buyer: PersonId, shop: ShopId) -> list[Order]:
    """Return what a buyer ordered last from a shop, as far as ``actor`` may see it."""
    return _orders(tx, actor, {"buyer": buyer, "shop": shop})


def order_numbered(
    tx: Tx, actor: Actor, buyer: PersonId, shop: ShopId, number: str
) -> Order | None:
    """Return the order of this number that a buyer placed with a shop."""
    found = _orders(tx, actor, {"buyer": buyer, "shop": shop, "number": number})
    return next(iter(found), None)


def order_tracked(tx: Tx, actor: Actor, buyer: PersonId, shop: ShopId, number: str) -> Order | None:
    """Return the order of a buyer with a shop that a parcel of this number belongs to."""
    found = _orders(tx, actor, {"buyer": buyer, "shop": shop, "tracking": number})
    return next(iter(found), None)


def product_coded(tx: Tx, shop: ShopId, code: str) -> Product | None:
    """Return what a shop sells under a code of its own or of the platform."""
    written = dict.fromkeys((code, code.upper(), code.lower()))
    found = (Products(tx).find(1, {"shop": shop, "code": one}) for one in written)
    return next((products[0] for products in found if products), None)


def product_at(tx: Tx, shop: ShopId, slug: str) -> Product | None:
    """Return the product of a shop whose page has this address."""
    return next(iter(Products(tx).find(1, {"shop": shop, "slug": slug})), None)


def products_of(tx: Tx, orders: Sequence[Order]) -> list[Product]:
    """Return the products in some orders, the newest order's first."""
    ids: dict[ProductId, None] = dict.fromkeys(
        line.product for order in orders for line in order.lines if line.product
    )
    found = Products(tx).find(len(ids), {"ids": list(ids)}) if ids else []
    by_id = {product.id: product for product in found}
    return [by_id[one] for one in ids if one in by_id][:FEW]


def _orders(tx: Tx, actor: Actor, given: dict[str, str]) -> list[Order]:
    return [order for order in Orders(tx).find(FEW, given) if order.admits(actor)]
