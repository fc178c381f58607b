"""The machinery: what is acknowledged stays, what is left behind is done, what is due fires."""

import asyncio
import gc
import io
import time
import weakref
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from PIL import Image

from shopbell.engine import deadlines, outbox
from shopbell.engine.blobs import (
    Blobs,
    FileBroken,
    FileEmpty,
    FileKindNotTaken,
    FileTooLarge,
    NoSuchFile,
    PictureTooLarge,
)
from shopbell.engine.database import READERS, Database, Reaction, Tx
from shopbell.engine.outbox import BACK_OFF, JobState
from shopbell.engine.settings import BadSetting, load
from shopbell.engine.trouble import DatabaseDown
from shopbell.engine.writers import LANES
from shopbell.kernel.clock import wall_clock
from shopbell.kernel.events import Fact, Job
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal
from tests.support.clock import WoundClock


class Greet(Job, frozen=True):
    name: str


class Greeted(Fact, frozen=True):
    name: str


KINDS = ["Greet"]
WRITERS = 16
"""Threads that may still hold what they did last."""


def leave(tx: Tx, name: str) -> str:
    tx.later(Greet(name=name))
    return name


def leave_and_fail(tx: Tx, name: str) -> None:
    leave(tx, name)
    raise ValueError(name)


def names(db: Database) -> list[str]:
    return sorted(job.body for job in db.read_now(outbox.waiting, Greet, 1_000))


# ── transactions ────────────────────────────────────────────────────────────────────────────


def test_one_that_fails_leaves_nothing_and_its_neighbours_alone(db: Database) -> None:
    async def crowd() -> list[object]:
        work = [db.write(leave_and_fail if n % 5 == 0 else leave, f"{n:03}") for n in range(100)]
        return await asyncio.gather(*work, return_exceptions=True)

    outcomes = asyncio.run(crowd())

    assert sum(isinstance(outcome, ValueError) for outcome in outcomes) == 20
    assert len(names(db)) == 80


def test_a_fact_is_journaled_reacted_to_and_told_only_after_the_commit(database: str) -> None:
    def react(tx: Tx, fact: Greeted) -> None:
        tx.later(Greet(name=fact.name))

    def greet(tx: Tx, *, fail: bool) -> None:
        tx.announce(Greeted(name="mei"))
        if fail:
            raise ValueError("greeting failed")

    db = Database(database, clock=wall_clock, reactions=[Reaction(Greeted, react)])
    heard: list[Fact] = []

    async def try_both() -> None:
        db.publish(heard.extend)
        with pytest.raises(ValueError, match="greeting failed"):
            await db.write(greet, fail=True)
        assert (heard, names(db)) == ([], [])
        await db.write(greet, fail=False)
        await asyncio.sleep(0)

    asyncio.run(try_both())
    db.close()
    assert [type(fact) for fact in heard] == [Greeted]


def test_what_was_written_survives_a_new_start(database: str) -> None:
    first = Database(database)
    first.write_now(leave, "mei")
    first.close()

    second = Database(database)
    assert len(names(second)) == 1
    second.close()


def test_a_reader_sees_one_moment_and_changes_nothing(db: Database) -> None:
    def meddle(tx: Tx) -> None:
        tx.later(Greet(name="nobody"))

    db.read_now(meddle)

    assert names(db) == []


def test_what_a_transaction_held_is_free_without_the_collector(db: Database) -> None:
    held: list[weakref.ref[Tx]] = []

    def ask(tx: Tx) -> None:
        held.append(weakref.ref(tx))
        outbox.waiting(tx, Greet, 1)

    gc.disable()
    try:
        for _turn in range(40):
            db.read_now(ask)
            db.write_now(ask)
        still_there = sum(tx() is not None for tx in held)
    finally:
        gc.enable()
    assert still_there <= READERS + WRITERS


def test_writers_who_clash_all_get_their_turn(db: Database) -> None:
    matter = new_id()

    def arm(tx: Tx) -> None:
        tx.arm("greet", matter, tx.now)

    with ThreadPoolExecutor(16) as crowd:
        for asked in [crowd.submit(db.write_now, arm) for _turn in range(64)]:
            asked.result()

    [due] = db.read_now(deadlines.due, ["greet"], 10)
    assert due.version == 64


