"""Where it is counted how much assistants were asked."""

from typing import NamedTuple

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.assistants.tables import spending
from shopbell.engine.tables import Session
from shopbell.kernel.actor import ShopId

ALL = ShopId("00000000-0000-0000-0000-000000000000")
"""Stands for all shops together; its row also puts those in line who spend at one moment."""

_c = spending.c
_NEW = upsert(spending)
_ADD = _NEW.on_conflict_do_update(
    index_elements=[_c.day, _c.shop],
    set_={
        "calls": _c.calls + _NEW.excluded.calls,
        "tokens": _c.tokens + _NEW.excluded.tokens,
    },
).returning(_c.calls, _c.tokens)
_SPENT = select(_c.calls, _c.tokens).where(
    _c.day == bindparam("of_day"), _c.shop == bindparam("of_shop")
)
_SWEEP = delete(spending).where(_c.day < bindparam("before"))


class Spent(NamedTuple):
    """How often, and how much in tokens."""

    calls: int = 0
    tokens: int = 0


def add(tx: Session, day: str, shop: ShopId, more: Spent) -> Spent:
    """Count more; return what that comes to."""
    given = {"day": day, "shop": shop, "calls": more.calls, "tokens": more.tokens}
    return Spent(*tx.execute(_ADD, given).one())


def spent(tx: Session, day: str, shop: ShopId) -> Spent:
    """Return what was spent on a day."""
    row = tx.execute(_SPENT, {"of_day": day, "of_shop": shop}).one_or_none()
    return Spent(*row) if row else Spent()


def sweep(tx: Session, before: str) -> None:
    """Forget days long past."""
    tx.execute(_SWEEP, {"before": before})
