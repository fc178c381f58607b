"""People of a measurement: a shop with its desk, and buyers who have each asked it something."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from shopbell.accounts import service as accounts
from shopbell.accounts import staff
from shopbell.accounts.model import Knock, NewPerson, NewStaff, Person
from shopbell.accounts.passwords import PasswordHash
from shopbell.commerce import service as commerce
from shopbell.commerce.commands import OpenShop
from shopbell.commerce.model import Shop
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Begin
from shopbell.conversations.model import Stream, Subject, SubjectKind
from shopbell.engine.database import Tx
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import SYSTEM, Actor, Rank, Side

NOBODY_SIGNS_IN = PasswordHash("nobody signs in with this")
KNOCK = Knock(address="127.0.0.1")
AT_ONCE = 200


class Visitor(NamedTuple):
    """Somebody by the name that others see, and the cookie that proves it."""

    name: str
    cookie: str


class Buyer(NamedTuple):
    """Somebody who has asked something, and the stream of their conversation."""

    who: Visitor
    stream: str


class Crowd(NamedTuple):
    """The shop's owner, its buyers, and others at the shop's desk."""

    desk: Visitor
    buyers: list[Buyer]
    team: Sequence[Visitor] = ()


def found(settings: Settings, buyers: int, team: int = 0) -> Crowd:
    """Found a shop and its buyers in an empty database."""
    from shopbell.app import build  # noqa: PLC0415 - `--help` need not load the house

    app = build(settings)
    try:
        shop = app.db.write_now(_open_shop)
        desk, *others = (app.db.write_now(_staff, shop, number) for number in range(1 + team))
        parts = (range(first, min(first + AT_ONCE, buyers)) for first in range(0, buyers, AT_ONCE))
        known = [one for part in parts for one in app.db.write_now(_let_in, shop, part)]
        return Crowd(desk, known, others)
    finally:
        app.close()


def _open_shop(tx: Tx) -> Shop:
    shop = OpenShop(
        slug="bench",
        name="Bench",
        about={"en": "Bench"},
        zone="UTC",
        languages=["en"],
        email="bench@example.org",
    )
    return commerce.open_shop(tx, SYSTEM, shop)


def _staff(tx: Tx, shop: Shop, number: int) -> Visitor:
    rank, email = Rank.AGENT if number else Rank.OWNER, f"desk-{number}@example.org"
    new = NewStaff(email=email, name="Desk", rank=rank, verified=True)
    person = staff.add(tx, SYSTEM, shop.id, new, NOBODY_SIGNS_IN).person
    return _signed_in(tx, person)


def _let_in(tx: Tx, shop: Shop, numbers: Iterable[int]) -> list[Buyer]:
    return [_let_one_in(tx, shop, number) for number in numbers]


def _let_one_in(tx: Tx, shop: Shop, number: int) -> Buyer:
    new = NewPerson(email=f"bench-{number}@example.org", name=f"Bench {number}", verified=True)
    person = accounts.add_person(tx, SYSTEM, new, NOBODY_SIGNS_IN)
    buyer = Actor(person.id, Side.BUYER, name=person.name)
    talk, _new = conversations.begin(tx, buyer, Begin(Subject(SubjectKind.SHOP, shop.id)))
    return Buyer(_signed_in(tx, person), str(Stream(talk.id)))


def _signed_in(tx: Tx, person: Person) -> Visitor:
    session = accounts.let_in(tx, person, KNOCK).session
    return Visitor(person.name, f"shopbell_session={session}")