def test_what_was_written_for_one_that_is_refused_goes_alone(db: Database) -> None:
    def greet(tx: Tx, name: str) -> str:
        tx.arm("greet", new_id(), tx.now)
        if name == "mara":
            raise NoSuchFile
        return leave(tx, name)

    def greet_all(tx: Tx, those: Sequence[str]) -> list[str | Refusal]:
        return tx.each(greet, those)

    async def crowd() -> list[str | BaseException]:
        asked = [db.write_together(greet_all, name) for name in ("mei", "mara", "oleg")]
        return await asyncio.gather(*asked, return_exceptions=True)

    mei, mara, oleg = asyncio.run(crowd())

    assert (mei, type(mara), oleg) == ("mei", NoSuchFile, "oleg")
    assert len(names(db)) == len(db.read_now(deadlines.due, ["greet"], 10)) == 2


def test_those_who_read_at_one_moment_share_a_look_but_not_a_fault(db: Database) -> None:
    looks: list[list[str]] = []

    def look(_tx: Tx, name: str) -> str:
        if name == "boris":
            raise ValueError(name)
        if name == "mara":
            raise NoSuchFile
        return name

    def look_all(tx: Tx, those: Sequence[str]) -> list[str | Refusal]:
        looks.append([*those])
        return tx.each(look, those)

    async def crowd(*those: str) -> list[str]:
        asked = [db.read_together(look_all, name) for name in those]
        found = await asyncio.gather(*asked, return_exceptions=True)
        return [one if isinstance(one, str) else type(one).__name__ for one in found]

    assert asyncio.run(crowd("mei", "mara", "oleg")) == ["mei", "NoSuchFile", "oleg"]
    assert looks == [["mei", "mara", "oleg"]]
    assert asyncio.run(crowd("mei", "boris", "oleg")) == ["mei", "ValueError", "oleg"]
    assert looks[1:] == [["mei", "boris", "oleg"], ["mei"], ["boris"], ["oleg"]]


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_batch_on_its_way_keeps_only_its_own_lane_waiting(db: Database) -> None:
    held = "held"
    far = next(n for n in map(str, range(99)) if hash(n) % LANES != hash(held) % LANES)
    done: list[str] = []
    go_on = Event()

    def note(tx: Tx, those: Sequence[str]) -> list[str | Refusal]:
        assert "first" not in those or go_on.wait(timeout=20)
        done.extend(those)
        return [leave(tx, name) for name in those]

    async def crowd() -> None:
        first = db.write_together(note, "first", lane=held)
        second = db.write_together(note, "second", lane=held)
        assert await db.write_together(note, "elsewhere", lane=far) == "elsewhere"
        go_on.set()
        await asyncio.gather(first, second)

    asyncio.run(crowd())

    assert done == ["elsewhere", "first", "second"]


# ── jobs ────────────────────────────────────────────────────────────────────────────────────


def test_a_job_is_leased_to_one_worker_and_only_its_result_counts(
    db: Database, clock: WoundClock
) -> None:
    db.write_now(leave, "mei")
    [first] = db.write_now(outbox.claim, KINDS, 10)
    assert db.write_now(outbox.claim, KINDS, 10) == []

    clock.passes(seconds=61)
    [second] = db.write_now(outbox.claim, KINDS, 10)

    assert (first.attempt, second.attempt) == (1, 2)
    assert not db.write_now(outbox.finish, first)
    assert db.write_now(outbox.finish, second)
    assert names(db) == []


def test_a_failing_job_waits_longer_each_time_then_lies_among_the_dead(
    db: Database, clock: WoundClock
) -> None:
    db.write_now(leave, "mei")
    for wait in BACK_OFF:
        [lease] = db.write_now(outbox.claim, KINDS, 10)
        db.write_now(outbox.fail, lease, "the post office is closed")
        clock.passes(seconds=wait.total_seconds() - 1)
        assert db.write_now(outbox.claim, KINDS, 10) == []
        clock.passes(seconds=1)
    [lease] = db.write_now(outbox.claim, KINDS, 10)
    db.write_now(outbox.fail, lease, "the post office is closed")

    [dead] = db.read_now(outbox.dead)
    assert (dead.state, dead.trouble) == (JobState.DEAD, "the post office is closed")
    assert db.write_now(outbox.revive, dead.id)
    assert len(db.write_now(outbox.claim, KINDS, 10)) == 1


