"""The drill: a copy is made while people talk, everything goes on, and the copy is put back."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopbell.app import build
from shopbell.cli.bench.history import History, Told
from shopbell.engine import backup, dumps
from shopbell.engine.settings import Settings
from tests.proof.conftest import Effort, Note
from tests.proof.crowd import UNBOUNDED, crowd, in_stream
from tests.support.guest import Hall, furnished, signed_up
from tests.support.house import House


def shopbell(data: Path, database: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command as an operator does."""
    inherited = {n: v for n, v in os.environ.items() if not n.startswith("SHOPBELL_")}
    return subprocess.run(
        [sys.executable, "-m", "shopbell.cli", *words],
        env={**inherited, "SHOPBELL_DATA": str(data), "SHOPBELL_DATABASE": database, "LANG": "C"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_is_put_back_is_a_beginning_of_what_was_said(
    database: str, tmp_path: Path, effort: Effort, note: Note
) -> None:
    """Of every conversation exactly the first entries are there, all that were known before."""
    data, copies = tmp_path / "data", effort(2, 20)
    with furnished(data, database, **UNBOUNDED) as hall:
        with crowd(hall, seed=3) as load, load.goes_on():
            known = [copied(data, database, load.history, tmp_path / str(n)) for n in range(copies)]
        hall.server.stop()
        whole = everything(data, database, load.history)
        for number, heads in enumerate(known):
            restored = shopbell(data, database, "restore", str(tmp_path / str(number)), "--replace")
            assert restored.returncode == 0, restored.stderr
            there = everything(data, database, load.history)
            for stream, log in there.items():
                assert log == whole[stream][: len(log)]
                assert len(log) >= heads[stream]
        note(copies=copies, entries=sum(map(len, whole.values())))


def copied(data: Path, database: str, history: History, to: Path) -> dict[str, int]:
    """Make a copy; return what had been acknowledged in each stream before it was begun."""
    heads = {
        stream: max((a.seq for a in list(history.attempts) if a.stream == stream), default=0)
        for stream in history.members
    }
    made = shopbell(data, database, "backup", str(to), "--json")
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["files"]
    return heads


def everything(data: Path, database: str, history: History) -> dict[str, list[Told]]:
    app = build(Settings(data=data, database=database))
    try:
        return {stream: in_stream(app.db, stream) for stream in history.members}
    finally:
        app.close()


@pytest.fixture
def own_hall(database: str, tmp_path: Path) -> Iterator[Hall]:
    with furnished(tmp_path / "data", database) as hall:
        yield hall


def test_open_pages_drop_their_copies_when_another_past_is_put_back(
    database: str, tmp_path: Path, own_hall: Hall
) -> None:
    hall, data, copy = own_hall, tmp_path / "data", tmp_path / "copy"
    with signed_up(hall.server, "anna") as anna:
        stream = anna.begins("halo")
        file = anna.http.post(
            f"/api/v1/conversations/{stream[2:-2]}/attachments?name=a.txt", content="how it looks"
        ).json()
        with anna.opens() as page:
            epoch = page.heard[0]["epoch"]
            page.follows(stream, epoch=epoch)
            page.sends(stream, "Before the copy")
        assert shopbell(data, database, "backup", str(copy)).returncode == 0
        with anna.opens() as page:
            after = page.sends(stream, "After the copy")["seq"]
        hall.server.stop()
        emptied(data / "blobs")
        restored = shopbell(data, database, "restore", str(copy), "--replace")
        assert restored.returncode == 0, restored.stderr
        hall.server.start()
        with anna.opens() as page:
            assert page.heard[0]["epoch"] != epoch
            page.says(t="sub", sid="1", stream=stream, after=after, epoch=epoch)
            assert page.hears("reset", sid="1")["head"] == after - 1
            assert page.sends(stream, "Another past")["seq"] == after
        assert anna.http.get(file["url"]).text == "how it looks"


def emptied(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            file.unlink()


def test_a_copy_that_was_changed_is_refused_and_nothing_is_touched(
    database: str, house: House, tmp_path: Path
) -> None:
    settings, copy = house.app.settings, tmp_path / "copy"
    house.buyer("anna").asks(house.shop("halo"), None, "Hello")
    house.app.blobs.keep(b"how it looks")
    backup.back_up(settings, copy)
    house.app.close()
    for harm in (flip, truncate, Path.unlink):
        victim = min(file for file in copy.rglob("*") if file.is_file())
        whole = victim.read_bytes()
        harm(victim)
        with pytest.raises(backup.BackupBroken):
            backup.put_back(settings, copy, replace=True)
        victim.write_bytes(whole)
    (copy / backup.MANIFEST).write_text("{}")
    with pytest.raises(backup.BackupBroken):
        backup.put_back(settings, copy, replace=True)


def flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def test_nothing_is_put_back_over_data_or_under_a_running_server(
    database: str, tmp_path: Path, own_hall: Hall
) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy"
    assert shopbell(data, database, "backup", str(copy)).returncode == 0

    again = shopbell(data, database, "backup", str(copy))
    running = shopbell(data, database, "restore", str(copy), "--replace")
    own_hall.server.stop()
    over = shopbell(data, database, "restore", str(copy))

    assert (again.returncode, running.returncode, over.returncode) == (1, 1, 1)
    assert "something in" in again.stderr
    assert "still using the database" in running.stderr
    assert "data here already" in over.stderr
    assert "Traceback" not in again.stderr + running.stderr + over.stderr


def test_a_copy_of_one_kind_of_database_is_not_put_into_the_other(
    house: House, tmp_path: Path
) -> None:
    backup.back_up(house.app.settings, tmp_path / "copy")
    other = "sqlite:///" + str(tmp_path / "other.db")
    if house.app.settings.database.startswith("sqlite"):
        other = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    with pytest.raises(backup.BackupOfAnotherKind):
        backup.put_back(Settings(data=tmp_path / "other", database=other), tmp_path / "copy")


@pytest.mark.postgres
def test_a_missing_tool_is_named(
    postgres_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(dumps.ToolMissing):
        dumps.copy_out(postgres_database, tmp_path)
