"""How each kind of database is copied whole, and put back."""

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import URL, make_url

from shopbell.engine.connect import connect
from shopbell.kernel.refusals import Unavailable

SQLITE_COPY, POSTGRES_COPY = "shopbell.db", "shopbell.dump"


class ToolMissing(Unavailable):
    """PostgreSQL's own ``pg_dump`` and ``pg_restore`` are needed, and are not on the path."""


class ToolFailed(Unavailable):
    """PostgreSQL's own tool ended with trouble."""


def copy_out(url: str, folder: Path) -> None:
    """Write the database as of one moment into ``folder``; nobody has to wait for it."""
    if _is_file(url):
        _copy_file(_file(url), folder / SQLITE_COPY)
    else:
        _run(url, "pg_dump", "--format=custom", f"--file={folder / POSTGRES_COPY}")


def in_use(url: str) -> bool:
    """Tell whether another process has the database open."""
    if not _is_file(url):
        return _has_guests(url)
    if not _file(url).exists():
        return False
    with closing(sqlite3.connect(_file(url), timeout=0.2)) as alone:
        try:  # only somebody alone may leave write-ahead mode
            alone.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError:
            return True
        except sqlite3.DatabaseError:  # broken, which is why it is to be replaced
            return False
    return False


def holds_data(url: str) -> bool:
    """Tell whether something is there that putting a backup back would replace."""
    if _is_file(url):
        return _file(url).exists()
    engine = connect(url)
    try:
        return bool(inspect(engine).get_table_names())
    finally:
        engine.dispose()


@contextmanager
def coming_in(url: str, folder: Path) -> Iterator[str]:
    """Yield the address of the database being put back; when the block ends, it takes its place."""
    if not _is_file(url):
        options = (
            "--clean",
            "--if-exists",
            "--no-owner",
            "--single-transaction",
            "--exit-on-error",
        )
        _run(url, "pg_restore", *options, f"--dbname={_plain(url)}", str(folder / POSTGRES_COPY))
        yield url
        return
    place = _file(url)
    draft = place.with_name(f"{place.name}.partial")
    shutil.copyfile(folder / SQLITE_COPY, draft)
    yield f"sqlite:///{draft}"
    with closing(sqlite3.connect(draft)) as last:
        last.execute("PRAGMA journal_mode=DELETE")
    if place.exists():
        place.rename(place.with_name(f"{place.name}.before-{time.strftime('%Y%m%d-%H%M%S')}"))
    draft.rename(place)


def _copy_file(source: Path, to: Path) -> None:
    """Use SQLite's online copy, in one step: readers and writers go on meanwhile."""
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(to)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    opened = os.open(to, os.O_RDONLY)
    os.fsync(opened)
    os.close(opened)


def _has_guests(url: str) -> bool:
    engine = connect(url)
    asked = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name = 'shopbell' AND pid <> pg_backend_pid()"
    )
    try:
        with engine.connect() as connection:
            return bool(connection.execute(asked).scalar_one())
    finally:
        engine.dispose()


def _run(url: str, tool: str, *options: str) -> None:
    """Run a tool of PostgreSQL's; the password goes by the environment, where nobody sees it."""
    program = shutil.which(tool)
    if program is None:
        raise ToolMissing(tool=tool, retry_after=0)
    where = [] if tool == "pg_restore" else [f"--dbname={_plain(url)}"]
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own, with our own options
        [program, *options, *where],
        env={**os.environ, "PGPASSWORD": make_url(url).password or ""},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        trouble = done.stderr.strip().splitlines() or [str(done.returncode)]
        raise ToolFailed(tool=tool, trouble=trouble[-1], retry_after=0)


def _plain(url: str) -> str:
    whole: URL = make_url(url).set(drivername="postgresql", password=None)
    return whole.render_as_string()


def _is_file(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"


def _file(url: str) -> Path:
    return Path(make_url(url).database or "")
