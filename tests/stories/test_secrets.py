"""What opens a door: long, drawn by chance, kept as a hash, and good for that door alone."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection

from shopbell.accounts import keys
from shopbell.accounts.model import KEY_PREFIX, NewKey
from shopbell.app import App, build
from shopbell.channels.mail import service as mail
from shopbell.channels.mail.compose import opened
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import Actor, PersonId, Rank, Side
from shopbell.kernel.ids import new_id
from tests.stories.test_sockets_hostile import REFUSED
from tests.support.clock import WoundClock
from tests.support.guest import PASSWORD, Guest
from tests.support.house import House
from tests.support.server import RunningServer

BITS_PER_SIGN = 6
FRAMED = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "empty"}
SESSION, DEVICE, FRAME = "shopbell_session", "shopbell_device", "__Host-shopbell_frame"
OLGA = Actor(PersonId(new_id()), Side.OPERATOR)
PLANTED = "a-session-that-somebody-else-has-chosen-00001"


@dataclass
class Place:
    """A running house, seen from outside and from inside."""

    server: RunningServer
    app: App
    addresses: Iterator[int] = field(default_factory=count)

    def door(self, **headers: str) -> Guest:
        """Come from an address of one's own: sign-ups from one are few."""
        address = f"10.{next(self.addresses)}.0.1"
        return Guest(self.server, **{"X-Forwarded-For": address, **headers})

    def letters(self, email: str) -> list[str]:
        """Return the tokens in the letters to an address, once the worker has written one."""
        until = time.monotonic() + 10
        while not (found := self._letters(email)) and time.monotonic() < until:
            time.sleep(0.05)
        return found

    def _letters(self, email: str) -> list[str]:
        posted = self.app.db.read_now(mail.listed, OLGA)
        ids = [one.id for one in posted if one.address == email]
        bodies = [opened(self.app.db.read_now(mail.letter, one).raw).plain for one in ids]
        return [found[1] for body in bodies if (found := re.search(r"token=([\w-]+)", body))]


