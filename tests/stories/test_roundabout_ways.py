"""Roundabout ways to what is hidden, taken back or somebody else's: none of them leads there."""

import asyncio

import pytest

from shopbell.accounts import entrance
from shopbell.accounts import service as accounts
from shopbell.accounts.model import Knock, NewColleague, SignUp
from shopbell.accounts.refusals import NameHasContact
from shopbell.channels.mail.arriving.covering import cover_name
from shopbell.channels.mail.arriving.markup import harmless, plain
from shopbell.conversations import service
from shopbell.conversations.model import Stream
from shopbell.conversations.refusals import NoSuchEntry
from shopbell.conversations.translation import service as translation
from shopbell.conversations.translation import storage as translated
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Rank
from shopbell.kernel.ids import new_id
from shopbell.knowledge.answers import asking, publishing, writing
from shopbell.knowledge.answers import service as answers
from shopbell.knowledge.answers.commands import (
    AnswerReport,
    AskInPublic,
    PublishAnswer,
    PutAnswer,
    ReplyInPublic,
)
from shopbell.knowledge.answers.model import Waiting
from shopbell.knowledge.suggesting import gaps
from shopbell.language.guard import COVER
from tests.support.casework import opens, sees
from tests.support.house import Counter, House, Person

PHONE = "8 916 123-45-67"


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo")


@pytest.fixture
def anna(house: House) -> Person:
    return house.buyer("anna")


def asks_in_public(anna: Person, halo: Counter, words: str) -> Waiting:
    asked = AskInPublic(cmid=new_id(), question=words)
    lamp = halo.sells("lamp")
    waiting = anna.house.db.write_now(asking.ask, anna.actor, lamp.id, asked, "en")
    assert waiting is not None
    return waiting


def test_a_note_is_no_way_to_what_the_buyer_wrote(
    house: House, halo: Counter, anna: Person
) -> None:
    talk = anna.asks(halo, None, "Hello")
    asked = anna.says(talk, f"Call me at {PHONE}")
    while halo.mei.notes(talk, "note").seq < asked.seq:
        pass
    notes = Stream.parse(f"c.{talk}.n")
    with pytest.raises(NoSuchEntry):
        house.db.read_now(service.original, halo.mei.actor, notes, asked.seq)


@pytest.mark.parametrize(
    ("serial", "read"),
    [
        ("89161234567", "89161234567"),
        ("IMEI 490154203237518", "IMEI 490154203237518"),
        ("SN-4402 8916 123", "SN-4402 8916 123"),
        (f"WhatsApp {PHONE}", None),
        (f"звоните {PHONE}", None),
        ("+7 916 123 45 67", None),
        ("t.me/lamp_halo88", None),
        ("ivan@mail.ru", None),
    ],
)
def test_a_number_of_goods_carries_no_contact(
    house: House, halo: Counter, anna: Person, serial: str, read: str | None
) -> None:
    order = halo.ships_to(anna, halo.sells("lamp", warranty_months=24))
    lines = [{"line": order.lines[0].id, "quantity": 1}]
    case = opens(anna, "repair", order, lines=lines, fault="Dark", serial=serial)
    found = sees(halo.mei, case.id).facts["serial"]
    if read is None:
        assert COVER in found
        assert not any(part in found for part in ("916 123", "lamp_halo", "ivan"))
    else:
        assert found == read


def test_what_a_buyer_reports_is_not_for_the_shop(
    house: House, halo: Counter, anna: Person
) -> None:
    entry = PutAnswer("Heavy?", "1 kg", "en")
    kept = house.db.write_now(writing.put, halo.mei.actor, halo.shop.id, new_id(), entry)
    house.db.write_now(answers.report, anna.actor, kept.id, AnswerReport(f"Cheaper: {PHONE}"))
    one = house.db.read_now(writing.one, halo.mei.actor, halo.shop.id, kept.id)
    [listed] = house.db.read_now(writing.of_shop, halo.mei.actor, halo.shop.id)
    assert one == listed
    assert (one.reports, one.reasons) == (0, [])


