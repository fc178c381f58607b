"""What happens with scores by the clock: once a day a worker looks who has fallen."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from shopbell.analytics.score import watching
from shopbell.analytics.score.model import WatchScores
from shopbell.engine import deadlines
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import SYSTEM
from shopbell.kernel.events import Job

WATCH = "score_watch"
HOUR = 2
"""Once a day, at this hour (UTC)."""


def begin_watching(tx: Tx) -> None:
    """See to it that scores are looked at; what is overdue is not put off."""
    if not deadlines.due(tx, [WATCH], 1):
        _look_tonight(tx)


def watch(tx: Tx, _entity: str) -> None:
    """Leave the looking to a worker, and do so again tomorrow."""
    tx.later(WatchScores(), key=WATCH)
    _look_tonight(tx)


def _look_tonight(tx: Tx) -> None:
    """Arm the next look; a house that is started again meanwhile looks no later for it."""
    tonight = tx.now.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    tx.arm(WATCH, SYSTEM.id, tonight if tonight > tx.now else tonight + timedelta(days=1))


DEADLINES: Mapping[str, Callable[[Tx, str], None]] = {WATCH: watch}


def jobs(db: Database) -> Mapping[type[Job], Callable[[Any], Awaitable[None]]]:
    """Return what a worker does here that transactions left behind."""

    async def look(_job: WatchScores) -> None:
        for shop in await db.read(watching.moved):
            await db.write(watching.note, shop)

    return {WatchScores: look}
