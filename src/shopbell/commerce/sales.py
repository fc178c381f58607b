"""What was sold and sent, one line each, for whoever counts it."""

from collections.abc import Collection

from sqlalchemy import bindparam, select

from shopbell.commerce.model import Errand, ProductId
from shopbell.commerce.tables import lines, orders, products, shipments, shops
from shopbell.engine.tables import Session
from shopbell.kernel.actor import ShopId
from shopbell.kernel.texts import Words

SOLD = (
    select(
        orders.c.id.label("order"),
        orders.c.shop,
        orders.c.buyer,
        orders.c.placed_at,
        lines.c.id.label("line"),
        lines.c.product,
    )
    .join(lines, lines.c.order == orders.c.id)
    .where(lines.c.product.is_not(None))
    .subquery("sold")
)
"""Each line of each order that is of a product of ours."""

SENT = (
    select(
        orders.c.id.label("order"),
        orders.c.shop,
        orders.c.placed_at,
        shipments.c.carrier,
        shipments.c.eta,
        shipments.c.first_eta,
        shipments.c.delivered_at,
        shipments.c.late,
        shipments.c.stalled_since,
    )
    .join(shipments, shipments.c.order == orders.c.id)
    .where(shipments.c.errand == Errand.DELIVERY)
    .subquery("sent")
)
"""Each parcel that brings what was ordered."""

SHOPS = select(shops.c.id).subquery("any_shop")
"""Each shop there is."""

_TITLES = select(products.c.id, products.c.slug, products.c.title).where(
    products.c.shop == bindparam("of_shop")
)


def titles(
    tx: Session, shop: ShopId, wanted: Collection[ProductId]
) -> list[tuple[ProductId, str, Words]]:
    """Return of some of a shop's products the address and the title."""
    return [tuple(row) for row in tx.execute(_TITLES, {"of_shop": shop}) if row.id in wanted]
