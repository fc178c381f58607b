"""Two processes of one house on one PostgreSQL: a thread has two ends, wherever they are."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from shopbell.accounts import service as accounts
from shopbell.app import App, build
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Append
from shopbell.conversations.model import Stream
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import Actor, PersonId, Side
from shopbell.kernel.ids import new_id
from tests.support import postgres
from tests.support.guest import Guest, Hall, Page, furnished, signed_up
from tests.support.server import RunningServer

SOON = 2.0
STALE = 6.5
"""Seconds a page may be behind when no letter reaches its process."""

postgres_only = pytest.mark.postgres


@dataclass(frozen=True)
class TwoDoors:
    """One house with two processes."""

    hall: Hall
    other: RunningServer
    database: str


@pytest.fixture(scope="module")
def doors(
    postgres_server: postgres.Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TwoDoors]:
    name, data = postgres_server.create(), tmp_path_factory.mktemp("doors")
    url = postgres_server.url(name)
    with (
        furnished(data / "one", url) as hall,
        RunningServer(data / "two", url, worker=False) as other,
    ):
        yield TwoDoors(hall, other, url)
    postgres_server.drop(name)


@pytest.fixture
def visitor(doors: TwoDoors) -> Iterator[Guest]:
    with signed_up(doors.hall.server, "anna") as guest:
        yield guest


@pytest.fixture
def other_desk(doors: TwoDoors) -> Iterator[Guest]:
    with Guest(doors.other, Authorization=f"Bearer {doors.hall.desk_key}") as seller:
        yield seller


@postgres_only
def test_what_happens_at_one_process_is_seen_at_the_other(
    visitor: Guest, other_desk: Guest
) -> None:
    stream = visitor.begins("halo")
    with visitor.opens() as buyer, other_desk.opens() as seller:
        seller.says(t="watch")
        buyer.follows(stream)
        seller.follows(stream)
        assert buyer.hears("presence", side="seller", stream=stream)["on"]

        sent = buyer.sends(stream, "How heavy is it?")
        assert said_in(seller.hears("event")) == "How heavy is it?"
        assert seller.hears("row")["conversation"]["unread"] == 1
        seller.says(t="read", stream=stream, seq=sent["seq"])
        assert buyer.hears("cursor", kind="read")["seq"] == sent["seq"]
        seller.says(t="typing", stream=stream, on=True)
        assert buyer.hears("typing")["side"] == "seller"

        seller.sends(stream, "1.2 kg")
        assert said_in(buyer.hears_message("seller")) == "1.2 kg"


@postgres_only
def test_a_long_message_reaches_the_other_process_whole(visitor: Guest, other_desk: Guest) -> None:
    stream, text = visitor.begins("halo"), "长" * 10_000
    with visitor.opens() as buyer, other_desk.opens() as seller:
        seller.says(t="watch")
        seller.follows(stream)
        buyer.sends(stream, text)
        assert said_in(seller.hears("event")) == text
        buyer.sends(stream, "and a short one")
        assert said_in(seller.hears("event")) == "and a short one"


@postgres_only
def test_both_ends_agree_after_writing_against_each_other(
    visitor: Guest, other_desk: Guest
) -> None:
    stream = visitor.begins("halo")
    with visitor.opens() as buyer, other_desk.opens() as seller:
        buyer.follows(stream)
        seller.follows(stream)
        for n in range(15):
            for page in (buyer, seller):
                page.says(
                    t="send", stream=stream, cmid=new_id(), type="message", data={"text": str(n)}
                )
        for page in (buyer, seller):
            for _n in range(15):
                page.hears("ok")
        head = visitor.head_of(stream)
        told = [heard_up_to(page, head) for page in (buyer, seller)]
    assert told[0] == told[1] == list(range(1, head + 1))


@postgres_only
def test_who_signs_out_at_one_process_is_cut_off_at_the_other(
    visitor: Guest, doors: TwoDoors
) -> None:
    with visitor.at(doors.other) as same, same.opens() as page:
        began = time.monotonic()
        visitor.http.post("/api/v1/sign-out-everywhere", json={})
        assert page.was_hung_up() == 4005
        assert time.monotonic() - began < SOON


@postgres_only
def test_after_the_connections_to_the_broker_were_cut_nothing_stays_unheard(
    visitor: Guest, other_desk: Guest, doors: TwoDoors
) -> None:
    stream = visitor.begins("halo")
    with visitor.opens() as buyer, other_desk.opens() as seller:
        seller.follows(stream)
        for n in range(4):
            postgres.cut_all(doors.database)
            last = buyer.persists(stream, f"cut {n}")
            began = time.monotonic()
            heard_up_to(seller, last["seq"])
            assert time.monotonic() - began < STALE
    until = time.monotonic() + STALE
    while not httpx.get(f"{doors.other.url}/readyz").raise_for_status().json()["broker"]:
        assert time.monotonic() < until, "the broker is not found again"
        time.sleep(0.1)


def test_a_page_hears_what_no_letter_told_of(own_hall: Hall, database: str) -> None:
    with signed_up(own_hall.server, "anna") as anna, behind_the_back(own_hall, database) as app:
        stream = anna.begins("halo")
        with anna.opens() as page:
            page.follows(stream)
            entry = Append(new_id(), "message", {"text": "Psst"})
            app.db.write_now(
                conversations.append, whoever(app, stream), Stream.parse(stream), entry
            )
            began = time.monotonic()
            assert said_in(page.hears("event")) == "Psst"
            assert time.monotonic() - began < STALE
    figures = own_hall.server.figures()
    assert figures["shopbell_head_misses_total"] == 1


def test_a_sign_in_that_ended_unheard_is_found_on_the_next_round(
    own_hall: Hall, database: str
) -> None:
    with signed_up(own_hall.server, "anna") as anna, behind_the_back(own_hall, database) as app:
        stream = anna.begins("halo")
        with anna.opens() as page:
            began = time.monotonic()
            app.db.write_now(accounts.end_sessions, whoever(app, stream).id)
            assert page.was_hung_up() == 4005
            assert time.monotonic() - began < STALE


@contextlib.contextmanager
def behind_the_back(hall: Hall, database: str) -> Iterator[App]:
    """Write to the house's database without telling its processes."""
    app = build(Settings(data=hall.server.data, database=database))
    try:
        yield app
    finally:
        app.close()


def whoever(app: App, stream: str) -> Actor:
    """Return the buyer of a conversation."""
    place = Stream.parse(stream)
    found = app.db.read_now(conversations.standings, [place])[place.conversation]
    return Actor(PersonId(found.buyer), Side.BUYER, name="Anna")


def said_in(frame: dict[str, dict[str, dict[str, str]]]) -> str:
    return frame["event"]["data"]["text"]


def heard_up_to(page: Page, seq: int) -> list[int]:
    """Wait until a page was told number ``seq``; return all numbers it was told, in order."""
    while (numbers := page.numbers()) and numbers[-1] < seq:
        page.hears("event")
    return numbers
