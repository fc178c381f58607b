"""What is counted of a shop's orders, parcels and cases, by product and by lane.

An order belongs to the weeks it was placed in, and with it all that became of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Integer, Text, bindparam, case, exists, func, select, type_coerce

from shopbell.analytics.insight.model import Bought, Lane, Why
from shopbell.analytics.insight.road import Road
from shopbell.analytics.model import What
from shopbell.analytics.tables import points
from shopbell.cases.opened import OPENED
from shopbell.commerce import roster
from shopbell.commerce.lateness import Way
from shopbell.commerce.model import ProductId, Shop
from shopbell.commerce.sales import SENT, SOLD
from shopbell.conversations.history import TALKS
from shopbell.conversations.model import ConversationId, SubjectKind
from shopbell.engine.database import Tx
from shopbell.kernel.actor import ShopId
from shopbell.kernel.texts import Locale

ORDERED_WITHIN = timedelta(days=7)
ASKED_MOST = 500
"""So many of a shop's newest conversations about products are looked through for questions."""

RETURN, DISPUTE = "return", "dispute"
_REASONS = {
    "size_fit": Why.SIZE,
    "wrong_size_ordered": Why.SIZE,
    "not_as_described": Why.DESCRIPTION,
    "defective": Why.DEFECT,
    "not_working": Why.DEFECT,
    "damaged": Why.DEFECT,
    "expired": Why.DEFECT,
}
"""By the reason's code; a profile's own codes count by the condition they come to."""

_SHOP: Any = bindparam("of_shop")
_p = points.c


