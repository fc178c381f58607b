"""A year of trade for the demo: whole, once however often it is ended, and like a real one."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import func, select

from shopbell.accounts.passwords import PasswordHash
from shopbell.analytics.model import What
from shopbell.app import App
from shopbell.app import build as wire
from shopbell.contact.model import Reach
from shopbell.conversations import tending
from shopbell.conversations.model import Stream
from shopbell.conversations.search import indexing
from shopbell.conversations.storage import after
from shopbell.demo.build import build
from shopbell.demo.history import writing
from shopbell.demo.history.telling import write_aloud
from shopbell.engine.database import Tx
from shopbell.engine.settings import Settings
from shopbell.engine.tables import metadata
from tests.conftest import DATABASES
from tests.support import postgres, recount

ORDERS, SEED, SMALL_PX, FAR = 40, 1, 32, 1 << 30
NOBODY_SIGNS_IN = PasswordHash("nobody signs in with this")


class Ended(Exception):
    """Somebody pressed Ctrl-C."""


class Year(NamedTuple):
    """A marketplace with a year of trade, and how many orders it had before."""

    app: App
    before: int


@pytest.fixture(scope="module", params=DATABASES)
def year(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Year]:
    """Write a small year once for each kind of database; it is ended twice and gone on with."""
    address = request.getfixturevalue(f"{request.param}_of_the_year")
    app = wire(Settings(data=tmp_path_factory.mktemp("year"), database=address))
    build(app, lambda _line: None, side_px=SMALL_PX)
    before = app.db.read_now(count, "orders")
    for enough in (13, 28):
        with pytest.raises(Ended):
            writing.write(app, ORDERS, SEED, NOBODY_SIGNS_IN, ends_after(enough))
    write(app)
    yield Year(app, before)
    app.close()


@pytest.fixture(scope="module")
def sqlite_of_the_year(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("year") / "shopbell.db"
    return f"sqlite:///{shutil.copy(migrated_file, file)}"


@pytest.fixture(scope="module")
def postgres_of_the_year(postgres_server: postgres.Server, migrated_template: str) -> Iterator[str]:
    name = postgres_server.create(template=migrated_template)
    yield postgres_server.url(name)
    postgres_server.drop(name)


def rows(tx: Tx, name: str) -> list[Any]:
    return list(tx.execute(select(metadata.tables[name])))


def count(tx: Tx, name: str) -> int:
    return int(tx.execute(select(func.count()).select_from(metadata.tables[name])).scalar_one())


def read(tx: Tx) -> dict[str, Any]:
    """Read what was written: for each thread its row, and its events by number."""
    return {
        row.id: (row, after(tx, Stream(row.id), 0, FAR, unveil=True))
        for row in rows(tx, "conversation")
    }


def ends_after(orders: int) -> Callable[[int], None]:
    def hear(done: int) -> None:
        if done >= orders:
            raise Ended

    return hear


def write(app: App) -> list[str]:
    told: list[str] = []
    write_aloud(app, ORDERS, SEED, told.append)
    return told


def test_a_year_is_written_once_however_often_it_is_ended(year: Year) -> None:
    orders = [row.number for row in year.app.db.read_now(rows, "orders")]
    assert len(orders) == year.before + ORDERS
    assert len(set(orders)) == len(orders)
    assert len(write(year.app)) == 1
    assert year.app.db.read_now(count, "orders") == year.before + ORDERS


def test_what_was_said_is_numbered_and_counted_as_it_is_read(year: Year) -> None:
    talks = year.app.db.read_now(read)
    said = [event.cmid for _row, events in talks.values() for event in events if event.cmid]
    assert len(said) == len(set(said))
    for row, events in talks.values():
        assert [event.seq for event in events] == list(range(1, row.head + 1))
        assert [event.at for event in events] == sorted(event.at for event in events)
        assert all(event.at <= year.app.db.clock() for event in events)


def test_lists_search_and_reports_have_all_of_it(year: Year) -> None:
    counted = Counter(row.what for row in year.app.db.read_now(rows, "report_point"))
    again = Counter(thing.what for thing in year.app.db.read_now(recount.everything))
    for what in (What.CONTACT, What.ROUND, What.SOLVED, What.RUNG, What.CASE):
        assert counted[what] == again[what]
    assert year.app.db.read_now(tending.unsorted, 1) == []
    assert len({row.kind for row in year.app.db.read_now(rows, "conversation")}) >= 3
    assert year.app.db.read_now(indexing.lag) == 0


def test_nobody_finds_a_year_of_letters_in_the_post(year: Year) -> None:
    assert not [row for row in year.app.db.read_now(rows, "outbox") if row.kind == Reach.__name__]
