"""What others may send in somebody's name, and what may be kept of an answer: every route asked."""

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar

from shopbell.app import build
from shopbell.engine.settings import Settings
from shopbell.kernel.ids import new_id
from shopbell.web.create import routes
from tests.proof.conftest import Note
from tests.proof.test_access import (
    ANNA,
    GUARDED,
    MEI,
    OLGA,
    ONES_OWN,
    OPEN,
    PHONE,
    PUBLIC,
    RULE,
    SIGNED,
    World,
    filled,
    furnish,
)
from tests.support.clock import WoundClock
from tests.support.house import House
from tests.support.process import peak_megabytes
from tests.support.server import RunningServer

SAFE = {"GET", "HEAD"}
TALKS = {"subject": {"kind": "shop", "id": "halo"}}
BODIES: dict[str, dict[str, Any]] = {
    "POST /api/v1/sign-up": {
        "email": "new-{new}@example.org",
        "password": "five old kettles",
        "name": "N",
    },
    "POST /api/v1/sign-in": {"email": "kingfisher-anna@example.org", "password": "not the one"},
    "POST /api/v1/me/password": {"old": "not the one", "new": "nor this one"},
    "PUT /api/v1/me/language": {"locale": "ru"},
    "PUT /api/v1/me/shop": {"shop": "{shop}"},
    "POST /api/v1/email-verifications": {"token": "t" * 43},
    "POST /api/v1/conversations": TALKS,
    "PUT /api/v1/desk/views/{view}": {"name": "In Russian", "filter": {"locale": "ru"}},
    "POST /api/v1/desk/acts": {"key": "{new}", "act": "unassign", "talks": ["{talk}"]},
    "POST /api/v1/suggestions": {**TALKS, "words": "How heavy is it?"},
    "POST /api/v1/suggestions/reports": {
        **TALKS,
        "shown": ["attribute.x"],
        "helped": "attribute.x",
    },
    "POST /api/v1/products/{product}/questions": {"cmid": "{new}", "question": "Is it blue?"},
    "PUT /api/v1/answers/{answer}/vote": {"helped": True},
    "PUT /api/v1/answers/{answer}/report": {"why": "It is rude"},
    "PUT /api/v1/desk/keys": {"keys": {"next": "KeyN"}},
    "POST /api/v1/desk/rules/rehearsal": {"body": RULE, "days": 1},
    "POST /api/v1/desk/macros/table": {"table": "key,name,text_en\nhi,Hi,Hello"},
    "PUT /api/v1/push/wish": {"on": True},
    "PUT /api/v1/desk/rule": {"mode": "load"},
    "PUT /api/v1/desk/seat": {"presence": "busy"},
    "POST /api/v1/desk/tags": {"name": "Fragile"},
    "POST /api/v1/push/devices": msgspec.to_builtins(PHONE),
    "POST /api/v1/push/departures": {"endpoint": PHONE.endpoint},
}
"""What the routes take that belong to nobody in particular."""


