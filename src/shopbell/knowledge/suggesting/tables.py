"""The table of what was shown to whom; only this room's storage opens it."""

from datetime import datetime

from sqlalchemy import (
    Column,
    Index,
    Integer,
    Named,
    PrimaryKeyConstraint,
    String,
    Table,
    TypedColumns,
)

from shopbell.engine.tables import Moment, ident, metadata
from shopbell.kernel.actor import PersonId, ShopId


class ShownColumns(TypedColumns):
    about = ident(str)
    piece = Column(String(100), nullable=False)
    person = ident(PersonId)
    shop = ident(ShopId)
    at = Column(Moment, nullable=False)
    helped_at: Named[datetime | None] = Column(Moment)
    wrong_at: Named[datetime | None] = Column(Moment)
    standing = Column(Integer, nullable=False, server_default="0")
    settled_at: Named[datetime | None] = Column(Moment)
    version: Named[str | None] = Column(String(32))


shown = Table(
    "suggestion_shown",
    metadata,
    ShownColumns,
    PrimaryKeyConstraint("about", "piece", "person"),
    Index("ix_suggestion_shown_shop", "shop", "at"),
)
"""Each person once: what they were shown beside a product (or a shop), and what they said of it.

What they called wrong weighs as much as their ``standing`` then, until the shop has ``settled`` it;
``version`` names what it said then, and in other words it may be called wrong anew.
"""

_WRONG, _HELPED = shown.c.wrong_at.is_not(None), shown.c.helped_at.is_not(None)
Index(
    "ix_suggestion_wrong",
    shown.c.about,
    shown.c.piece,
    sqlite_where=_WRONG,
    postgresql_where=_WRONG,
)
Index(
    "ix_suggestion_helped",
    shown.c.about,
    shown.c.piece,
    sqlite_where=_HELPED,
    postgresql_where=_HELPED,
)
