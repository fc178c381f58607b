"""What happens with rules behind what is written, and by the clock."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from shopbell.desk.rules import running, service
from shopbell.desk.rules.model import CallRules
from shopbell.desk.rules.silence import SILENCE, look
from shopbell.engine import deadlines
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import SYSTEM
from shopbell.kernel.events import Job

SWEEP = "automation_sweep"
A_DAY = timedelta(days=1)


def begin_sweeping(tx: Tx) -> None:
    """See to it that old runs are forgotten: whoever starts the house often puts nothing off."""
    if not deadlines.is_armed(tx, SWEEP, SYSTEM.id):
        tx.arm(SWEEP, SYSTEM.id, tx.now + A_DAY)


def sweep(tx: Tx, entity: str) -> None:
    """Forget old runs, and do so again tomorrow."""
    service.forget_old(tx)
    tx.arm(SWEEP, entity, tx.now + A_DAY)


DEADLINES: Mapping[str, Callable[[Tx, str], None]] = {SILENCE: look, SWEEP: sweep}


def jobs(db: Database) -> Mapping[type[Job], Callable[[Any], Awaitable[None]]]:
    """Return what a worker does here that transactions left behind."""

    async def call(job: CallRules) -> None:
        for rule in await db.read(running.called, job):
            try:
                await db.write(running.run, rule, job)
            except running.Hindered as why:
                await db.write(running.note_failure, rule, job, why)

    return {CallRules: call}
