"""What the doctor looks at inside: numbers, files, work left behind, and the last backup.

It reads with plain statements of its own, so that it also sees what the rooms would not expect.
"""

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, TextClause
from sqlalchemy import text as sql

from shopbell.engine.connect import is_embedded
from shopbell.engine.settings import Settings
from shopbell.engine.vitals import BACKUP_DAYS, DAY, LATE_SECONDS

if TYPE_CHECKING:
    from shopbell.cli.exam import Exam

FILES_READ = 500
"""How many of the newest attachments are compared with their hashes."""

_HOLES = sql(
    "SELECT count(*) FROM (SELECT 1 FROM event GROUP BY conversation, audience "
    "HAVING min(seq) <> 1 OR max(seq) <> count(*)) AS holes"
)
_HEADS = sql(
    "SELECT count(*) FROM conversation AS c WHERE c.head <> (SELECT coalesce(max(seq), 0) "
    "FROM event AS e WHERE e.conversation = c.id AND e.audience = 'p')"
)
_FILES = sql(
    "SELECT sha256, at FROM attachment UNION "
    "SELECT raw, arrived_at FROM mail_arrived ORDER BY 2 DESC"
)
_DEAD = sql("SELECT count(*) FROM outbox WHERE state = 'dead'")
_LATE = sql(
    "SELECT (SELECT count(*) FROM outbox WHERE state = 'ready' AND not_before < :before) + "
    "(SELECT count(*) FROM deadline WHERE state = 'armed' AND due_at < :before)"
)
_BACKUP = sql("SELECT value FROM marker WHERE name = 'backup'")
_OLDEST = sql("SELECT min(at) FROM event")
_DEMO = sql("SELECT count(*) FROM person WHERE demo")


def look_at_contents(exam: "Exam", settings: Settings, connection: Connection) -> None:
    """Check what is kept, once the tables are as they should be."""
    for check in (_numbers, _strays, _files, _work, _backup, _demo):
        check(exam, settings, connection)


def _numbers(exam: "Exam", _settings: Settings, connection: Connection) -> None:
    broken = _count(connection, _HOLES) + _count(connection, _HEADS)
    exam.weigh("numbers", broken, broken=True)


def _strays(exam: "Exam", _settings: Settings, connection: Connection) -> None:
    """SQLite checks references only while they are written, and only where it is told to."""
    if is_embedded(connection.engine):
        exam.weigh(
            "strays", len(connection.execute(sql("PRAGMA foreign_key_check")).all()), broken=True
        )


def _files(exam: "Exam", settings: Settings, connection: Connection) -> None:
    folder = settings.data / "blobs"
    if folder.exists() and not folder.is_dir():
        exam.broken("files", "files_closed", folder=str(folder))
        return
    named = list(dict.fromkeys(str(row[0]) for row in connection.execute(_FILES)))
    places = [folder / name[:2] / name[2:4] / name for name in named]
    missing = sum(not place.is_file() for place in places)
    if missing:
        exam.broken("files", "files_missing", n=missing)
        return
    exam.weigh("files", sum(1 for _file in _spoiled(places[:FILES_READ])), broken=True)


def _spoiled(places: list[Path]) -> Iterator[Path]:
    for place in places:
        with place.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != place.name:
                yield place


def _work(exam: "Exam", _settings: Settings, connection: Connection) -> None:
    exam.weigh("jobs", _count(connection, _DEAD))
    before = round((time.time() - LATE_SECONDS) * 1_000_000)
    exam.weigh("work", int(connection.execute(_LATE, {"before": before}).scalar_one()))


def _backup(exam: "Exam", _settings: Settings, connection: Connection) -> None:
    """Ask for a backup once there is a week to lose; the demo marketplace is made up."""
    made = connection.execute(_BACKUP).scalar_one_or_none()
    real = _count(connection, _DEMO) == 0
    oldest = connection.execute(_OLDEST).scalar_one_or_none() if real else None
    since = float(made) if made is not None else (oldest or time.time() * 1e6) / 1e6
    days = int((time.time() - since) / DAY)
    exam.weigh("backup", days if days >= BACKUP_DAYS else 0)


def _demo(exam: "Exam", settings: Settings, connection: Connection) -> None:
    if settings.reachable_by_others and not settings.demo_beyond_loopback:
        exam.weigh("demo", _count(connection, _DEMO), broken=True)


def _count(connection: Connection, statement: TextClause) -> int:
    return int(connection.execute(statement).scalar_one())