def test_a_job_that_ends_its_worker_each_time_lies_among_the_dead(
    db: Database, clock: WoundClock
) -> None:
    db.write_now(leave, "mei")
    for _try in range(outbox.TRIES_MOST):
        assert len(db.write_now(outbox.claim, KINDS, 10)) == 1
        clock.passes(seconds=61)
    assert db.write_now(outbox.claim, KINDS, 10) == []
    clock.passes(seconds=61)
    assert db.write_now(outbox.claim, KINDS, 10) == []
    [dead] = db.read_now(outbox.dead)
    assert (dead.state, dead.trouble) == (JobState.DEAD, outbox.LOST)


def test_a_key_is_left_once_and_can_be_cancelled(db: Database) -> None:
    def remind(tx: Tx) -> None:
        tx.later(Greet(name="mei"), key="remind:mei")

    db.write_now(remind)
    db.write_now(remind)
    assert len(names(db)) == 1
    db.write_now(Tx.cancel, "remind:mei")
    assert names(db) == []


# ── deadlines ───────────────────────────────────────────────────────────────────────────────


def test_a_deadline_fires_once_and_an_older_arming_never(db: Database, clock: WoundClock) -> None:
    matter = new_id()
    db.write_now(Tx.arm, "greet", matter, clock() + timedelta(minutes=1))
    clock.passes(minutes=1)
    [old] = db.read_now(deadlines.due, ["greet"], 10)
    db.write_now(Tx.arm, "greet", matter, clock())
    [new] = db.read_now(deadlines.due, ["greet"], 10)

    assert db.write_now(deadlines.fire, [old]) == []
    with ThreadPoolExecutor(8) as workers:
        fired = list(workers.map(lambda _n: db.write_now(deadlines.fire, [new]), range(8)))
    assert sorted(map(len, fired)) == [0] * 7 + [1]


def test_a_disarmed_deadline_does_not_fire(db: Database, clock: WoundClock) -> None:
    matter = new_id()
    db.write_now(Tx.arm, "greet", matter, clock())
    [due] = db.read_now(deadlines.due, ["greet"], 10)
    db.write_now(Tx.disarm, "greet", matter)

    assert db.write_now(deadlines.fire, [due]) == []


# ── settings ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SHOPBELL_LISTN", "127.0.0.1:1"),
        ("SHOPBELL_LISTEN", "8000"),
        ("SHOPBELL_LISTEN", "127.0.0.1:99999"),
        ("SHOPBELL_WORKER", "perhaps"),
        ("SHOPBELL_DATABASE", "mysql://here"),
        ("SHOPBELL_DRAIN_SECONDS", "soon"),
    ],
)
def test_a_bad_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        load({name: value})


def test_what_others_can_reach_is_told_from_loopback() -> None:
    assert not load({"SHOPBELL_LISTEN": "[::1]:80"}).reachable_by_others
    assert not load({"SHOPBELL_LISTEN": "localhost:80"}).reachable_by_others
    assert load({"SHOPBELL_LISTEN": "0.0.0.0:80"}).reachable_by_others


def test_only_our_own_pages_are_welcome() -> None:
    settings = load({"SHOPBELL_ORIGINS": "https://shop.example, https://other.example/"})
    welcome = ["https://shop.example", "https://other.example", "http://localhost:8000"]
    assert all(settings.welcomes(origin) for origin in welcome)
    strangers = [
        "https://evil.example",
        "null",
        "",
        "http://localhost:9",
        "https://shop.example.evil",
    ]
    assert not any(settings.welcomes(origin) for origin in strangers)


# ── files ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path, most_bytes=1_000_000, most_pixels=1_000_000)


