"""A small marketplace, made once and copied for every world."""

import sqlite3
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from shopbell.accounts import service as accounts
from shopbell.accounts.model import Knock
from shopbell.app import build
from shopbell.conversations.model import Stream
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import Actor
from tests.support.clock import WoundClock
from tests.support.house import House, Person
from tests.support.simulation.loop import VirtualLoop
from tests.support.simulation.outside import drawn_from


@dataclass(frozen=True)
class Key:
    """With what somebody comes in: who they are, and the secret of one of their sign-ins."""

    actor: Actor
    number: int
    secret: str
    session: str

    @property
    def name(self) -> str:
        return self.actor.name

    @property
    def label(self) -> str:
        return f"{self.actor.name} {self.number}"


@dataclass(frozen=True)
class Furnished:
    """The bytes of the database, the streams in it, and the keys to it, two of each person."""

    image: bytes
    streams: dict[str, str]
    keys: dict[str, tuple[Key, Key]]


@cache
def furnished() -> Furnished:
    """Return it: Anna and Boris have asked a shop with two people; Eve has asked nobody."""
    with TemporaryDirectory() as place, drawn_from(0, VirtualLoop(0)):
        file = Path(place) / "shopbell.db"
        clock = WoundClock()
        app = build(Settings(data=Path(place), database=f"sqlite:///{file}"), clock=clock)
        house = House(app, clock)
        halo = house.shop("halo", staff=["mei", "oleg"])
        buyers = {name: house.buyer(name) for name in ("anna", "boris", "eve")}
        talks = {name: buyers[name].begins(halo, None) for name in ("anna", "boris")}
        people = {**buyers, "mei": halo.mei, "oleg": halo.oleg}
        keys = {name: (_key(house, one, 1), _key(house, one, 2)) for name, one in people.items()}
        app.close()
        image = _bytes_of(file)
    return Furnished(image, {name: str(Stream(talk)) for name, talk in talks.items()}, keys)


def _key(house: House, person: Person, number: int) -> Key:
    whose = house.db.read_now(accounts.person, person.actor.id)
    entry = house.db.write_now(accounts.let_in, whose, Knock("127.0.0.1"))
    visit = house.db.read_now(accounts.who, entry.session)
    session = "" if visit is None else visit.session_id or ""
    return Key(person.actor, number, entry.session, session)


def _bytes_of(file: Path) -> bytes:
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        image = connection.serialize()
    connection.close()
    return image