@pytest.mark.parametrize("way", ["reply", "publish"])
def test_a_corrected_public_question_is_public_in_its_new_words(
    house: House, halo: Counter, anna: Person, way: str
) -> None:
    asked = asks_in_public(anna, halo, "Is it ok for my ill son?")
    anna.adds(Stream(asked.conversation), "edit", target=asked.seq, text="Is it ok for a child?")
    [waiting] = house.db.read_now(asking.waiting, halo.mei.actor, halo.shop.id)
    mine = house.db.read_now(asking.mine, anna.actor, asked.product)
    assert [one.question for one in (waiting.waiting, *mine)] == ["Is it ok for a child?"] * 2
    if way == "reply":
        given = ReplyInPublic(cmid=new_id(), answer="Yes it is.")
        answer = house.db.write_now(asking.reply, halo.mei.actor, asked.id, given)
        assert answer.question == "Is it ok for a child?"
    else:
        said = halo.mei.answers(asked.conversation, "Yes it is.")
        proposed = house.db.read_now(
            publishing.propose, halo.mei.actor, asked.conversation, said.seq
        )
        assert proposed.question == "Is it ok for a child?"
        words = PublishAnswer(question=proposed.question, answer=proposed.answer)
        house.db.write_now(publishing.publish, halo.mei.actor, asked.conversation, said.seq, words)
    assert house.db.read_now(asking.waiting, halo.mei.actor, halo.shop.id) == []


def test_a_first_question_that_was_taken_back_is_no_gap(
    house: House, halo: Counter, anna: Person
) -> None:
    talk = anna.begins(halo, halo.sells("lamp"))
    said = anna.says(talk, "Is it safe for my ill daughter?")
    [gap] = house.db.read_now(gaps.gaps, halo.mei.actor, "halo")
    assert gap.question == "Is it safe for my ill daughter?"
    anna.adds(Stream(talk), "delete", target=said.seq)
    assert house.db.read_now(gaps.gaps, halo.mei.actor, "halo") == []
    house.passes(hours=2)
    assert house.db.read_now(gaps.gaps, halo.mei.actor, "halo") == []


@pytest.mark.parametrize(
    ("made", "kept"),
    [
        ("My number: eight nine one six one two three four five six seven", False),
        ("My lamp is dark", True),
    ],
)
def test_a_translation_says_no_contact_that_its_message_does_not(
    house: House, halo: Counter, anna: Person, made: str, kept: bool
) -> None:
    talk = anna.asks(halo, None, "Hi")
    sent = anna.says(talk, "Meine Nummer: acht neun eins sechs eins zwei drei vier fünf sechs")

    def keep(tx: Tx) -> None:
        said = translated.said(tx, Stream(talk), [sent.seq])[sent.seq]
        translation.keep(tx, Stream(talk), "en", said, ("other", made))

    house.db.write_now(keep)
    found = house.db.read_now(translation.known, Stream(talk), "en", [sent.seq])
    assert found == ({sent.seq: made} if kept else {})


@pytest.mark.parametrize("name", [f"Anna WhatsApp {PHONE}", "Anna t.me/anna88", "anna@mail.ru"])
def test_nobody_calls_themselves_by_a_contact(house: House, halo: Counter, name: str) -> None:
    form = SignUp(email="eva@example.org", name=name, password=new_id(), locale="en")
    with pytest.raises(NameHasContact):
        asyncio.run(entrance.sign_up(house.db, form, Knock("192.0.2.7"), ""))
    new = NewColleague(
        id=new_id(),
        email="eva@example.org",
        name=name,
        password=new_id(),
        rank=Rank.AGENT,
    )
    with pytest.raises(NameHasContact):
        asyncio.run(entrance.add_colleague(house.db, halo.mei.actor, halo.shop.id, new, ""))


def test_a_name_from_elsewhere_is_kept_without_its_contact(house: House) -> None:
    known = house.db.write_now(accounts.known_buyer, "eva@example.org", f"Eva, tel. {PHONE}")
    assert known.name == f"Eva, tel. {COVER}"


@pytest.mark.parametrize(
    "markup",
    [
        '<ol start="89161234567"><li>lamp</li></ol>',
        '<p>8 916 <span style="color:#fff;background-color:#fff">abc</span>123</p>',
        '<p>8 916 <font color="white">abc</font>123</p>',
    ],
)
def test_a_letter_shows_no_number_that_its_words_do_not_say(markup: str) -> None:
    kept = plain(harmless(markup))
    assert "lamp" in kept or "abc" in kept
    assert not any(trick in kept for trick in ("start", "color", "8916"))
    assert plain(kept) == kept


def test_a_files_name_that_is_an_address_is_covered_whole() -> None:
    assert cover_name("mysite.com", ()) == COVER
    assert cover_name("my.scan.pdf", ()) == "my.scan.pdf"
