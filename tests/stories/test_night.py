"""At night, when nobody is there, the house forgets what has run out."""

from shopbell.accounts import service as accounts
from shopbell.accounts.model import Knock
from tests.support.house import House


def test_old_sessions_are_gone_in_the_morning(house: House) -> None:
    anna = house.db.read_now(accounts.person, house.buyer("anna").actor.id)
    entry = house.db.write_now(accounts.let_in, anna, Knock(address="192.0.2.7"))
    for _ in range(3):
        house.passes(days=200)
    assert house.db.read_now(accounts.who, entry.session) is None
    assert house.db.write_now(accounts.sweep) == 0
