"""What needs no database: opening hours, money, delivery days, postal numbers, permission."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbell.commerce.hours import Hours, UnknownZone, find_zone, is_open, next_opening
from shopbell.commerce.listing import fold, search_patterns, slug_of
from shopbell.commerce.model import (
    Eta,
    EtaReversed,
    Money,
    Order,
    OrderId,
    OrderState,
    Shipment,
    ShipmentId,
    months_after,
)
from shopbell.commerce.numbers import TrackingNumberMistyped, check_number, is_s10
from shopbell.commerce.tracking import CODES, Milestone, UnknownTrackingCode, milestone_of
from shopbell.kernel.actor import SYSTEM, Actor, PersonId, Rank, ShopId, Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import LOCALES, catalogue

MOSCOW, BERLIN = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin")
WORKDAYS = [
    Hours(day, opens, closes)
    for day in range(5)
    for opens, closes in (("14:00", "18:00"), ("09:00", "13:00"))
]
MONDAY = date(2026, 5, 4)


def at(zone: ZoneInfo, day: date, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("clock", "expected"),
    (
        ("08:59", False),
        ("09:00", True),
        ("12:59", True),
        ("13:00", False),
        ("14:00", True),
        ("18:00", False),
    ),
)
def test_shop_closes_for_lunch(clock: str, expected: bool) -> None:
    assert is_open(WORKDAYS, [], MOSCOW, at(MOSCOW, MONDAY, clock)) is expected


def test_opening_is_a_matter_of_the_shops_own_clock() -> None:
    six_in_the_morning = datetime(2026, 5, 4, 6, tzinfo=UTC)
    assert is_open(WORKDAYS, [], MOSCOW, six_in_the_morning)
    assert not is_open(WORKDAYS, [], BERLIN, six_in_the_morning)


def test_night_shop_is_open_after_midnight() -> None:
    friday_night = [Hours(4, "22:00", "02:00")]
    saturday = date(2026, 5, 9)
    assert is_open(friday_night, [], MOSCOW, at(MOSCOW, saturday, "01:59"))
    assert not is_open(friday_night, [], MOSCOW, at(MOSCOW, saturday, "02:00"))
    assert not is_open(friday_night, [], MOSCOW, at(MOSCOW, saturday, "23:00"))


def test_night_begun_before_a_holiday_is_finished() -> None:
    every_night = [Hours(day, "22:00", "02:00") for day in range(7)]
    holiday = [date(2026, 5, 9)]
    assert is_open(every_night, holiday, MOSCOW, at(MOSCOW, date(2026, 5, 9), "01:00"))
    assert not is_open(every_night, holiday, MOSCOW, at(MOSCOW, date(2026, 5, 9), "23:00"))
    assert not is_open(every_night, holiday, MOSCOW, at(MOSCOW, date(2026, 5, 10), "01:00"))


def test_whole_days_join_without_a_gap() -> None:
    always = [Hours(day, "00:00", "24:00") for day in range(7)]
    midnight = at(MOSCOW, MONDAY, "00:00")
    for moment in (midnight - timedelta(microseconds=1), midnight):
        assert is_open(always, [], MOSCOW, moment)


@pytest.mark.parametrize(
    ("day", "clock", "opening"),
    (
        (MONDAY, "08:00", (MONDAY, "09:00")),
        (MONDAY, "13:30", (MONDAY, "14:00")),
        (MONDAY, "19:00", (date(2026, 5, 6), "09:00")),  # Tuesday is a holiday
        (date(2026, 5, 8), "18:00", (date(2026, 5, 11), "09:00")),  # over the weekend
    ),
)
def test_next_opening_skips_nights_holidays_and_weekends(
    day: date, clock: str, opening: tuple[date, str]
) -> None:
    found = next_opening(WORKDAYS, [date(2026, 5, 5)], MOSCOW, at(MOSCOW, day, clock))
    assert found == at(MOSCOW, *opening)


def test_shop_without_hours_never_opens() -> None:
    now = datetime(2026, 5, 4, tzinfo=UTC)
    assert not is_open([], [], MOSCOW, now)
    assert next_opening([], [], MOSCOW, now) is None


def test_opening_follows_summer_time() -> None:
    sundays = [Hours(6, "09:00", "10:00")]
    before, after = date(2026, 3, 22), date(2026, 3, 29)
    openings = [next_opening(sundays, [], BERLIN, at(BERLIN, d, "00:00")) for d in (before, after)]
    assert [o and o.hour for o in openings] == [8, 7]


@given(
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
    interval=st.tuples(st.integers(0, 6), st.integers(0, 23), st.integers(0, 24)),
)
def test_shop_is_open_at_its_next_opening(moment: datetime, interval: tuple[int, int, int]) -> None:
    day, opens, closes = interval
    hours = [Hours(day, f"{opens:02}:00", f"{closes:02}:00")]
    opening = next_opening(hours, [], BERLIN, moment)
    assert opening is not None
    assert opening > moment
    assert is_open(hours, [], BERLIN, opening)


@pytest.mark.parametrize("name", ("", "Mars/Olympus", "../../etc/passwd", "Europe", "a\0b"))
def test_no_such_zone(name: str) -> None:
    with pytest.raises(UnknownZone):
        find_zone(name)


def test_delivery_days_are_days_where_the_parcel_goes() -> None:
    eta = Eta(date(2026, 5, 1), date(2026, 5, 4), "Asia/Vladivostok")
    order = _order(eta)
    still_the_fourth_there = datetime(2026, 5, 4, 13, 59, tzinfo=UTC)
    assert not order.late_at(still_the_fourth_there)
    assert order.late_at(still_the_fourth_there + timedelta(minutes=1))
    assert not order.late_on(date(2026, 5, 4))
    assert order.late_on(date(2026, 5, 5))


@pytest.mark.parametrize("state", (OrderState.DELIVERED, OrderState.CANCELLED, OrderState.RETURNED))
def test_what_is_not_on_its_way_is_not_late(state: OrderState) -> None:
    eta = Eta(date(2026, 5, 1), date(2026, 5, 4), "Europe/Moscow")
    assert not _order(eta, state).late_on(date(2027, 1, 1))


def test_delivery_cannot_end_before_it_begins() -> None:
    with pytest.raises(EtaReversed):
        Eta(date(2026, 5, 2), date(2026, 5, 1), "Europe/Moscow")


def test_order_admits_its_buyer_its_shop_and_the_operator_alone() -> None:
    order = _order(None)
    stranger, rival = PersonId(new_id()), ShopId(new_id())
    assert order.admits(Actor(order.buyer, Side.BUYER))
    assert order.admits(Actor(stranger, Side.SELLER, order.shop, Rank.AGENT))
    assert order.admits(Actor(stranger, Side.OPERATOR))
    assert order.admits(SYSTEM)
    assert not order.admits(Actor(stranger, Side.BUYER))
    assert not order.admits(Actor(stranger, Side.SELLER, rival, Rank.OWNER))
    assert not order.admits(Actor(order.buyer, Side.SELLER))


@pytest.mark.parametrize("number", ("RR473124829CH", "RR123456785CN", "LX000000005DE"))
def test_postal_number_with_the_right_check_digit(number: str) -> None:
    check_number(number)
    assert is_s10(number)


def test_any_slip_of_one_digit_in_a_postal_number_is_seen() -> None:
    right = "RR473124829CH"
    for place in range(2, 11):
        for digit in set("0123456789") - {right[place]}:
            with pytest.raises(TrackingNumberMistyped):
                check_number(right[:place] + digit + right[place + 1 :])


@pytest.mark.parametrize("number", ("", "1Z999AA10123456784", "SF1234567890123", "rr473124820ch"))
def test_other_carriers_numbers_have_no_such_digit(number: str) -> None:
    check_number(number)
    assert not is_s10(number)


def test_every_code_has_a_milestone_and_words() -> None:
    assert len(CODES) == len(set(CODES)) == 55
    assert {milestone_of(code) for code in CODES} == set(Milestone)
    named = {f"tracking.{code}" for code in (*CODES, *Milestone)}
    named |= {f"tracking.order_{state}" for state in OrderState}
    assert [named - catalogue(locale).keys() for locale in LOCALES] == [set(), set(), set()]


def test_code_that_is_none() -> None:
    with pytest.raises(UnknownTrackingCode):
        milestone_of("delivered.by_eagle")


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    (("12.5", "EUR", 1250), ("489", "JPY", 489), ("1.234", "KWD", 1234), ("0", "RUB", 0)),
)
def test_money_is_counted_in_the_smallest_unit(amount: str, currency: str, minor: int) -> None:
    assert Money.of(Decimal(amount), currency) == Money(minor, currency)


def test_half_a_cent_does_not_exist() -> None:
    with pytest.raises(ValueError, match="decimals"):
        Money.of(Decimal("0.005"), "EUR")


def test_warranty_ends_on_the_last_day_of_a_short_month() -> None:
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_after(date(2027, 12, 15), 14) == date(2029, 2, 15)


@pytest.mark.parametrize(
    ("words", "slug"),
    (("Kettle K-200", "kettle-k-200"), ("  Чайник «Ёлка» ", "чайник-елка"), ("茶壶 2L", "茶壶-2l")),
)
def test_address_is_made_of_any_script(words: str, slug: str) -> None:
    assert slug_of(words) == slug


def test_signs_with_a_meaning_in_a_search_lose_it() -> None:
    assert search_patterns("100% a_b !") == {"word0": "%100!%%", "word1": "%a!_b%", "word2": "%!!%"}


def test_a_search_has_only_so_many_words() -> None:
    assert len(search_patterns("a " * 1000)) == 8


def test_folding_drops_what_is_no_text() -> None:
    assert fold("ＫＥＴＴＬＥ\0 Ёж\ud800") == "kettle еж"


def _order(eta: Eta | None, state: OrderState = OrderState.SHIPPED) -> Order:
    parcel = Shipment(
        id=ShipmentId(new_id()),
        carrier="post",
        tracking_number="",
        state=Milestone.IN_TRANSIT,
        eta=eta,
        first_eta=eta,
        eta_reason=None,
        shipped_at=None,
        delivered_at=None,
    )
    return Order(
        id=OrderId(new_id()),
        number="1",
        buyer=PersonId(new_id()),
        shop=ShopId(new_id()),
        state=state,
        placed_at=datetime(2026, 4, 20, tzinfo=UTC),
        total=Money(0, "EUR"),
        shipments=[parcel],
    )
