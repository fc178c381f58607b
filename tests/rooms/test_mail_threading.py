"""Where letters that arrive are put, and in whose name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shopbell.app import build
from shopbell.channels.mail import addresses
from shopbell.channels.mail.arriving.model import Fate, Why
from shopbell.conversations.model import ConversationId
from shopbell.engine.settings import Settings
from tests.support.clock import WoundClock
from tests.support.house import Counter, House, Person
from tests.support.mail import Letter, Letterbox, ask, signed


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


def test_an_answer_stands_in_the_conversation_once(
    box: Letterbox, talk: ConversationId, anna: Person, halo: Counter
) -> None:
    to = hers(box, talk, anna)
    letter = Letter(to, text="Yes, it was open.\n\n> On Monday we wrote\n", message_id="<1@example.org>")
    mail = box.gets(letter)
    assert (mail.fate, mail.why, mail.trouble) == (Fate.SHOWN, "", "")
    assert halo.mei.reads(talk)[-1] == "Yes, it was open."
    again = box.takes(b"Received: from elsewhere\r\n" + letter.raw(), to)
    assert again.fate is Fate.REPEATED
    assert halo.mei.reads(talk)[-2:] == ["Is the lamp paper?", "Yes, it was open."]


def test_the_team_answers_from_its_mailbox(
    box: Letterbox, talk: ConversationId, halo: Counter, anna: Person
) -> None:
    to = box.relay(talk, addresses.team(halo.shop.id))
    raw = Letter(to, sender="halo@example.org", text="Rice paper.").raw()
    mail = box.takes(signed(raw, "example.org"), to, sender="halo@example.org")
    assert (mail.fate, mail.why) == (Fate.SHOWN, "")
    assert anna.reads(talk)[-1] == "Rice paper."