def _placed(source: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a subquery
    c = source.c
    return c.shop == _SHOP, c.placed_at >= bindparam("since"), c.placed_at < bindparam("until")


def _contact(*more: Any) -> tuple[Any, ...]:  # noqa: ANN401
    window = (_p.at >= bindparam("since"), _p.at < bindparam("until"))
    return _p.shop == _SHOP, _p.what == What.CONTACT, *window, *more


_ORDERS = (
    select(SOLD.c.product, func.count(SOLD.c.order.distinct()))
    .where(*_placed(SOLD))
    .group_by(SOLD.c.product)
)
_TALKED = (
    select(_p.product, func.count(_p.conversation.distinct()))
    .where(*_contact(_p.product.is_not(None)))
    .group_by(_p.product)
)
_TALKED_OF_ORDERS = (
    select(SOLD.c.product, func.count(_p.conversation.distinct()))
    .select_from(points)
    .join(TALKS, TALKS.c.id == _p.conversation)
    .join(SOLD, SOLD.c.order == TALKS.c.subject_id)
    .where(*_contact(TALKS.c.subject_kind == SubjectKind.ORDER))
    .group_by(SOLD.c.product)
)
_CASES = (
    select(OPENED.c.kind, OPENED.c.order, OPENED.c.facts, SOLD.c.line, SOLD.c.product)
    .join(SOLD, SOLD.c.order == OPENED.c.order)
    .where(OPENED.c.shop == _SHOP, OPENED.c.kind.in_([RETURN, DISPUTE]), *_placed(SOLD))
)
_SENT = select(
    *(type_coerce(SENT.c[name], Text) for name in ("order", "carrier", "eta", "first_eta")),
    type_coerce(SENT.c.delivered_at, BigInteger),
    type_coerce(SENT.c.late, Integer),
    type_coerce(SENT.c.stalled_since, BigInteger),
).where(*_placed(SENT))
"""As they are kept: a hundred thousand parcels are read in a third of the time."""
_ASKED = (
    select(_p.conversation, _p.product, _p.language, func.max(_p.at))
    .where(_p.shop == _SHOP, _p.what == What.CONTACT, _p.product.is_not(None))
    .where(_p.at >= bindparam("since"))
    .group_by(_p.conversation, _p.product, _p.language)
    .order_by(func.max(_p.at).desc())
    .limit(ASKED_MOST)
)
_ASKED_AT = type_coerce(_p.at, BigInteger)
_PLACED_AT = type_coerce(SOLD.c.placed_at, BigInteger)
_ORDERED = exists(SOLD.c.order).where(
    SOLD.c.buyer == TALKS.c.buyer,
    SOLD.c.shop == _p.shop,
    SOLD.c.product == _p.product,
    _PLACED_AT >= _ASKED_AT,
    _ASKED_AT + ORDERED_WITHIN // timedelta(microseconds=1) > _PLACED_AT,
)
_BOUGHT = (
    select(_p.good, func.count(), func.sum(case((_ORDERED, 1), else_=0)))
    .select_from(points)
    .join(TALKS, TALKS.c.id == _p.conversation)
    .where(
        _p.shop == _SHOP,
        _p.what == What.ROUND,
        _p.n == 1,
        _p.product.is_not(None),
        _p.good.is_not(None),
        _p.at >= bindparam("since"),
        _p.at < bindparam("until"),
    )
    .group_by(_p.good)
)


class Span(NamedTuple):
    """Of which shop, from when to when."""

    of_shop: ShopId
    since: datetime
    until: datetime


class Thread(NamedTuple):
    """A conversation about a product, and the language it is in."""

    talk: ConversationId
    product: ProductId
    locale: Locale
    at: datetime


class Troubles(NamedTuple):
    """Which orders of a product came back, for which reasons, and which were disputed."""

    returns: dict[Why, set[str]]
    disputed: set[str]


def orders(tx: Tx, span: Span) -> dict[ProductId, int]:
    """Count the orders of each product."""
    return dict(tx.execute(_ORDERS, span._asdict()).all())


def contacts(tx: Tx, span: Span) -> dict[ProductId, int]:
    """Count the conversations about each product, and about orders that have it."""
    counted: dict[ProductId, int] = defaultdict(int)
    for query in (_TALKED, _TALKED_OF_ORDERS):
        found: Any = tx.execute(query, span._asdict())
        for product, count in found:
            counted[product] += count
    return counted


def troubles(tx: Tx, span: Span) -> Mapping[ProductId, Troubles]:
    """Find which orders of each product came back or were disputed."""
    found: dict[ProductId, Troubles] = defaultdict(lambda: Troubles(defaultdict(set), set()))
    for kind, order, facts, line, product in tx.execute(_CASES, span._asdict()):
        lines = {one["line"] for one in facts.get("lines", ())}
        if lines and line not in lines:
            continue
        if kind == DISPUTE:
            found[product].disputed.add(order)
        else:
            found[product].returns[why(facts)].add(order)
    return found


def why(facts: Mapping[str, Any]) -> Why:
    """Return why something came back, by the reason its buyer gave, or by its condition."""
    given = (facts.get("reason", ""), facts.get("condition", ""))
    return next((_REASONS[one] for one in given if one in _REASONS), Why.OTHER)


def threads(tx: Tx, span: Span) -> list[Thread]:
    """Return the newest conversations about products."""
    given = {"of_shop": span.of_shop, "since": span.since}
    found: Any = tx.execute(_ASKED, given)
    return [Thread(*row) for row in found]


def bought(tx: Tx, span: Span) -> tuple[Bought, Bought]:
    """Return how many ordered what they had asked about: answered in time, and not in time.

    Whoever asked less than seven days before the end does not count yet.
    """
    asked = span._replace(until=span.until - ORDERED_WITHIN)
    found = {bool(good): Bought(n, hits) for good, n, hits in tx.execute(_BOUGHT, asked._asdict())}
    return found.get(True, Bought(0, 0)), found.get(False, Bought(0, 0))


def lanes(tx: Tx, span: Span, shop: Shop) -> list[Lane]:
    """Count orders by carrier and way, those late, and those of which nothing is heard."""
    road = Road(roster.every(tx), shop.zone)
    sent: dict[tuple[str, Way], dict[object, tuple[bool, bool]]] = defaultdict(dict)
    found: Any = tx.execute(_SENT, span._asdict())
    for order, carrier, eta, first, arrived, is_late, stalled in found:
        on = sent[road.of(carrier, eta or first)]
        late, silent = on.get(order, (False, False))
        too_late = is_late or road.came_late(first or eta, arrived)
        on[order] = late or too_late, silent or stalled is not None
    return [_lane(*name, on.values()) for name, on in sorted(sent.items())]


def _lane(carrier: str, way: Way, found: Iterable[tuple[bool, bool]]) -> Lane:
    each = list(found)
    return Lane(carrier, way, len(each), sum(late for late, _ in each), sum(s for _, s in each))
