"""Phones and the like are hidden from the other side, whichever way somebody writes or reads."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shopbell.accounts import audit
from shopbell.app import App, build
from shopbell.channels.mail import addresses
from shopbell.channels.mail import service as letters
from shopbell.channels.mail.channel import MailChannel
from shopbell.channels.mail.compose import opened
from shopbell.contact.model import Reach, Whom
from shopbell.conversations import service
from shopbell.conversations.commands import Append, Appended, Ask
from shopbell.conversations.model import ConversationId, Event, Stream
from shopbell.conversations.reading import service as reading
from shopbell.conversations.reading.model import Unsent
from shopbell.conversations.refusals import (
    IdempotencyConflict,
    NoSuchConversation,
    NoSuchEntry,
    OnlyAuthorUncovers,
)
from shopbell.conversations.search import jobs as search
from shopbell.conversations.search import service as finding
from shopbell.engine.blobs import Blob
from shopbell.engine.settings import Settings
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import LOCALES, Locale, text
from shopbell.language.guard import COVER
from shopbell.web.pages import post
from shopbell.web.pages.case_view import see_case
from tests.support.casework import acts, opens, sees
from tests.support.clock import WoundClock
from tests.support.house import Counter, House, Person
from tests.support.mail import Letter, Letterbox

PHONE = "8 916 123-45-67"
SAID = {
    "en": (f"Call me at {PHONE} tonight", "phone"),
    "ru": (f"Позвоните мне: {PHONE}, вечером", "phone"),
    "zh": ("打我电话 13812345678 吧", "phone"),
    "wechat": ("加我微信：lamp_halo88", "messenger"),
    "spelled": ("пишите ivan собака mail точка ru", "email"),
    "past": ("переведите оплату мимо сайта", "scam"),
}
LEAKS = ("123-45-67", "13812345678", "lamp_halo88", "ivan", "мимо сайта")
PICTURE = Blob("0" * 64, "image/png", 100, 8, 6)


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo")


@pytest.fixture
def anna(house: House) -> Person:
    return house.buyer("anna")


@pytest.fixture
def talk(halo: Counter, anna: Person) -> ConversationId:
    return anna.asks(halo, None, "Is the lamp paper?")


def data_of(event: Event) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(event.data)
    return found


def whole(person: Person, talk: ConversationId) -> str:
    """Return all that somebody can be told of a conversation, as it goes over the wire."""
    house, read = person.house, person.house.db.read_now
    pages = [read(service.page, person.actor, Stream(talk))]
    rows = read(service.inbox, person.actor, "all")[0]
    return msgspec.json.encode((pages, rows, person.sees(talk), house.domain)).decode()


def free_of_leaks(text: str) -> None:
    assert not [leak for leak in LEAKS if leak in text], text


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("by_shop", [False, True])
def test_what_leads_away_is_hidden_in_both_directions(
    halo: Counter, anna: Person, talk: ConversationId, *, said: str, by_shop: bool
) -> None:
    house, (words, kind) = anna.house, SAID[said]
    writer, reader = (halo.mei, anna) if by_shop else (anna, halo.mei)

    made = writer.says(talk, words)

    for person in (reader, writer):
        free_of_leaks(whole(person, talk))
    seen = data_of(reader.events(talk)[-1])
    assert [span["kind"] for span in seen["hidden"]] == [kind]
    for span in seen["hidden"]:
        assert seen["text"][span["start"] : span["end"]] == COVER
    last = reader.sees(talk).last
    assert last is not None
    assert last.text == seen["text"]
    [kept] = house.db.read_now(service.original, writer.actor, Stream(talk), made.seq)
    assert kept.text == words


def test_what_leads_nowhere_is_left_as_it_is(
    halo: Counter, anna: Person, talk: ConversationId
) -> None:
    for words in (
        "Order 2026-51873, parcel RB774120937RU, article 4607001234567",
        "IMEI 352099001761481, size 42, 1 299.00 EUR, on 12.05.2026",
        "заказ 2026-51873, трек 80083912345678, артикул 12345678",
        "订单2026-51873 快递单号 78412345678901",
    ):
        anna.says(talk, words)
        said = data_of(halo.mei.events(talk)[-1])
        assert said["text"] == words
        assert "hidden" not in said


def test_the_original_is_for_its_author_and_the_operator_whose_look_is_written_down(
    house: House, halo: Counter, anna: Person, talk: ConversationId
) -> None:
    olga, boris, stream = house.operator(), house.buyer("boris"), Stream(talk)
    made = anna.says(talk, SAID["en"][0])

    with pytest.raises(OnlyAuthorUncovers):
        house.db.write_now(service.original, halo.mei.actor, stream, made.seq)
    with pytest.raises(NoSuchConversation):
        house.db.write_now(service.original, boris.actor, stream, made.seq)
    with pytest.raises(NoSuchEntry):
        house.db.read_now(service.original, anna.actor, stream, 1 << 40)
    assert audit_of(house) == []

    [kept] = house.db.write_now(service.original, olga.actor, stream, made.seq)
    assert kept.text == SAID["en"][0]
    assert audit_of(house) == [(olga.actor.id, talk)]
    assert house.db.read_now(service.original, anna.actor, stream, made.seq - 1) == []


def audit_of(house: House) -> list[tuple[str, str]]:
    lines = house.db.read_now(audit.newest, 100)
    return [
        (line.actor, str(line.facts["conversation"]))
        for line in lines
        if line.action == "originals_seen"
    ]


def test_a_correction_is_covered_too_and_takes_the_cover_away(
    house: House, halo: Counter, anna: Person, talk: ConversationId
) -> None:
    first = anna.says(talk, "Call me")
    anna.adds(Stream(talk), "edit", target=first.seq, text=f"Call me: {PHONE}")
    free_of_leaks(whole(halo.mei, talk))
    assert [span["kind"] for span in data_of(halo.mei.events(talk)[-1])["hidden"]] == ["phone"]
    kept = house.db.read_now(service.original, anna.actor, Stream(talk), first.seq)
    assert [one.text for one in kept] == [f"Call me: {PHONE}"]

    anna.adds(Stream(talk), "edit", target=first.seq, text="Write to me here")
    corrected = data_of(halo.mei.events(talk)[-1])
    assert corrected == {"target": first.seq, "text": "Write to me here"}
    free_of_leaks(whole(halo.mei, talk))


def test_the_name_of_a_file_is_covered_and_keeps_its_kind(
    house: House, halo: Counter, anna: Person, talk: ConversationId
) -> None:
    olga = house.operator()
    for name, seen in (
        (f"call {PHONE}.png", f"call {COVER}.png"),
        ("微信图片_20240511123456.png", "微信图片_20240511123456.png"),
        ("IMG_20240511_123456789.jpg", "IMG_20240511_123456789.jpg"),
        ("halo-lamps.com.png", f"{COVER}.png"),
    ):
        file = house.db.write_now(service.attach, anna.actor, talk, PICTURE, name)
        assert file.name == seen
        anna.adds(Stream(talk), "message", attachments=[file.id])
        assert house.db.read_now(service.file, halo.mei.actor, file.id)[1] == seen
    free_of_leaks(whole(halo.mei, talk))
    kept = [one.text for one in house.db.write_now(service.originals, olga.actor, talk)]
    assert kept == [f"call {PHONE}.png", "halo-lamps.com.png"]


def test_a_form_of_a_case_is_covered_in_the_case_and_in_the_thread(
    house: House, halo: Counter, anna: Person
) -> None:
    olga, lamp = house.operator(), halo.sells("lamp")
    given = {"question": f"Which bulb? {PHONE}", "cmid": new_id()}

    case = opens(anna, "question", lamp, **given)
    acts(halo.mei, case.id, "answer", answer="E27. 加我微信：lamp_halo88")
    again = opens(anna, "question", lamp, **given)

    assert again.id == case.id
    for person in (anna, halo.mei):
        seen = sees(person, case.id)
        free_of_leaks(msgspec.json.encode(seen).decode())
        free_of_leaks(whole(person, case.conversation))
    assert sees(anna, case.id).facts["question"] == f"Which bulb? {COVER}"
    kept = house.db.write_now(service.originals, olga.actor, case.conversation)
    assert [one.text for one in kept] == [given["question"], "E27. 加我微信：lamp_halo88"]


@pytest.mark.parametrize("locale", LOCALES)
def test_who_filled_in_a_form_reads_on_its_page_why_a_part_is_covered(
    house: House, halo: Counter, anna: Person, locale: Locale
) -> None:
    lamp = halo.sells("lamp")
    case = opens(anna, "question", lamp, question=f"Which bulb? {PHONE}")
    acts(halo.mei, case.id, "answer", answer="E27")

    asked, answered = house.db.read_now(see_case, anna.actor, case.id, locale).done
    theirs, _ = house.db.read_now(see_case, halo.mei.actor, case.id, locale).done

    told = text(locale, "veil.told", what=text(locale, "veil.part"))
    assert asked.veiled == f"{told} {text(locale, 'veil.why_contact')}"
    assert (theirs.veiled, answered.veiled) == (text(locale, "veil.reader"), "")


def test_the_number_of_a_thing_in_a_form_stays(halo: Counter, anna: Person) -> None:
    order = halo.ships_to(anna, halo.sells("lamp", warranty_months=24))
    lines = [{"line": order.lines[0].id, "quantity": 1}]
    case = opens(anna, "repair", order, lines=lines, fault=f"Dark. {PHONE}", serial="89161234567")
    facts = sees(halo.mei, case.id).facts
    assert (facts["fault"], facts["serial"]) == (f"Dark. {COVER}", "89161234567")


def test_a_letter_is_covered_in_the_thread_and_in_the_full_letter(
    house: House, halo: Counter, anna: Person, talk: ConversationId
) -> None:
    box, olga = Letterbox(house), house.operator()
    hers = box.relay(talk, addresses.person(anna.actor.id))
    html = f'<p>My number: {PHONE}</p><p><a href="https://halo-lamps.com/me">me</a></p>'
    box.gets(
        Letter(
            hers,
            text=f"My number: {PHONE}\n\n-- \nAnna, ivan@example.com",
            html=html,
            subject=f"Lamp {PHONE}",
            files=((f"{PHONE}.pdf", "application/pdf", b"%PDF-1.4 nothing"),),
        )
    )

    entry = halo.mei.events(talk)[-1]
    assert "My number: " + COVER in data_of(entry)["text"]
    free_of_leaks(whole(halo.mei, talk))
    pages = {
        who: letter_pages(house.app, person, entry.id)
        for who, person in {"mei": halo.mei, "anna": anna, "olga": olga}.items()
    }
    free_of_leaks(pages["mei"])
    assert "halo-lamps.com" not in pages["mei"]
    for who in ("anna", "olga"):
        assert PHONE in pages[who]
        assert "halo-lamps.com" in pages[who]


def letter_pages(app: App, person: Person, event: str) -> str:
    """Return all that the pages of a letter show to somebody, with its markup."""

    async def shown() -> str:
        found = await post.shown(app, *await app.db.read(post.see, person.actor, event))
        assert found.reading is not None
        names = " ".join(one.name for one in found.reading.files)
        return f"{found.reading.subject} {found.words} {found.html} {names}"

    return asyncio.run(shown())


def test_letters_to_the_other_side_carry_the_covered_copy(
    own_house: Callable[..., House],
) -> None:
    house = own_house(smtp_url="smtp://127.0.0.1:9", mail_domain="reply.example.org")
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Is the lamp paper?")
    anna.says(talk, SAID["en"][0])
    by_mail(house, talk, Whom.TEAM)
    halo.mei.says(talk, "Dear Anna. " + SAID["zh"][0])
    by_mail(house, talk, Whom.BUYER)
    everybody = [addresses.person(anna.actor.id), addresses.team(halo.shop.id)]
    posted = house.db.read_now(letters.listed_to, everybody)
    assert len(posted) == 2
    for one in posted:
        letter = opened(house.db.read_now(letters.letter, one.id).raw)
        assert COVER in letter.plain
        free_of_leaks(letter.plain + letter.html)


def by_mail(house: House, talk: ConversationId, whom: Whom) -> None:
    """Have a side told by a letter of what waits for it."""
    reach = Reach(conversation=talk, whom=whom, channel="mail", since=1)
    asyncio.run(MailChannel(house.app.settings, house.db).reach(reach))


def test_nobody_finds_what_is_hidden(
    house: House, halo: Counter, anna: Person, talk: ConversationId
) -> None:
    anna.says(talk, "Call the kingfisher: 13812345678")
    asyncio.run(follow(house))
    assert len(house.db.read_now(finding.find, halo.mei.actor, "kingfisher").items) == 1
    assert house.db.read_now(finding.find, halo.mei.actor, "13812345678").items == []


async def follow(house: House) -> None:
    while await search.follow(house.db):
        pass


def test_a_retry_is_the_same_message_and_other_words_are_refused(
    house: House, halo: Counter, anna: Person, talk: ConversationId
) -> None:
    cmid = new_id()
    first = anna.says(talk, SAID["en"][0], cmid)
    again = anna.says(talk, SAID["en"][0], cmid)
    assert (again.seq, again.id, again.replayed) == (first.seq, first.id, True)
    with pytest.raises(IdempotencyConflict):
        anna.says(talk, SAID["en"][0].replace("8 916", "8 917"), cmid)
    kept = house.db.read_now(service.original, anna.actor, Stream(talk), first.seq)
    assert len(kept) == 1


def test_a_batch_is_covered_one_by_one(
    house: House, halo: Counter, anna: Person, talk: ConversationId
) -> None:
    def ask(words: str, cmid: str) -> Ask:
        return Ask(anna.actor, Stream(talk), Append(cmid, "message", {"text": words}))

    asks = [ask(words, new_id()) for words, _kind in SAID.values()]
    made, again = (
        [one for one in house.db.write_now(service.append_all, asks) if isinstance(one, Appended)]
        for _twice in range(2)
    )

    assert [one.seq for one in again] == [one.seq for one in made]
    free_of_leaks(whole(halo.mei, talk))
    for one, (words, kind) in zip(made, SAID.values(), strict=True):
        [kept] = house.db.read_now(service.original, anna.actor, Stream(talk), one.seq)
        assert kept.text == words
        said = data_of(halo.mei.events(talk)[one.seq - 1])
        assert [span["kind"] for span in said["hidden"]] == [kind]


def test_notes_and_the_operators_words_are_left_alone(
    house: House, halo: Counter, anna: Person, talk: ConversationId
) -> None:
    olga = house.operator()
    olga.says(talk, f"Our own number is {PHONE}")
    halo.mei.notes(talk, f"She rang from {PHONE}")
    assert PHONE in data_of(anna.events(talk)[-1])["text"]
    assert PHONE in data_of(halo.mei.events(talk, "n")[-1])["text"]


@pytest.fixture
def own_house(database: str, clock: WoundClock, tmp_path: Path) -> Iterator[Callable[..., House]]:
    """Furnish a house under settings of its own."""
    apps = list[App]()

    def furnished(**settings: Any) -> House:
        apps.append(build(Settings(data=tmp_path, database=database, **settings), clock=clock))
        return House(apps[-1], clock)

    yield furnished
    for app in apps:
        app.close()


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        ("See https://shop.example/p/1", "See https://shop.example/p/1"),
        ("Mail help@shop.example", "Mail help@shop.example"),
        ("Mail help@shop.example.evil.com", f"Mail {COVER}"),
        ("See https://other.example.com/p", f"See {COVER}"),
    ],
)
def test_nothing_of_the_marketplaces_own_is_hidden(
    own_house: Callable[..., House], words: str, seen: str
) -> None:
    house = own_house(public_url="https://shop.example")
    halo = house.shop("halo")
    assert halo.mei.reads(house.buyer("anna").asks(halo, None, words)) == [seen]


def test_an_operator_may_switch_it_off(own_house: Callable[..., House]) -> None:
    house = own_house(hide_contacts=False)
    halo = house.shop("halo")
    talk = house.buyer("anna").asks(halo, None, f"Call {PHONE}")
    assert halo.mei.reads(talk) == [f"Call {PHONE}"]
    unsent = Unsent(f"Call {PHONE}")
    assert house.db.read_now(reading.read_unsent, halo.mei.actor, talk, unsent).hidden == []
