"""How well each part of the house is: one table of limits for the page, the figures, the doctor.

A figure beyond its first limit wants a look today, beyond the second one now. The limits are
those the promises stand on: a deadline is late after ten minutes as the ladder then skips a step,
a disk below a twentieth refuses uploads, and a week without a backup is a week to lose.
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import text

from shopbell.engine import deadlines, outbox
from shopbell.engine.epoch import backed_up_at
from shopbell.engine.tables import Session

LATE_SECONDS = 600
BACKUP_DAYS = 7
DAY = 86_400
DISK_WARN, DISK_STOP = 0.10, 0.05
"""The share of the disk that should be free, and must be."""


class Light(StrEnum):
    """How urgent a figure is."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class Vital(Struct, frozen=True):
    """One figure of the house, in seconds, bytes, a share or a number of things.

    ``value`` is empty where it never happened.
    """

    name: str
    unit: str
    value: float | None
    light: Light


class Limits(Struct, frozen=True):
    """From where on a figure is amber and red; ``falls``: it is the worse the lower it is."""

    unit: str
    amber: float | None = None
    red: float | None = None
    falls: bool = False

    def light(self, value: float | None) -> Light:
        """Return how urgent a figure is."""
        if value is None or self.amber is None:
            return Light.GREEN
        sign = -1 if self.falls else 1
        if self.red is not None and sign * value >= sign * self.red:
            return Light.RED
        return Light.AMBER if sign * value >= sign * self.amber else Light.GREEN


LIMITS: Mapping[str, Limits] = {
    "jobs_due": Limits("count"),
    "jobs_waited": Limits("seconds", 60, LATE_SECONDS),
    "jobs_dead": Limits("count", 1, 20),
    "deadlines_late": Limits("count"),
    "deadlines_waited": Limits("seconds", 10, LATE_SECONDS),
    "search_lag": Limits("seconds", 10, LATE_SECONDS),
    "report_lag": Limits("seconds", 60, LATE_SECONDS),
    "mail_waiting": Limits("count"),
    "mail_failed": Limits("count", 1),
    "mail_held": Limits("count", 1),
    "sockets": Limits("count"),
    "broker_down": Limits("count", 1),
    "database_bytes": Limits("bytes"),
    "files_bytes": Limits("bytes"),
    "disk_free": Limits("share", DISK_WARN, DISK_STOP, falls=True),
    "backup_age": Limits("seconds", BACKUP_DAYS * DAY, 4 * BACKUP_DAYS * DAY),
}


def vital(name: str, value: float | None) -> Vital:
    """Weigh one figure by its limits."""
    limits = LIMITS[name]
    return Vital(name, limits.unit, value, limits.light(value))


def worst(vitals: list[Vital]) -> Light:
    """Return the most urgent of all lights."""
    lights = {one.light for one in vitals}
    return next((light for light in (Light.RED, Light.AMBER) if light in lights), Light.GREEN)


def of_engine(tx: Session) -> dict[str, float | None]:
    """Measure what the machinery itself has waiting and keeps."""
    work, (late, since) = outbox.backlog(tx), deadlines.late(tx)
    made = backed_up_at(tx)
    return {
        "jobs_due": work.due,
        "jobs_waited": (tx.now - work.oldest).total_seconds() if work.oldest else 0.0,
        "jobs_dead": work.dead,
        "deadlines_late": late,
        "deadlines_waited": (tx.now - since).total_seconds() if since else 0.0,
        "database_bytes": _database_bytes(tx),
        "backup_age": None if made is None else tx.now.timestamp() - made,
    }


_SIZE_EMBEDDED = text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
_SIZE = text("SELECT pg_database_size(current_database())")


def _database_bytes(tx: Session) -> float:
    return float(tx.execute(_SIZE_EMBEDDED if tx.embedded else _SIZE).scalar_one())
