"""What marketplaces write to a shop about its orders stands with these, for the team only."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shopbell.app import build
from shopbell.channels.mail.arriving import service
from shopbell.channels.mail.arriving.model import Fate, Mail, NoSuchMail
from shopbell.conversations.model import ConversationId
from shopbell.conversations.refusals import NoSuchConversation
from shopbell.engine.settings import BadSetting, Settings, load
from tests.support.clock import WoundClock
from tests.support.house import Counter, House, Person
from tests.support.mail import HERE, STRANGE, Letter, Letterbox, ask, signed

SHOP = f"halo@{HERE}"
MARKET = "no-reply@mail.example.org"


@pytest.fixture
def house(database: str, clock: WoundClock, tmp_path: Path) -> Iterator[House]:
    settings = Settings(
        data=tmp_path / "data", database=database, market_senders="mail.example.org=Ozon"
    )
    app = build(settings, clock=clock, ask=ask)
    yield House(app, clock)
    app.close()


@pytest.fixture
def about_order(halo: Counter, anna: Person) -> ConversationId:
    """Have Anna ask about her order 0123456-0007-1."""
    order = halo.ships_to(anna, halo.sells("lamp"), number="0123456-0007-1")
    return anna.asks(halo, order, "Where is it?")


def notice(subject: str = "Заказ 0123456-0007-1 отменён", **how: Any) -> Letter:
    usual: dict[str, Any] = {
        "sender": MARKET,
        "text": "Buyer asks for a refund.",
        "subject": subject,
    }
    return Letter(SHOP, **(usual | how))


def proven(box: Letterbox, letter: Letter, signer: str = "mail.example.org") -> Mail:
    return box.takes(signed(letter.raw(), signer), SHOP, sender=letter.sender, client=STRANGE)


def test_a_notice_is_a_line_for_the_team(
    house: House, box: Letterbox, about_order: ConversationId, halo: Counter, anna: Person
) -> None:
    waits = halo.mei.sees(about_order).due
    mail = proven(box, notice())
    assert (mail.fate, mail.conversation) == (Fate.NOTICE, about_order)
    [line] = halo.mei.events(about_order, "n")
    told = json.loads(bytes(line.data))
    assert (line.type, line.id) == ("market_notice", mail.event)
    assert (told["market"], told["order"]) == ("Ozon", "0123456-0007-1")
    assert anna.reads(about_order) == ["Where is it?"]
    assert halo.mei.sees(about_order).due == waits
    assert house.db.read_now(service.original, halo.mei.actor, line.id).id == mail.id
    with pytest.raises((NoSuchConversation, NoSuchMail)):
        house.db.read_now(service.original, anna.actor, line.id)


def test_it_may_be_named_in_the_words_or_handed_on_by_the_shop(
    box: Letterbox, about_order: ConversationId, halo: Counter
) -> None:
    first = proven(box, notice("News", text="Order #0123456-0007-1, 2 parcels of 2026."))
    handed_on = Letter("halo@example.org", sender=MARKET, subject="0123456-0007-1")
    second = proven(box, handed_on)
    assert [first.conversation, second.conversation] == [about_order] * 2
    assert len(halo.mei.events(about_order, "n")) == 2


def test_the_same_notice_again_is_one(
    box: Letterbox, about_order: ConversationId, halo: Counter
) -> None:
    letter = notice(message_id="<1@mail.example.org>")
    proven(box, letter)
    again = box.takes(b"Received: again\r\n" + signed(letter.raw(), "mail.example.org"), SHOP)
    assert again.fate is Fate.REPEATED
    assert len(halo.mei.events(about_order, "n")) == 1


def test_an_order_nobody_talks_about_stays_quiet(
    box: Letterbox, about_order: ConversationId, halo: Counter, anna: Person
) -> None:
    halo.ships_to(anna, halo.sells("cup"), number="N-2")
    for subject in ("Order N-2 is paid", "Order N-3 is paid", "News"):
        mail = proven(box, notice(subject))
        assert (mail.fate, mail.conversation) == (Fate.NOTICE, None)


ROBOT, PERSON, BOTH = "no-reply@signed.example", "o@signed.example", "ozon@mail.example.org"
NOT_BELIEVED = {
    "robot_unproven": (notice(), "evil.example", Fate.AUTOMATIC),
    "unproven": (notice(sender=BOTH), "evil.example", Fate.HELD),
    "robot": (notice(sender=ROBOT), "signed.example", Fate.AUTOMATIC),
    "another": (notice(sender=PERSON), "signed.example", Fate.SHOWN),
    "by_name": (
        notice(sender=PERSON, shown='"x@mail.example.org" <o@signed.example>'),
        "signed.example",
        Fate.HELD,
    ),
    "two": (
        notice(sender=BOTH, shown="ozon@mail.example.org, no@evil.example"),
        "mail.example.org",
        Fate.HELD,
    ),
}


@pytest.mark.parametrize("name", NOT_BELIEVED)
def test_only_the_marketplaces_that_were_named_and_are_proven_are_believed(
    box: Letterbox, about_order: ConversationId, halo: Counter, name: str
) -> None:
    letter, signer, fate = NOT_BELIEVED[name]
    mail = proven(box, letter, signer)
    assert (mail.fate, mail.conversation == about_order) == (fate, False)
    assert halo.mei.events(about_order, "n") == []


def test_orders_of_another_shop_are_none_of_its_business(
    house: House, box: Letterbox, about_order: ConversationId, halo: Counter
) -> None:
    house.shop("luna", staff=("lin",))
    to = f"luna@{HERE}"
    letter = Letter(to, sender=MARKET, subject="Order 0123456-0007-1")
    mail = box.takes(signed(letter.raw(), "mail.example.org"), to, sender=MARKET)
    assert (mail.fate, mail.conversation) == (Fate.NOTICE, None)
    assert halo.mei.events(about_order, "n") == []


def test_marketplaces_are_named_with_their_domains() -> None:
    named = {"SHOPBELL_MARKET_SENDERS": "Ozon.ru=Ozon, wb.ru=Wild Berries"}
    assert load(named).market_names == {"ozon.ru": "Ozon", "wb.ru": "Wild Berries"}
    sealers = load({"SHOPBELL_ARC_SEALERS": "Google.com, lists.example"})
    assert sealers.trusted_sealers == {"google.com", "lists.example"}
    for wrong in ("ozon.ru", "=Ozon", "ozon.ru=Ozon=", "ozon=Ozon"):
        with pytest.raises(BadSetting):
            load({"SHOPBELL_MARKET_SENDERS": wrong})
