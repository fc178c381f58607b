"""What every test may ask for: a database, an installation, people, a running server.

A test that takes ``database`` (or anything built on it) runs twice, on SQLite and on PostgreSQL.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopbell.app import build
from shopbell.engine.connect import connect
from shopbell.engine.database import Database
from shopbell.engine.migrations import upgrade
from shopbell.engine.settings import Settings
from shopbell.kernel.ids import is_id
from shopbell.knowledge import service as knowledge
from tests.support import compiled, postgres
from tests.support.clock import WoundClock
from tests.support.house import House
from tests.support.server import RunningServer

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
"""The program is started some hundred times: each time without compiling it anew."""

compiled.share()

DATABASES = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a case after its argument when its value is an id: ids differ between processes."""
    return argname if isinstance(val, str) and is_id(val) else None


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    """Give the address of an empty, migrated database of the test's own."""
    url: str = request.getfixturevalue(f"{request.param}_database")
    return url


@pytest.fixture
def sqlite_database(migrated_file: Path, tmp_path: Path) -> str:
    """Copy the migrated file: migrating anew would take most of a test's time."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'shopbell.db')}"


@pytest.fixture
def postgres_database(postgres_server: postgres.Server, migrated_template: str) -> Iterator[str]:
    """Copy the migrated template database, and drop the copy afterwards."""
    name = postgres_server.create(template=migrated_template)
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an empty database, or take the one that `scripts/mutants` made for all its runs."""
    if made := os.environ.get("SHOPBELL_TEST_MIGRATED"):
        return Path(made)
    file = tmp_path_factory.mktemp("migrated") / "shopbell.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    with postgres.server() as found:
        yield found


@pytest.fixture(scope="session")
def migrated_template(postgres_server: postgres.Server) -> Iterator[str]:
    name = postgres_server.create()
    migrate(postgres_server.url(name))
    yield name
    postgres_server.drop(name)


@pytest.fixture
def clock() -> WoundClock:
    """Give a clock that stands still until it is wound."""
    return WoundClock()


@pytest.fixture
def house(database: str, clock: WoundClock, tmp_path: Path) -> Iterator[House]:
    """Build an installation with an empty database and a clock we wind."""
    app = build(Settings(data=tmp_path / "data", database=database), clock=clock)
    yield House(app, clock)
    app.close()


@pytest.fixture
def db(house: House) -> Database:
    """Give the installation's database: it has every room's tables and reactions."""
    return house.db


@pytest.fixture
def server(database: str, tmp_path: Path) -> Iterator[RunningServer]:
    """Run the real program on a free port, over a folder and a database of its own."""
    with RunningServer(tmp_path / "data", database) as running:
        yield running


def migrate(url: str) -> None:
    """Bring a database up to date, as `shopbell migrate` does."""
    engine = connect(url)
    upgrade(engine)
    engine.dispose()
    db = Database(url)
    db.write_now(knowledge.furnish)
    db.close()
