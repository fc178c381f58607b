"""Two open pages and the real server between them: what one says, the other sees, once."""

import contextlib
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from shopbell.kernel.ids import new_id
from tests.support.guest import Guest, Hall, furnished, signed_up


def test_what_is_said_on_one_page_is_heard_on_the_other_and_seen_to_be_read(
    anna: Guest, desk: Guest
) -> None:
    stream = anna.begins("halo")
    with anna.opens() as buyer, desk.opens() as seller:
        seller.says(t="watch")
        buyer.follows(stream)
        done = buyer.sends(stream, "How heavy is it?")
        row = seller.hears("row")["conversation"]
        assert (row["unread"], row["last"]["text"]) == (1, "How heavy is it?")

        recovered = seller.follows(stream)
        assert recovered["recovered"]
        assert [event["seq"] for event in recovered["events"]] == [1, 2]
        seller.says(t="read", stream=stream, seq=done["seq"])
        assert buyer.hears("cursor", kind="read")["seq"] == done["seq"]

        buyer.says(t="typing", stream=stream, on=True)
        assert seller.hears("typing")["side"] == "buyer"
        seller.sends(stream, "1.2 kg")
        heard = buyer.hears("event")["event"]
        while heard["type"] != "message" or heard["actor"]["side"] != "seller":
            heard = buyer.hears("event")["event"]
        assert heard["data"]["text"] == "1.2 kg"


def test_after_a_drop_a_page_gets_exactly_what_it_missed(anna: Guest, desk: Guest) -> None:
    stream = anna.begins("halo")
    with anna.opens() as buyer:
        buyer.follows(stream)
        buyer.sends(stream, "one")
    with desk.opens() as seller:
        for text in ("two", "three"):
            seller.sends(stream, text)
    with anna.opens() as buyer:
        missed = buyer.follows(stream, after=2)
        assert [event["data"]["text"] for event in missed["events"]] == ["two", "three"]
        assert missed["head"] == 4


def test_a_page_that_missed_a_great_deal_is_told_to_read_it_in_pages(
    database: str, tmp_path: Path
) -> None:
    with (
        furnished(tmp_path / "data", database, frames_per_second=1000) as hall,
        signed_up(hall.server, "anna") as anna,
    ):
        stream = anna.begins("halo")
        for n in range(310):
            sent = {"cmid": new_id(), "type": "message", "data": {"text": str(n)}}
            assert anna.http.post(f"/api/v1/streams/{stream}/events", json=sent).status_code == 201
        with anna.opens() as buyer:
            assert buyer.follows(stream, after=2)["recovered"] is False
            assert len(buyer.follows(stream, after=20)["events"]) == 291
        pages, after = [], 2
        while after < 311:
            page = anna.http.get(f"/api/v1/streams/{stream}/events", params={"after": after}).json()
            pages += page["events"]
            after = pages[-1]["seq"]
        assert [event["seq"] for event in pages] == list(range(3, 312))


def test_another_epoch_or_a_number_from_nowhere_resets_the_copy(anna: Guest) -> None:
    stream = anna.begins("halo")
    with anna.opens() as buyer:
        for wish in ({"after": 1, "epoch": "another"}, {"after": 99}):
            buyer.says(t="sub", sid="1", stream=stream, **wish)
            assert buyer.hears("reset", sid="1")["head"] == 1


def test_a_resend_is_the_same_entry_over_socket_and_http(anna: Guest) -> None:
    stream, cmid = anna.begins("halo"), new_id()
    with anna.opens() as buyer:
        first = buyer.sends(stream, "Hello", cmid)
        again = buyer.sends(stream, "Hello", cmid)
    sent = {"cmid": cmid, "type": "message", "data": {"text": "Hello"}}
    over_http = anna.http.post(f"/api/v1/streams/{stream}/events", json=sent)
    other = anna.http.post(
        f"/api/v1/streams/{stream}/events", json={**sent, "data": {"text": "Bye"}}
    )

    assert (first["replayed"], again["replayed"], over_http.status_code) == (False, True, 200)
    assert first["seq"] == again["seq"] == over_http.json()["seq"] == 2
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")


