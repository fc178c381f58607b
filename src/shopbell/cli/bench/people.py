"""People of a measurement: a shop with its desk, and buyers who have each asked it something."""

import asyncio
import contextlib
import json
from typing import Any, NamedTuple
from urllib.request import Request, urlopen

from shopbell.accounts import service as accounts
from shopbell.accounts import staff
from shopbell.accounts.model import Knock, NewPerson, NewStaff
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


class Buyer(NamedTuple):
    """Somebody's cookie, and the stream of their conversation."""

    cookie: str
    stream: str


class Crowd(NamedTuple):
    """The shop's cookie, and its buyers."""

    desk: str
    buyers: list[Buyer]


def found(settings: Settings, buyers: int) -> Crowd:
    """Found a shop and its buyers in an empty database."""
    from shopbell.app import build  # noqa: PLC0415 - `--help` need not load the house

    app = build(settings)
    try:
        shop = app.db.write_now(_open_shop)
        desk = app.db.write_now(_staff, shop)
        return Crowd(desk, [app.db.write_now(_let_in, shop, number) for number in range(buyers)])
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


def _staff(tx: Tx, shop: Shop) -> str:
    new = NewStaff(email="desk@example.org", name="Desk", rank=Rank.OWNER, verified=True)
    person = staff.add(tx, SYSTEM, shop.id, new, NOBODY_SIGNS_IN).person
    return f"shopbell_session={accounts.let_in(tx, person, KNOCK).session}"


def _let_in(tx: Tx, shop: Shop, number: int) -> Buyer:
    new = NewPerson(email=f"bench-{number}@example.org", name=f"Bench {number}", verified=True)
    person = accounts.add_person(tx, SYSTEM, new, NOBODY_SIGNS_IN)
    buyer = Actor(person.id, Side.BUYER, name=person.name)
    talk, _new = conversations.begin(tx, buyer, Begin(Subject(SubjectKind.SHOP, shop.id)))
    session = accounts.let_in(tx, person, KNOCK).session
    return Buyer(f"shopbell_session={session}", str(Stream(talk.id)))


async def ask(url: str, path: str, cookie: str, body: object = None) -> Any:  # noqa: ANN401
    """Make one request and return the answer."""
    return await asyncio.to_thread(_ask, url, path, cookie, body)


def _ask(url: str, path: str, cookie: str, body: object) -> Any:  # noqa: ANN401
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Cookie": cookie, "Origin": url}
    with contextlib.closing(urlopen(Request(url + path, data, headers))) as answer:  # noqa: S310
        return json.loads(answer.read())