def picture(form: str, size: tuple[int, int] = (4, 3)) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", size, "teal").save(drawn, form)
    return drawn.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_is_known_by_its_bytes_and_kept_once(blobs: Blobs, form: str) -> None:
    kept = blobs.keep(picture(form))

    assert blobs.keep(picture(form)) == kept
    assert (kept.media_type, kept.width, kept.height) == (f"image/{form.lower()}", 4, 3)
    assert blobs.path(kept.sha256).read_bytes() == picture(form)


HOSTILE = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "svg behind a mark": b'\xef\xbb\xbf <?xml version="1.0"?><svg/>',
    "html": b"<!doctype html><script>alert(1)</script>",
    "html in another case": b"\n\t<HTML>",
    "program": b"\x7fELF\x02\x01\x01",
    "archive": b"PK\x03\x04rest",
    "bytes": bytes(range(256)),
    "nul in text": b"hello\0world",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_what_a_browser_might_run_is_not_taken(blobs: Blobs, data: bytes) -> None:
    with pytest.raises(FileKindNotTaken):
        blobs.keep(data)


def test_too_much_too_wide_broken_and_empty_are_refused(blobs: Blobs) -> None:
    with pytest.raises(FileTooLarge):
        blobs.keep(b"a" * 1_000_001)
    with pytest.raises(PictureTooLarge):
        blobs.keep(picture("PNG", (1_001, 1_000)))
    with pytest.raises(FileBroken):
        blobs.keep(b"\x89PNG\r\n\x1a\n" + b"not really")
    with pytest.raises(FileEmpty):
        blobs.keep(b"")


def test_a_bomb_is_measured_and_not_unpacked(blobs: Blobs) -> None:
    header = bytearray(picture("PNG"))
    header[16:24] = (60_000).to_bytes(4) * 2
    crc = zlib.crc32(bytes(header[12:29]))
    header[29:33] = crc.to_bytes(4)
    began = time.monotonic()

    with pytest.raises(PictureTooLarge):
        blobs.keep(bytes(header))

    assert time.monotonic() - began < 1


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a" * 63, "a" * 65, "/" * 64, "." * 64])
def test_only_a_hash_names_a_file(blobs: Blobs, name: str) -> None:
    with pytest.raises(NoSuchFile):
        blobs.path(name)


def test_a_new_wish_is_heard_while_an_older_one_under_its_key_runs_or_is_dead(
    db: Database, clock: WoundClock
) -> None:
    def remind(tx: Tx) -> None:
        tx.later(Greet(name="mei"), key="remind:mei")

    db.write_now(remind)
    [running] = db.write_now(outbox.claim, KINDS, 10)
    db.write_now(remind)
    assert len(names(db)) == 2
    db.write_now(outbox.fail, running, "closed today")
    assert len(names(db)) == 2

    clock.passes(minutes=1)
    for lease in db.write_now(outbox.claim, KINDS, 10):
        db.write_now(outbox.fail, lease, "closed for good", final=True)
    db.write_now(remind)
    assert len(db.write_now(outbox.claim, KINDS, 10)) == 1


def test_a_deadline_that_failed_waits_a_while_unless_it_was_armed_anew(
    db: Database, clock: WoundClock
) -> None:
    matter = new_id()
    db.write_now(Tx.arm, "greet", matter, clock())
    [first] = db.read_now(deadlines.due, ["greet"], 10)
    db.write_now(deadlines.postpone, first, clock() + timedelta(minutes=1))
    assert db.read_now(deadlines.due, ["greet"], 10) == []

    db.write_now(Tx.arm, "greet", matter, clock() + timedelta(hours=1))
    db.write_now(deadlines.postpone, first, clock())
    assert db.read_now(deadlines.due, ["greet"], 10) == []


def test_a_database_that_is_away_is_a_refusal_and_not_a_bug() -> None:
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/nowhere")

    for ask in (away.read_now, away.write_now):
        with pytest.raises(DatabaseDown):
            ask(lambda _tx: None)
    away.close()


def test_a_look_sees_one_moment_while_others_write(db: Database) -> None:
    def look_twice(tx: Tx) -> tuple[int, int]:
        first = len(outbox.waiting(tx, Greet))
        db.write_now(leave, "mei")
        return first, len(outbox.waiting(tx, Greet))

    assert db.read_now(look_twice) == (0, 0)