@pytest.fixture(scope="module")
def world(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("requests")
    (folder / "shopbell.db").write_bytes(migrated_file.read_bytes())
    database = f"sqlite:///{folder / 'shopbell.db'}"
    app = build(Settings(data=folder / "data", database=database))
    house = House(app, WoundClock(datetime.now(UTC)))
    with RunningServer(folder / "data", database, frames_per_second=100_000) as server:
        world = furnish(server, house)
        yield world
        world.line.close()
    app.close()


@dataclass(frozen=True)
class Asked:
    """One thing to ask for, by whom and with what."""

    name: str
    path: str
    by: str
    body: Any = None

    @property
    def method(self) -> str:
        return self.name.partition(" ")[0]

    @property
    def takes_json(self) -> bool:
        raw = self.path.endswith(("/attachments", "/api/v1/listings"))
        return self.path.startswith("/api/") and not raw


def every_route(world: World) -> list[Asked]:
    """List everything that can be asked for, once each, by somebody who may."""
    found = []
    for name in sorted({*GUARDED, *ONES_OWN, *OPEN}):
        more: dict[str, str] = {}
        by, body = ANNA, BODIES.get(name)
        if name in GUARDED:
            more, door = GUARDED[name][0]
            by, body = door.by, door.body
        elif any(place in name for place in (" /shop/", "GET /desk", "/api/v1/desk/")):
            by = MEI
        ids = {**world.ids, "stream": PUBLIC, **filled(more, world.ids)}
        path = filled(filled(name.partition(" ")[2], ids), ids)
        found.append(Asked(name, path, by, filled(body, {"new": new_id()})))
    return found


def unsafe_routes(world: World) -> list[Asked]:
    return [one for one in every_route(world) if one.method not in SAFE]


def asks(world: World, one: Asked, headers: dict[str, str], **given: Any) -> httpx.Response:
    """Ask as a browser of ``one.by`` would, but with other headers."""
    world.line.cookies.clear()
    told = {**world.doors[one.by], **headers}
    return world.line.request(one.method, world.server.url + one.path, headers=told, **given)


# --- forged requests ----------------------------------------------------------------------


def foreign_pages(url: str) -> list[dict[str, str]]:
    """Return how requests look that pages of others make."""
    port = url.rpartition(":")[2]
    origins = (
        "https://evil.example",
        "null",
        "",
        f"{url}.evil.example",
        f"http://evil.example:{port}",
        f"http://127.0.0.1.evil.example:{port}",
        f"http://evil.example@127.0.0.1:{port}",
        f"https://127.0.0.1:{port}",
        "http://127.0.0.1:1",
        "http://127.0.0.1",
        "chrome-extension://abcdef",
        "file://",
    )
    sites = ("cross-site", "same-site", "anything")
    return [{"Origin": one} for one in origins] + [
        *({"Sec-Fetch-Site": site} for site in sites),
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
    ]


def test_no_page_of_others_changes_anything(world: World, note: Note) -> None:
    before, trouble, knocks = world.state(), [], 0
    for one in unsafe_routes(world):
        for headers in foreign_pages(world.server.url):
            answer, knocks = asks(world, one, headers, json=one.body), knocks + 1
            if (answer.status_code, answer.json().get("code")) != (403, "from_elsewhere"):
                trouble.append(f"{one.name} {headers}: {answer.status_code}")
            assert "set-cookie" not in answer.headers
    assert trouble == []
    assert world.state() == before
    note(routes=len(unsafe_routes(world)), forged=knocks)


KINDS = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain; application/json",
    "text/json",
    "application/jsonp",
    "",
)
"""What a form can send, or is said to be nearly JSON."""


def test_nothing_but_json_is_read_as_json(world: World) -> None:
    before = world.state()
    taken = [
        f"{one.name} {kind}"
        for one in unsafe_routes(world)
        if one.takes_json and one.body
        for kind in KINDS
        if asks(
            world,
            one,
            {"Origin": world.server.url, "Content-Type": kind},
            content=json.dumps(one.body),
        ).status_code
        != 415
    ]
    assert taken == []
    assert world.state() == before


# --- what is kept on the way --------------------------------------------------------------

FOR_EVERYBODY = {
    "GET /shopbell.js",
    "GET /favicon.ico",
    "GET /favicon.svg",
    "GET /icon-192.png",
    "GET /icon-512.png",
    "GET /pictures/{sha256}",
    "GET /static/{file_path}",
    "HEAD /static/{file_path}",
}
"""Files that are the same for all."""


def test_no_cache_keeps_what_is_somebodys(world: World) -> None:
    kept = []
    for one in every_route(world):
        if one.name in FOR_EVERYBODY or one.method != "GET":
            continue
        for who in (ANNA, MEI, OLGA, "nobody"):
            asked = Asked(one.name, one.path, who)
            answer = asks(world, asked, {"Accept": "text/html,*/*"}, params=CURSOR.get(one.name))
            told = answer.headers.get("cache-control", "")
            varies = {part.strip() for part in answer.headers.get("vary", "").split(",")}
            fresh = "no-store" in told or (who == "nobody" and told == "private, no-cache")
            if not fresh or not {"Cookie", "Authorization", "Accept-Language"} <= varies:
                kept.append(f"{one.name} for {who}: {told!r}, {sorted(varies)}")
    assert kept == []


CURSOR = {"GET /api/v1/events": {"cursor": "~inbox~0"}}


# --- more than was asked for --------------------------------------------------------------

SLIPPED = {
    "id": new_id(),
    "side": "operator",
    "rank": "owner",
    "shop": new_id(),
    "person": new_id(),
    "buyer": new_id(),
    "actor": {"side": "system"},
    "verified": True,
    "demo": True,
    "is_admin": True,
    "seq": 1,
    "at": "2020-01-01T00:00:00Z",
    "picture": "x",
    "__proto__": {"rank": "owner"},
}
ASKABLE = {
    "rank": {"keys", "staff", "{person}"},
    "id": {"staff", "mends", "appeals"},
    "seq": {"read", "ack", "reports"},
    "picture": {"{shop}"},
    "shop": {"shop"},
    "at": {"reminder"},
}
"""What some take, by the last word of their path."""


