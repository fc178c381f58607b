"""The server, or the database under it, is killed at random moments while people talk."""

import random
import statistics
import time
from bisect import bisect
from itertools import pairwise
from pathlib import Path

import pytest

from tests.proof.conftest import Effort, Note
from tests.proof.crowd import MANY, UNBOUNDED, crowd, verdict
from tests.support import postgres
from tests.support.guest import furnished
from tests.support.load import Load


def test_nothing_is_lost_when_the_server_is_killed_on_sqlite(
    tmp_path: Path, effort: Effort, note: Note
) -> None:
    kill_under_load(tmp_path / "data", "", effort(3, 200), note)


@pytest.mark.postgres
def test_nothing_is_lost_when_the_server_is_killed_on_postgresql(
    tmp_path: Path,
    postgres_server: postgres.Server,
    effort: Effort,
    note: Note,
) -> None:
    name = postgres_server.create()
    kill_under_load(tmp_path / "data", postgres_server.url(name), effort(2, 50), note)
    postgres_server.drop(name)


def kill_under_load(data: Path, database: str, kills: int, note: Note) -> None:
    chance = random.Random(kills)
    with (
        furnished(data, database, **UNBOUNDED) as hall,
        crowd(hall, seed=kills, buyers=MANY) as load,
    ):
        killed: list[float] = []
        with load.goes_on():
            for _kill in range(kills):
                time.sleep(chance.uniform(0.2, 2.2))
                hall.server.kill()
                killed.append(time.monotonic())
                hall.server.start()
            time.sleep(0.5)
        found = verdict(load, hall, data, database)
    note_figures(load, killed, note)
    assert found == {}


@pytest.mark.postgres
def test_nothing_is_lost_when_postgresql_itself_stops_at_once(
    tmp_path: Path, effort: Effort, note: Note
) -> None:
    """Its own immediate stop, on a server that keeps what it acknowledges; ours keeps running."""
    stops, chance = effort(1, 20), random.Random(20)
    with postgres.private(durable=True) as own:
        database = own.url(own.create())
        with (
            furnished(tmp_path / "data", database, **UNBOUNDED) as hall,
            crowd(hall, seed=stops) as load,
        ):
            stopped: list[float] = []
            with load.goes_on():
                for _stop in range(stops):
                    time.sleep(chance.uniform(0.3, 1.0))
                    own.stop_at_once()
                    stopped.append(time.monotonic())
                    own.start()
                time.sleep(0.5)
            found = verdict(load, hall, tmp_path / "data", database)
    note_figures(load, stopped, note)
    assert found == {}


def note_figures(load: Load, hurt: list[float], note: Note) -> None:
    """Write down how much was said, and how long nothing was acknowledged after each blow."""
    answered = load.acknowledged()
    silent = [silence(answered, *between) for between in pairwise([*hurt, answered[-1]])]
    note(
        blows=len(hurt),
        acknowledged=len(answered),
        silent_median_s=round(statistics.median(silent), 2),
        silent_longest_s=round(max(silent), 2),
    )
    assert answered[-1] > hurt[-1]


def silence(answered: list[float], began: float, ended: float) -> float:
    """Return the longest silence after a blow; an answer on its way then may still arrive."""
    heard = answered[bisect(answered, began) : bisect(answered, ended)]
    return max(later - earlier for earlier, later in pairwise([began, *heard, ended]))