def test_strangers_hear_nothing(anna: Guest, hall: Hall) -> None:
    stream = anna.begins("halo")
    with (
        signed_up(hall.server, "boris") as boris,
        boris.opens() as prying,
        anna.opens() as buyer,
    ):
        prying.says(t="watch")
        prying.says(t="sub", sid="1", stream=stream, after=0)
        assert prying.hears("gone")["stream"] == stream
        prying.says(t="send", stream=stream, cmid=new_id(), type="message", data={"text": "Boo"})
        assert prying.hears("refused")["problem"]["code"] == "no_such_conversation"
        buyer.sends(stream, "My address is secret")
        prying.says(t="typing", stream=stream, on=True)
        with pytest.raises(TimeoutError):
            prying.line.recv(timeout=0.5)
        for path in (f"/api/v1/streams/{stream}/events", f"/api/v1/conversations/{stream[2:-2]}"):
            assert boris.http.get(path).status_code == 404


def test_a_ticket_opens_one_socket_and_no_other(anna: Guest) -> None:
    ticket = anna.ticket()
    with anna.opens(token=ticket):
        pass
    for token in (ticket, "nonsense", ""):
        with anna.dials() as again:
            again.says(t="hello", token=token, version="1")
            assert again.was_hung_up() == 4003


def test_a_ticket_does_not_outlive_its_sign_in(anna: Guest) -> None:
    ticket = anna.ticket()
    anna.http.post("/api/v1/sign-out-everywhere", json={})

    with anna.dials() as late:
        late.says(t="hello", token=ticket, version="1")
        assert late.was_hung_up() == 4003


def test_a_note_of_the_team_stirs_nothing_at_the_buyers(anna: Guest, desk: Guest) -> None:
    stream = anna.begins("halo")
    with anna.opens() as buyer, desk.opens() as seller:
        buyer.says(t="watch")
        buyer.sends(stream, "Hello")
        buyer.hears_out()
        note = {"t": "send", "stream": f"{stream[:-1]}n", "cmid": new_id(), "type": "note"}
        seller.says(**note, data={"text": "A regular"})
        seller.hears("ok")
        assert buyer.hears_out() == []


def test_following_a_stream_twice_is_following_it_once(anna: Guest) -> None:
    stream = anna.begins("halo")
    with anna.opens() as buyer:
        for sid in ("1", "2"):
            buyer.says(t="sub", sid=sid, stream=stream, after=0)
            buyer.hears("sub_ok", sid=sid)
        buyer.says(t="unsub", sid="1")
        buyer.sends(stream, "Hello")
        buyer.sends(stream, "Again")
        numbers = [frame["event"]["seq"] for frame in buyer.heard if frame["t"] == "event"]
        assert numbers in ([2], [2, 3])


def test_a_number_beyond_all_numbers_is_refused_and_the_page_stays(anna: Guest) -> None:
    stream = anna.begins("halo")
    with anna.opens() as buyer:
        far = {"target": 1 << 70, "text": "x"}
        buyer.says(t="send", stream=stream, cmid=new_id(), type="edit", data=far)
        assert buyer.hears("refused")["problem"]["code"] == "entry_malformed"
        assert buyer.sends(stream, "Fine")["seq"] == 2
    for place in ({"after": 1 << 70}, {"after": -5}, {"before": 1 << 70}):
        page = anna.http.get(f"/api/v1/streams/{stream}/events", params=place)
        assert page.json()["head"] == 2


def test_pages_of_others_cannot_open_a_socket_in_a_visitors_name(anna: Guest) -> None:
    for origin in ("https://evil.example", "null", "http://127.0.0.1.evil.example:8000"):
        with anna.dials(origin=origin) as forged:
            assert forged.was_hung_up() == 4014


def test_signing_out_ends_the_open_sockets(anna: Guest) -> None:
    with anna.opens() as buyer:
        began = time.monotonic()
        anna.http.post("/api/v1/sign-out-everywhere", json={})
        assert buyer.was_hung_up() == 4005
        assert time.monotonic() - began < 2


BAD_FRAMES = {
    "not json": "hello",
    "unknown frame": '{"t":"dance"}',
    "unknown field": '{"t":"pong","x":1}',
    "wrong type": '{"t":"sub","sid":1,"stream":"c","after":0}',
    "lone surrogate": '{"t":"sub","sid":"\\ud800","stream":"c","after":0}',
    "nested": '{"t":"send","data":' + "[" * 5_000 + "]" * 5_000 + "}",
    "list": "[]",
    "binary": b"\x00\x01",
}


