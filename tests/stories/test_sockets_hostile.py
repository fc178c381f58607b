"""Sockets that others open in a visitor's name, or with what opens something else."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from shopbell.kernel.ids import new_id
from tests.support.guest import Guest, Hall, Page, signed_up

REFUSED = {4000, 4001, 4003, 4007, 4014}
"""Codes of those who were never let in."""


@pytest.fixture
def hall(sqlite_hall: Hall) -> Hall:
    """Give one house: what is refused here is refused before any database is asked."""
    return sqlite_hall


def cookie(guest: Guest) -> str:
    return "; ".join(f"{one.name}={one.value}" for one in guest.http.cookies.jar)


def foreign_origins(own: str) -> Iterator[str]:
    port = own.rpartition(":")[2]
    yield from ("https://evil.example", "null", "file://", "chrome-extension://abc")
    yield from (f"{own}.evil.example", f"http://127.0.0.1.evil.example:{port}")
    yield from (f"http://evil.example:{port}", f"http://evil.example@127.0.0.1:{port}")
    yield from (f"https://127.0.0.1:{port}", "http://127.0.0.1:1", "http://127.0.0.1")


def told_before_the_end(guest: Guest, origin: str | None, *frames: dict[str, Any]) -> list[Any]:
    """Open a socket with the visitor's cookies, say something, and return what is told."""
    named = Origin(origin) if origin is not None else None
    headers = {"Cookie": cookie(guest)}
    spoken = [Subprotocol("shopbell.1")]
    line = connect(guest.url, subprotocols=spoken, origin=named, additional_headers=headers)
    with line:
        page = Page(line)
        try:
            for frame in frames:
                page.says(**frame)
        except ConnectionClosed:
            pass
        code = page.was_hung_up()
    assert code in REFUSED, code
    return page.heard


def test_no_page_of_others_opens_a_socket_with_a_visitors_cookies(anna: Guest) -> None:
    stream = anna.begins("halo")
    wish = {"t": "sub", "sid": "1", "stream": stream, "after": 0}
    for origin in foreign_origins(anna.origin):
        hello = {"t": "hello", "token": anna.ticket(), "version": "1"}
        heard = told_before_the_end(anna, origin, hello, wish)
        assert heard == [], origin


def test_cookies_alone_open_no_socket(anna: Guest) -> None:
    """From our own page, from no page at all: without a ticket nothing is told or done."""
    stream = anna.begins("halo")
    wishes: list[dict[str, Any]] = [
        {"t": "sub", "sid": "1", "stream": stream, "after": 0},
        {"t": "send", "stream": stream, "cmid": new_id(), "type": "message", "data": {"text": "x"}},
        {"t": "watch"},
    ]
    before = anna.head_of(stream)
    for origin in (anna.origin, None):
        for wish in wishes:
            assert told_before_the_end(anna, origin, wish) == []
    assert anna.head_of(stream) == before


@pytest.fixture
def others_ticket(hall: Hall) -> Iterator[str]:
    with signed_up(hall.server, "boris") as boris:
        ticket = boris.ticket()
        boris.http.post("/api/v1/sign-out", json={})
        yield ticket


def test_only_a_fresh_ticket_opens_a_socket(anna: Guest, hall: Hall, others_ticket: str) -> None:
    """Nothing that opens something else, nothing used up, nothing of another shape."""
    used = anna.ticket()
    with anna.opens(token=used):
        pass
    [session] = [one.value for one in anna.http.cookies.jar if one.name == "shopbell_session"]
    fresh = anna.ticket()
    tokens = [
        *(used, session, hall.desk_key, others_ticket),
        *("", " ", "null", "0", "*", "%", "x" * 43, fresh[:-1], f"{fresh}x", fresh.swapcase()),
        *(None, [], [fresh], {}, {"$ne": ""}, True, 0),
    ]
    for token in tokens:
        with anna.dials() as page:
            page.line.send(json.dumps({"t": "hello", "token": token, "version": "1"}))
            assert page.was_hung_up() in REFUSED, token
            assert page.heard == [], token
    with anna.opens(token=fresh) as page:
        page.says(t="pong")
