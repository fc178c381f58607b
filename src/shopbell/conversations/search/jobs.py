"""What follows behind: a worker brings the index up to what was written."""

from shopbell.conversations.search import indexing
from shopbell.engine import metrics
from shopbell.engine.database import Database


async def follow(db: Database) -> int:
    """Index the next batch; return 0 at the end, where a rest lets the next batch grow."""
    batch = await db.read(indexing.gather)
    if batch is None:
        return 0
    metrics.SEARCHABLE.inc(await db.write(indexing.store, batch))
    return int(batch.more)