def test_no_field_can_be_slipped_in(world: World) -> None:
    before, trouble = world.state(), []
    asked = {one.name: one for one in unsafe_routes(world)}
    described = set(_with_bodies(routes())) - SIGNED
    assert described <= {name for name, one in asked.items() if isinstance(one.body, dict)}
    for name in sorted(described):
        one = asked[name]
        for field, value in SLIPPED.items():
            if name.rpartition("/")[2] in ASKABLE.get(field, ()):
                continue
            answer = asks(world, one, {"Origin": world.server.url}, json={**one.body, field: value})
            if (answer.status_code, answer.json()["code"]) != (400, "request_malformed"):
                trouble.append(f"{name} {field}: {answer.status_code} {answer.text[:90]}")
    assert trouble == []
    assert world.state() == before


def _with_bodies(app: Litestar) -> Iterator[str]:
    for path, operations in app.openapi_schema.to_schema()["paths"].items():
        for method, operation in operations.items():
            if "application/json" in operation.get("requestBody", {}).get("content", {}):
                yield f"{method.upper()} {path}"


def test_no_field_can_be_slipped_into_a_message(world: World) -> None:
    path = filled(f"/api/v1/streams/{PUBLIC}/events", world.ids)
    for field, value in SLIPPED.items():
        body = {"type": "message", "cmid": new_id(), "data": {"text": "x", field: value}}
        answer = asks(world, Asked("POST x", path, ANNA), {"Origin": world.server.url}, json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "entry_malformed")


def test_no_field_can_be_slipped_into_a_subject(world: World) -> None:
    for field, value in (SLIPPED | {"id": [TALKS["subject"]["id"]]}).items():
        body = {"subject": {**TALKS["subject"], field: value}}
        begin = Asked("POST x", "/api/v1/conversations", ANNA)
        answer = asks(world, begin, {"Origin": world.server.url}, json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "request_malformed"), field


def test_a_form_makes_nobody_more_than_a_buyer(world: World) -> None:
    form = {"email": f"{new_id()}@example.org", "password": "five old kettles", "name": "Eve"}
    slipped = {name: str(value) for name, value in SLIPPED.items()}
    origin = {"Origin": world.server.url}
    with httpx.Client(base_url=world.server.url, headers=origin) as eve:
        assert eve.post("/sign-up", data={**form, **slipped}).status_code < 400
        me = eve.get("/api/v1/me").json()
    assert (me["person"]["side"], me["person"].get("verified", False)) == ("buyer", False)
    assert me["person"]["id"] != SLIPPED["id"]
    assert me.keys() <= {"person"}


# --- too much -----------------------------------------------------------------------------


def test_no_request_is_too_much_for_us(world: World) -> None:
    """Bodies without end, nested ones, many questions: refused, and little is held meanwhile."""
    own = {"Origin": world.server.url, "Content-Type": "application/json"}
    deep = b'{"a":' * 50_000
    room, trouble = peak_megabytes(world.server.pid), []
    for one in unsafe_routes(world):
        bodies = {"long": b'{"x":"' + b"a" * 300_000 + b'"}', "deep": deep, "list": b"[" * 50_000}
        for name, body in bodies.items():
            if one.path.endswith("/attachments"):
                continue
            answer = asks(world, one, own, content=body)
            if answer.status_code >= 500 or (one.takes_json and one.body and answer.is_success):
                trouble.append(f"{one.name} {name}: {answer.status_code}")
    for one in every_route(world):
        if one.method == "GET":
            many = "&".join(f"q{n}={n}" for n in range(2_000))
            answer = asks(world, Asked(one.name, f"{one.path}?{many}", one.by), {})
            if answer.status_code >= 500:
                trouble.append(f"{one.name} with many questions: {answer.status_code}")
    assert trouble == []
    assert peak_megabytes(world.server.pid) - room < 100


def test_who_sends_slowly_holds_up_nobody(world: World) -> None:
    """Many requests that never end, and each is still where it was; others are answered."""
    host, _, port = world.server.url.removeprefix("http://").partition(":")
    path = filled("/api/v1/conversations/{talk}/attachments", world.ids)
    cookie = world.doors[ANNA]["Cookie"]
    head = f"Host: {host}:{port}\r\nCookie: {cookie}\r\nOrigin: {world.server.url}\r\n"
    chunked = 'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{"e\r\n'
    starts = (
        f"POST {path} HTTP/1.1\r\n{head}Content-Length: 1000000000\r\n\r\nabc",
        f"POST /api/v1/sign-in HTTP/1.1\r\n{head}{chunked}",
        f"GET / HTTP/1.1\r\n{head}X-Half:",
    )
    slow = []
    for start in starts * 30:
        line = socket.create_connection((host, int(port)), timeout=20)
        line.sendall(start.encode())
        slow.append(line)
    for _ in range(5):
        assert world.line.get(f"{world.server.url}/healthz").text == "ok"
        assert world.line.get(f"{world.server.url}/api/v1/products").status_code == 200
    for line in slow:
        line.close()
