"""The power fails under SQLite at any step: what was acknowledged is there, nothing is broken."""

import random
import shutil
import sqlite3
import tempfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from shopbell.app import build
from shopbell.conversations.model import ConversationId
from shopbell.engine import connect
from shopbell.engine.settings import Settings
from tests.proof.conftest import Effort, Note
from tests.support.clock import WoundClock
from tests.support.house import House, Person
from tests.support.powercut import Disk

TALKERS, MESSAGES = 6, 12
CUTS_PER_RUN = 100
FILE = "shopbell.db"


class Promised(NamedTuple):
    """An acknowledged message: where it must be found again."""

    conversation: str
    seq: int
    words: str


@pytest.fixture
def often_checkpointed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Move pages from the log to the file all the time; usually that happens once in 64 MB."""
    monkeypatch.setitem(connect.SQLITE_PRAGMAS, "wal_autocheckpoint", "40")


@pytest.mark.usefixtures("often_checkpointed")
def test_a_power_cut_loses_nothing_acknowledged_and_breaks_nothing(
    migrated_file: Path, tmp_path: Path, effort: Effort, note: Note
) -> None:
    cuts, promised, trouble = cut_again_and_again(migrated_file, tmp_path, effort(40, 5_000))
    note(cuts=cuts, acknowledged_before_them=promised, lost_or_broken=len(trouble))
    assert trouble == []


@pytest.mark.usefixtures("often_checkpointed")
def test_the_same_cuts_find_what_a_weaker_setting_loses(
    migrated_file: Path,
    tmp_path: Path,
    effort: Effort,
    note: Note,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(connect.SQLITE_PRAGMAS, "synchronous", "NORMAL")
    cuts, promised, trouble = cut_again_and_again(migrated_file, tmp_path, effort(40, 400))
    note(cuts=cuts, acknowledged_before_them=promised, lost_or_broken=len(trouble))
    assert any("is gone" in one for one in trouble)


def cut_again_and_again(migrated: Path, tmp_path: Path, cuts: int) -> tuple[int, int, list[str]]:
    """Return how many cuts were made, how much was promised before them, and what went wrong."""
    trouble: list[str] = []
    promised, done = 0, 0
    while done < cuts:
        chance = random.Random(done)
        disk = record(migrated, tmp_path / f"run-{done}")
        for _cut in range(min(CUTS_PER_RUN, cuts - done)):
            at = _somewhere(disk, chance)
            must = [what for what in disk.promised_by(at) if isinstance(what, Promised)]
            trouble += [f"cut at {at}: {one}" for one in _after(disk, at, must, chance)]
            promised, done = promised + len(must), done + 1
    return done, promised, trouble


def record(migrated: Path, folder: Path) -> Disk:
    """Let people talk all at once over a disk that notes every step."""
    folder.mkdir()
    shutil.copy(migrated, folder / FILE)
    disk = Disk(folder)
    with disk.recording():
        app = build(Settings(data=folder, database=f"sqlite:///{folder / FILE}"))
        house = House(app, WoundClock())
        halo = house.shop("halo")
        buyers = [house.buyer(f"buyer-{n}") for n in range(TALKERS)]
        with ThreadPoolExecutor(TALKERS) as all_at_once:
            list(
                all_at_once.map(lambda buyer: _talk(disk, buyer, buyer.begins(halo, None)), buyers)
            )
        app.close()
    return disk


def _talk(disk: Disk, buyer: Person, talk: ConversationId) -> None:
    for n in range(MESSAGES):
        words = f"{n} of {buyer.actor.name}{'.' * 40 * n}"
        done = buyer.says(talk, words)
        disk.promise(Promised(talk, done.seq, words))


def _somewhere(disk: Disk, chance: random.Random) -> int:
    """Choose a step: any, or one right behind a promise, where a weak disk is caught."""
    if chance.random() < 0.5:
        return chance.choice(disk.promised)[0]
    return chance.randrange(1, len(disk.steps) + 1)


def _after(disk: Disk, at: int, must: list[Promised], chance: random.Random) -> list[str]:
    with tempfile.TemporaryDirectory(dir=disk.folder) as there:
        disk.after_cut(at, chance, Path(there))
        with closing(sqlite3.connect(Path(there) / FILE)) as found:
            try:
                return [*_broken(found), *_missing(found, must)]
            except sqlite3.DatabaseError as error:
                return [str(error)]


def _broken(found: sqlite3.Connection) -> list[str]:
    sound = found.execute("PRAGMA integrity_check").fetchall()
    strays = found.execute("PRAGMA foreign_key_check").fetchall()
    return [str(one[0]) for one in sound if one[0] != "ok"] + [str(one) for one in strays]


def _missing(found: sqlite3.Connection, must: list[Promised]) -> list[str]:
    logs: dict[str, list[tuple[int, str]]] = defaultdict(list)
    read = "SELECT lower(hex(conversation)), seq, data FROM event ORDER BY conversation, seq"
    for talk, seq, data in found.execute(read):
        logs[talk].append((seq, data))
    gaps = [
        f"{talk} is not numbered without gaps"
        for talk, log in logs.items()
        if [seq for seq, _data in log] != list(range(1, len(log) + 1))
    ]
    heads = dict(found.execute("SELECT lower(hex(id)), head FROM conversation"))
    gaps += [f"{talk} has a wrong head" for talk, log in logs.items() if heads[talk] != len(log)]
    gone = [
        f"{one.seq} of {one.conversation} is gone"
        for one in must
        if one.words not in dict(logs[one.conversation.replace("-", "")]).get(one.seq, "")
    ]
    return gaps + gone
