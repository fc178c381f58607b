"""A shop counted anew: once in a while, behind those who write and those who read."""

from collections.abc import Mapping
from datetime import timedelta

from shopbell.analytics.insight import gathering, questions
from shopbell.analytics.insight.gathering import Span, Troubles
from shopbell.analytics.insight.model import Cluster, Listing, Sheet, Why
from shopbell.analytics.localtime import week_of
from shopbell.commerce import service as commerce
from shopbell.commerce.hours import find_zone
from shopbell.commerce.model import ProductId
from shopbell.commerce.sales import titles
from shopbell.engine.database import Tx
from shopbell.kernel.actor import ShopId

WEEKS = timedelta(weeks=12)
"""Figures are of so many whole weeks, and of no other time: of two times that overlap, what is
between them could be told, however few it is."""


def reckon(tx: Tx, shop_id: ShopId) -> Sheet:
    """Count all that is told of a shop."""
    shop = commerce.shop(tx, shop_id)
    until = week_of(find_zone(shop.zone), tx.now)
    span = Span(shop.id, until - WEEKS, until)
    asked = gathering.threads(tx, span)
    in_time, too_late = gathering.bought(tx, span)
    return Sheet(
        since=span.since,
        until=span.until,
        made_at=tx.now,
        listings=listings(tx, span, questions.clusters(tx, shop.id, asked)),
        lanes=gathering.lanes(tx, span, shop),
        in_time=in_time,
        too_late=too_late,
    )


def listings(tx: Tx, span: Span, asked: Mapping[ProductId, list[Cluster]]) -> list[Listing]:
    """Return what is counted of each product that was sold or asked about."""
    orders, contacts = gathering.orders(tx, span), gathering.contacts(tx, span)
    troubles = gathering.troubles(tx, span)
    of_shop = titles(tx, span.of_shop, orders.keys() | contacts.keys() | asked.keys())
    return [
        Listing(
            product=product,
            slug=slug,
            title=title,
            orders=orders.get(product, 0),
            contacts=contacts.get(product, 0),
            returns=_returns(troubles.get(product)),
            disputed=len(troubles[product].disputed) if product in troubles else 0,
            clusters=asked.get(product, []),
        )
        for product, slug, title in of_shop
    ]


def _returns(found: Troubles | None) -> dict[Why, int]:
    return {why: len(orders) for why, orders in found.returns.items()} if found else {}
