"""What happens at the desk by the clock, and what transactions left behind."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from shopbell.desk.giving import PATIENCE, serve_held
from shopbell.desk.model import ServeLine
from shopbell.desk.seating import GRACE, SHIFT, end_shift, give_on
from shopbell.desk.snoozing import WAKE, wake_in_time
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import ShopId
from shopbell.kernel.events import Job


def serve_line(tx: Tx, shop: str) -> None:
    """Give out what waits at a desk, now that somebody has waited long enough for the skilled."""
    serve_held(tx, ShopId(shop))


DEADLINES: Mapping[str, Callable[[Tx, str], None]] = {
    SHIFT: end_shift,
    GRACE: give_on,
    WAKE: wake_in_time,
    PATIENCE: serve_line,
}


def jobs(db: Database) -> Mapping[type[Job], Callable[[Any], Awaitable[None]]]:
    """Return what a worker does here that transactions left behind."""

    async def serve(job: ServeLine) -> None:
        await db.write(serve_held, job.shop)

    return {ServeLine: serve}
