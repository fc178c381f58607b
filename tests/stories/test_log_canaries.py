"""The log tells what happened, never what was said: searched for everything people entrusted."""

import io
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
import structlog
from litestar.testing import TestClient
from sqlalchemy import text

from shopbell.accounts import keys
from shopbell.accounts.model import Letter, NewKey
from shopbell.engine import outbox
from shopbell.engine.log import set_up
from shopbell.kernel.actor import Rank
from shopbell.kernel.ids import new_id
from shopbell.web.create import create
from tests.support.house import House

BROWSER = {"Sec-Fetch-Site": "same-origin"}
OUR_OWN = ("httpx", "httpcore")
"""What the visitor's side says of itself."""

TRUSTED = ("person", "outbox", "session", "conversation", "event", "draft", "attachment")
"""Where what people entrust is kept."""


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Listen to everything the program and its libraries say, down to the smallest.

    SQLAlchemy shows rows when it is asked for everything, so it is asked for its statements.
    """
    heard = io.StringIO()
    set_up("json")
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        logger_factory=structlog.PrintLoggerFactory(heard),
        cache_logger_on_first_use=False,
    )
    ear, root, sql = (
        logging.StreamHandler(heard),
        logging.getLogger(),
        logging.getLogger("sqlalchemy"),
    )
    before = root.level, sql.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    sql.setLevel(logging.INFO)
    ear.addFilter(lambda record: not record.name.startswith(OUR_OWN))
    yield heard
    root.removeHandler(ear)
    root.setLevel(before[0])
    sql.setLevel(before[1])
    structlog.reset_defaults()


@dataclass
class Canaries:
    """Words that nobody says by chance, each under what it stands for."""

    known: dict[str, str] = field(default_factory=dict[str, str])

    def new(self, name: str) -> str:
        """Return a word of its own for ``name``, and another each time."""
        word = f"kingfisher{new_id()[-10:]}"
        self.known[f"{name} {len(self.known)}"] = word
        return word

    def secret(self, name: str, word: str) -> str:
        """Remember a word that the house has drawn itself."""
        self.known[f"{name} {len(self.known)}"] = word
        return word

    def sung_in(self, said: str) -> list[str]:
        return [name for name, word in self.known.items() if word and word in said]


def everything(visitor: TestClient[Any], canaries: Canaries, shop: str) -> list[int]:
    """Do everything a buyer can do with words, with other words each time; return what came."""
    said: list[int] = []

    def asks(method: str, path: str, key: str = "", **more: Any) -> Any:
        headers = BROWSER | ({"Authorization": f"Bearer {key}"} if key else {})
        answer = visitor.request(method, path, headers=headers, **more)
        said.append(answer.status_code)
        for name, value in answer.cookies.items():
            canaries.secret(name, value)
        return answer

    email = f"{canaries.new('address')}@example.org"
    password = canaries.new("password")
    name = canaries.new("name")
    asks("POST", "/api/v1/sign-up", json={"email": email, "password": password, "name": name})
    asks("POST", "/api/v1/sign-in", json={"email": email, "password": canaries.new("guess")})
    asks("POST", "/sign-in", data={"email": email, "password": canaries.new("typed")})
    asks("POST", "/api/v1/sign-in", json={"email": email, "password": password})
    asks("POST", "/api/v1/email-verifications", json={"token": canaries.new("token")})
    asks("GET", f"/verify?token={canaries.new('link')}")
    asks("POST", "/verify", data={"token": canaries.new("link")})
    asks("POST", "/api/v1/me/password", json={"old": password, "new": canaries.new("next")})
    ticket = asks("POST", "/api/v1/socket-tickets", json={})
    if ticket.status_code == 201:
        canaries.secret("ticket", ticket.json()["ticket"])
    begun = asks("POST", "/api/v1/conversations", json={"subject": {"kind": "shop", "id": shop}})
    talk = begun.json().get("id", new_id())
    file = {"name": f"{canaries.new('file name')}.txt"}
    words = canaries.new("file").encode()
    asks("POST", f"/api/v1/conversations/{talk}/attachments", params=file, content=words)
    message = {"cmid": new_id(), "type": "message", "data": {"text": canaries.new("message")}}
    asks("POST", f"/api/v1/streams/c.{talk}.p/events", json=message)
    asks("PUT", f"/api/v1/conversations/{talk}/draft", json={"text": canaries.new("draft")})
    asks("POST", f"/contact/{talk}", data={"cmid": new_id(), "text": canaries.new("form")})
    asks("GET", "/api/v1/conversations", params={"q": canaries.new("search")})
    asks("GET", "/", params={"q": canaries.new("search")})
    asks("GET", "/api/v1/me", f"sbk_{canaries.new('key')}")
    asks("POST", "/api/v1/sign-in", content=f'{{"email": "{canaries.new("broken")}"')
    asks("POST", "/api/v1/sign-in", json={"email": email, "password": 5, "x": canaries.new("x")})
    return said


def tokens_posted(house: House) -> list[str]:
    """Return what opens something in the letters that were written."""
    bodies = [
        str(msgspec.json.decode(job.body)) for job in house.db.read_now(outbox.waiting, Letter)
    ]
    return [token for body in bodies for token in re.findall(r"token=([\w-]+)", body)]


@pytest.fixture
def canaries() -> Canaries:
    return Canaries()


@pytest.fixture
def visitor(log: io.StringIO, house: House) -> Iterator[TestClient[Any]]:
    with TestClient(create(house.app), base_url=house.app.settings.base_url) as visitor:
        visitor.follow_redirects = False
        yield visitor


def test_nothing_people_entrust_is_in_the_log(
    house: House, visitor: TestClient[Any], canaries: Canaries, log: io.StringIO
) -> None:
    halo = house.shop("halo")
    assert halo.mei.actor.shop
    new = NewKey(name=canaries.new("key name"), rank=Rank.AGENT)
    made = house.db.write_now(keys.make, halo.mei.actor, halo.mei.actor.shop, new)
    canaries.secret("key", made.secret)

    said = everything(visitor, canaries, "halo")
    [token] = tokens_posted(house)
    canaries.secret("token in a letter", token)
    visitor.cookies.clear()
    bearer = {"Authorization": f"Bearer {made.secret}"}
    assert visitor.get("/api/v1/conversations", headers=bearer).status_code == 200

    assert said.count(201) >= 4
    assert len(canaries.known) >= 20
    assert "hide_parameters" in log.getvalue(), "the database is heard, too"
    assert canaries.sung_in(log.getvalue()) == []


def test_nor_is_it_when_the_database_refuses_it(
    house: House, visitor: TestClient[Any], canaries: Canaries, log: io.StringIO
) -> None:
    """Each table in turn takes nothing any more; what failed is in the log, but not with what."""
    house.shop("halo")
    failed = 0
    for table in TRUSTED:
        visitor.cookies.clear()
        house.passes(hours=2)
        with out_of_order(house, table):
            failed += everything(visitor, canaries, "halo").count(500)
    heard = log.getvalue()
    assert failed >= len(TRUSTED)
    assert heard.count("Traceback") >= len(TRUSTED)
    assert canaries.sung_in(heard) == []


class out_of_order:  # noqa: N801 - it reads like a function
    """A table that refuses every row."""

    def __init__(self, house: House, table: str) -> None:
        self._house, self._table = house, table

    def __enter__(self) -> None:
        if self._house.db.engine.dialect.name == "sqlite":
            for when in ("INSERT", "UPDATE"):
                self._run(
                    f'CREATE TRIGGER refused_{when} BEFORE {when} ON "{self._table}" '
                    "BEGIN SELECT RAISE(ABORT, 'refused'); END"
                )
        else:
            self._run(f'ALTER TABLE "{self._table}" ADD CONSTRAINT refused CHECK (false) NOT VALID')

    def __exit__(self, *_what: object) -> None:
        if self._house.db.engine.dialect.name == "sqlite":
            for when in ("INSERT", "UPDATE"):
                self._run(f"DROP TRIGGER refused_{when}")
        else:
            self._run(f'ALTER TABLE "{self._table}" DROP CONSTRAINT refused')

    def _run(self, statement: str) -> None:
        with self._house.db.engine.begin() as connection:
            connection.execute(text(statement))
