"""What happens to accounts when nobody does anything: what has run out is forgotten."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from shopbell.accounts import service
from shopbell.accounts.blocks import service as blocks
from shopbell.accounts.blocks.model import ENDS
from shopbell.engine import deadlines
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM

SWEEP = "accounts_sweep"
QUIET_HOUR = 3


def begin_sweeping(tx: Tx) -> None:
    """See to it that there will be a sweep; one that is overdue is not put off."""
    if not deadlines.due(tx, [SWEEP], 1):
        sweep_next_night(tx)


def sweep_daily(tx: Tx, _entity: str) -> None:
    """Forget what has run out, and do so again next night."""
    service.sweep(tx)
    sweep_next_night(tx)


def sweep_next_night(tx: Tx) -> None:
    """Arm the sweep; doing so twice in a day changes nothing."""
    tx.arm(SWEEP, SYSTEM.id, _next_night(tx.now))


def _next_night(now: datetime) -> datetime:
    tonight = now.replace(hour=QUIET_HOUR, minute=0, second=0, microsecond=0)
    return tonight if tonight > now else tonight + timedelta(days=1)


DEADLINES: Mapping[str, Callable[[Tx, str], None]] = {SWEEP: sweep_daily, ENDS: blocks.expire}
