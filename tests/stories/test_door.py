"""The web door: files, hostile input, foreign ids, and what every answer carries."""

import io
from typing import Any

import httpx
import pytest
from PIL import Image

from shopbell.kernel.ids import new_id
from tests.support.guest import Guest, Hall, signed_up

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PICTURE = io.BytesIO()
Image.new("RGB", (8, 6), "teal").save(PICTURE, "PNG")


def uploads(guest: Guest, stream: str, name: str, data: bytes) -> httpx.Response:
    path = f"/api/v1/conversations/{stream[2:-2]}/attachments"
    return guest.http.post(path, params={"name": name}, content=data)


def sends(guest: Guest, stream: str, **data: Any) -> httpx.Response:
    body = {"cmid": new_id(), "type": "message", "data": data}
    return guest.http.post(f"/api/v1/streams/{stream}/events", json=body)


def test_a_picture_is_seen_by_both_sides_and_by_nobody_else(
    anna: Guest, desk: Guest, hall: Hall
) -> None:
    stream = anna.begins("halo")
    kept = uploads(anna, stream, "lamp.png", PICTURE.getvalue())
    again = uploads(anna, stream, "lamp.png", PICTURE.getvalue())
    assert (kept.status_code, again.json()) == (201, kept.json())
    assert (kept.json()["media_type"], kept.json()["width"]) == ("image/png", 8)
    assert sends(anna, stream, text="", attachments=[kept.json()["id"]]).status_code == 201

    url = kept.json()["url"]
    for side in (anna, desk):
        shown = side.http.get(url)
        assert shown.content == PICTURE.getvalue()
        assert shown.headers["content-disposition"].startswith("inline")
    with signed_up(hall.server, "boris") as boris:
        assert boris.http.get(url).status_code == 404
        assert (
            sends(boris, boris.begins("halo"), text="mine", attachments=[kept.json()["id"]]).json()[
                "code"
            ]
            == "no_such_attachment"
        )
    assert httpx.get(hall.server.url + url).status_code == 401


def test_a_file_is_handed_out_so_that_it_can_never_run(anna: Guest) -> None:
    stream = anna.begins("halo")
    kept = uploads(anna, stream, "note.html", b"not <b>really</b> a page")
    assert kept.json()["name"] == "note.txt"

    shown = anna.http.get(kept.json()["url"])

    assert shown.headers["content-disposition"].startswith("attachment")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["content-security-policy"].startswith("sandbox")
    assert shown.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (SVG, 415, "file_kind_not_taken"),
        (b"<html><script>alert(1)</script>", 415, "file_kind_not_taken"),
        (b"", 422, "file_empty"),
        (b"\x89PNG\r\n\x1a\nbroken", 422, "file_broken"),
        (b"a" * (10 * 1024 * 1024 + 1), 413, "file_too_large"),
    ],
    ids=["svg", "html", "empty", "broken", "huge"],
)
def test_files_we_do_not_take_are_refused_and_the_talk_goes_on(
    anna: Guest, data: bytes, status: int, code: str
) -> None:
    stream = anna.begins("halo")

    refused = uploads(anna, stream, "lamp.png", data)

    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert sends(anna, stream, text="Still here").json()["seq"] == 2


HOSTILE_NAMES = {
    "../../etc/passwd": "passwd.png",
    "..\\..\\boot.ini": "boot.png",
    ".htaccess": "htaccess.png",
    "lamp\u202egnp.exe": "lampgnp.png",
    "a\u200b\r\nSet-Cookie: x=1.png": "aSet-Cookie x=1.png",
    "": "file.png",
    "  .  ": "file.png",
    "台灯.jpeg": "台灯.png",
    "x" * 500: "x" * 120 + ".png",
}


@pytest.mark.parametrize(("given", "shown"), HOSTILE_NAMES.items())
def test_a_hostile_name_becomes_a_harmless_one(anna: Guest, given: str, shown: str) -> None:
    stream = anna.begins("halo")

    kept = uploads(anna, stream, given, PICTURE.getvalue())

    assert kept.json()["name"] == shown
    assert anna.http.get(kept.json()["url"]).status_code == 200


BODIES: dict[str, tuple[bytes, str, int]] = {
    "not json": (b"{", "application/json", 400),
    "nested": (b"[" * 30_000, "application/json", 400),
    "unknown field": (b'{"subject":{"kind":"shop","id":"halo"},"x":1}', "application/json", 400),
    "wrong type": (b'{"subject":{"kind":"shop","id":5}}', "application/json", 400),
    "no such kind": (b'{"subject":{"kind":"moon","id":"halo"}}', "application/json", 400),
    "nul": (b'{"subject":{"kind":"shop","id":"ha\\u0000lo"}}', "application/json", 404),
    "lone surrogate": (b'{"subject":{"kind":"shop","id":"\\ud800"}}', "application/json", 400),
    "not utf-8": (b'{"subject":{"kind":"shop","id":"\xff"}}', "application/json", 400),
    "form": (b"subject=halo", "application/x-www-form-urlencoded", 415),
    "plain": (b'{"subject":{"kind":"shop","id":"halo"}}', "text/plain", 415),
    "huge": (b'{"x":"' + b"a" * 300_000 + b'"}', "application/json", 413),
}


