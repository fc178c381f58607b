"""Very many deadlines in one second, two workers, and one of them is killed among them."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from shopbell.app import build
from shopbell.engine.database import Database, Tx
from shopbell.engine.settings import Settings
from shopbell.kernel.ids import new_id
from tests.proof.conftest import Effort, Note
from tests.proof.ringing import BELL, rung
from tests.support import postgres

MOST_LATE = 10.0
AT_ONCE = 5_000


def test_each_deadline_fires_once_though_a_worker_is_killed_on_sqlite(
    tmp_path: Path, effort: Effort, note: Note
) -> None:
    kill_among_deadlines(tmp_path / "data", "", effort(3_000, 100_000), note)


@pytest.mark.postgres
def test_each_deadline_fires_once_though_a_worker_is_killed_on_postgresql(
    tmp_path: Path, postgres_server: postgres.Server, effort: Effort, note: Note
) -> None:
    name = postgres_server.create()
    url = postgres_server.url(name)
    kill_among_deadlines(tmp_path / "data", url, effort(3_000, 100_000), note)
    postgres_server.drop(name)


def kill_among_deadlines(data: Path, database: str, armed: int, note: Note) -> None:
    due = armed // 10
    app = build(Settings(data=data, database=database))
    db = app.db
    rung.create(db.engine)
    with worker(data, database) as first, worker(data, database):
        moment = arm(db, armed, due)
        while fired(db) < due // 4:
            time.sleep(0.01)
        first.kill()
        until = time.monotonic() + 6 * MOST_LATE
        while fired(db) < due and time.monotonic() < until:
            time.sleep(0.05)
    rings = db.read_now(lambda tx: tx.execute(select(rung.c.entity, rung.c.at)).all())
    late = max((at - moment).total_seconds() for _entity, at in rings)
    note(armed=armed, due=due, last_late_s=round(late, 2))
    app.close()
    assert Counter(entity for entity, _at in rings).most_common(1)[0][1] == 1
    assert len(rings) == due
    assert late <= MOST_LATE


def arm(db: Database, armed: int, due: int) -> datetime:
    """Arm the later ones first, then those that are due in one and the same moment."""
    later = db.clock() + timedelta(days=3)
    for begin in range(due, armed, AT_ONCE):
        db.write_now(_arm, min(AT_ONCE, armed - begin), later)
    moment = db.clock() + timedelta(seconds=3 + due / 5_000)
    for begin in range(0, due, AT_ONCE):
        db.write_now(_arm, min(AT_ONCE, due - begin), moment)
    assert db.clock() < moment
    return moment


def _arm(tx: Tx, count: int, at: datetime) -> None:
    for _one in range(count):
        tx.arm(BELL, new_id(), at)


def fired(db: Database) -> int:
    """Count what has fired until now."""
    return db.read_now(lambda tx: tx.execute(select(func.count()).select_from(rung)).scalar_one())


@contextmanager
def worker(data: Path, database: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker of its own until the end, if it is not killed before."""
    command = [sys.executable, "-m", "tests.proof.ringing", str(data), database]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            yield process
        finally:
            process.kill()