@pytest.mark.parametrize("frame", BAD_FRAMES.values(), ids=BAD_FRAMES)
def test_a_bad_frame_ends_that_socket_alone(anna: Guest, frame: str | bytes) -> None:
    stream = anna.begins("halo")
    with anna.opens() as other, anna.opens() as bad:
        bad.line.send(frame)
        assert bad.was_hung_up() == 4007
        assert other.sends(stream, "Still here")["seq"] == 2


def test_an_oversized_frame_ends_that_socket_alone(anna: Guest) -> None:
    stream = anna.begins("halo")
    with anna.opens() as other, anna.opens() as bad:
        bad.says(t="typing", stream="x" * 70_000, on=True)
        assert bad.was_hung_up() in {1009, 4007}
        assert other.sends(stream, "Still here")["seq"] == 2


REFUSED = {
    "too long": ({"type": "message", "data": {"text": "x" * 10_001}}, "text_too_long", 413),
    "nul": ({"type": "message", "data": {"text": "a\0"}}, "text_unreadable", 400),
    "nested": ({"type": "message", "data": {"text": [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}},
               "entry_malformed", 400),
    "unknown type": ({"type": "bless", "data": {}}, "unknown_entry_type", 400),
    "empty": ({"type": "message", "data": {"text": ""}}, "nothing_said", 422),
}  # fmt: skip


@pytest.mark.parametrize(("body", "code", "status"), REFUSED.values(), ids=REFUSED)
def test_the_socket_and_http_refuse_with_the_same_words(
    anna: Guest, body: dict[str, Any], code: str, status: int
) -> None:
    stream = anna.begins("halo")
    over_http = anna.http.post(f"/api/v1/streams/{stream}/events", json={"cmid": new_id(), **body})
    with anna.opens() as buyer:
        buyer.says(t="send", stream=stream, cmid=new_id(), **body)
        problem = buyer.hears("refused")["problem"]
        assert problem == over_http.json()
        assert (problem["code"], problem["status"], over_http.status_code) == (code, status, status)
        assert buyer.sends(stream, "Fine")["seq"] == 2


def test_a_flood_is_cut_off_and_others_are_not(anna: Guest) -> None:
    stream = anna.begins("halo")
    with anna.opens() as other, anna.opens() as flood:
        with contextlib.suppress(ConnectionClosed):
            for _n in range(200):
                flood.says(t="pong")
        assert flood.was_hung_up() == 4008
        assert other.sends(stream, "Still here")["seq"] == 2


def test_nothing_acknowledged_is_lost_or_doubled_when_the_server_is_killed(own_hall: Hall) -> None:
    server, acknowledged = own_hall.server, dict[str, int]()
    texts = {new_id(): str(n) for n in range(60)}
    killer = threading.Timer(1.2, server.kill)

    def send_the_rest(anna: Guest, stream: str) -> None:
        with anna.opens() as page:
            for cmid in texts.keys() - acknowledged.keys():
                acknowledged[cmid] = page.sends(stream, texts[cmid], cmid)["seq"]
                time.sleep(0.05)

    with signed_up(server, "anna") as anna:
        stream = anna.begins("halo")
        killer.start()
        with pytest.raises((ConnectionClosed, httpx.HTTPError, OSError)):
            send_the_rest(anna, stream)
        killer.join()
        server.start()
        send_the_rest(anna, stream)
        events = anna.http.get(f"/api/v1/streams/{stream}/events").json()["events"]
    kept = {event["cmid"]: event["seq"] for event in events if event["type"] == "message"}

    assert [event["seq"] for event in events] == list(range(1, len(texts) + 2))
    assert kept == acknowledged


def test_pages_are_sent_away_politely_when_the_server_stops(own_hall: Hall) -> None:
    with signed_up(own_hall.server, "anna") as anna, anna.opens() as buyer:
        stopping = threading.Thread(target=own_hall.server.stop)
        stopping.start()
        assert buyer.was_hung_up() == 4012
        stopping.join()
        assert buyer.heard[-1]["t"] == "bye"
