"""What follows behind: a worker brings the index up to what was written."""

from shopbell.conversations.search import indexing
from shopbell.engine import metrics
from shopbell.engine.database import Database


async def follow(db: Database) -> int:
    """Index the next batch; return 0 when there is nothing to do."""
    batch = await db.read(indexing.gather)
    if batch is None:
        return 0
    metrics.SEARCHABLE.inc(await db.write(indexing.store, batch))
    return 1
