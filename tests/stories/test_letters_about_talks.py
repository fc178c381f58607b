"""Whoever waits is told by one letter what waits for them, in their language, and can answer it."""

import asyncio
import re
from collections.abc import Iterator
from email.utils import parseaddr
from pathlib import Path

import pytest
from sqlalchemy import update

from shopbell.accounts.tables import people
from shopbell.app import App, build
from shopbell.channels.mail import service
from shopbell.channels.mail.addresses import is_for, person, relayed_talk, team
from shopbell.channels.mail.channel import MailChannel
from shopbell.channels.mail.compose import opened
from shopbell.channels.mail.keys import keyring
from shopbell.channels.mail.model import Letter, Manner, Posted
from shopbell.channels.mail.paper import MARKER
from shopbell.contact.model import Reach, Whom
from shopbell.conversations import service as conversations
from shopbell.conversations.model import ConversationId, Stream
from shopbell.conversations.translation import storage as translations
from shopbell.engine.database import Tx
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import SYSTEM, Actor, PersonId, Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import LOCALES, Locale, text
from tests.stories.test_joining import merges
from tests.stories.test_logistics import late
from tests.support.casework import acts
from tests.support.clock import WoundClock
from tests.support.house import Counter, House, Person
from tests.support.mailserver import MailServer, with_keys

DOMAIN = "reply.example.org"
OTTO = Actor(PersonId(new_id()), Side.OPERATOR)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def house(database: str, clock: WoundClock, tmp_path: Path, server: MailServer) -> Iterator[House]:
    settings = Settings(
        data=with_keys(tmp_path / "data"),
        database=database,
        smtp_url=server.url,
        mail_domain=DOMAIN,
        public_url="https://shop.example",
        market_name="Marketa",
    )
    app = build(settings, clock=clock)
    yield House(app, clock)
    app.close()


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo")


@pytest.fixture
def anna(house: House) -> Person:
    return house.buyer("anna")


def mail_of(app: App) -> MailChannel:
    return MailChannel(app.settings, app.db)


def tells(house: House, talk: ConversationId, whom: Whom, since: int = 1) -> list[Letter]:
    """Have a side told by mail, and return all letters there are, oldest first."""
    reach = Reach(conversation=talk, whom=whom, channel="mail", since=since)
    asyncio.run(mail_of(house.app).reach(reach))
    return whole(house, house.db.read_now(service.listed, OTTO))


def whole(house: House, listed: list[Posted]) -> list[Letter]:
    """Return listed letters with all their bytes, oldest first."""
    return [house.db.read_now(service.letter, one.id) for one in reversed(listed)]


def headers(letter: Letter) -> dict[str, str]:
    return dict(opened(letter.raw).headers)


def words(letter: Letter) -> str:
    return opened(letter.raw).plain


def reaches(house: House, talk: ConversationId, whom: Whom) -> bool:
    found = house.db.read_now(conversations.entered, SYSTEM, Stream(talk))
    return house.db.read_now(mail_of(house.app).reaches, found, whom)


def test_the_team_gets_one_letter_with_all_that_was_asked(
    house: House, halo: Counter, anna: Person
) -> None:
    order = halo.ships_to(anna, halo.sells("teapot"), number="N-17")
    talk = anna.asks(halo, order, "Is it <blue>?")
    anna.says(talk, "And how heavy?")
    [letter] = tells(house, talk, Whom.TEAM)
    assert tells(house, talk, Whom.TEAM) == [letter], "asked again, it is the same letter"

    assert letter.address == "halo@example.org"
    assert headers(letter)["Subject"] == "[N-17] Teapot"
    name, address = parseaddr(headers(letter)["From"])
    assert name == "Anna via Marketa"
    local, _, domain = address.partition("@")
    keys = keyring(house.app.settings.data)
    assert (domain, relayed_talk(local)) == (DOMAIN, talk)
    assert is_for(keys, local, talk, team(halo.shop.id))
    assert not is_for(keys, local, talk, person(anna.actor.id))
    for part in ("Is it <blue>?", "And how heavy?", "N-17", f"https://shop.example/desk/{talk}"):
        assert part in words(letter)
    assert words(letter).startswith(MARKER)
    assert "Is it &lt;blue&gt;?" in opened(letter.raw).html
    assert headers(letter)["Precedence"] == "bulk"
    assert not {"Auto-Submitted", "List-Unsubscribe"} & headers(letter).keys()


def test_a_question_that_was_merged_is_told_of_where_it_goes_on(
    house: House, halo: Counter, anna: Person
) -> None:
    talk = anna.asks(halo, halo.sells("teapot"), "Is it blue?")
    halo.mei.answers(talk, "Green.")
    merges(halo.mei, talk, anna.asks(halo, None, "Are you there?"))
    [letter] = tells(house, talk, Whom.TEAM)
    assert text("en", "thread.fact_merged_from") in words(letter)
    assert f"https://shop.example/desk/{talk}" in words(letter)


