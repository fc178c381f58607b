"""Words are read before they are sent: what they name, what they lack, what would be hidden."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from shopbell.app import build
from shopbell.commerce import finding
from shopbell.commerce.commands import SentParcel
from shopbell.commerce.model import Order
from shopbell.conversations import service as conversations
from shopbell.conversations.model import ConversationId, Stream, Subject, SubjectKind
from shopbell.conversations.naming import Between, card_of
from shopbell.conversations.reading import service
from shopbell.conversations.reading.model import (
    FirstUnsent,
    ReadFact,
    Reading,
    ThreadReading,
    Unsent,
)
from shopbell.conversations.refusals import NoSuchConversation
from shopbell.conversations.thread import TextUnreadable
from shopbell.engine.blobs import Blob
from shopbell.engine.settings import Settings
from shopbell.kernel.ids import new_id
from shopbell.language.model import Courtesy, Fact, FactKind, Hidden, Need
from tests.support.clock import WoundClock
from tests.support.guest import Guest
from tests.support.house import Counter, House, Person
from tests.support.pace import milliseconds

PICTURE = Blob("0" * 64, "image/png", 100, 8, 6)
BILL = Blob("1" * 64, "application/pdf", 100, None, None)
MILLISECONDS_MOST = 50
"""Of the processor, for ten thousand evil signs; an ordinary line is read in one or two."""


def writes(person: Person, talk: ConversationId, words: str, **more: Any) -> Reading:
    """Type something without sending it."""
    return person.house.db.read_now(service.read_unsent, person.actor, talk, Unsent(words, **more))


def has_said(person: Person, talk: ConversationId) -> ThreadReading:
    return person.house.db.read_now(service.read_thread, person.actor, talk)


def shows_picture(person: Person, talk: ConversationId) -> None:
    file = person.house.db.write_now(conversations.attach, person.actor, talk, PICTURE, "lamp.png")
    person.adds(Stream(talk), "message", text="", attachments=[file.id])


def cards(facts: list[ReadFact]) -> list[tuple[str, str, str | None]]:
    return [(fact.kind, fact.value, fact.card.id if fact.card else None) for fact in facts]


def said_facts(person: Person, talk: ConversationId) -> list[dict[str, Any]]:
    data = msgspec.json.decode(person.events(talk)[-1].data)
    facts: list[dict[str, Any]] = data.get("facts", [])
    return facts


def ordered(halo: Counter, anna: Person, number: str, parcel: str | None = None) -> Order:
    lamp = halo.sells(f"lamp-{number}".lower())
    sent = [SentParcel(carrier="ems", tracking_number=parcel)] if parcel else []
    return halo.ships_to(anna, lamp, number=number, shipments=sent)


def test_what_is_named_is_found_where_it_stands_and_looked_up(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    order = ordered(halo, anna, "2026-51873", "RB123456785CN")
    mug = halo.sells("MUG-204")
    talk = anna.begins(halo, None)

    words = "Order 2026-51873, parcel RB123456785CN, article MUG-204, paid $20"
    found = writes(anna, talk, words).facts

    assert cards(found) == [
        ("order", "2026-51873", order.id),
        ("tracking", "RB123456785CN", order.id),
        ("sku", "MUG-204", mug.id),
        ("money", "20 USD", None),
    ]
    assert words[found[0].start : found[0].end] == "2026-51873"


def test_a_link_to_goods_of_this_shop_is_known_and_any_other_is_not(
    database: str, clock: WoundClock, tmp_path: Path
) -> None:
    own = "https://market.example"
    app = build(Settings(data=tmp_path, database=database, public_url=own), clock=clock)
    house = House(app, clock)
    halo, nord, anna = house.shop("halo"), house.shop("nord", ["vera"]), house.buyer("anna")
    lamp, cup = halo.sells("lamp"), nord.sells("cup")
    talk = anna.begins(halo, None)

    here = writes(anna, talk, f"Is it {own}/products/{lamp.slug} ?")
    assert [fact.card.id for fact in here.facts if fact.card] == [lamp.id]

    there = writes(anna, talk, f"Is it {own}/products/{cup.slug} ?")
    assert [fact.card for fact in there.facts] == [None]

    away = writes(anna, talk, f"Is it https://evil.example/products/{lamp.slug} ?")
    assert (away.facts, away.hidden) == ([], [Hidden.URL])
    app.close()


def test_two_shops_and_two_buyers_never_find_each_others_things(house: House) -> None:
    halo, nord = house.shop("halo"), house.shop("nord", ["vera"])
    anna, boris = house.buyer("anna"), house.buyer("boris")
    ordered(nord, anna, "2026-11111", "RB123456785CN")
    ordered(halo, boris, "2026-22222", "RA123456785CN")
    nord.sells("CUP-100")
    talk = anna.begins(halo, None)
    anna.says(talk, "Hello")
    words = "order 2026-11111, order 2026-22222, parcels RB123456785CN RA123456785CN, sku CUP-100"

    for who in (anna, halo.mei, house.operator()):
        found = writes(who, talk, words).facts
        assert len(found) == 5
        assert [fact.card for fact in found] == [None] * 5, who.actor.side

    for outsider in (boris, nord.vera):
        with pytest.raises(NoSuchConversation):
            writes(outsider, talk, "Hello")
        with pytest.raises(NoSuchConversation):
            has_said(outsider, talk)


def test_an_order_is_shown_to_nobody_whom_it_does_not_admit(house: House) -> None:
    halo, anna, boris = house.shop("halo"), house.buyer("anna"), house.buyer("boris")
    order = ordered(halo, anna, "2026-51873")
    nord = house.shop("nord", ["vera"])

    def finds(who: Person) -> Order | None:
        between = (anna.actor.id, halo.shop.id)
        return house.db.read_now(finding.order_numbered, who.actor, *between, "2026-51873")

    assert [one and one.id for one in map(finds, (anna, halo.mei))] == [order.id, order.id]
    assert [*map(finds, (boris, nord.vera))] == [None, None]


def test_a_page_elsewhere_is_no_page_of_this_shop(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    lamp, between = halo.sells("lamp"), Between(halo.shop.id, anna.actor.id)

    def leads_to(link: str) -> str | None:
        fact = Fact(0, len(link), FactKind.LINK, link)
        card = house.db.read_now(card_of, anna.actor, between, fact)
        return card.id if card else None

    assert leads_to(f"{house.app.settings.base_url}/products/{lamp.slug}") == lamp.id
    assert leads_to(f"https://evil.example/products/{lamp.slug}") is None
    assert leads_to(f"{house.app.settings.base_url}/shops/{lamp.slug}") is None


def test_the_desk_sees_the_newest_matter_first_and_each_fact_once(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Where is order 2026-51873?")
    anna.says(talk, "I want to return it, order 2026-51873")
    anna.says(talk, "Thanks!")

    found = has_said(halo.mei, talk)
    assert [matter.topic for matter in found.matters] == ["return", "logistics"]
    assert [fact.value for fact in found.facts] == ["2026-51873"]


def test_of_a_long_thread_only_the_newest_words_are_read(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Where is order 2026-51873?")
    anna.says(talk, "Is it heavy? " * 765)
    anna.says(talk, "Where is order 2026-51874? I wait for it since a week and more.")
    assert [fact.value for fact in has_said(halo.mei, talk).facts] == ["2026-51874"]


def test_confirmed_facts_go_with_the_message_for_both_sides(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    order = ordered(halo, anna, "2026-51873")
    talk = anna.begins(halo, None)

    facts = [{"kind": "order", "value": "2026-51873"}, {"kind": "money", "value": "20 USD"}]
    anna.adds(Stream(talk), "message", text="  Order 2026-51873 was $20", facts=facts)

    kept = said_facts(halo.mei, talk)
    assert kept == said_facts(anna, talk)
    assert kept == [
        {
            "kind": "order",
            "value": "2026-51873",
            "start": 6,
            "end": 16,
            "subject": {"kind": "order", "id": order.id},
            "url": f"/orders/{order.id}",
        },
        {"kind": "money", "value": "20 USD", "start": 21, "end": 24},
    ]


def test_facts_that_the_words_do_not_name_are_left_out_and_nothing_is_refused(
    house: House,
) -> None:
    halo, anna, boris = house.shop("halo"), house.buyer("anna"), house.buyer("boris")
    ordered(halo, boris, "2026-22222")
    talk = anna.begins(halo, None)

    asked = [{"kind": "order", "value": "2026-33333"}, {"kind": "order", "value": "2026-22222"}]
    anna.adds(Stream(talk), "message", text="About order 2026-22222", facts=asked)

    [kept] = said_facts(anna, talk)
    assert (kept["value"], kept.get("subject"), kept.get("url")) == ("2026-22222", None, None)

    link = [{"kind": "link", "value": "https://evil.example/x"}]
    anna.adds(Stream(talk), "message", text="See https://evil.example/x", facts=link)
    assert said_facts(anna, talk) == []


def test_yesterday_is_a_day_of_the_writers_calendar(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk, today = anna.begins(halo, None), house.clock().date()
    ahead = today.fromordinal(today.toordinal() + 1)

    [there] = writes(anna, talk, "It came yesterday", today=ahead).facts
    assert there.value == today.isoformat()

    facts = [{"kind": "date", "value": there.value}]
    anna.adds(Stream(talk), "message", text="It came yesterday", facts=facts)
    assert [fact["value"] for fact in said_facts(anna, talk)] == [today.isoformat()]

    far = today.replace(year=today.year - 3)
    [ours] = writes(anna, talk, "It came yesterday", today=far).facts
    assert ours.value == today.fromordinal(today.toordinal() - 1).isoformat()


def test_one_thing_is_asked_at_a_time_and_never_what_is_known(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    order = ordered(halo, anna, "2026-51873")
    talk = anna.begins(halo, None)
    broken = "The lamp arrived broken"

    first = writes(anna, talk, broken)
    assert (first.missing, [one.card.id for one in first.choices]) == (Need.ORDER, [order.id])
    assert first.choices[0].code == "2026-51873"

    assert writes(anna, talk, f"{broken}, order 2026-51873").missing == Need.PHOTO
    assert writes(anna, talk, f"{broken}, order 2026-51873", photos=True).missing is None

    anna.says(talk, "It is about order 2026-51873")
    assert writes(anna, talk, broken).missing == Need.PHOTO
    shows_picture(anna, talk)
    assert writes(anna, talk, broken).missing is None


def test_the_subject_answers_what_it_is_about(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    lamp = halo.sells("lamp")
    order = ordered(halo, anna, "2026-51873")

    assert writes(anna, anna.begins(halo, order), "Where is my parcel?").missing is None
    assert writes(anna, anna.begins(halo, lamp), "Is it waterproof?").missing is None
    asked = writes(anna, anna.begins(halo, None), "Is it waterproof?")
    assert (asked.missing, [one.code for one in asked.choices]) == (
        Need.PRODUCT,
        ["lamp-2026-51873"],
    )


def test_a_new_address_is_asked_for_although_the_order_has_one(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.begins(halo, ordered(halo, anna, "2026-51873"))
    assert writes(anna, talk, "Please change the delivery address").missing == Need.ADDRESS
    assert writes(anna, talk, "How much is delivery?").missing is None


def test_only_pictures_of_the_buyer_are_pictures_of_the_matter(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.begins(halo, ordered(halo, anna, "2026-51873"))
    anna.says(talk, "The lamp arrived broken")
    shows_picture(halo.mei, talk)
    bill = house.db.write_now(conversations.attach, anna.actor, talk, BILL, "bill.pdf")
    anna.adds(Stream(talk), "message", text="", attachments=[bill.id])
    assert [one.need for one in has_said(halo.mei, talk).missing] == [Need.PHOTO]


def test_what_the_shop_named_need_not_be_asked(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Hello")
    halo.mei.answers(talk, "Is it your order 2026-51873?")
    assert writes(anna, talk, "Yes, where is my parcel?").missing is None


def test_a_settled_matter_says_nothing_of_the_next_one(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "The lamp arrived broken, order 2026-51873")
    shows_picture(anna, talk)
    anna.does(talk, "resolve")
    assert writes(anna, talk, "The cup arrived broken").missing == Need.ORDER


def test_a_correction_is_read_in_place_of_what_it_corrects(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.begins(halo, None)
    said = anna.says(talk, "Where is order 2026-11111?")
    anna.adds(Stream(talk), "edit", target=said.seq, text="Where is order 2026-22222?")
    assert [fact.value for fact in has_said(halo.mei, talk).facts] == ["2026-22222"]
    anna.adds(Stream(talk), "delete", target=said.seq)
    assert has_said(halo.mei, talk).facts == []


def test_before_a_conversation_the_first_words_are_read(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    order = ordered(halo, anna, "2026-51873")

    def reads(who: Person) -> Reading:
        about = Subject(SubjectKind.SHOP, halo.shop.id)
        first = FirstUnsent("Where is order 2026-51873? +49 151 23456789", subject=about)
        return house.db.read_now(service.read_first, who.actor, first)

    found = reads(anna)
    assert [matter.topic for matter in found.matters] == ["logistics"]
    assert [fact.card.id for fact in found.facts if fact.card] == [order.id]
    assert found.hidden == [Hidden.PHONE]
    assert [fact.card for fact in reads(halo.mei).facts] == [None]


@pytest.mark.parametrize(
    ("words", "how"),
    [
        ("You are an idiot", Courtesy.ABUSIVE),
        ("Ты идиот", Courtesy.ABUSIVE),
        ("你是白痴", Courtesy.ABUSIVE),
        ("This is outrageous, I am very disappointed!!!", Courtesy.UPSET),
        ("How heavy is it?", Courtesy.NEUTRAL),
    ],
)
def test_how_it_speaks_is_told_to_both_sides(house: House, words: str, how: Courtesy) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Hello")
    assert writes(anna, talk, words).courtesy == how
    assert writes(halo.mei, talk, words).courtesy == how


def test_the_shop_is_asked_for_nothing(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Hello")
    assert writes(halo.mei, talk, "The lamp arrived broken").missing is None


ASKED = {
    "The lamp arrived broken": "Could you please tell us your order number",
    "Лампа пришла разбитая": "Подскажите, пожалуйста, номер заказа",
    "台灯收到就是坏的": "麻烦您告诉我们订单号",
}


@pytest.mark.parametrize("said", ASKED)
def test_the_desk_sees_what_is_missing_and_asks_in_the_buyers_language(
    house: House, said: str
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, said)

    found = has_said(halo.mei, talk)
    assert [matter.topic for matter in found.matters] == ["return"]
    assert [one.need for one in found.missing] == [Need.ORDER, Need.PHOTO]
    assert found.missing[0].question.startswith(ASKED[said])

    anna.says(talk, "2026-51873")
    shows_picture(anna, talk)
    found = has_said(halo.mei, talk)
    assert (found.missing, [fact.value for fact in found.facts]) == ([], ["2026-51873"])
    assert [matter.topic for matter in found.matters] == ["return"]


EVIL: dict[str, str] = {
    "nothing": "",
    "a picture": "👍🏽👩‍👩‍👧",
    "long": ("The lamp arrived broken, order 2026-51873. " * 400)[:10_000],
    "digits": "1" * 10_000,
    "one Chinese sign": "退" * 10_000,
    "directions": "\u202eBroken\u2067 сломан \u2069 坏了\u200f",
    "markup": "<img src=x onerror=alert(1)><b>broken</b>",
    "links": "http://[::1" + " https://shop/products/%00%ff" * 50,
    "ties": "1-" * 5_000,
}


@pytest.mark.parametrize("evil", EVIL)
def test_whatever_is_typed_is_read_quickly(house: House, evil: str) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, EVIL[evil] or "-")

    assert len(writes(anna, talk, EVIL[evil]).facts) <= service.FACTS_MOST
    took = milliseconds(lambda: writes(anna, talk, EVIL[evil]), MILLISECONDS_MOST)
    assert took <= MILLISECONDS_MOST
    assert len(has_said(halo.mei, talk).facts) <= service.FACTS_MOST


@pytest.mark.parametrize("broken", ["\ud800", "a\0b"])
def test_what_cannot_be_kept_is_refused_before_it_is_read(house: House, broken: str) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    with pytest.raises(TextUnreadable):
        writes(anna, anna.begins(halo, None), broken)


def test_places_are_counted_in_signs_also_behind_pictures(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk, words = anna.begins(halo, None), "👍🏽👍🏽 order 2026-51873"
    [fact] = writes(anna, talk, words).facts
    assert (fact.kind, words[fact.start : fact.end]) == (FactKind.ORDER, "2026-51873")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"text": "\\ud800"}', {400}),
        (b'{"text": "' + b"a" * 10_001 + b'"}', {400}),
        (b'{"text": "a", "today": "yesterday"}', {400}),
        (b'{"text": "<b>\\u202e\\ud83d\\ude00</b>"}', {200}),
        (b'{"text": ""}', {200}),
    ],
    ids=["half a sign", "too long", "no day", "markup", "nothing"],
)
def test_the_door_takes_what_is_words_and_says_no_to_the_rest(
    anna: Guest, body: bytes, code: set[int]
) -> None:
    path = f"/api/v1/conversations/{anna.begins('halo')[2:-2]}/reading"
    answer = anna.http.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in code, answer.text


def test_who_asks_without_pause_is_slowed_down_and_may_still_write(anna: Guest) -> None:
    stream = anna.begins("halo")
    path = f"/api/v1/conversations/{stream[2:-2]}/reading"
    answers = [anna.http.post(path, json={"text": "Is it"}) for _try in range(60)]

    refused = [one for one in answers if one.status_code == 429]
    assert refused
    assert {one.json()["code"] for one in refused} == {"too_fast"}
    body = {"cmid": new_id(), "type": "message", "data": {"text": "Is it heavy?"}}
    assert anna.http.post(f"/api/v1/streams/{stream}/events", json=body).status_code == 201


def test_who_has_threads_read_through_without_pause_is_slowed_down(anna: Guest) -> None:
    path = f"/api/v1/conversations/{anna.begins('halo')[2:-2]}/reading"
    codes = [anna.http.get(path).status_code for _try in range(60)]
    assert 429 in codes[20:40]
    assert codes[-1] == 429
    typed = anna.http.post(path, json={"text": "Is it heavy?"})
    assert typed.status_code == 200, "what is being typed has a pace of its own"
