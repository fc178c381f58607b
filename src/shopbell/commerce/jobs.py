"""What happens to parcels when their carriers say nothing: deadlines; and a sweep at night."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from shopbell.commerce import parcels
from shopbell.commerce.watch import LATE, SILENT, note_late, note_silence
from shopbell.engine import deadlines
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM

SWEEP = "commerce_sweep"
QUIET_HOUR = 3
UNPLACED_DAYS = timedelta(days=30)
"""How long a word waits for its parcel: orders are told of within days."""


def begin_sweeping(tx: Tx) -> None:
    """See to it that there will be a sweep; one that is overdue is not put off."""
    if not deadlines.due(tx, [SWEEP], 1):
        _sweep_next_night(tx)


def sweep_daily(tx: Tx, _entity: str) -> None:
    """Forget what nobody could place for long, and do so again next night."""
    parcels.forget_unplaced(tx, tx.now - UNPLACED_DAYS)
    _sweep_next_night(tx)


def _sweep_next_night(tx: Tx) -> None:
    tonight: datetime = tx.now.replace(hour=QUIET_HOUR, minute=0, second=0, microsecond=0)
    tx.arm(SWEEP, SYSTEM.id, tonight if tonight > tx.now else tonight + timedelta(days=1))


DEADLINES: Mapping[str, Callable[[Tx, str], None]] = {
    LATE: note_late,
    SILENT: note_silence,
    SWEEP: sweep_daily,
}