@pytest.mark.parametrize(("body", "kind", "status"), BODIES.values(), ids=BODIES)
def test_a_body_that_cannot_be_read_gets_a_problem_document(
    anna: Guest, body: bytes, kind: str, status: int
) -> None:
    refused = anna.http.post("/api/v1/conversations", content=body, headers={"Content-Type": kind})

    problem = refused.json()
    assert (refused.status_code, problem["status"]) == (status, status)
    assert refused.headers["content-type"] == "application/problem+json"
    assert problem["type"] == f"/problems/{problem['code']}"
    assert problem["title"]
    assert problem["detail"]


def test_a_language_we_do_not_speak_is_the_askers_mistake(anna: Guest) -> None:
    refused = anna.http.put("/api/v1/me/language", json={"locale": "de"})
    assert (refused.status_code, refused.json()["code"]) == (400, "request_malformed")
    assert "locale" in refused.json()["detail"]


def test_problems_are_told_in_the_readers_language(anna: Guest) -> None:
    titles = {
        anna.http.get("/api/v1/nowhere", headers={"Accept-Language": tongue}).json()["title"]
        for tongue in ("en", "ru-RU,ru;q=0.9", "zh-CN")
    }
    assert len(titles) == 3


FOREIGN = [
    ("GET", "/api/v1/conversations/{talk}", None),
    ("GET", "/api/v1/streams/c.{talk}.p/events", None),
    ("GET", "/api/v1/streams/c.{talk}.n/events", None),
    ("POST", "/api/v1/streams/c.{talk}.p/events", {"type": "message", "data": {"text": "x"}}),
    ("POST", "/api/v1/streams/c.{talk}.n/events", {"type": "note", "data": {"text": "x"}}),
    ("POST", "/api/v1/streams/c.{talk}.p/read", {"seq": 1}),
    ("POST", "/api/v1/streams/c.{talk}.p/ack", {"seq": 1}),
    ("GET", "/api/v1/conversations/{talk}/draft", None),
    ("PUT", "/api/v1/conversations/{talk}/draft", {"text": "x"}),
    ("DELETE", "/api/v1/conversations/{talk}/draft", None),
]


@pytest.mark.parametrize(("method", "path", "body"), FOREIGN)
def test_foreign_ids_are_as_good_as_none(
    anna: Guest, hall: Hall, method: str, path: str, body: dict[str, Any] | None
) -> None:
    stream = anna.begins("halo")
    assert sends(anna, stream, text="My address is secret").status_code == 201
    if body and "type" in body:
        body = {"cmid": new_id(), **body}
    with signed_up(hall.server, "boris") as boris:
        for talk in (stream[2:-2], new_id(), "nonsense", "x" * 300, "%00"):
            refused = boris.http.request(method, path.format(talk=talk), json=body)
            assert refused.status_code in {400, 404}, refused.text
            assert "secret" not in refused.text
        strangers = httpx.request(
            method,
            hall.server.url + path.format(talk=stream[2:-2]),
            json=body,
        )
        assert strangers.status_code == 401


def test_what_pages_of_others_send_in_a_visitors_name_is_refused(anna: Guest) -> None:
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": anna.origin + ".evil.example"},
    ):
        forged = anna.http.post("/api/v1/sign-out", json={}, headers=headers)
        assert (forged.status_code, forged.json()["code"]) == (403, "from_elsewhere")
    assert anna.http.get("/api/v1/me").status_code == 200


PATHS = ["/", "/nowhere", "/sign-in", "/shops/halo", "/api/v1/me", "/api/v1/shops", "/healthz"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_what_protects_it(hall: Hall, path: str) -> None:
    answer = httpx.get(hall.server.url + path, headers={"Accept": "text/html"})

    csp = answer.headers["content-security-policy"]
    assert "unsafe-inline" not in csp
    assert "default-src 'none'" in csp
    assert "frame-ancestors 'none'" in csp
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert (
        "no-store" in answer.headers["cache-control"]
        or "no-cache" in answer.headers["cache-control"]
    )


def test_the_description_holds_every_operation_and_every_frame(hall: Hall) -> None:
    described = httpx.get(hall.server.url + "/api/v1/openapi.json").json()

    assert "/api/v1/streams/{stream}/events" in described["paths"]
    assert {"Up", "Down", "Hello", "SubOk", "Happened"} <= described["components"]["schemas"].keys()


def test_health_figures_and_readiness_are_told(hall: Hall) -> None:
    assert httpx.get(hall.server.url + "/healthz").text == "ok"
    assert httpx.get(hall.server.url + "/readyz").json() == {
        "database": True,
        "disk": True,
        "not_draining": True,
        "broker": True,
    }
    assert "shopbell_commit_seconds_count" in httpx.get(hall.server.url + "/metrics").text


def test_a_name_that_is_not_ours_is_not_answered(hall: Hall) -> None:
    trapped = httpx.get(hall.server.url + "/metrics", headers={"Host": "evil.example"})

    assert (trapped.status_code, trapped.json()["code"]) == (400, "wrong_host")
    forwarded = httpx.get(hall.server.url + "/metrics", headers={"X-Forwarded-For": "garbage"})
    assert forwarded.status_code == 404
