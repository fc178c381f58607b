"""Orders arrive before their buyer: a marketplace knows an address, later somebody owns it."""

import io
import re

import msgspec
import pytest

from shopbell.accounts import service as accounts
from shopbell.accounts import staff as colleagues
from shopbell.accounts.model import Letter, NewStaff, SignUp
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Order
from shopbell.connectors.files.model import Report
from shopbell.connectors.files.orders import import_orders
from shopbell.engine import outbox
from shopbell.kernel.actor import SYSTEM, Actor, Side
from tests.support.house import NO_PASSWORD, Counter, House, Person

TABLE = """\
number,buyer_email,placed_at,currency,title,price
1001,anna@example.org,2026-05-01T10:00:00Z,EUR,Kettle,20
1002,Anna@Example.org,2026-05-02T10:00:00Z,EUR,Lamp,30
1003,boris@example.org,2026-05-02T10:00:00Z,EUR,Lamp,30
"""


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo")


def arrives(house: House, table: str = TABLE) -> Report:
    return import_orders(house.db, "halo", io.BytesIO(table.encode()))


def signs_up(house: House) -> Actor:
    form = SignUp("anna@example.org", "never looked at", "Anna")
    person = house.db.write_now(accounts.sign_up, form, NO_PASSWORD, "http://shop.example")
    return Actor(person.id, Side.BUYER, name=person.called)


def opens_the_letter(house: House, who: Actor) -> None:
    waiting = house.db.read_now(outbox.waiting, Letter)
    letters = [msgspec.json.decode(job.body, type=Letter) for job in waiting]
    body = next(letter.body for letter in letters if letter.person == who.id)
    token = re.search(r"token=([\w-]+)", body)
    assert token
    house.db.write_now(accounts.verify_email, who, token[1])


def orders_of(house: House, who: Actor) -> list[Order]:
    return house.db.read_now(commerce.orders, who).items


def test_orders_wait_for_the_owner_of_their_address(house: House, halo: Counter) -> None:
    assert arrives(house).added == 3
    anna, mallory = signs_up(house), signs_up(house)
    assert orders_of(house, anna) == orders_of(house, mallory) == []

    opens_the_letter(house, anna)

    mine = orders_of(house, anna)
    assert {order.number for order in mine} == {"1001", "1002"}
    assert all(order.buyer == anna.id for order in mine)
    assert orders_of(house, mallory) == []
    talk = Person(house, anna).asks(halo, mine[0], "When will it arrive?")
    assert halo.mei.reads(talk) == ["When will it arrive?"]


def test_staff_who_own_an_address_take_nobodys_orders(house: House, halo: Counter) -> None:
    arrives(house)
    new = NewStaff("anna@example.org", "Anna")
    person = house.db.write_now(colleagues.add, SYSTEM, halo.shop.id, new, NO_PASSWORD).person
    anna = Actor(person.id, Side.SELLER, halo.shop.id)
    house.db.write_now(accounts.ask_verification, anna, "http://shop.example")
    opens_the_letter(house, anna)
    kept = house.db.read_now(commerce.orders, SYSTEM).items
    assert anna.id not in {order.buyer for order in kept}


def test_a_table_read_again_after_that_changes_nothing(house: House, halo: Counter) -> None:
    arrives(house)
    anna = signs_up(house)
    opens_the_letter(house, anna)

    again = arrives(house, TABLE + "1004,anna@example.org,2026-05-03T10:00:00Z,EUR,Mug,5\n")

    assert (again.added, again.unchanged, again.skipped) == (1, 3, [])
    assert {order.number for order in orders_of(house, anna)} == {"1001", "1002", "1004"}
