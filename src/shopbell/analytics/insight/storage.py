"""Every statement on what was counted last, and on what was done about it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.analytics.insight.model import Mend, Sheet
from shopbell.analytics.insight.tables import mends, sheets
from shopbell.commerce.sales import SHOPS
from shopbell.engine.database import Tx
from shopbell.engine.tables import Session
from shopbell.kernel.actor import ShopId

_s, _m = sheets.c, mends.c
_NEW = upsert(sheets)
_KEEP = _NEW.on_conflict_do_update(
    index_elements=[_s.shop],
    set_={"made_at": _NEW.excluded.made_at, "sheet": _NEW.excluded.sheet},
    where=_s.made_at <= _NEW.excluded.made_at,
)
_SHEET = select(_s.sheet).where(_s.shop == bindparam("of_shop"))
_DUE = (
    select(SHOPS.c.id)
    .outerjoin(sheets, _s.shop == SHOPS.c.id)
    .where(or_(_s.made_at.is_(None), _s.made_at < bindparam("before")))
    .limit(1)
)
_MENDS = select(mends).where(_m.shop == bindparam("of_shop"), _m.undone_at.is_(None))
_MEND = select(mends).where(_m.id == bindparam("of_id"))
_ADD = insert(mends)
_UNDO = update(mends).where(_m.id == bindparam("of_id")).values(undone_at=bindparam("now"))


def due(tx: Session, before: datetime) -> ShopId | None:
    """Return a shop that was counted before a moment or never; None if there is none."""
    found: ShopId | None = tx.execute(_DUE, {"before": before}).scalar()
    return found


def keep(tx: Session, shop: ShopId, sheet: Sheet) -> None:
    """Keep what was counted of a shop, in place of what was counted before."""
    tx.execute(_KEEP, {"shop": shop, "made_at": sheet.made_at, "sheet": sheet})


def sheet(tx: Session, shop: ShopId) -> Sheet | None:
    """Return what was counted of a shop last."""
    found: Sheet | None = tx.execute(_SHEET, {"of_shop": shop}).scalar()
    return found


def mends_of(tx: Session, shop: ShopId) -> list[Mend]:
    """Return what was added to a shop's listings and stands there still."""
    return [_read(row) for row in tx.execute(_MENDS, {"of_shop": shop})]


def mend(tx: Session, name: str) -> Mend | None:
    """Return what was added under a name, also if it was undone."""
    row = tx.execute(_MEND, {"of_id": name}).one_or_none()
    return None if row is None else _read(row)


def add(tx: Session, new: Mend) -> None:
    """Note what was added."""
    tx.execute(_ADD, {name: getattr(new, name) for name in Mend.__struct_fields__})


def undo(tx: Tx, name: str) -> None:
    """Note that what was added is gone again."""
    tx.execute(_UNDO, {"of_id": name, "now": tx.now})


def _read(row: Row[Any]) -> Mend:
    return Mend(**dict(zip(mends.c.keys(), row, strict=True)))
