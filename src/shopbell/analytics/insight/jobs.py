"""A worker counts shops anew, one after the other."""

from datetime import timedelta

from shopbell.analytics.insight import reckoning, storage
from shopbell.analytics.insight.model import Sheet
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import ShopId

FRESH = timedelta(minutes=15)
"""What was counted of a shop stands so long."""


async def follow(db: Database) -> int:
    """Count one shop that was not for long; return 0 if all were."""
    shop = await db.read(_due)
    if shop is None:
        return 0
    sheet: Sheet = await db.read(reckoning.reckon, shop)
    await db.write(storage.keep, shop, sheet)
    return 1


def _due(tx: Tx) -> ShopId | None:
    return storage.due(tx, tx.now - FRESH)
