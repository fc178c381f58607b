"""What follows behind: a worker counts what was written."""

from shopbell.analytics import indexing
from shopbell.engine import metrics
from shopbell.engine.database import Database
from shopbell.engine.log import log

AT_ONCE = 60
"""So few entries are looked at at once: meanwhile nobody else of this process can think."""


async def follow(db: Database) -> int:
    """Count the next few; return 0 at the end, where a rest lets more of them gather."""
    batch = await db.read(indexing.gather, AT_ONCE)
    if batch is None:
        return 0
    if batch.unreadable:
        metrics.FAILED.labels("reports").inc(len(batch.unreadable))
        log().error("conversations cannot be counted", conversations=batch.unreadable)
    await db.write(indexing.store, batch)
    return int(batch.more)
