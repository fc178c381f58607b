"""The table of what assistants cost; only this room's storage opens it."""

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    TypedColumns,
)

from shopbell.engine.tables import ident, metadata
from shopbell.kernel.actor import ShopId


class SpendingColumns(TypedColumns):
    day = Column(String(10), nullable=False)
    shop = ident(ShopId)
    calls = Column(Integer, nullable=False)
    tokens = Column(BigInteger, nullable=False)


spending = Table(
    "assistant_spending", metadata, SpendingColumns, PrimaryKeyConstraint("day", "shop")
)
"""One row a day for each shop, and one for all of them together (`storage.ALL`)."""
