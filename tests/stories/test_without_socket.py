"""Where no socket gets through: requests that wait, with the same numbers and the same rights."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from shopbell.accounts.model import SessionId
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import SignInFirst
from shopbell.realtime import service
from shopbell.realtime.place import Place
from tests.support.guest import Guest, Hall, signed_up
from tests.support.house import House

SOON = 1.5


def test_a_waiting_request_is_answered_when_something_is_said(anna: Guest, desk: Guest) -> None:
    stream = anna.begins("halo")
    first = asks(anna, f"~{stream}~0")
    assert numbers(first) == [1]
    with desk.opens() as seller, later(seller.sends, stream, "1.2 kg"):
        began = time.monotonic()
        second = asks(anna, first["cursor"], wait=10)
        assert 0.3 < time.monotonic() - began < SOON + 0.5
    assert first["frames"][0]["recovered"]
    assert texts(second) == ["1.2 kg"]
    assert asks(anna, second["cursor"])["frames"] == []


def test_nothing_new_is_an_empty_answer_after_the_wait(anna: Guest) -> None:
    cursor = asks(anna, f"~{anna.begins('halo')}~0")["cursor"]
    began = time.monotonic()
    assert asks(anna, cursor, wait=1) == {"cursor": cursor, "frames": []}
    assert 0.9 < time.monotonic() - began < 1 + SOON


def test_between_two_questions_nothing_is_lost_or_doubled(anna: Guest, desk: Guest) -> None:
    stream = anna.begins("halo")
    cursor, told = f"~{stream}~0", list[int]()
    with desk.opens() as seller:

        def write() -> None:
            for n in range(30):
                seller.sends(stream, str(n))
                time.sleep(0.06)

        writing = threading.Thread(target=write)
        writing.start()
        while len(told) < 31:
            answer = asks(anna, cursor, wait=5)
            told, cursor = told + numbers(answer), answer["cursor"]
        writing.join()
    assert told == list(range(1, 32))


def test_marks_typing_and_rows_come_along(anna: Guest, desk: Guest) -> None:
    stream = anna.begins("halo")
    with desk.opens() as seller:
        seller.follows(stream)
        with anna.opens() as page:
            page.sends(stream, "Hello")
        cursor = asks(anna, f"~{stream}~0")["cursor"]
        with later(seller.says, t="typing", stream=stream, on=True):
            assert kinds(asks(anna, cursor, wait=5, inbox=True)) == ["typing"]
        with later(seller.says, t="read", stream=stream, seq=2):
            assert kinds(asks(anna, cursor, wait=5, inbox=True)) == ["cursor", "row"]


def test_a_place_of_another_story_starts_anew(anna: Guest) -> None:
    stream = anna.begins("halo")
    for cursor in (f"another~{stream}~1", f"~{stream}~99"):
        answer = asks(anna, cursor)
        assert (kinds(answer), answer["frames"][0]["head"]) == (["reset"], 1)
        assert asks(anna, answer["cursor"])["frames"] == []


def test_strangers_are_told_nothing(anna: Guest, desk: Guest, hall: Hall) -> None:
    stream = anna.begins("halo")
    with signed_up(hall.server, "boris") as boris, desk.opens() as seller:
        seller.follows(stream)
        answer = asks(boris, f"~{stream}~0")
        assert kinds(answer) == ["gone"]
        with later(seller.sends, stream, "Secret"):
            assert asks(boris, answer["cursor"], wait=1)["frames"] == []
        with later(seller.says, t="typing", stream=stream, on=True):
            assert kinds(asks(boris, f"~{stream}~0", wait=1)) == ["gone"]


def test_signing_out_ends_a_request_that_waits(anna: Guest) -> None:
    cursor = asks(anna, f"~{anna.begins('halo')}~0")["cursor"]
    with later(anna.http.post, "/api/v1/sign-out-everywhere", json={}):
        began = time.monotonic()
        answer = anna.http.get("/api/v1/events", params={"cursor": cursor, "wait": 20})
        assert time.monotonic() - began < 2 + 0.3
    assert answer.status_code == 401


def test_whose_sign_in_ended_between_two_reads_is_told_nothing_more(house: House) -> None:
    anna, nowhere = house.buyer("anna"), Place("", {})
    with pytest.raises(SignInFirst):
        house.db.read_now(service.news, anna.actor, SessionId(new_id()), nowhere)


@pytest.mark.parametrize("cursor", ["", "x~y", "~c.1.p~1", "~~", "e~c~1~", "~" + "9" * 99])
def test_a_cursor_of_no_sense_is_refused_or_empty(anna: Guest, cursor: str) -> None:
    answer = anna.http.get("/api/v1/events", params={"cursor": cursor})
    assert (answer.status_code == 200 and not cursor) or 400 <= answer.status_code < 500


def test_a_stream_of_events_goes_on_and_is_taken_up_again(anna: Guest, desk: Guest) -> None:
    stream = anna.begins("halo")
    with desk.opens() as seller:
        with anna.http.stream("GET", **listening(f"~{stream}~0")) as events:
            assert events.headers["content-type"].startswith("text/event-stream")
            said = spoken(events)
            first, _id = next(said)
            assert numbers(first) == [1]
            seller.sends(stream, "one")
            second, place = next(said)
            assert texts(second) == ["one"]
        seller.sends(stream, "two")
        again = listening("~", last=place)
        with anna.http.stream("GET", **again) as events:
            assert texts(next(spoken(events))[0]) == ["two"]


def test_requests_that_wait_are_answered_when_the_server_stops(own_hall: Hall) -> None:
    with signed_up(own_hall.server, "anna") as anna:
        cursor = asks(anna, f"~{anna.begins('halo')}~0")["cursor"]
        with later(own_hall.server.stop):
            began = time.monotonic()
            answer = anna.http.get("/api/v1/events", params={"cursor": cursor, "wait": 20})
            assert time.monotonic() - began < 3
    assert answer.json()["cursor"] == cursor


class later:  # noqa: N801 - reads as a word
    """Have something done while the main line waits."""

    def __init__(self, do: Any, *args: Any, **named: Any) -> None:
        self._timer = threading.Timer(0.4, do, args, named)

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_outcome: object) -> None:
        self._timer.join()


def asks(guest: Guest, cursor: str, wait: float = 0, *, inbox: bool = False) -> dict[str, Any]:
    given: dict[str, str | float | bool] = {"cursor": cursor, "wait": wait, "inbox": inbox}
    answer = guest.http.get("/api/v1/events", params=given)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def listening(cursor: str, last: str = "") -> dict[str, Any]:
    resumed = {"Last-Event-ID": last} if last else {}
    return {
        "url": "/api/v1/events",
        "params": {"cursor": cursor},
        "headers": {"Accept": "text/event-stream", **resumed},
    }


def spoken(events: httpx.Response) -> Iterator[tuple[dict[str, Any], str]]:
    place = ""
    for line in events.iter_lines():
        if line.startswith("id: "):
            place = line[4:]
        elif line.startswith("data: "):
            yield json.loads(line[6:]), place


def kinds(answer: dict[str, Any]) -> list[str]:
    return [frame["t"] for frame in answer["frames"]]


def entries(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        event for frame in answer["frames"] if frame["t"] == "sub_ok" for event in frame["events"]
    ]


def numbers(answer: dict[str, Any]) -> list[int]:
    return [event["seq"] for event in entries(answer)]


def texts(answer: dict[str, Any]) -> list[str]:
    return [event["data"]["text"] for event in entries(answer) if event["type"] == "message"]