def test_abuse_is_told_of_in_a_letter_and_read_in_the_conversation(
    house: House, halo: Counter, anna: Person
) -> None:
    talk = anna.asks(halo, None, "Where is it?")
    anna.says(talk, "You idiots, drop dead")
    mild = anna.says(talk, "You idiots, drop dead at once")
    anna.adds(Stream(talk), "edit", target=mild.seq, text="Please answer")
    [letter] = tells(house, talk, Whom.TEAM)
    assert "idiots" not in letter.raw.decode() + words(letter)
    for part in (text("en", "mail.folded"), "Where is it?", "Please answer", f"/desk/{talk}"):
        assert part in words(letter)


def test_abuse_is_not_told_in_a_translation_either(
    house: House, halo: Counter, anna: Person
) -> None:
    talk = anna.asks(halo, None, "Where is it?")
    made = anna.says(talk, "Вы идиоты, сдохните")

    def translated(tx: Tx) -> None:
        said = translations.said(tx, Stream(talk), [made.seq])[made.seq]
        translations.keep(tx, Stream(talk), "en", said, ("ru", "You idiots, drop dead"))

    house.db.write_now(translated)
    [letter] = tells(house, talk, Whom.TEAM)
    assert "idiots" not in words(letter)
    assert text("en", "mail.folded") in words(letter)


def test_what_was_answered_meanwhile_is_not_mailed(
    house: House, halo: Counter, anna: Person
) -> None:
    talk = anna.asks(halo, None, "Are you there?")
    halo.mei.answers(talk, "Yes!")
    assert tells(house, talk, Whom.TEAM) == []


def test_what_was_read_meanwhile_is_not_mailed_to_the_buyer(
    house: House, halo: Counter, anna: Person
) -> None:
    talk = anna.asks(halo, None, "Are you there?")
    halo.mei.answers(talk, "Yes!")
    anna.reads(talk)
    assert tells(house, talk, Whom.BUYER) == []
    halo.mei.answers(talk, "Anything else?")
    [letter] = tells(house, talk, Whom.BUYER)
    assert "Anything else?" in words(letter)
    assert "Yes!" not in words(letter)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_buyer_is_told_in_their_language_and_can_stop_it(
    house: House, halo: Counter, locale: Locale
) -> None:
    mina = house.buyer("mina", locale)
    talk = mina.asks(halo, halo.sells("teapot"), "?")
    halo.mei.answers(talk, "1.2 kg.")
    [letter] = tells(house, talk, Whom.BUYER)
    assert letter.locale == locale
    assert text(locale, "mail.lead_buyer", shop="Halo") in words(letter)
    called = text(locale, "mail.via", who="Halo", market="Marketa")
    assert parseaddr(headers(letter)["From"])[0] == called
    link = re.search(r"https://shop.example/letters/stop\?\S+", words(letter))
    assert link
    house.db.write_now(service.choose, letter.recipient, stopped=True)
    halo.mei.answers(talk, "Well?")
    assert tells(house, talk, Whom.BUYER) == [letter]
    assert not reaches(house, talk, Whom.BUYER)


def test_what_was_not_asked_for_can_be_stopped_with_one_click_and_answers_cannot(
    house: House, halo: Counter, anna: Person
) -> None:
    one_click = {"List-Unsubscribe", "List-Unsubscribe-Post"}
    talk = anna.asks(halo, None, "How heavy is it?")
    for asks, says in (("", "1.2 kg."), ("", "We have new lamps, too."), ("And?", "Blue ones.")):
        if asks:
            anna.says(talk, asks)
        halo.mei.answers(talk, says)
        tells(house, talk, Whom.BUYER)
    answer, news, second = whole(
        house, house.db.read_now(service.listed_to, [person(anna.actor.id)])
    )
    assert not one_click & headers(answer).keys()
    assert one_click <= headers(news).keys()
    assert headers(news)["List-Unsubscribe"][1:-1] in words(news)
    assert headers(news)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert not one_click & headers(second).keys()
    anna.says(talk, "Thank you!")
    to_team = [one for one in tells(house, talk, Whom.TEAM) if one.recipient == team(halo.shop.id)]
    assert to_team
    assert not any(one_click & headers(one).keys() for one in to_team)


def test_letters_of_a_conversation_are_one_thread_and_each_entry_is_told_once(
    house: House, halo: Counter, anna: Person, server: MailServer
) -> None:
    talk = anna.asks(halo, None, "?")
    for n in range(3):
        halo.mei.answers(talk, f"answer {n}")
        tells(house, talk, Whom.BUYER, since=2)
    house.passes(seconds=1)
    letters = whole(house, house.db.read_now(service.listed_to, [person(anna.actor.id)]))
    assert [re.findall(r"answer \d", words(one)) for one in letters] == [
        ["answer 0"],
        ["answer 1"],
        ["answer 2"],
    ]
    ids = [one.message_id for one in letters]
    assert headers(letters[2])["In-Reply-To"] == ids[1]
    assert headers(letters[2])["References"].split() == ids[:2]
    assert len({headers(one)["Subject"] for one in letters}) == 1
    assert [one for one in server.ids if one in ids] == ids


