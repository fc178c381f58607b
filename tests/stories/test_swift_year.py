"""A year is written swiftly, and as it would be written otherwise: word for word."""

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Table, select

from shopbell.accounts import service as accounts
from shopbell.accounts.passwords import PasswordHash
from shopbell.app import App
from shopbell.app import build as wire
from shopbell.demo.build import build
from shopbell.demo.history import writing
from shopbell.demo.history.swift import STILL, Known, Swift
from shopbell.engine.database import Tx
from shopbell.engine.settings import Settings
from shopbell.engine.tables import Ident, metadata
from tests.conftest import DATABASES
from tests.support import postgres

ORDERS, SEED, SMALL_PX = 40, 3, 16
NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
NOBODY_SIGNS_IN = PasswordHash("nobody signs in with this")
ID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}|/rate/[\w-]+")
"""Ids and secret links, which nobody draws from a seed."""
CHANCE = {"hash", "payload_hash", "password", "search", "sku", "value"}
"""Columns of what is drawn from no seed: hashes over ids, salts, numbers of products, marks."""

Opens = Callable[[str], App]


@pytest.fixture(params=DATABASES)
def opens(request: pytest.FixtureRequest, tmp_path: Path, migrated_file: Path) -> Iterator[Opens]:
    """Open empty marketplaces by name, all at the same moment."""
    opened: list[App] = []
    server: postgres.Server | None = None
    template = ""
    if request.param != "sqlite":
        server = request.getfixturevalue("postgres_server")
        template = request.getfixturevalue("migrated_template")
    names: list[str] = []

    def open_one(name: str) -> App:
        folder = tmp_path / name
        folder.mkdir()
        if server is None:
            address = f"sqlite:///{shutil.copy(migrated_file, folder / 'shopbell.db')}"
        else:
            names.append(server.create(template=template))
            address = server.url(names[-1])
        opened.append(wire(Settings(data=folder, database=address), clock=lambda: NOW))
        return opened[-1]

    yield open_one
    for app in opened:
        app.close()
    for name in names:
        assert server is not None
        server.drop(name)


def written(app: App) -> dict[str, Counter[str]]:
    """Write a year and return all rows of all tables, without ids."""
    build(app, lambda _line: None, side_px=SMALL_PX)
    writing.write(app, ORDERS, SEED, NOBODY_SIGNS_IN, lambda _done: None)
    return app.db.read_now(lambda tx: {t.name: _rows(tx, t) for t in metadata.sorted_tables})


def _rows(tx: Tx, table: Table) -> Counter[str]:
    told = [c for c in table.c if not isinstance(c.type, Ident) and c.name not in CHANCE]
    found = tx.execute(select(*told)) if told else ()
    return Counter(ID.sub("*", repr(tuple(row))) for row in found)


def test_a_swift_year_is_the_same_year(opens: Opens, monkeypatch: pytest.MonkeyPatch) -> None:
    swift = written(opens("swift"))
    monkeypatch.setattr(Swift, "of", lambda tx, _known: tx)
    plain = written(opens("plain"))
    assert sum(swift["event"].values()) > 3 * ORDERS
    assert {name for name in swift if swift[name] != plain[name]} == set()


def test_what_somebody_changes_is_read_anew(opens: Opens) -> None:
    app = opens("one")
    people = metadata.tables["person"]
    asks = select(people.c.name)
    assert people.name in STILL

    def see(tx: Tx) -> list[list[str]]:
        swift = Swift.of(tx, Known())
        before = [list(swift.execute(asks).scalars()) for _time in range(3)]
        accounts.known_buyer(swift, "yun@example.com", "Yun")
        then = list(swift.execute(asks).scalars())
        swift.run('UPDATE "person" SET name = upper(name)')
        return [*before, then, list(swift.execute(asks).scalars())]

    assert app.db.write_now(see)[-3:] == [[], ["Yun"], ["YUN"]]
