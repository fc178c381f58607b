"""Which cases were opened about orders, one line each, for whoever counts them."""

from sqlalchemy import select

from shopbell.cases.tables import cases

OPENED = (
    select(cases.c.id, cases.c.kind, cases.c.shop, cases.c.order, cases.c.opened_at, cases.c.facts)
    .where(cases.c.order.is_not(None))
    .subquery("opened")
)
"""``facts`` is what the form was filled in with: the lines, the reason."""
