"""What follows behind: a worker brings the index up to what was written."""

from shopbell.conversations.search import indexing
from shopbell.engine import metrics
from shopbell.engine.database import Database
from shopbell.engine.log import log

AT_ONCE = 40
"""So few entries are taken apart at once: meanwhile nobody else of this process can think."""


async def follow(db: Database) -> int:
    """Index the next few; return 0 at the end, where a rest lets more of them gather."""
    batch = await db.read(indexing.gather, AT_ONCE)
    if batch is None:
        return 0
    if batch.taken.unreadable:
        metrics.FAILED.labels("search").inc(len(batch.taken.unreadable))
        log().error("entries cannot be indexed", entries=batch.taken.unreadable)
    metrics.SEARCHABLE.inc(await db.write(indexing.store, batch))
    return int(batch.more)
