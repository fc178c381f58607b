"""What a team says often: kept, offered where it fits, filled, and done with one press."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from shopbell.commerce.commands import SentParcel
from shopbell.commerce.hours import Hours
from shopbell.commerce.model import Eta, Order
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Begin
from shopbell.conversations.model import (
    ConversationId,
    Stream,
    Subject,
    SubjectKind,
    TalkKind,
    WakeOn,
)
from shopbell.conversations.refusals import (
    CasesOpen,
    IdempotencyConflict,
    NoSuchConversation,
)
from shopbell.conversations.turns import State
from shopbell.desk import tagging
from shopbell.desk.macros import recipes, running, service, sheet
from shopbell.desk.macros.commands import PutMacro, ReadSheet, RunMacro, TryMacro
from shopbell.desk.macros.model import (
    Deed,
    Filled,
    Fits,
    Imported,
    Macro,
    MacroBody,
    Offered,
    Parcel,
    Ran,
)
from shopbell.desk.macros.refusals import (
    GapsLeft,
    MacroDoesNotFit,
    MacroMovedOn,
    MacroNameTaken,
    MacrosFull,
    MacroSheetOdd,
    NoCaseForThat,
    NoSuchMacro,
    NoSuchRecipe,
    OnlyManagersKeep,
    OnlyTheTeam,
)
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import Locale
from shopbell.knowledge.answers import writing
from shopbell.knowledge.suggesting import service as suggesting
from shopbell.knowledge.suggesting.commands import Suggest
from tests.support.casework import opens, sees
from tests.support.house import Counter, House, Person

WHERE: dict[Locale, str] = {
    "en": "Hello {{buyer.first_name}}, parcel {{parcel.number}} comes {{parcel.eta}}.",
    "ru": "Здравствуйте, {{buyer.first_name}}! Посылка {{parcel.number}}: {{parcel.eta}}.",
    "zh": "{{buyer.first_name}}您好，包裹 {{parcel.number}} 预计 {{parcel.eta}} 送达。",
}


def keeps(
    person: Person, key: str = "ship", texts: dict[Locale, str] | None = None, **more: Any
) -> Macro:
    """Write a macro."""
    named = more.pop("id", None) or new_id()
    given = {name: more.pop(name) for name in ("own", "version") if name in more}
    body = MacroBody(key, key.title(), texts or {"en": "Hello"}, **more)
    asked = PutMacro(body, **given)
    return person.house.db.write_now(service.put, person.actor, named, asked)


def offers(person: Person, talk: ConversationId, reader: Locale = "en") -> list[Offered]:
    return person.house.db.read_now(service.offered, person.actor, talk, reader)


def keys(found: Sequence[Offered]) -> list[str]:
    return [one.macro.body.key for one in found]


def said(person: Person, talk: ConversationId, reader: Locale = "en") -> Filled:
    """Return what the only macro that fits would say."""
    (one,) = offers(person, talk, reader)
    assert one.filled is not None
    return one.filled


def presses(person: Person, macro: Macro, talk: ConversationId, **more: Any) -> Ran:
    asked = RunMacro(cmid=more.pop("cmid", None) or new_id(), conversation=talk, **more)
    return person.house.db.write_now(running.run, person.actor, macro.id, asked, "en")


def sent(halo: Counter, buyer: Person, due: date | None = date(2026, 5, 12)) -> Order:
    """Record an order on its way."""
    eta = Eta(due, due, "Europe/Berlin") if due else None
    parcel = SentParcel("dhl", "RB123456785CN", eta, shipped_at=halo.house.clock(), events=[])
    return halo.ships_to(buyer, halo.sells("teapot"), shipments=[parcel])


def begun(buyer: Person, halo: Counter, order: Order | None, locale: Locale) -> ConversationId:
    """Open a conversation as somebody who reads that language does."""
    kind = SubjectKind.ORDER if order else SubjectKind.SHOP
    asked = Begin(Subject(kind, order.id if order else halo.shop.id))
    return buyer.house.db.write_now(conversations.begin, buyer.actor, asked, locale)[0].id


# --- what is said ---------------------------------------------------------------------------


def test_the_buyer_reads_their_language_and_the_agent_theirs(house: House) -> None:
    halo = house.shop("halo")
    keeps(halo.mei, texts=WHERE)
    readers: tuple[tuple[str, Locale, str], ...] = (
        ("anna", "ru", "12 мая"),
        ("tom", "en", "May 12"),
        ("fang", "zh", "5月12日"),
    )
    for name, locale, due in readers:
        buyer = house.buyer(name, locale)
        talk = begun(buyer, halo, sent(halo, buyer), locale)
        found = said(halo.mei, talk)
        assert found.locale == locale
        assert name.title() in found.text
        assert "RB123456785CN" in found.text
        assert due in found.text
        assert found.gaps == []


def test_without_the_buyers_language_the_shops_is_spoken_and_that_is_told(house: House) -> None:
    halo = house.shop("halo", languages=["ru", "en"])
    keeps(halo.mei, texts={"en": "Hello", "ru": "Здравствуйте"})
    talk = begun(house.buyer("fang", "zh"), halo, None, "zh")
    assert said(halo.mei, talk) == Filled("Здравствуйте", "ru")


def test_what_is_not_known_is_a_gap_and_is_sent_by_nobody(house: House) -> None:
    halo = house.shop("halo")
    anna = house.buyer("anna")
    talk = anna.asks(halo, sent(halo, anna, due=None), "Where is it?")
    macro = keeps(halo.mei, texts={"en": WHERE["en"]}, deeds=[Deed("send")])
    found = said(halo.mei, talk, "ru")
    assert found.text == "Hello Anna, parcel RB123456785CN comes ⟦дата доставки⟧."
    assert found.gaps == ["parcel.eta"]
    with pytest.raises(GapsLeft, match="delivery date"):
        presses(halo.mei, macro, talk)
    assert anna.reads(talk) == ["Where is it?"]
    presses(halo.mei, macro, talk, text="Hello Anna, it comes on Monday.")
    assert anna.reads(talk) == ["Where is it?", "Hello Anna, it comes on Monday."]


def test_the_time_to_return_is_said_by_the_rules_in_force(house: House) -> None:
    halo = house.shop("halo")
    talk = house.buyer("anna").begins(halo, halo.sells("teapot"))
    keeps(halo.mei, texts={"en": "{{policy.return_window}}, {{product.title}}, {{product.price}}"})
    days, title, price = said(halo.mei, talk).text.split(", ")
    assert (title, price) == ("Teapot", "€64.90")
    assert days.endswith(" days")


# --- where it fits --------------------------------------------------------------------------


def test_only_what_fits_is_offered(house: House) -> None:
    night = [Hours(weekday=day, opens="20:00", closes="22:00") for day in range(7)]
    halo = house.shop("halo", hours=night)
    wishes = {
        "order": Fits(order=True),
        "no-order": Fits(order=False),
        "way": Fits(parcel=[Parcel.ON_THE_WAY]),
        "none": Fits(parcel=[Parcel.NONE]),
        "ru": Fits(locales=["ru"]),
        "open": Fits(open=True),
        "closed": Fits(open=False),
        "asks": Fits(kinds=[TalkKind.QUESTION]),
        "return": Fits(kinds=[TalkKind.RETURN]),
        "pots": Fits(categories=["pots"]),
    }
    for key, fits in wishes.items():
        keeps(halo.mei, key, fits=fits)
    anna = house.buyer("anna")
    about_order = anna.begins(halo, sent(halo, anna))
    about_pots = anna.begins(halo, halo.sells("pan", category="pots"))
    assert keys(offers(halo.mei, about_order)) == ["asks", "closed", "order", "way"]
    assert keys(offers(halo.mei, about_pots)) == ["asks", "closed", "no-order", "none", "pots"]


def test_a_parcel_that_is_late_is_answered_as_late(house: House) -> None:
    halo = house.shop("halo")
    anna = house.buyer("anna")
    talk = anna.begins(halo, sent(halo, anna))
    keeps(halo.mei, texts={"en": "{{#if parcel.late}}Sorry{{else}}Soon{{/if}}"})
    assert said(halo.mei, talk).text == "Soon"
    house.passes(days=9)
    assert said(halo.mei, talk).text == "Sorry"


def test_what_was_used_most_lately_in_such_cases_stands_first(house: House) -> None:
    halo = house.shop("halo")
    talk = house.buyer("anna").asks(halo, None, "What does it weigh?")
    first, second, third = (keeps(halo.mei, key) for key in ("a", "b", "c"))
    for macro in (second, second, third):
        presses(halo.mei, macro, talk, acts=False)
    assert keys(offers(halo.mei, talk)) == ["b", "c", "a"]
    house.passes(days=60)
    for _ in range(2):
        presses(halo.mei, third, talk, acts=False)
    found = offers(halo.mei, talk)
    assert keys(found) == ["c", "b", "a"]
    assert [one.uses for one in found] == [3, 2, 0]
    assert first.version == 1


# --- what it does ---------------------------------------------------------------------------


def test_one_press_does_it_all_once(house: House) -> None:
    halo = house.shop("halo")
    anna = house.buyer("anna")
    talk = anna.asks(halo, None, "Thank you!")
    deeds = [Deed("send"), Deed("note", "Thanked {{buyer.first_name}}"), Deed("resolve")]
    macro = keeps(halo.mei, texts={"en": "You are welcome, {{buyer.first_name}}."}, deeds=deeds)
    cmid = new_id()
    ran = presses(halo.mei, macro, talk, cmid=cmid)
    assert ran == presses(halo.mei, macro, talk, cmid=cmid)
    assert (ran.text, ran.done) == ("", ["send", "note", "resolve"])
    assert anna.reads(talk) == ["Thank you!", "You are welcome, Anna."]
    assert halo.mei.sees(talk).state is State.RESOLVED
    assert [b"Thanked Anna" in bytes(one.data) for one in halo.mei.events(talk, "n")] == [True]
    assert offers(halo.mei, talk)[0].uses == 1
    with pytest.raises(IdempotencyConflict):
        presses(halo.mei, macro, talk, cmid=cmid, text="Something else")


def test_of_what_cannot_be_done_whole_nothing_is_done(house: House) -> None:
    halo = house.shop("halo")
    anna = house.buyer("anna")
    order = sent(halo, anna)
    talk = anna.asks(halo, order, "It is late")
    opens(anna, "logistics_inquiry", order, concern="not_received")
    macro = keeps(halo.mei, deeds=[Deed("send"), Deed("note", "x"), Deed("resolve")])
    with pytest.raises(CasesOpen):
        presses(halo.mei, macro, talk)
    assert anna.reads(talk) == ["It is late"]
    assert halo.mei.events(talk, "n") == []
    assert offers(halo.mei, talk)[0].uses == 0


def test_a_macro_asks_the_carrier_and_opens_a_form(house: House) -> None:
    halo = house.shop("halo")
    anna = house.buyer("anna")
    order = sent(halo, anna)
    talk = anna.asks(halo, order, "Where is it?")
    form = keeps(halo.mei, "form", deeds=[Deed("form", "give_eta")])
    asks = keeps(halo.mei, "asks", deeds=[Deed("send"), Deed("carrier")])
    with pytest.raises(NoCaseForThat):
        presses(halo.mei, asks, talk)
    case = opens(anna, "logistics_inquiry", order, concern="not_received")
    assert presses(halo.mei, form, talk).opens == f"/cases/{case.id}/do/give_eta"
    presses(halo.mei, asks, talk)
    assert sees(halo.mei, case.id).state == "trace_open"
    assert anna.reads(talk)[-1] == "Hello"


def test_a_macro_shares_a_conversation_out_as_hands_do(house: House) -> None:
    halo = house.shop("halo", staff=["mei", "oleg"])
    talk = house.buyer("anna").asks(halo, None, "Hello?")
    deeds = [
        Deed("assign", halo.oleg.actor.id),
        Deed("tag", "Warranty"),
        Deed("kind", "repair"),
        Deed("snooze", "2d"),
    ]
    presses(halo.mei, keeps(halo.mei, deeds=deeds), talk)
    tended = house.db.read_now(conversations.entered, halo.mei.actor, Stream(talk))
    assert (tended.assignee, tended.kind) == (halo.oleg.actor.id, TalkKind.REPAIR)
    assert [one.name for one in house.db.read_now(tagging.tags, halo.mei.actor)] == ["Warranty"]
    assert tended.snoozed_until == house.clock() + timedelta(days=2)
    take = keeps(halo.mei, "take", deeds=[Deed("assign", "me"), Deed("snooze", "buyer")])
    presses(halo.mei, take, talk)
    back = keeps(halo.mei, "back", deeds=[Deed("assign", "nobody")])
    presses(halo.mei, back, talk)
    tended = house.db.read_now(conversations.entered, halo.mei.actor, Stream(talk))
    assert (tended.assignee, tended.snoozed_for) == (None, WakeOn.BUYER)


def test_what_has_changed_meanwhile_is_not_acted_on(house: House) -> None:
    halo = house.shop("halo")
    anna = house.buyer("anna")
    talk = anna.asks(halo, sent(halo, anna), "Where is it?")
    fits = Fits(parcel=[Parcel.ON_THE_WAY])
    macro = keeps(halo.mei, fits=fits, deeds=[Deed("send")])
    house.passes(days=9)
    with pytest.raises(MacroDoesNotFit):
        presses(halo.mei, macro, talk)
    assert presses(halo.mei, macro, talk, acts=False).text == "Hello"


# --- whose it is ----------------------------------------------------------------------------


def test_managers_keep_the_shops_macros_and_everybody_their_own(house: House) -> None:
    halo = house.shop("halo", staff=["mei", "oleg", "ivan"])
    shops = keeps(halo.mei)
    with pytest.raises(OnlyManagersKeep):
        keeps(halo.oleg, "other")
    with pytest.raises(OnlyManagersKeep):
        keeps(halo.oleg, texts={"en": "Mine"}, id=shops.id, version=1)
    with pytest.raises(OnlyManagersKeep):
        house.db.write_now(service.remove, halo.oleg.actor, shops.id)
    own = keeps(halo.oleg, own=True)
    talk = house.buyer("anna").asks(halo, None, "Hello?")
    assert keys(offers(halo.oleg, talk)) == ["ship", "ship"]
    assert keys(offers(halo.ivan, talk)) == ["ship"]
    for stranger in (halo.ivan, halo.mei):
        with pytest.raises(NoSuchMacro):
            presses(stranger, own, talk)


def test_two_shops_never_meet(house: House) -> None:
    halo, nord = house.shop("halo"), house.shop("nord", staff=["lars"])
    macro = keeps(halo.mei)
    anna = house.buyer("anna")
    talk, theirs = anna.asks(halo, None, "Hello?"), anna.asks(nord, None, "Hello?")
    with pytest.raises(NoSuchConversation):
        offers(nord.lars, talk)
    with pytest.raises(NoSuchMacro):
        presses(nord.lars, macro, theirs)
    for wrong in (anna, house.operator()):
        with pytest.raises(OnlyTheTeam):
            offers(wrong, talk)
    with pytest.raises(NoSuchMacro):
        keeps(nord.lars, id=macro.id, version=1)


def test_an_edit_makes_a_version_and_crosses_nobody_elses(house: House) -> None:
    halo = house.shop("halo")
    macro = keeps(halo.mei)
    changed = keeps(halo.mei, texts={"en": "Hi"}, id=macro.id, version=1)
    assert changed.version == 2
    assert keeps(halo.mei, texts={"en": "Hi"}, id=macro.id, version=1) == changed
    with pytest.raises(MacroMovedOn):
        keeps(halo.mei, texts={"en": "Hey"}, id=macro.id, version=1)
    past = house.db.read_now(service.versions, halo.mei.actor, macro.id)
    assert [(one.version, one.body.texts["en"]) for one in past] == [(2, "Hi"), (1, "Hello")]


def test_a_key_names_one_macro_and_is_free_again(house: House) -> None:
    halo = house.shop("halo")
    macro = keeps(halo.mei)
    with pytest.raises(MacroNameTaken):
        keeps(halo.mei, "SHIP")
    other = keeps(halo.mei, "other")
    with pytest.raises(MacroNameTaken):
        keeps(halo.mei, "ship", id=other.id, version=1)
    assert keeps(halo.mei, "other", {"en": "Hi"}, id=other.id, version=1).version == 2
    house.db.write_now(service.remove, halo.mei.actor, macro.id)
    house.db.write_now(service.remove, halo.mei.actor, macro.id)
    with pytest.raises(NoSuchMacro):
        house.db.read_now(service.one, halo.mei.actor, macro.id)
    assert keeps(halo.mei).version == 1


def test_of_two_who_take_a_key_at_once_one_is_told(house: House) -> None:
    halo = house.shop("halo")

    def take(_turn: int) -> str:
        try:
            return keeps(halo.mei).id
        except MacroNameTaken:
            return ""

    with ThreadPoolExecutor(4) as crowd:
        assert len([one for one in crowd.map(take, range(4)) if one]) == 1


def test_a_shop_has_so_many_and_no_more(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MACROS_MOST", 2)
    halo = house.shop("halo")
    keeps(halo.mei, "a")
    keeps(halo.mei, "b")
    with pytest.raises(MacrosFull):
        keeps(halo.mei, "c")


# --- for everybody, for a start, for another shop --------------------------------------------


def test_a_public_macro_answers_buyers_before_they_ask(house: House) -> None:
    halo = house.shop("halo")
    question, answer = "Do you ship to Norway?", "Yes, we ship to Norway within ten days."
    macro = keeps(halo.mei, texts={"en": answer}, question={"en": question})
    assert suggested(house, halo, question) == [answer]
    house.clock.passes(seconds=1)
    keeps(halo.mei, texts={"en": "No more."}, question={"en": question}, id=macro.id, version=1)
    assert suggested(house, halo, question) == ["No more."]
    (entry,) = house.db.read_now(writing.of_shop, halo.mei.actor, halo.shop.id)
    house.db.write_now(writing.remove, halo.mei.actor, halo.shop.id, entry.answer.id)
    keeps(halo.mei, texts={"en": "Again."}, question={"en": question}, id=macro.id, version=2)
    assert suggested(house, halo, question) == ["Again."]
    house.db.write_now(service.remove, halo.mei.actor, macro.id)
    assert suggested(house, halo, question) == []


def suggested(house: House, halo: Counter, words: str) -> list[str]:
    asked = Suggest(Subject(SubjectKind.SHOP, halo.shop.id), words)
    return [one.answer for one in house.db.read_now(suggesting.suggest, None, asked, "en")]


def test_a_recipe_is_taken_over_once(house: House) -> None:
    halo = house.shop("halo", staff=["mei", "oleg"])
    taken = [
        house.db.write_now(recipes.adopt, halo.mei.actor, "ship", "ru").id for _again in range(2)
    ]
    assert len({*taken}) == 1
    with pytest.raises(NoSuchRecipe):
        house.db.write_now(recipes.adopt, halo.mei.actor, "no-such", "en")
    with pytest.raises(OnlyManagersKeep):
        house.db.write_now(recipes.adopt, halo.oleg.actor, "photo", "en")
    anna = house.buyer("anna", "ru")
    talk = begun(anna, halo, sent(halo, anna), "ru")
    assert "RB123456785CN" in said(halo.mei, talk).text


def test_a_macro_is_tried_before_it_is_kept(house: House) -> None:
    halo = house.shop("halo")
    talk = house.buyer("anna").asks(halo, None, "Hello?")
    asked = TryMacro(MacroBody("hi", "Hi", {"en": "Hello {{buyer.first_name}}"}), talk)
    found = house.db.read_now(service.attempt, halo.mei.actor, asked, "en")
    assert found == Filled("Hello Anna", "en")
    assert house.db.read_now(service.shelf, halo.mei.actor) == []


def test_macros_go_to_another_shop_as_a_table(house: House) -> None:
    halo, nord = house.shop("halo"), house.shop("nord", staff=["lars"])
    fits = Fits([TalkKind.RETURN], True, [Parcel.LATE], ["ru"], False, ["pots", "pans"])
    deeds = [Deed("send"), Deed("note", "Said so")]
    keeps(halo.mei, texts={"en": "=1+1", "ru": "Да\nНет"}, fits=fits, deeds=deeds)
    keeps(halo.mei, "own", own=True)
    table = house.db.read_now(sheet.written, halo.mei.actor)
    assert "\n=" not in table
    assert ",=" not in table
    assert brings(nord.lars, table, dry=True) == Imported(2, 0)
    assert house.db.read_now(service.shelf, nord.lars.actor) == []
    assert brings(nord.lars, table) == Imported(2, 0)
    assert brings(nord.lars, table) == Imported(0, 2)
    assert [(one.macro.body, bool(one.macro.owner)) for one in shelf(nord.lars)] == [
        (one.macro.body, bool(one.macro.owner)) for one in shelf(halo.mei)
    ]


def test_a_table_with_a_mistake_changes_nothing(house: House) -> None:
    halo = house.shop("halo")
    head = "key,name,text_en,open,deeds\n"
    rows = [
        'good,Good,Hello,,"send\nresolve"',
        "bad key,Bad,Hello,,",
        "odd,Odd,{{nothing}},,",
        "maybe,Maybe,Hello,perhaps,",
        "self,Self,Hello,,macro: good",
        "good,Twice,Hello,,",
    ]
    found = brings(halo.mei, head + "\n".join(rows))
    assert [(one.row, one.code) for one in found.troubles] == [
        (4, "macro_row_odd"),
        (5, "placeholder_unknown"),
        (6, "macro_row_odd"),
        (7, "macro_calls_macro"),
        (8, "key_twice"),
    ]
    assert shelf(halo.mei) == []
    for odd in ("", "a,b\n1,2", 'key,name\n"', "key,name\n" + "k,n\n" * 501):
        with pytest.raises(MacroSheetOdd):
            brings(halo.mei, odd)


def brings(person: Person, table: str, *, dry: bool = False) -> Imported:
    return person.house.db.write_now(sheet.read, person.actor, ReadSheet(table, dry), "en")


def shelf(person: Person) -> list[Offered]:
    return person.house.db.read_now(service.shelf, person.actor)