def test_a_letter_says_what_stands_in_the_thread_now(
    house: House, halo: Counter, anna: Person
) -> None:
    talk = anna.asks(halo, None, "?")
    wrong = halo.mei.answers(talk, "It costs 5 euros.")
    secret = halo.mei.answers(talk, "My password is tea.")
    halo.mei.adds(Stream(talk), "edit", target=wrong.seq, text="It costs 50 euros.")
    halo.mei.adds(Stream(talk), "delete", target=secret.seq)
    halo.mei.notes(talk, "between us")
    [letter] = tells(house, talk, Whom.BUYER)
    assert "It costs 50 euros." in words(letter)
    for gone in ("It costs 5 euros.", "My password", "between us"):
        assert gone not in words(letter)


def test_the_steps_of_a_case_are_news_that_is_told_once(
    house: House, halo: Counter, anna: Person
) -> None:
    _order, case = late(house, halo, anna)
    tells(house, case.conversation, Whom.BUYER)
    acts(halo.mei, case.id, "open_trace", trace_reason="no_news")
    house.passes(seconds=1)
    acts(halo.mei, case.id, "carrier_reply", finding="moving")
    letters = [
        one
        for one in tells(house, case.conversation, Whom.BUYER)
        if one.recipient == person(anna.actor.id)
    ]
    news = text("en", "mail.case_news", case=text("en", "case.logistics_inquiry"))
    for letter, by in zip(letters, ("Marketa", "Mei"), strict=True):
        assert text("en", "mail.lead_case", shop="Halo") in words(letter)
        assert words(letter).count(news) == 1
        assert f"\r\n{by}, " in words(letter)


def test_nobody_is_written_to_whose_address_is_not_known_to_be_theirs(
    house: House, halo: Counter, anna: Person
) -> None:
    talk = anna.asks(halo, None, "?")
    halo.mei.answers(talk, "!")
    assert reaches(house, talk, Whom.BUYER)
    house.db.write_now(
        lambda tx: tx.execute(
            update(people).where(people.c.id == anna.actor.id).values(verified=False)
        )
    )
    assert not reaches(house, talk, Whom.BUYER)
    assert tells(house, talk, Whom.BUYER) == []


def test_an_address_letters_came_back_from_is_no_way_to_reach_somebody(
    house: House, halo: Counter, anna: Person
) -> None:
    talk = anna.asks(halo, None, "?")
    halo.mei.answers(talk, "!")
    [letter] = tells(house, talk, Whom.BUYER)
    house.db.write_now(service.note_returned, letter.id, "550 5.1.1", hard=True)
    assert not reaches(house, talk, Whom.BUYER)
    assert reaches(house, talk, Whom.TEAM)


def test_owners_and_operators_are_alarmed_by_machine_and_say_so(
    house: House, halo: Counter, anna: Person
) -> None:
    talk = anna.asks(halo, None, "Hello?")
    olga = house.operator()
    alarms = tells(house, talk, Whom.OWNER)
    assert [one.address for one in alarms] == ["mei@example.org"]
    assert tells(house, talk, Whom.OPERATOR) == alarms, "nobody has asked them"
    house.passes(minutes=6)
    anna.does(talk, "escalate")
    alarms = [one for one in tells(house, talk, Whom.OPERATOR) if one.manner is Manner.ALARM]
    assert {one.address for one in alarms} >= {"mei@example.org", "olga@example.org"}
    assert {headers(one)["Auto-Submitted"] for one in alarms} == {"auto-generated"}
    assert olga.actor.id in {one.recipient.partition(":")[2] for one in alarms}


def test_the_ladder_writes_to_a_silent_shop_and_the_letter_arrives_once(
    house: House, halo: Counter, anna: Person, server: MailServer
) -> None:
    talk = anna.asks(halo, None, "Is anybody there?")
    for _ in range(60):
        house.passes(minutes=1)
    to_team = [one for one in server.taken if one.to == "halo@example.org"]
    assert len(to_team) == 1
    assert "Is anybody there?" in opened(to_team[0].raw).plain
    shown = [event for event in anna.events(talk) if event.type == "contact"]
    assert b'"mail"' in b"".join(bytes(event.data) for event in shown)


def test_without_a_domain_nobody_is_reached_except_in_the_demonstration(
    database: str, clock: WoundClock, tmp_path: Path
) -> None:
    app = build(Settings(data=tmp_path / "data", database=database), clock=clock)
    house = House(app, clock)
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "?")
    assert not reaches(house, talk, Whom.TEAM)
    house.db.write_now(
        lambda tx: tx.execute(update(people).where(people.c.id == anna.actor.id).values(demo=True))
    )
    assert reaches(house, talk, Whom.TEAM)
    [letter] = tells(house, talk, Whom.TEAM)
    assert letter.address == "halo@example.org"
    assert "@reply.localhost" in headers(letter)["From"]
    app.close()
