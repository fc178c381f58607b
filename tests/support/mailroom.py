"""A house with a letterbox, a shop, and somebody who has asked it something."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shopbell.app import build
from shopbell.channels.mail import addresses
from shopbell.conversations.model import ConversationId
from shopbell.engine.settings import Settings
from tests.support.clock import WoundClock
from tests.support.house import Counter, House, Person
from tests.support.mail import Letterbox, ask


@pytest.fixture
def house(database: str, clock: WoundClock, tmp_path: Path) -> Iterator[House]:
    app = build(Settings(data=tmp_path / "data", database=database), clock=clock, ask=ask)
    yield House(app, clock)
    app.close()


@pytest.fixture
def box(house: House) -> Letterbox:
    return Letterbox(house)


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo")


@pytest.fixture
def anna(house: House) -> Person:
    return house.buyer("anna")


@pytest.fixture
def talk(halo: Counter, anna: Person) -> ConversationId:
    return anna.asks(halo, None, "Is the lamp paper?")


def hers(box: Letterbox, talk: ConversationId, anna: Person) -> str:
    return box.relay(talk, addresses.person(anna.actor.id))