@pytest.fixture(scope="module")
def place(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("secrets")
    (folder / "shopbell.db").write_bytes(migrated_file.read_bytes())
    database = f"sqlite:///{folder / 'shopbell.db'}"
    app = build(Settings(data=folder / "data", database=database))
    with RunningServer(folder / "data", database) as server:
        yield Place(server, app)
    app.close()


@dataclass
class Newcomer:
    """Somebody who has just signed up, with everything they were given."""

    email: str
    secrets: dict[str, str]


def newcomer(place: Place) -> Newcomer:
    email = f"{new_id()}@example.org"
    form = {"email": email, "password": PASSWORD, "name": "Anna", "locale": "en"}
    with place.door() as guest:
        assert guest.http.post("/api/v1/sign-up", json=form).status_code == 201
        kept = dict(guest.http.cookies)
        ticket = guest.ticket()
    with place.door(**FRAMED) as guest:
        door = {"email": email, "password": PASSWORD}
        answer = guest.http.post("/api/v1/sign-in?framed=1", json=door)
        framed = dict(answer.cookies)
    [token] = place.letters(email)
    secrets = {"session": kept[SESSION], "device": kept[DEVICE], "ticket": ticket, "token": token}
    return Newcomer(email, {**secrets, "frame": framed[FRAME]})


def shop_key(place: Place) -> str:
    name = f"mei-{new_id()[-10:]}"
    owner = House(place.app, WoundClock()).shop(f"shop-of-{name}", staff=[name]).staff[name].actor
    assert owner.shop
    new = NewKey(name="Desk", rank=Rank.AGENT)
    made = place.app.db.write_now(keys.make, owner, owner.shop, new)
    return made.secret


def opens_pages(place: Place, secret: str) -> bool:
    return knows(place, {"Cookie": f"{SESSION}={secret}"})


def opens_the_frame(place: Place, secret: str) -> bool:
    return knows(place, {"Cookie": f"{FRAME}={secret}", **FRAMED}, "?framed=1")


def opens_the_api(place: Place, secret: str) -> bool:
    return knows(place, {"Authorization": f"Bearer {secret}".strip()})


def knows(place: Place, headers: dict[str, str], query: str = "") -> bool:
    answer = httpx.get(f"{place.server.url}/api/v1/conversations{query}", headers=headers)
    assert answer.status_code in {200, 401}
    return answer.status_code == 200


def opens_a_socket(place: Place, secret: str) -> bool:
    with place.door() as guest, guest.dials() as page:
        page.says(t="hello", token=secret, version="1")
        try:
            page.hears("welcome")
        except Exception:  # noqa: BLE001 - however it ends: nobody was welcomed
            assert page.was_hung_up() in REFUSED
            return False
        return True


def confirms_an_address(place: Place, secret: str) -> bool:
    with place.door() as guest:
        answer = guest.http.post("/api/v1/email-verifications", json={"token": secret})
    assert answer.status_code in {200, 204, 400, 401, 403, 410}, answer.text
    return answer.status_code in {200, 204, 401}


DOORS: dict[str, Callable[[Place, str], bool]] = {
    "session": opens_pages,
    "frame": opens_the_frame,
    "key": opens_the_api,
    "ticket": opens_a_socket,
}


def test_each_secret_opens_its_own_door_and_no_other(place: Place) -> None:
    secrets = {**newcomer(place).secrets, "key": shop_key(place)}
    for door, opens in DOORS.items():
        for kind, secret in secrets.items():
            if kind != door:
                assert not opens(place, secret), f"a {kind} opens the door of a {door}"
        for nothing in ("", "null", "undefined", "0", "[]", "%00", "'", "*"):
            assert not opens(place, nothing)
        for near in (secrets[door][:-1], secrets[door] + "A", secrets[door].swapcase()):
            assert not opens(place, near)
        assert opens(place, secrets[door]), door


def test_a_letter_is_shown_by_its_reader_once(place: Place) -> None:
    anna = newcomer(place)
    others = [secret for kind, secret in anna.secrets.items() if kind != "token"]
    with place.door(Cookie=f"{SESSION}={anna.secrets['session']}") as guest:

        def shows(token: object) -> int:
            return guest.http.post("/api/v1/email-verifications", json={"token": token}).status_code

        wrong = [
            "",
            " ",
            None,
            [],
            [anna.secrets["token"]],
            {"$ne": ""},
            True,
            0,
            "x" * 43,
            *others,
        ]
        assert {shows(token) for token in wrong} <= {400, 410}
        assert shows(anna.secrets["token"]) < 300
        assert shows(anna.secrets["token"]) == 410


def test_secrets_are_long_and_no_two_are_alike(place: Place) -> None:
    drawn = [newcomer(place).secrets for _ in range(4)]
    drawn_keys = [keys.draw().removeprefix(KEY_PREFIX) for _ in range(200)]
    for kind in drawn[0]:
        found = [one[kind].partition("_")[2] if kind == "frame" else one[kind] for one in drawn]
        assert len(set(found)) == len(found)
        assert all(len(one) * BITS_PER_SIGN >= 128 for one in found), kind
        assert all(re.fullmatch(r"[\w-]+", one, re.ASCII) for one in found), kind
    assert len(set(drawn_keys)) == 200
    assert {len(one) * BITS_PER_SIGN >= 128 for one in drawn_keys} == {True}
    together = "".join(drawn_keys)
    most = max(together.count(sign) for sign in set(together))
    assert most < 2 * len(together) / 64, "as if drawn by chance"


def test_no_secret_lies_in_the_database_as_it_is(place: Place) -> None:
    anna, key = newcomer(place), shop_key(place)
    letters = place.letters(anna.email)
    with place.app.db.engine.connect() as connection:
        dump = "\n".join(_values(connection))
    known = {**anna.secrets, "key": key, "password": PASSWORD}
    readable = {kind for kind, secret in known.items() if secret in dump}
    assert anna.email in dump
    assert letters == [known["token"]]
    assert readable == {"token"}, (
        "which stands in the letter that waits to be sent, and nowhere else"
    )
    assert dump.count(known["token"]) == 1


def _values(connection: Connection) -> Iterator[str]:
    """Read all there is; what the index of words keeps lies in tables of its own beside it."""
    named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'search_index'"
    for table in connection.exec_driver_sql(named).scalars().all():
        for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"'):  # noqa: S608 - its own names
            for value in row:
                yield value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


@pytest.mark.parametrize("way", ["/api/v1/sign-in", "/api/v1/sign-up", "/sign-in"])
def test_a_session_known_before_is_never_the_one_after(place: Place, way: str) -> None:
    """Whatever a browser brings along, planted or once real, it gets another, and that ends."""
    anna = newcomer(place)
    for earlier in (PLANTED, anna.secrets["session"]):
        form = {"email": anna.email, "password": PASSWORD}
        if way.endswith("sign-up"):
            form = {"email": f"{new_id()}@example.org", "password": PASSWORD, "name": "Eve"}
        given: dict[str, Any] = {"json": form} if "api" in way else {"data": form}
        with place.door(Cookie=f"{SESSION}={earlier}") as guest:
            answer = guest.http.post(way, **given)
        assert answer.status_code < 400
        fresh = answer.cookies[SESSION]
        assert fresh != earlier
        assert opens_pages(place, fresh)
        assert not opens_pages(place, earlier)


ELSEWHERE = (
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\n//evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    "/%0d%0aLocation:https://evil.example\r\nX: y",
)


def test_nobody_is_led_to_another_site_from_the_sign_in(place: Place) -> None:
    anna = newcomer(place)
    with place.door() as guest:
        for address, leads_to in {
            **dict.fromkeys(ELSEWHERE, "/"),
            "/me/orders": "/me/orders",
        }.items():
            form = {"email": anna.email, "password": PASSWORD, "next": address}
            answer = guest.http.post("/sign-in", data=form)
            assert answer.status_code == 303
            assert answer.headers["location"] == leads_to, address
