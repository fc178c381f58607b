"""Every statement this room runs, built once when the module is imported.

Rules are read at most once a minute and process: what is laid down counts only from a moment by
which everybody has read it (see `NOTICE`), so that nobody has to be told.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.conversations.targets.model import Book, Ceiling, Version
from shopbell.conversations.targets.tables import ceilings, rules
from shopbell.engine.database import Tx
from shopbell.engine.tables import Moment
from shopbell.kernel.actor import ShopId

KNOWN_FOR = timedelta(minutes=1)
NOTICE = timedelta(minutes=2)
"""So long after they were laid down rules count at the earliest: clocks may differ by the rest."""

_r, _c = rules.c, ceilings.c
_VERSION = (_r.number, _r.since, _r.rules, _r.by, _r.at)
_CEILING = (_c.number, _c.since, _c.maxima, _c.by, _c.at)
_MOMENT = bindparam("moment", type_=Moment)
_OF_SHOP = _r.shop == bindparam("of_shop")
_IN_FORCE = select(func.max(_r.number)).where(_OF_SHOP, _r.since <= _MOMENT).scalar_subquery()
_COUNTING = (
    select(*_VERSION)
    .where(_OF_SHOP, _r.number >= func.coalesce(_IN_FORCE, 0))
    .order_by(_r.number.desc())
)
_ONE = select(*_VERSION).where(_OF_SHOP, _r.number == bindparam("of_number"))
_ADD = upsert(rules).on_conflict_do_nothing().returning(_r.number)
_SHOPS = select(_r.shop).distinct()
_CAPPED = select(func.max(_c.number)).where(_c.since <= _MOMENT).scalar_subquery()
_CEILINGS = (
    select(*_CEILING).where(_c.number >= func.coalesce(_CAPPED, 0)).order_by(_c.number.desc())
)
_CAP = upsert(ceilings).on_conflict_do_nothing().returning(_c.number)


def book(tx: Tx, shop: ShopId) -> Book:
    """Return what counts for a shop and what will, from memory if it was read a moment ago."""
    key = ("clocks", shop)
    known: tuple[datetime, Book] | None = tx.remembered.get(key) or tx.memory.get(key)
    if known is None or not timedelta() <= tx.now - known[0] < KNOWN_FOR:
        known = tx.remembered[key] = tx.now, read_book(tx, shop)
    return known[1]


def read_book(tx: Tx, shop: ShopId) -> Book:
    """Return the same as it is now."""
    versions = tx.execute(_COUNTING, {"of_shop": shop, "moment": tx.now})
    return Book([_version(row) for row in versions], read_ceilings(tx))


def read_ceilings(tx: Tx) -> list[Ceiling]:
    """Return how slow a shop may be, and will, the latest word first."""
    found: Any = tx.execute(_CEILINGS, {"moment": tx.now})
    return [Ceiling(*row) for row in found]


def version(tx: Tx, shop: ShopId, number: int) -> Version:
    """Return one version, from memory if this process has seen it."""
    key = ("clocks", shop, number)
    known: Version | None = tx.remembered.get(key) or tx.memory.get(key)
    if known is None:
        row = tx.execute(_ONE, {"of_shop": shop, "of_number": number}).one()
        known = tx.remembered[key] = _version(row)
    return known


def lay_down(tx: Tx, shop: ShopId, new: Version) -> bool:
    """Keep a version for ever; tell whether nobody else had laid down one of this number."""
    tx.remembered.pop(("clocks", shop), None)
    row = {"shop": shop, **_columns(new)}
    return tx.execute(_ADD, row).scalar() is not None


def cap(tx: Tx, new: Ceiling) -> bool:
    """Keep how slow a shop may be; tell whether nobody else had said so under this number."""
    return tx.execute(_CAP, _columns(new)).scalar() is not None


def shops(tx: Tx) -> list[ShopId]:
    """List the shops that have, or had, rules of their own."""
    return list(tx.execute(_SHOPS).scalars())


def _columns(kept: Version | Ceiling) -> dict[str, Any]:
    return {name: getattr(kept, name) for name in kept.__struct_fields__}


def _version(row: Any) -> Version:  # noqa: ANN401 - a row of `_VERSION`
    return Version(*row)
