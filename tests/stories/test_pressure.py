"""Too much at once: those who cause it wait, and nobody else notices."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from shopbell.kernel.ids import new_id
from shopbell.realtime.routes import TICKETS
from tests.support.guest import Guest, Hall, Page, furnished, signed_up
from tests.support.server import RunningServer

LONG = "x" * 9_000
SMALL_WINDOW = 4 * 1024
ENOUGH = 40
"""So many long messages are more than all buffers on the way hold."""


@pytest.fixture
def brisk(database: str, tmp_path: Path) -> Iterator[Hall]:
    """Give a house whose people may write as fast as they can."""
    with furnished(tmp_path / "data", database, frames_per_second=10_000) as hall:
        yield hall


@contextlib.contextmanager
def stuck(guest: Guest, server: RunningServer, stream: str) -> Iterator[Page]:
    """Open a page that follows a stream and then reads nothing any more."""
    place = urlsplit(server.url)
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_WINDOW)
    line.connect((place.hostname, place.port))
    with guest.dials(sock=line, max_queue=1) as page:
        page.says(t="hello", token=guest.ticket(), version="1")
        page.hears("welcome")
        page.follows(stream)
        yield page
        line.close()


def test_a_page_that_does_not_read_is_cut_off_and_the_others_go_on(brisk: Hall) -> None:
    with signed_up(brisk.server, "anna") as anna:
        stream = anna.begins("halo")
        with contextlib.ExitStack() as open_pages:
            for _n in range(5):
                open_pages.enter_context(stuck(anna, brisk.server, stream))
            reader = open_pages.enter_context(anna.opens())
            writer = open_pages.enter_context(anna.opens())
            reader.follows(stream)
            sent, filled, last = 0, time.monotonic(), {"seq": 0}
            while cut_off(brisk) < 5:
                asked = time.monotonic()
                last = writer.sends(stream, LONG)
                assert time.monotonic() - asked < 1.5
                sent += 1
                if sent == ENOUGH:
                    filled = time.monotonic()
                assert time.monotonic() - filled < 15
            assert time.monotonic() - filled < 10
            while reader.numbers()[-1] < last["seq"]:
                reader.hears("event")
            assert reader.numbers() == list(range(1, sent + 2))


def test_a_page_that_was_cut_off_comes_back_and_has_everything(brisk: Hall) -> None:
    with signed_up(brisk.server, "anna") as anna:
        stream = anna.begins("halo")
        with anna.opens() as writer:
            with stuck(anna, brisk.server, stream) as page:
                head = 0
                while not cut_off(brisk):
                    head = writer.sends(stream, LONG)["seq"]
                with contextlib.suppress(ConnectionClosed):
                    page.hears("never")
                seen = page.numbers()
            assert seen == list(range(1, seen[-1] + 1))
            with anna.opens() as again:
                again.says(t="sub", sid="1", stream=stream, after=seen[-1])
                answer = again.hears("sub_ok")
                assert answer["head"] == head
                if answer["recovered"]:
                    assert seen + again.numbers() == list(range(1, head + 1))


def test_somebody_who_types_without_end_delays_no_message(brisk: Hall) -> None:
    with (
        signed_up(brisk.server, "anna") as anna,
        Guest(brisk.server, Authorization=f"Bearer {brisk.desk_key}") as desk,
    ):
        stream = anna.begins("halo")
        with anna.opens() as buyer, desk.opens() as seller, desk.opens() as typist:
            for page in (buyer, seller, typist):
                page.follows(stream)
            over = threading.Event()

            def type_on() -> None:
                on = True
                while not over.is_set():
                    typist.says(t="typing", stream=stream, on=on)
                    on = not on
                    time.sleep(0.001)

            typing = threading.Thread(target=type_on)
            typing.start()
            waits = []
            for n in range(50):
                asked = time.monotonic()
                seller.sends(stream, str(n))
                buyer.hears_message("seller")
                waits.append(time.monotonic() - asked)
            over.set()
            typing.join()
            typist.hears_out()
        assert sorted(waits)[45] < 0.5
        assert any(frame["t"] == "typing" for frame in buyer.heard)


def test_many_sends_on_one_page_are_all_answered_and_keep_their_order(brisk: Hall) -> None:
    with signed_up(brisk.server, "anna") as anna:
        stream = anna.begins("halo")
        with anna.opens() as page:
            cmids = [new_id() for _n in range(100)]
            for cmid in cmids:
                page.says(t="send", stream=stream, cmid=cmid, type="message", data={"text": cmid})
            answers = [page.hears("ok") for _cmid in cmids]
    assert [answer["cmid"] for answer in answers] == cmids
    assert [answer["seq"] for answer in answers] == list(range(2, 102))


def test_somebody_who_floods_over_http_is_told_to_wait_and_others_are_not(hall: Hall) -> None:
    with signed_up(hall.server, "anna") as anna, signed_up(hall.server, "boris") as boris:
        stream, other = anna.begins("halo"), boris.begins("halo")
        with ThreadPoolExecutor(8) as hands:  # one alone may be too slow to be too fast
            answers = list(hands.map(lambda _n: says(anna, stream), range(200)))
        refused = next(answer for answer in answers if answer.status_code != 201)

        assert (refused.status_code, refused.json()["code"]) == (429, "too_fast")
        assert says(boris, other).status_code == 201
        time.sleep(int(refused.headers["retry-after"]))
        assert says(anna, stream).status_code == 201


def test_many_files_at_once_are_too_many(hall: Hall) -> None:
    with signed_up(hall.server, "anna") as anna:
        talk = anna.begins("halo")[2:-2]
        answers = [
            anna.http.post(f"/api/v1/conversations/{talk}/attachments", content=b"%d" % n)
            for n in range(40)
        ]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)


def test_when_too_many_come_at_once_some_are_asked_to_come_back(
    sqlite_database: str, tmp_path: Path
) -> None:
    with (
        furnished(tmp_path / "data", sqlite_database, sockets_per_second=5) as hall,
        signed_up(hall.server, "anna") as anna,
    ):
        sent_away = []
        for _n in range(60):
            try:
                with anna.dials():
                    pass
            except InvalidStatus as status:
                sent_away.append(status.response)
        assert len(sent_away) >= 10
        assert {answer.status_code for answer in sent_away} == {503}
        assert all(1 <= int(answer.headers["Retry-After"]) <= 6 for answer in sent_away)
        time.sleep(1)
        with anna.opens() as page:
            page.says(t="pong")


def test_when_all_pages_come_back_at_once_they_stand_in_line_and_others_need_not(
    sqlite_database: str, tmp_path: Path
) -> None:
    with (
        furnished(tmp_path / "data", sqlite_database, sockets_per_second=1) as hall,
        signed_up(hall.server, "anna") as anna,
    ):
        answers, readings = asyncio.run(crowded(anna, hall.server.url))
    sent_away = [answer for answer in answers if answer.status_code == 503]
    assert {answer.json()["code"] for answer in sent_away} == {"door_crowded"}
    assert all(1 <= int(answer.headers["Retry-After"]) <= 2 for answer in sent_away)
    assert all("Content-Security-Policy" in answer.headers for answer in sent_away)
    assert len(sent_away) >= 20
    assert sum(answer.status_code == 201 for answer in answers) >= 6
    assert {answer.status_code for answer in readings} == {200}


async def crowded(anna: Guest, url: str) -> tuple[list[httpx.Response], list[httpx.Response]]:
    """Have a crowd ask for tickets, and somebody read their conversations."""
    cookies, many = httpx.Cookies(anna.http.cookies), httpx.Limits(max_connections=100)
    async with httpx.AsyncClient(
        base_url=url, cookies=cookies, headers={"Origin": url}, limits=many, timeout=60
    ) as http:
        asking = asyncio.gather(*(http.post(TICKETS, json={}) for _n in range(60)))
        reading = asyncio.gather(*(http.get("/api/v1/conversations") for _n in range(20)))
        return await asking, await reading


def test_strangers_at_one_address_leave_room_for_others(hall: Hall) -> None:
    with signed_up(hall.server, "anna") as anna, contextlib.ExitStack() as strangers:
        for _n in range(50):
            strangers.enter_context(anna.dials())
        with anna.dials() as one_more:
            assert one_more.was_hung_up() == 4000
        strangers.close()
        time.sleep(0.2)
        with anna.opens() as page:
            page.says(t="pong")


def test_somebody_with_very_many_pages_gets_no_further_one(hall: Hall) -> None:
    with signed_up(hall.server, "anna") as anna, contextlib.ExitStack() as pages:
        for _n in range(20):
            pages.enter_context(anna.opens())
        with anna.dials() as one_more:
            one_more.says(t="hello", token=anna.ticket(), version="1")
            assert one_more.was_hung_up() == 4008


def test_a_page_that_does_not_answer_is_let_go(sqlite_hall: Hall) -> None:
    with signed_up(sqlite_hall.server, "anna") as anna, anna.opens() as silent:
        began = time.monotonic()
        assert silent.was_hung_up(patience=45) == 4009
        assert 20 <= time.monotonic() - began <= 40


def says(guest: Guest, stream: str) -> httpx.Response:
    sent = {"cmid": new_id(), "type": "message", "data": {"text": "Hello"}}
    return guest.http.post(f"/api/v1/streams/{stream}/events", json=sent)


def cut_off(hall: Hall) -> int:
    """Return how many pages were closed because they do not read."""
    return int(hall.server.figures().get('shopbell_sockets_closed_total{code="4010"}', 0))
