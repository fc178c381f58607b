"""Running houses with a shop in them, and people at their doors."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shopbell.app import build
from shopbell.engine.settings import Settings
from tests.support import postgres
from tests.support.clock import WoundClock
from tests.support.guest import Guest, Hall, furnished, signed_up
from tests.support.house import House, Opens
from tests.support.interpreter import RunningInterpreter, running_interpreter


@pytest.fixture(scope="module")
def sqlite_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with furnished(tmp_path_factory.mktemp("hall"), "") as hall:
        yield hall


@pytest.fixture(scope="module")
def postgres_hall(
    postgres_server: postgres.Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Hall]:
    name = postgres_server.create()
    with furnished(tmp_path_factory.mktemp("hall"), postgres_server.url(name)) as hall:
        yield hall
    postgres_server.drop(name)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def hall(request: pytest.FixtureRequest) -> Hall:
    """Give a house that several tests share; each brings its own people."""
    found: Hall = request.getfixturevalue(f"{request.param}_hall")
    return found


@pytest.fixture
def own_hall(database: str, tmp_path: Path) -> Iterator[Hall]:
    """Give a house of the test's own, to be stopped and killed."""
    with furnished(tmp_path / "data", database) as hall:
        yield hall


@pytest.fixture
def anna(hall: Hall) -> Iterator[Guest]:
    with signed_up(hall.server, "anna") as guest:
        yield guest


@pytest.fixture
def desk(hall: Hall) -> Iterator[Guest]:
    """Give the shop's side, signed in by a key."""
    with Guest(hall.server, Authorization=f"Bearer {hall.desk_key}") as seller:
        yield seller


@pytest.fixture(scope="module")
def running() -> Iterator[RunningInterpreter]:
    with running_interpreter() as running:
        yield running


@pytest.fixture
def interpreter(running: RunningInterpreter) -> RunningInterpreter:
    running.is_now("well")
    return running


@pytest.fixture
def opens(database: str, clock: WoundClock, tmp_path: Path) -> Iterator[Opens]:
    """Open the house with other settings."""
    built = []

    def opened(**settings: Any) -> House:
        app = build(Settings(data=tmp_path / "data", database=database, **settings), clock=clock)
        built.append(app)
        return House(app, clock)

    yield opened
    for app in built:
        app.close()
