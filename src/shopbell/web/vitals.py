"""The figures of the whole house, measured once for the page of health and for ``/metrics``."""

import shutil
from pathlib import Path

from shopbell.analytics import indexing as reports
from shopbell.app import App
from shopbell.channels.mail import service as letters
from shopbell.channels.mail.arriving import service as arriving
from shopbell.channels.mail.model import LetterState
from shopbell.conversations import service as conversations
from shopbell.conversations.search import indexing as search
from shopbell.engine import metrics, vitals
from shopbell.engine.database import Tx
from shopbell.engine.settings import Settings
from shopbell.engine.vitals import Vital
from shopbell.kernel.actor import SYSTEM


def measure(tx: Tx) -> dict[str, float | None]:
    """Measure what the database knows."""
    posted = letters.counts(tx, SYSTEM)
    return {
        **vitals.of_engine(tx),
        "search_lag": search.lag(tx),
        "report_lag": reports.lag(tx),
        "mail_waiting": posted[LetterState.WAITING],
        "mail_failed": sum(n for state, n in posted.items() if state.failed),
        "mail_held": arriving.count_held(tx, SYSTEM),
        "files_bytes": conversations.kept_bytes(tx),
    }


async def take(app: App) -> list[Vital]:
    """Return every figure with its light, and leave them where Prometheus finds them."""
    found = await app.db.read(measure)
    found |= {
        "sockets": len(app.hub.pages()),
        "broker_down": int(not app.relay.up),
        "disk_free": disk_free(app.settings),
    }
    taken = [vitals.vital(name, found[name]) for name in vitals.LIMITS]
    _show(taken)
    return taken


def disk_free(settings: Settings) -> float:
    """Return the share of the disk that is free where our data lies."""
    usage = shutil.disk_usage(settings.data if settings.data.exists() else Path())
    return usage.free / usage.total


def _show(taken: list[Vital]) -> None:
    for one in taken:
        if one.value is not None:
            metrics.VITAL.labels(one.name).set(one.value)
    metrics.SEARCH_LAG.set(next(one.value or 0 for one in taken if one.name == "search_lag"))
    metrics.REPORT_LAG.set(next(one.value or 0 for one in taken if one.name == "report_lag"))
