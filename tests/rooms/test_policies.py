"""Policies as data: one clause decides, in words; shops may be kinder; versions never change."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shopbell.accounts.refusals import OperatorsOnly
from shopbell.commerce.commands import SentParcel
from shopbell.commerce.hours import Hours
from shopbell.commerce.model import Eta, NoSuchOrder, NotYourShop
from shopbell.engine.database import Database
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import LOCALES
from shopbell.knowledge import service, shipped, wording
from shopbell.knowledge.commands import Choose, Publish
from shopbell.knowledge.differences import differences
from shopbell.knowledge.model import (
    ANY,
    Condition,
    EvidenceRules,
    Kinder,
    Length,
    Matter,
    PolicyRef,
    Profile,
    Rehearsed,
    Terms,
    Trial,
    Verdict,
)
from shopbell.knowledge.refusals import (
    CategoryUnknown,
    ClauseTwice,
    DayOutOfReach,
    EvidenceTooMuch,
    HalfTakenBack,
    NoSuchClause,
    NoSuchClock,
    NoSuchPolicy,
    NoSuchReason,
    NotKinder,
    NotTheShopsClock,
    PolicyMovedOn,
    RuleMissing,
    RulesClash,
    WindowUnclear,
    WordsMissing,
)
from shopbell.knowledge.rulebook import Rulebook, fits
from shopbell.knowledge.scrutiny import check
from tests.support.house import Counter, House, Person
from tests.support.pace import milliseconds

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
OZON = shipped.profile("ozon_like")
BOOKS = {name: Rulebook(PolicyRef(name, 1), shipped.profile(name)) for name in shipped.names()}


def asked(category: str = ANY, reason: str = "changed_mind", **known: Any) -> Matter:
    return Matter(category, reason, **{"asked_at": NOW, "delivered_at": NOW, **known})


def said(verdict: Verdict) -> list[str]:
    return wording.explain(verdict, "en").split(". ")


# --- what the rules say -------------------------------------------------------------------


def test_a_buyer_reads_until_when_who_pays_and_why() -> None:
    verdict = BOOKS["ozon_like"].decide(asked())
    assert wording.explain(verdict, "en") == (
        "You can return it until December 12: 15 days from delivery. "
        "You pay the way back, because nothing is wrong with the item. "
        "Send it back unused and in its original packaging. "
        "(The rule for “Everything else · Nothing is wrong with it”, Ozon-like rules, version 1.)"
    )
    assert wording.explain(verdict, "ru").startswith("Вернуть товар можно до 12 декабря")
    assert wording.explain(verdict, "zh").startswith("您可以在12月12日（含当天）之前退货")


def test_who_pays_turns_with_what_is_wrong() -> None:
    broken = BOOKS["ozon_like"].decide(asked(reason="damaged"))
    assert broken.return_shipping_payer == "seller"
    assert "The shop pays the way back, because the item was damaged on the way" in said(broken)
    assert broken.evidence.photos_min == 2
    assert wording.evidence(broken, "en")[0] == "2 photos or more, up to 10:"


@pytest.mark.parametrize(
    ("category", "reason", "days", "clause"),
    [
        ("food", "changed_mind", None, "food-proper"),
        ("food", "expired", 1, "food-defect"),
        ("digital", "not_as_described", 7, "digital-custom-defect"),
        ("hygiene", "changed_mind", 7, "books-hygiene-underwear-medical"),
        (ANY, "not_working", 15, "default-defect"),
        ("technically_complex", "warranty", 365, "warranty-complex-unset"),
    ],
)
def test_the_windows_of_the_table(category: str, reason: str, days: int, clause: str) -> None:
    verdict = BOOKS["ozon_like"].decide(asked(category, reason))
    assert verdict.rule == clause
    assert verdict.until == (date(2026, 11, 27) + timedelta(days=days) if days else None)
    assert verdict.returnable is bool(days)


def test_the_last_day_is_a_day_where_the_marketplace_is() -> None:
    late_in_moscow = datetime(2026, 11, 26, 22, tzinfo=UTC)
    verdict = BOOKS["ozon_like"].decide(asked(delivered_at=late_in_moscow))
    assert verdict.until == date(2026, 12, 12)
    last = asked(delivered_at=late_in_moscow, asked_at=datetime(2026, 12, 12, 20, 59, tzinfo=UTC))
    over = asked(delivered_at=late_in_moscow, asked_at=datetime(2026, 12, 12, 21, 0, tzinfo=UTC))
    assert BOOKS["ozon_like"].decide(last).allowed
    assert not BOOKS["ozon_like"].decide(over).allowed
    assert "That time is over" in said(BOOKS["ozon_like"].decide(over))


def test_before_delivery_nothing_is_too_late() -> None:
    verdict = BOOKS["ozon_like"].decide(asked(delivered_at=None))
    assert (verdict.allowed, verdict.until) == (True, None)
    assert said(verdict)[0] == "You can return it within 15 days of delivery"


def test_a_parcel_is_missing_once_its_days_are_over_or_the_carrier_says_it_came() -> None:
    eta = Eta(date(2026, 11, 28), date(2026, 11, 30), "Europe/Moscow")
    waiting = BOOKS["ozon_like"].decide(asked(reason="not_received", delivered_at=None, eta=eta))
    assert (waiting.allowed, waiting.opens) == (False, date(2026, 12, 1))
    elsewhere = BOOKS["ozon_like"].decide(asked(reason="not_received", eta=eta))
    assert elsewhere.allowed
    book = BOOKS["ebay_like"]
    later = asked(reason="not_received", delivered_at=None, eta=eta, asked_at=NOW + timedelta(40))
    assert book.decide(later).until == date(2026, 12, 31)
    assert not book.decide(later).allowed


def test_a_warranty_lasts_as_the_seller_said_and_never_less_than_the_rules_ask() -> None:
    book = BOOKS["ozon_like"]
    assert book.decide(asked(reason="warranty", warranty_months=12)).until == date(2027, 11, 27)
    assert book.decide(asked(reason="warranty", warranty_months=0)).until == date(2026, 12, 11)
    assert not book.decide(asked(reason="warranty")).returnable
    phone = book.decide(asked("technically_complex", "warranty", warranty_months=12))
    assert phone.evidence.documents == ["service_conclusion"]


@pytest.mark.parametrize(
    ("said", "category"),
    [
        ("Кофе в зёрнах", "food"),
        ("coffee", "food"),
        ("咖啡", "food"),
        ("Корм для кошек", "pet_food"),
        ("Dog food", "pet_food"),
        ("Носки и колготки", "underwear_socks"),
        ("Teapots", ANY),
        ("Чайники", ANY),
        ("electronics", "technically_complex"),
        ("手机", "technically_complex"),
        ("Книги", "printed"),
        ("Bookshelves", ANY),
        ("shoes", ANY),
        ("", ANY),
        ("hygiene", "hygiene"),
    ],
)
def test_a_shops_own_word_for_its_goods_finds_the_category(said: str, category: str) -> None:
    assert BOOKS["ozon_like"].category_of(said) == category


CATEGORIES = sorted({c.code for c in OZON.categories} | {ANY})
MOMENTS = st.integers(0, 5 * 366 * 24 * 60).map(lambda n: NOW - timedelta(days=700, minutes=-n))
MATTERS = st.builds(
    Matter,
    category=st.sampled_from([*CATEGORIES, "garden gnomes"]),
    reason=st.sampled_from([reason.code for reason in OZON.reasons]),
    asked_at=MOMENTS,
    delivered_at=st.none() | MOMENTS,
    eta=st.none()
    | st.dates(date(2025, 1, 1), date(2030, 1, 1)).map(lambda day: Eta(day, day, "Asia/Tokyo")),
    warranty_months=st.none() | st.integers(0, 120),
    jurisdiction=st.sampled_from([None, "ru", "cn"]),
    scheme=st.sampled_from([None, "fbs"]),
    buyer_confirmed=st.booleans(),
)


@pytest.mark.parametrize("name", shipped.names())
@given(matter=MATTERS)
def test_every_matter_has_one_clause_and_words_without_holes(name: str, matter: Matter) -> None:
    book = BOOKS[name]
    verdict = book.decide(matter)
    fitting = [
        rule.priority
        for rule in book.profile.rules
        if fits(rule.match, matter, verdict.category, verdict.condition)
    ]
    assert fitting.count(max(fitting)) == 1
    assert verdict.returnable or not verdict.allowed
    for locale in LOCALES:
        words = [wording.explain(verdict, locale), *wording.evidence(verdict, locale)]
        assert all(words)
        assert not [said for said in words if "{" in said or "None" in said]


def test_every_category_and_reason_of_every_profile_is_decided_and_named() -> None:
    for book in BOOKS.values():
        codes = [category.code for category in book.profile.categories]
        for category, reason in product([*codes, ANY], book.profile.reasons):
            verdict = book.decide(asked(category, reason.code))
            assert verdict.condition is reason.condition
            for locale in LOCALES:
                assert wording.category(book.profile, category, locale)
                assert wording.reason(book.profile, reason.code, locale)


def test_a_verdict_takes_less_than_a_tenth_of_a_millisecond() -> None:
    book, matter = BOOKS["ozon_like"], asked("Кофе", "damaged")
    assert milliseconds(lambda: [book.decide(matter) for _ in range(200)]) < 200 * 0.1


# --- clocks -------------------------------------------------------------------------------


def test_business_days_leave_out_weekends_and_holidays(house: House) -> None:
    weekdays = [Hours(day, "09:00", "18:00") for day in range(5)]
    shop = replace(
        house.shop("halo").shop, zone="Asia/Shanghai", hours=weekdays, holidays=[date(2026, 12, 1)]
    )
    friday = datetime(2026, 11, 27, 4, tzinfo=UTC)
    house.db.write_now(service.choose, house.operator().actor, Choose("ebay_like"))
    inspection = house.db.read_now(service.clock, shop.id, "inspection")
    assert (inspection.length, inspection.unit) == (2, "business_days")
    due = service.due_by_hours(inspection, friday, shop)
    end_of_wednesday = datetime(2026, 12, 3, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert due == end_of_wednesday


def test_business_hours_stand_still_while_the_shop_is_closed(house: House) -> None:
    halo = house.shop("halo")
    shop = replace(halo.shop, hours=[Hours(day, "09:00", "18:00") for day in range(5)])
    clock = replace(
        house.db.read_now(service.clock, shop.id, "seller_decision"),
        length=10,
        unit="business_hours",
    )
    friday = datetime(2026, 11, 27, 16, tzinfo=ZoneInfo("Europe/Berlin"))
    due = service.due_by_hours(clock, friday, shop)
    assert due == datetime(2026, 11, 30, 17, tzinfo=ZoneInfo("Europe/Berlin"))


def test_other_clocks_run_day_and_night_and_say_what_happens_then(house: House) -> None:
    shop = house.shop("halo").shop
    decision = house.db.read_now(service.clock, shop.id, "seller_decision")
    ends = house.db.read_now(service.due, decision, NOW, shop.id)
    assert ends == NOW + timedelta(hours=72)
    assert wording.why(decision, "en") == (
        "The shop’s decision: 72 hours. After that the return is approved by itself."
    )
    with pytest.raises(NoSuchClock):
        house.db.read_now(service.clock, shop.id, "kingfisher")


@pytest.mark.parametrize("locale", LOCALES)
def test_every_clock_has_a_name_and_a_reason(house: House, locale: Any) -> None:
    shop = house.shop("halo").shop
    for name in shipped.clocks():
        clock = house.db.read_now(service.clock, shop.id, name)
        words = wording.why(clock, locale)
        assert not words.startswith(name)
        assert "{" not in words


# --- versions -----------------------------------------------------------------------------


@pytest.fixture
def olga(house: House) -> Person:
    return house.operator()


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo", staff=["mei", "oleg"])


def longer(days: int, body: Profile = OZON) -> Profile:
    """Return the Ozon-like rules with another window for what nothing is wrong with."""
    rules = [replace(r, window_days=days) if r.id == "default-proper" else r for r in body.rules]
    return replace(body, rules=rules)


def days(db: Database, halo: Counter, at: datetime, of: PolicyRef | None = None) -> int | None:
    matter = asked(asked_at=at, delivered_at=at)
    return db.read_now(service.resolve, halo.shop.id, matter, of).window_days


def test_the_shipped_profiles_are_there_once_however_often_the_house_is_built(
    house: House, olga: Person
) -> None:
    house.db.write_now(service.furnish)
    listed = house.db.read_now(service.policies)
    assert [one.profile for one in listed] == shipped.names()
    assert [one.profile for one in listed if one.in_force] == ["ozon_like"]


def test_a_version_counts_from_its_day_on_and_a_case_keeps_its_own(
    house: House, olga: Person, halo: Counter
) -> None:
    now, soon = house.clock(), house.clock() + timedelta(days=7)
    before = house.db.read_now(service.in_force, halo.shop.id, now)
    new = Publish(longer(30), after=1, effective_from=soon)
    house.db.write_now(service.publish, olga.actor, new)
    assert days(house.db, halo, now) == 15
    assert days(house.db, halo, soon) == 30
    assert days(house.db, halo, soon, before) == 15


def test_the_same_again_is_the_same_version_and_two_at_once_are_not(
    house: House, olga: Person
) -> None:
    first = house.db.write_now(service.publish, olga.actor, Publish(longer(30), after=1))
    again = house.db.write_now(service.publish, olga.actor, Publish(longer(30), after=1))
    assert first == again
    with pytest.raises(PolicyMovedOn):
        house.db.write_now(service.publish, olga.actor, Publish(longer(20), after=1))
    assert house.db.read_now(service.policy, "ozon_like", 2).body == longer(30)


def test_rules_never_count_backwards(house: House, olga: Person) -> None:
    for away in (timedelta(days=-1), timedelta(days=4000)):
        new = Publish(longer(30), after=1, effective_from=house.clock() + away)
        with pytest.raises(DayOutOfReach):
            house.db.write_now(service.publish, olga.actor, new)


def test_only_the_operator_lays_down_rules(house: House, halo: Counter) -> None:
    for person in (house.buyer("anna"), halo.mei):
        with pytest.raises(OperatorsOnly):
            house.db.write_now(service.publish, person.actor, Publish(longer(30), after=1))
        with pytest.raises(OperatorsOnly):
            house.db.write_now(service.choose, person.actor, Choose("ebay_like"))


def test_the_marketplace_may_go_by_another_profile(
    house: House, olga: Person, halo: Counter
) -> None:
    house.db.write_now(service.choose, olga.actor, Choose("cn_law_online"))
    assert days(house.db, halo, house.clock()) == 7
    with pytest.raises(NoSuchPolicy):
        house.db.write_now(service.choose, olga.actor, Choose("kingfisher"))


def without(rule: str) -> Profile:
    return replace(OZON, rules=[r for r in OZON.rules if r.id != rule])


def changed(rule: str, **changes: Any) -> Profile:
    rules = [replace(r, **changes) if r.id == rule else r for r in OZON.rules]
    return replace(OZON, rules=rules)


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (without("default-proper"), RuleMissing),
        (without("warranty-unset"), RuleMissing),
        (changed("food-proper", priority=10), RulesClash),
        (changed("food-proper", id="default-proper"), ClauseTwice),
        (changed("default-proper", window_days=0), WindowUnclear),
        (changed("default-proper", window_days=None), WindowUnclear),
        (changed("default-proper", window_from="eta_end"), WindowUnclear),
        (changed("food-proper", window_days=3), WindowUnclear),
        (replace(OZON, categories=OZON.categories[1:]), CategoryUnknown),
        (replace(OZON, title={"en": "Only English"}), WordsMissing),
        (replace(OZON, evidence=replace(OZON.evidence, videos_max=2)), EvidenceTooMuch),
        (replace(OZON, evidence=replace(OZON.evidence, comment_max=1_001)), EvidenceTooMuch),
        (
            replace(OZON, reasons=[replace(OZON.reasons[0], code="itchy"), *OZON.reasons[1:]]),
            WordsMissing,
        ),
    ],
)
def test_a_profile_that_leaves_something_open_is_refused(
    body: Profile, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        check(body)


def test_what_was_published_before_its_limits_were_narrowed_is_still_read() -> None:
    wide = replace(OZON.evidence, videos_max=9, comment_max=10_000)
    assert msgspec.json.decode(msgspec.json.encode(wide), type=EvidenceRules) == wide


@pytest.mark.parametrize("name", shipped.names())
def test_what_is_shipped_could_be_published(name: str) -> None:
    check(shipped.profile(name))


def test_an_operators_own_reasons_are_said_in_their_own_words(house: House, olga: Person) -> None:
    itchy = {"en": "It itches", "ru": "Колется", "zh": "扎人"}
    mine = replace(OZON.reasons[0], code="itchy", words=itchy)
    body = replace(OZON, reasons=[*OZON.reasons, mine])
    house.db.write_now(service.publish, olga.actor, Publish(body, after=1))
    shop = house.shop("nord").shop
    profile, groups = house.db.read_now(service.reasons_at, shop.slug)
    first = wording.reasons(profile, groups, "ru")[0]
    assert first.condition is Condition.PROPER
    assert first.reasons[-1].words == "Колется"
    assert house.db.read_now(service.reasons, shop.id) == groups


def test_two_versions_differ_in_words() -> None:
    quick = {**OZON.clocks, "seller_decision": Length(48, "hours", "auto_approve")}
    told = differences(OZON, replace(longer(30), clocks=quick), "en")
    assert told == [
        "The shop’s decision: 72 hours → 48 hours",
        "Clause default-proper · days: 15 → 30",
    ]
    assert differences(OZON, OZON, "ru") == []


def test_other_rules_are_tried_on_what_was_decided_before(
    house: House, olga: Person, halo: Counter
) -> None:
    late = asked(asked_at=NOW, delivered_at=NOW - timedelta(days=20))
    of = house.db.read_now(service.in_force, halo.shop.id, NOW)
    trials = [Trial(halo.shop.id, one, of) for one in (late, asked("food"))]
    told = house.db.read_now(_rehearsed, olga, longer(30), trials)
    assert [one.differs for one in told] == [True, False]
    assert told[0].new is not None
    assert (told[0].old.allowed, told[0].new.allowed) == (False, True)


def _rehearsed(tx: Any, olga: Person, body: Profile, trials: list[Trial]) -> list[Rehearsed]:
    return [*map(service.rehearse(tx, olga.actor, body), trials)]


# --- what a shop gives --------------------------------------------------------------------


def test_a_shop_may_be_kinder_and_its_buyers_read_it(house: House, halo: Counter) -> None:
    before = house.db.read_now(service.in_force, halo.shop.id, house.clock())
    kinder = Terms(
        clauses=[Kinder("default-proper", window_days=30, seller_pays=True)],
        clocks={"seller_decision": Length(24, "hours")},
    )
    kept = house.db.write_now(service.give_terms, halo.mei.actor, "halo", kinder)
    assert kept == house.db.write_now(service.give_terms, halo.mei.actor, "halo", kinder)
    matter = asked(asked_at=house.clock(), delivered_at=house.clock())
    verdict = house.db.read_now(service.resolve, halo.shop.id, matter)
    assert (verdict.window_days, verdict.return_shipping_payer, verdict.terms) == (30, "seller", 1)
    assert "The shop gives you more here than the rules ask of it" in said(verdict)
    decision = house.db.read_now(service.clock, halo.shop.id, "seller_decision")
    assert (decision.length, decision.then) == (24, "auto_approve")
    assert days(house.db, halo, house.clock(), before) == 15
    assert days(house.db, house.shop("nord", staff=["nina"]), house.clock()) == 15


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (Terms([Kinder("default-proper", window_days=15)]), "clauses.default-proper.window_days"),
        (Terms([Kinder("default-proper", window_days=3)]), "clauses.default-proper.window_days"),
        (Terms([Kinder("default-defect", seller_pays=True)]), "clauses.default-defect.seller_pays"),
        (Terms([Kinder("default-proper", returnable=True)]), "clauses.default-proper.returnable"),
        (Terms([Kinder("food-defect", any_condition=True)]), "clauses.food-defect.any_condition"),
        (Terms(clocks={"seller_decision": Length(72, "hours")}), "clocks.seller_decision"),
        (Terms(clocks={"seller_decision": Length(9, "business_days")}), "clocks.seller_decision"),
        (Terms(clocks={"seller_decision": Length(9, "business_hours")}), "clocks.seller_decision"),
    ],
)
def test_a_shop_that_is_not_kinder_is_told_where(
    house: House, halo: Counter, terms: Terms, field: str
) -> None:
    with pytest.raises(NotKinder) as refused:
        house.db.write_now(service.give_terms, halo.mei.actor, "halo", terms)
    assert refused.value.facts == {"field": field}


@pytest.mark.parametrize("half", [{"returnable": True}, {"window_days": 7}])
def test_what_is_not_returnable_is_taken_back_with_a_word_and_days(
    house: House, halo: Counter, half: dict[str, Any]
) -> None:
    whole = Kinder("food-proper", window_days=7, returnable=True)
    house.db.write_now(service.give_terms, halo.mei.actor, "halo", Terms([whole]))
    terms = Terms([Kinder("food-proper", **half)])
    with pytest.raises(HalfTakenBack) as refused:
        house.db.write_now(service.give_terms, halo.mei.actor, "halo", terms)
    assert refused.value.facts == {"field": "clauses.food-proper.window_days"}


def test_a_shop_sets_no_time_but_its_own(house: House, halo: Counter) -> None:
    slow = Terms(clocks={"buyer_ship": Length(1, "days")})
    unknown = Terms([Kinder("kingfisher", window_days=99)])
    with pytest.raises(NotTheShopsClock):
        house.db.write_now(service.give_terms, halo.mei.actor, "halo", slow)
    with pytest.raises(NoSuchClause):
        house.db.write_now(service.give_terms, halo.mei.actor, "halo", unknown)


def test_only_managers_say_what_a_shop_gives(house: House, halo: Counter) -> None:
    nina = house.shop("nord", staff=["nina"]).nina
    for person in (nina, halo.oleg, house.buyer("anna")):
        with pytest.raises(NotYourShop):
            house.db.write_now(service.give_terms, person.actor, "halo", Terms())
        with pytest.raises(NotYourShop):
            house.db.read_now(service.terms, person.actor, "halo")


def test_a_shop_never_takes_back_what_the_marketplace_gives_later(
    house: House, olga: Person, halo: Counter
) -> None:
    kinder = Terms([Kinder("default-proper", window_days=30)])
    house.db.write_now(service.give_terms, halo.mei.actor, "halo", kinder)
    house.db.write_now(service.publish, olga.actor, Publish(longer(60), after=1))
    assert days(house.db, halo, house.clock()) == 60


# --- a line of an order -------------------------------------------------------------------


def test_a_buyer_asks_about_what_they_ordered_and_nobody_else_may(
    house: House, halo: Counter
) -> None:
    anna, boris = house.buyer("anna"), house.buyer("boris")
    beans = halo.sells("beans", category="Coffee")
    came = SentParcel(carrier="Post", delivered_at=house.clock())
    order = halo.ships_to(anna, beans, shipments=[came])
    line = order.lines[0].id
    ask = service.verdict_on_line
    verdict = house.db.read_now(ask, anna.actor, order.id, line, "changed_mind")
    assert (verdict.rule, verdict.category) == ("food-proper", "food")
    broken = house.db.read_now(ask, anna.actor, order.id, line, "damaged")
    assert broken.until is not None
    with pytest.raises(NoSuchOrder):
        house.db.read_now(ask, boris.actor, order.id, line, "damaged")
    with pytest.raises(NoSuchReason):
        house.db.read_now(ask, anna.actor, order.id, line, "kingfisher")


def test_a_verdict_survives_being_kept() -> None:
    verdict = BOOKS["ozon_like"].decide(asked(reason="damaged"))
    assert msgspec.json.decode(msgspec.json.encode(verdict), type=Verdict) == verdict
