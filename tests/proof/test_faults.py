"""The line between people and the house misbehaves, the disk fills up, the clock jumps."""

import errno
import os
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from shopbell.conversations.model import ConversationId
from shopbell.kernel.ids import new_id
from tests.proof.conftest import Effort, Note
from tests.proof.crowd import UNBOUNDED, crowd, verdict
from tests.support.faults import Line
from tests.support.guest import Guest, Hall, furnished, signed_up
from tests.support.house import House, Person
from tests.support.ports import free_port

FAULTS: dict[str, Callable[[Line, random.Random], None]] = {
    "slow": lambda line, chance: setattr(line, "delay", chance.uniform(0.01, 0.2)),
    "deaf": lambda line, _chance: setattr(line, "deaf", True),
    "reset": lambda line, _chance: line.resets(),
    "half open": lambda line, _chance: line.forgets_people(),
    "cut": lambda line, chance: setattr(line, "cut_after", chance.randint(0, 20_000)),
    "refused": lambda line, _chance: line.turns_away(),
}


def test_a_bad_line_loses_doubles_and_hides_nothing(
    database: str, tmp_path: Path, effort: Effort, note: Note
) -> None:
    chance, data = random.Random(6), tmp_path / "data"
    faults = list(FAULTS) * effort(1, 10)
    chance.shuffle(faults)
    line = Line(target=0, port=free_port())
    with furnished(data, database, origins=line.url, **UNBOUNDED) as hall, line.open():
        line.target = hall.server.port
        with crowd(hall, door=line.url, seed=6, silence=2.0, patience=1.0) as load:
            with load.goes_on():
                for fault in faults:
                    time.sleep(chance.uniform(0.2, 0.4))
                    FAULTS[fault](line, chance)
                    time.sleep(chance.uniform(0.1, 0.8))
                    line.heals()
                time.sleep(0.5)
            found = verdict(load, hall, data, database)
    tried = len(load.history.attempts)
    note(faults=len(faults), tried=tried, acknowledged=len(load.acknowledged()))
    assert found == {}


# ── the disk ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a file system of 12 MiB; only root may mount one."""
    if os.geteuid() != 0:
        pytest.fail("a disk that fills up needs root: run the tests as root, as CI does")
    place = tmp_path / "disk"
    place.mkdir()
    size = ["-t", "tmpfs", "-o", "size=12m", "tmpfs"]
    subprocess.run(["mount", *size, str(place)], check=True)  # noqa: S607
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)  # noqa: S607


@pytest.fixture
def cramped(small_disk: Path) -> Iterator[Hall]:
    with furnished(small_disk / "data", "", **UNBOUNDED) as hall:
        yield hall


def test_a_full_disk_takes_nothing_keeps_everything_and_recovers_by_itself(
    cramped: Hall, small_disk: Path
) -> None:
    with signed_up(cramped.server, "anna") as anna:
        stream = anna.begins("halo")
        kept = [says(anna, stream, f"before {n}").json()["seq"] for n in range(5)]
        ballast = fill(small_disk)
        refused = until_refused(anna, stream)

        assert (refused.status_code, refused.json()["code"]) == (503, "storage_full")
        assert int(refused.headers["retry-after"]) > 0
        assert len(events(anna, stream)) == 1 + len(kept) + refused.extensions["stored"]
        file = anna.http.post(
            f"/api/v1/conversations/{stream[2:-2]}/attachments?name=a.txt",
            content="words " * 50_000,
        )
        assert (file.status_code, file.json()["code"]) == (503, "storage_full")
        assert anna.http.get("/readyz").status_code == 503
        assert anna.http.get("/healthz").status_code == 200

        ballast.unlink()
        assert says(anna, stream, "after").status_code == 201
        numbers = [event["seq"] for event in events(anna, stream)]
        assert numbers == list(range(1, len(numbers) + 1))


def fill(disk: Path) -> Path:
    """Leave no room at all."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError as full:
                assert full.errno == errno.ENOSPC  # noqa: PT017 - what is wanted here
    return ballast


def until_refused(guest: Guest, stream: str) -> httpx.Response:
    """Go on talking: the log of the database has some room of its own left."""
    for stored in range(2_000):
        answer = says(guest, stream, "more " * 1_000)
        if answer.status_code != 201:
            answer.extensions["stored"] = stored
            return answer
    raise AssertionError("the disk never filled up")


def says(guest: Guest, stream: str, text: str) -> httpx.Response:
    sent = {"cmid": new_id(), "type": "message", "data": {"text": text}}
    return guest.http.post(f"/api/v1/streams/{stream}/events", json=sent)


def events(guest: Guest, stream: str) -> list[dict[str, int]]:
    found: list[dict[str, int]] = []
    while True:
        after = found[-1]["seq"] if found else 0
        page = guest.http.get(f"/api/v1/streams/{stream}/events", params={"after": after}).json()
        found += page["events"]
        if not page["events"]:
            return found


# ── the clock ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("jump", [{"hours": -1}, {"days": -2}, {"hours": 1}, {"days": 2}])
def test_a_clock_that_jumps_turns_no_order_round_and_repeats_nothing(
    house: House, jump: dict[str, float]
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Before")
    cmid = new_id()
    first = anna.says(talk, "In between", cmid)
    house.passes(**jump)
    again = anna.says(talk, "In between", cmid)
    halo.mei.answers(talk, "After")
    house.passes(minutes=1)
    anna.says(talk, "Thanks")

    events = anna.events(talk)
    assert (again.seq, again.id, again.replayed) == (first.seq, first.id, True)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert [event.at for event in events] == sorted(event.at for event in events)


def test_a_clock_that_is_put_back_makes_no_promise_fall_due_early_or_twice(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    asked = [anna.asks(halo, None, "Before"), house.buyer("boris").asks(halo, None, "Before")]
    halo.mei.answers(asked[1], "Here")
    house.passes(hours=1)
    assert _overdue(house, halo.mei, asked) == [1, 0]
    house.passes(hours=-1)
    late = house.buyer("carla").asks(halo, None, "After")
    house.passes(minutes=halo.shop.promise.chat_minutes - 1)
    assert _overdue(house, halo.mei, [*asked, late]) == [1, 0, 0]
    house.passes(minutes=2)
    assert _overdue(house, halo.mei, [*asked, late]) == [1, 0, 1]
    house.passes(hours=1)
    assert _overdue(house, halo.mei, [*asked, late]) == [1, 0, 1]


def _overdue(house: House, reader: Person, talks: list[ConversationId]) -> list[int]:
    """Count how often each promise was said to be broken, once what is due is done."""
    house.passes()
    return [[one.type for one in reader.events(talk)].count("answer_overdue") for talk in talks]
