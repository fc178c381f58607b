"""Faults are planted in a good installation, one at a time, and the doctor names each."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from shopbell.app import build
from shopbell.cli import exam
from shopbell.cli.exam import Weight, examine
from shopbell.conversations import service as conversations
from shopbell.conversations.model import Stream
from shopbell.engine.settings import Settings
from tests.proof.conftest import Note
from tests.proof.test_faults import fill, small_disk
from tests.support import postgres
from tests.support.clock import WoundClock
from tests.support.house import House

__all__ = ["small_disk"]
FILE = "shopbell.db"


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """Make an installation in which people have talked, with a file and work left behind."""
    furnish(tmp_path / "data", "")
    return tmp_path / "data"


def furnish(data: Path, database: str) -> None:
    app = build(Settings(data=data, database=database))
    house = House(app, WoundClock(datetime.now(UTC)))
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, halo.sells("lamp"), "How heavy is it?")
    blob = app.blobs.keep(b"how it looks")
    file = app.db.write_now(conversations.attach, anna.actor, talk, blob, "a.txt")
    anna.adds(Stream(talk), "message", text="Look", attachments=[file.id])
    app.close()


def findings(data: Path, **settings: str) -> dict[str, Weight]:
    """Return what the doctor did not find well."""
    environ = {"SHOPBELL_DATA": str(data)}
    environ |= {f"SHOPBELL_{name.upper()}": value for name, value in settings.items()}
    return {f.check: f.weight for f in examine(environ, "en") if f.weight}


def test_a_good_installation_has_no_findings(good: Path) -> None:
    assert findings(good) == {}


@pytest.mark.postgres
def test_a_good_installation_on_postgresql_has_none_and_a_careless_server_is_named(
    tmp_path: Path,
) -> None:
    with postgres.private(durable=True) as own:
        database = own.url(own.create())
        furnish(tmp_path / "data", database)
        assert findings(tmp_path / "data", database=database) == {}
        with psycopg.connect(database.replace("+psycopg", ""), autocommit=True) as operator:
            operator.execute("ALTER SYSTEM SET fsync = off")
            operator.execute("SELECT pg_reload_conf()")
        assert findings(tmp_path / "data", database=database)["durability"] is Weight.BROKEN
    assert findings(tmp_path / "data", database=database) == {"database": Weight.BROKEN}


# ── faults that are planted in the data ─────────────────────────────────────────────────────


def sql(statement: str, *values: object) -> Callable[[Path], None]:
    def plant(data: Path) -> None:
        with closing(sqlite3.connect(data / FILE)) as db, db:
            assert db.execute(statement, values).rowcount != 0

    return plant


def flip_pages(data: Path) -> None:
    with closing(sqlite3.connect(data / FILE)) as db:
        db.execute("PRAGMA journal_mode=DELETE")
        root = db.execute("SELECT rootpage FROM sqlite_master WHERE name='event'").fetchone()[0]
    with (data / FILE).open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(os.urandom(200))


def write_rubbish(data: Path) -> None:
    for file in data.glob(f"{FILE}*"):
        file.unlink()
    (data / FILE).write_bytes(b"This is not a database at all. " * 400)


def forget_all_tables(data: Path) -> None:
    for file in data.glob(f"{FILE}*"):
        file.unlink()


def blob_of(data: Path) -> Path:
    return next(file for file in (data / "blobs").rglob("*") if file.is_file())


def spoil_a_file(data: Path) -> None:
    blob_of(data).write_bytes(b"something else")


def shut_the_files(data: Path) -> None:
    (data / "blobs").rename(data / "blobs-away")
    (data / "blobs").write_text("not a folder")


LONG_AGO = round((datetime.now(UTC) - timedelta(days=30)).timestamp() * 1e6)
JOB = (
    "INSERT INTO outbox (id, kind, body, not_before, state, attempt) "
    "VALUES (randomblob(16), 'Greet', '{}', ?, ?, 8)"
)
PLANTED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a damaged page": (flip_pages, "integrity"),
    "no database at all": (write_rubbish, "database"),
    "tables never made": (forget_all_tables, "tables"),
    "tables of a newer version": (sql("UPDATE alembic_version SET version_num='9999'"), "tables"),
    "a hole in the numbers": (sql("DELETE FROM event WHERE seq = 2"), "numbers"),
    "a wrong head": (sql("UPDATE conversation SET head = head + 1"), "numbers"),
    "a row without its conversation": (sql("DELETE FROM conversation"), "strays"),
    "a missing file": (lambda data: blob_of(data).unlink(), "files"),
    "a spoiled file": (spoil_a_file, "files"),
    "no folder for files": (shut_the_files, "files"),
    "a job given up": (sql(JOB, 0, "dead"), "jobs"),
    "a job nobody does": (sql(JOB, LONG_AGO, "ready"), "work"),
    "a deadline nobody keeps": (sql("UPDATE deadline SET due_at = ?", LONG_AGO), "work"),
    "no backup for a month": (sql("UPDATE event SET at = ?", LONG_AGO), "backup"),
    "an old backup": (
        sql("INSERT INTO marker VALUES ('backup', ?)", str(LONG_AGO / 1e6)),
        "backup",
    ),
    "a folder open to anybody": (lambda data: data.chmod(0o777), "owner"),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_what_is_wrong_with_the_data_is_named(good: Path, fault: str) -> None:
    plant, check = PLANTED[fault]
    plant(good)
    assert check in findings(good)


# ── faults in the settings, and around ──────────────────────────────────────────────────────

OPEN = {"listen": "0.0.0.0:8000"}
SETTINGS: dict[str, tuple[dict[str, str], str]] = {
    "an unknown setting": ({"colour": "red"}, "settings"),
    "a value that cannot be read": ({"worker": "perhaps"}, "settings"),
    "an origin without a scheme": ({"origins": "shop.example"}, "addresses"),
    "an origin with a path": ({"origins": "https://shop.example/help"}, "addresses"),
    "people come without TLS": (OPEN | {"public_url": "http://shop.example"}, "addresses"),
    "a database that is away": (
        {"database": "postgresql+psycopg://nobody@127.0.0.1:1/none"},
        "database",
    ),
}


@pytest.mark.parametrize("fault", SETTINGS)
def test_what_is_wrong_with_the_settings_is_named(good: Path, fault: str) -> None:
    settings, check = SETTINGS[fault]
    assert check in findings(good, **settings)


def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    assert findings(tmp_path / "data") == {"folder": Weight.BROKEN}


def test_demo_accounts_that_others_can_reach_are_named(good: Path) -> None:
    sql("UPDATE person SET demo = 1")(good)
    assert "demo" in findings(good, **OPEN, public_url="https://shop.example")
    assert "demo" not in findings(good)


def test_a_database_that_another_program_holds_is_named(good: Path) -> None:
    with held(good):
        assert findings(good)["write_speed"] is Weight.BROKEN


@contextmanager
def held(data: Path) -> Iterator[None]:
    with closing(sqlite3.connect(data / FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_a_full_disk_is_named(small_disk: Path) -> None:
    furnish(small_disk / "data", "")
    fill(small_disk)
    found = findings(small_disk / "data")
    assert found["disk"] is Weight.BROKEN
    assert Weight.BROKEN in {found.get("database"), found.get("write_speed")}


def test_a_clock_in_the_past_is_named(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exam, "NOT_BEFORE", datetime.now(UTC) + timedelta(days=1))
    assert findings(good)["clock"] is Weight.BROKEN


def test_the_faults_are_counted(note: Note) -> None:
    others = 7  # durability, folder, demo, held, disk, clock, a server that is away
    note(faults=len(PLANTED) + len(SETTINGS) + others)
    assert len(PLANTED) + len(SETTINGS) + others >= 25
