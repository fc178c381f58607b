"""The cast of Marketa: buyers, the teams of the shops, the operator."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from msgspec import Struct

from shopbell.accounts import service as accounts
from shopbell.accounts import staff as colleagues
from shopbell.accounts.model import NewPerson, NewStaff, Person
from shopbell.accounts.passwords import PasswordHash
from shopbell.demo.moments import at
from shopbell.demo.tables import read
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, Rank, ShopId, Side
from shopbell.kernel.texts import Locale

PASSWORD = "shopbell-demo"  # noqa: S105 - printed in the manual; the server keeps it on this machine
SIGN_INS = {
    "buyer-ru@demo.example": "buyer",
    "buyer-zh@demo.example": "buyer",
    "buyer-en@demo.example": "buyer",
    "shop-one@demo.example": "seller",
    "shop-two@demo.example": "seller",
    "dasha@demo.example": "two_shops",
    "operator@demo.example": "operator",
}
"""Who can be tried, and as what; somebody ``two_shops`` is of the staff of both."""

SECOND_DAY = timedelta(days=1)
"""Who works for two shops joined the second one later: the first is where a sign-in begins."""


class Described(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody as the table tells of them."""

    name: str
    locale: Locale
    zone: str = "UTC"
    rank: Rank = Rank.AGENT


class People(Struct, frozen=True, forbid_unknown_fields=True):
    """Everybody, by side; staff by the slug of their shop, and who ``also`` works for another."""

    buyers: dict[str, Described]
    operators: dict[str, Described]
    staff: dict[str, dict[str, Described]]
    also: dict[str, dict[str, Rank]]


@dataclass(frozen=True)
class Player:
    """Somebody of the cast, ready to act."""

    person: Person
    actor: Actor
    zone: str


def cast_people(tx: Tx, shops: Mapping[str, ShopId], password: PasswordHash) -> dict[str, Player]:
    """Make accounts for everybody and return them by the keys the other tables use."""
    people = read("people.toml", People)
    cast = {key: _buyer(tx, key, told, password) for key, told in people.buyers.items()}
    cast |= {key: _operator(tx, key, told, password) for key, told in people.operators.items()}
    for slug, team in people.staff.items():
        shop = shops[slug]
        cast |= {key: _colleague(tx, shop, key, told, password) for key, told in team.items()}
    later = at(tx, tx.now + SECOND_DAY)
    for slug, more in people.also.items():
        for key, rank in more.items():
            _joins_too(later, shops[slug], cast[key].person, rank, password)
    return cast


def address_of(key: str) -> str:
    """Return where somebody of the cast gets letters, if letters were sent."""
    return f"{key}@demo.example"


def _buyer(tx: Tx, key: str, told: Described, password: PasswordHash) -> Player:
    person = accounts.add_person(tx, SYSTEM, _described(key, told, Side.BUYER), password)
    return Player(person, Actor(person.id, Side.BUYER, name=person.called), told.zone)


def _operator(tx: Tx, key: str, told: Described, password: PasswordHash) -> Player:
    person = accounts.add_person(tx, SYSTEM, _described(key, told, Side.OPERATOR), password)
    return Player(person, Actor(person.id, Side.OPERATOR, name=person.called), told.zone)


def _described(key: str, told: Described, side: Side) -> NewPerson:
    return NewPerson(address_of(key), told.name, side, told.locale, verified=True, demo=True)


def _colleague(tx: Tx, shop: ShopId, key: str, told: Described, password: PasswordHash) -> Player:
    new = NewStaff(address_of(key), told.name, told.rank, told.locale, verified=True, demo=True)
    person = colleagues.add(tx, SYSTEM, shop, new, password).person
    return Player(person, Actor(person.id, Side.SELLER, shop, told.rank, person.called), told.zone)


def _joins_too(tx: Tx, shop: ShopId, person: Person, rank: Rank, password: PasswordHash) -> None:
    """Have somebody work for a second shop: they keep their account, name and password."""
    new = NewStaff(person.email, person.name, rank, person.locale, verified=True, demo=True)
    colleagues.add(tx, SYSTEM, shop, new, password)
