"""What tests of pages ask for: browsers with people in front of them, and a shop."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from shopbell.accounts import service as accounts
from shopbell.accounts.model import Knock
from shopbell.conversations.model import ConversationId
from shopbell.web.create import create
from tests.support.browsing import BROWSER, Browser, Door
from tests.support.house import Counter, House, Person
from tests.support.mail import Letterbox


@pytest.fixture
def door(house: House) -> Iterator[Door]:
    """Open browsers, each with one person in front of it."""
    with ExitStack() as house_open:
        first: list[Browser] = []

        def open_for(person: Person | None = None) -> Browser:
            browser = Browser(create(house.app), base_url=house.app.settings.base_url)
            browser.headers.update(BROWSER)
            browser.follow_redirects = False
            if first:  # one house, one loop: the others come in where the first did
                browser.blocking_portal = first[0].blocking_portal
            else:
                first.append(house_open.enter_context(browser))
            if person:
                who = house.db.read_now(accounts.person, person.actor.id)
                entry = house.db.write_now(accounts.let_in, who, Knock(address="127.0.0.1"))
                browser.cookies.set("shopbell_session", entry.session)
            return browser

        yield open_for


@pytest.fixture
def box(house: House) -> Letterbox:
    """Give the door for letters of the house."""
    return Letterbox(house)


@pytest.fixture
def anna(house: House) -> Person:
    return house.buyer("anna")


@pytest.fixture
def talk(halo: Counter, anna: Person) -> ConversationId:
    """Have Anna ask the shop something."""
    return anna.asks(halo, None, "Is the lamp paper?")


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo")
