"""Parcels on their way: what carriers tell, and what is noticed when they tell nothing."""

import importlib
import itertools
import json
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import msgspec
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import delete, event, select, update

from shopbell.commerce import listening, roster, service
from shopbell.commerce.carriers import (
    CarrierId,
    CarrierKind,
    CarrierNameOdd,
    GiveSecret,
    NoSuchCarrier,
    NotYourCarriers,
    PutCarrier,
    UrlWithoutNumber,
    well_known,
)
from shopbell.commerce.commands import SentParcel
from shopbell.commerce.lateness import FIRST_WORD, GRACE, SILENCE, Lane, Way, lane_of, late_from
from shopbell.commerce.listening import Told, Took
from shopbell.commerce.model import Eta, Order, OrderState, Shipment
from shopbell.commerce.numbers import (
    TrackingNumberMistyped,
    TrackingNumberOdd,
    check_number,
)
from shopbell.commerce.reports import CarrierNews, Heard, UnknownCode
from shopbell.commerce.signing import SignatureBroken, SignatureOld, check_signature, sign
from shopbell.commerce.tracking import CODES, Milestone, TrackingCode
from shopbell.commerce.vocabularies import NoSuchVocabulary, names, table, translate
from shopbell.connectors.files.model import Options, Report
from shopbell.connectors.files.tracking import import_tracking
from shopbell.engine.deadlines import deadlines
from shopbell.engine.journal import journal
from shopbell.engine.tables import metadata
from shopbell.kernel.actor import SYSTEM
from shopbell.kernel.refusals import Refusal
from shopbell.language.checks import SHAPES, Form
from tests.support.house import Counter, House, Person

SECRET = "a secret of thirty-two letters or more"
NUMBER = "RB550318268CN"
WAY = (
    ("EMA", "2026-05-01T09:00:00+08:00", "Shenzhen"),
    ("EMC", "2026-05-02T09:00:00+08:00", "Beijing"),
    ("EDB", "2026-05-05T09:00:00+02:00", "Frankfurt"),
    ("EDG", "2026-05-06T07:00:00+02:00", "Berlin"),
    ("EMI", "2026-05-06T15:00:00+02:00", "Berlin"),
)
ETA = Eta(date(2026, 5, 10), date(2026, 5, 12), "Europe/Berlin")


@dataclass(frozen=True)
class Post:
    """A carrier that tells of its parcels, and a shop that sends by it."""

    house: House
    halo: Counter
    anna: Person
    carrier: str = "china_post"

    def sends(self, number: str = NUMBER, carrier: str = "China Post", **parcel: Any) -> Order:
        lamp = self.halo.sells("lamp")
        sent = SentParcel(carrier, number, **parcel)
        return self.halo.ships_to(self.anna, lamp, state=None, shipments=[sent])

    def tells(self, *events: dict[str, str], **request: str) -> list[Took]:
        """Send a signed request; who was refused is refused whole."""
        given = {"carrier": self.carrier, "secret": SECRET, **request}
        body = json.dumps({"events": events}).encode()
        stamp = given.get("stamp", str(int(self.house.clock().timestamp())))
        news = msgspec.json.decode(body, type=CarrierNews)
        signature = sign(given["secret"], stamp, body)
        told = Told(given["carrier"], stamp, signature, body, news)
        [took] = self.house.db.write_now(listening.hear_all, [told])
        if isinstance(took, Refusal):
            raise took
        return took

    def sees(self, order: Order) -> Order:
        return self.house.db.read_now(service.order, SYSTEM, order.id)

    def parcel(self, order: Order) -> Shipment:
        return self.sees(order).shipments[0]

    def facts(self, *kinds: str) -> list[dict[str, Any]]:
        told = select(journal.c.fact, journal.c.body).order_by(journal.c.at, journal.c.id)
        rows = self.house.db.read_now(lambda tx: tx.execute(told).all())
        return [json.loads(str(body)) for kind, body in rows if kind in kinds]


@pytest.fixture
def post(house: House) -> Post:
    house.clock.now = datetime(2026, 5, 7, 12, tzinfo=UTC)
    carriers = ("china_post", "cdek", "russian_post", "aftership")
    house.db.write_now(roster.put_well_known, SYSTEM, carriers)
    for name in carriers:
        house.db.write_now(roster.give_secret, SYSTEM, name, GiveSecret(SECRET))
    return Post(house, house.shop("halo"), house.buyer("anna"))


def told(code: str, at: str, place: str = "", number: str = NUMBER, **more: str) -> dict[str, str]:
    return {"number": number, "code": code, "at": at, "place": place, **more}


def outcomes(took: Sequence[Took]) -> list[str]:
    return [one.why.code if one.why else str(one.heard) for one in took]


# --- once, and in any order ---------------------------------------------------------------


def test_the_same_word_fifty_times_has_one_effect(post: Post) -> None:
    order = post.sends()
    word = told(*WAY[0])
    first = post.tells(*[word] * 25)
    again = [one for _request in range(25) for one in post.tells(word)]

    assert outcomes(first) == ["taken"] + ["known"] * 24
    assert outcomes(again) == ["known"] * 25
    assert len(post.parcel(order).events) == 1
    assert len(post.facts("TrackingSeen")) == 1
    assert len(post.facts("OrderChanged")) == 1


def test_many_who_tell_the_same_at_once_have_one_effect(post: Post) -> None:
    order = post.sends()
    words = [told(*step) for step in WAY]
    with ThreadPoolExecutor(8) as lines:
        took = list(lines.map(lambda _n: post.tells(*words), range(16)))

    assert sum(one.heard is Heard.TAKEN for one in itertools.chain(*took)) == len(WAY)
    assert len(post.parcel(order).events) == len(WAY)
    assert len(post.facts("TrackingSeen")) == len(WAY)


def test_the_order_in_which_words_arrive_says_nothing(post: Post) -> None:
    everyone = Post(post.house, post.halo, post.anna, "aftership")
    steps = (
        ("InTransit_002", "2026-05-01T09:00:00+08:00", "Shenzhen"),
        ("InTransit_007", "2026-05-02T09:00:00+08:00", "Beijing"),
        ("InTransit_006", "2026-05-05T09:00:00+02:00", "Frankfurt"),
        ("OutForDelivery_001", "2026-05-06T07:00:00+02:00", "Berlin"),
        ("Delivered_001", "2026-05-06T15:00:00+02:00", "Berlin"),
        ("Exception_010", "2026-05-06T18:00:00+02:00", "Berlin"),
    )
    chance, ends = random.Random(7), []
    for n in range(12):
        number = f"T-{n}"
        order = post.sends(number)
        words = [told(*step, number=number) for step in steps]
        if n:
            chance.shuffle(words)
        cut = chance.randrange(1, len(words))
        everyone.tells(*words[:cut])
        everyone.tells(*words[cut:])
        now = post.sees(order)
        parcel = now.shipments[0]
        dates = parcel.state, parcel.event_at, parcel.shipped_at, parcel.delivered_at
        ends.append((now.state, [e.code for e in parcel.events], *dates))

    assert ends == [ends[0]] * len(ends)
    assert ends[0][0] is OrderState.DELIVERED
    assert ends[0][2] is Milestone.RETURNING


def test_what_was_delivered_may_go_back(post: Post) -> None:
    order = post.sends("1480033917", carrier="СДЭК")
    cdek = Post(post.house, post.halo, post.anna, "cdek")
    cdek.tells(told("DELIVERED", "2026-05-06T12:00:00Z", number="1480033917"))
    assert post.parcel(order).state is Milestone.DELIVERED

    cdek.tells(told("NOT_DELIVERED", "2026-05-06T18:00:00Z", number="1480033917"))
    parcel = post.parcel(order)
    assert parcel.state is Milestone.RETURNING
    assert parcel.delivered_at == datetime(2026, 5, 6, 12, tzinfo=UTC)
    assert post.sees(order).state is OrderState.DELIVERED


def test_an_order_follows_all_of_its_parcels(post: Post) -> None:
    parcels = [SentParcel("China Post", "A-1"), SentParcel("China Post", "A-2")]
    order = post.halo.ships_to(post.anna, post.halo.sells("lamp"), shipments=parcels)
    post.tells(told("EMI", "2026-05-06T12:00:00Z", number="A-1"))
    assert post.sees(order).state is OrderState.SHIPPED
    post.tells(told("EMI", "2026-05-06T12:00:00Z", number="A-2"))
    assert post.sees(order).state is OrderState.DELIVERED


def test_a_batch_costs_as_few_statements_as_one_word(post: Post) -> None:
    for n in range(20):
        post.sends(f"T-{n}")
    words = [told("EMA", "2026-05-06T12:00:00Z", number=f"T-{n}") for n in range(20)]

    def count(*some: dict[str, str]) -> int:
        seen: list[str] = []

        def note(*given: Any) -> None:
            seen.append(given[2])

        event.listen(post.house.db.engine, "before_cursor_execute", note)
        post.tells(*some)
        event.remove(post.house.db.engine, "before_cursor_execute", note)
        return len(seen)

    one = count(words[0])
    # The journal is written before the desk looks who waits for a parcel, and again at the end.
    assert count(*words[1:]) <= one + 1


# --- what is refused ----------------------------------------------------------------------


def test_words_nobody_signed_change_nothing(post: Post) -> None:
    order = post.sends()
    with pytest.raises(SignatureBroken):
        post.tells(told(*WAY[0]), secret="another secret of thirty-two letters")
    assert post.parcel(order).events == []


@pytest.mark.parametrize("minutes", (-6, 6))
def test_a_caught_request_is_good_for_minutes_only(post: Post, minutes: int) -> None:
    order = post.sends()
    then = post.house.clock() + timedelta(minutes=minutes)
    with pytest.raises(SignatureOld):
        post.tells(told(*WAY[0]), stamp=str(int(then.timestamp())))
    assert post.parcel(order).events == []


@pytest.mark.parametrize("stamp", ("", "now", "-1", "9" * 40))
def test_a_time_that_is_none_is_refused_signed_or_not(stamp: str) -> None:
    now = datetime(2026, 5, 7, tzinfo=UTC)
    with pytest.raises(SignatureOld):
        check_signature([SECRET], stamp, b"{}", sign(SECRET, stamp, b"{}"), now)


def test_no_secret_no_entry() -> None:
    now = datetime(2026, 5, 7, tzinfo=UTC)
    stamp = str(int(now.timestamp()))
    with pytest.raises(SignatureBroken):
        check_signature(["", ""], stamp, b"{}", sign("", stamp, b"{}"), now)


def test_two_secrets_are_good_so_that_one_can_be_changed(post: Post) -> None:
    post.sends()
    newer = "another secret of thirty-two letters"
    for secret in (newer, newer):
        post.house.db.write_now(roster.give_secret, SYSTEM, "china_post", GiveSecret(secret))
    assert outcomes(post.tells(told(*WAY[0]))) == ["taken"]
    assert outcomes(post.tells(told(*WAY[1]), secret=newer)) == ["taken"]

    newest = GiveSecret("one more secret of thirty-two letters")
    post.house.db.write_now(roster.give_secret, SYSTEM, "china_post", newest)
    with pytest.raises(SignatureBroken):
        post.tells(told(*WAY[2]))


def test_an_unknown_carrier_is_told_who_is_known(post: Post) -> None:
    with pytest.raises(NoSuchCarrier) as refused:
        post.tells(told(*WAY[0]), carrier="pigeons")
    assert refused.value.facts["known"] == "aftership, cdek, china_post, russian_post"


def test_what_cannot_be_so_is_refused_and_harms_nothing_else(post: Post) -> None:
    order = post.sends()
    soon, later = (post.house.clock() + timedelta(minutes=m) for m in (9, 11))
    took = post.tells(
        told("EMA", later.isoformat()),
        told("EMA", "yesterday"),
        told("EMA", "0001-01-01T00:00:00Z"),
        told("", soon.isoformat()),
        told("EMA", soon.isoformat(), number=" "),
        told("EMA", "2026-05-06T12:00", zone="Atlantis/Capital"),
        told("EMA", soon.isoformat(), number="RB550318269CN"),
        told("EMA", soon.isoformat()),
    )
    assert outcomes(took) == [
        "tracking_from_future",
        "tracking_time_unreadable",
        "tracking_time_unreadable",
        "tracking_wordless",
        "tracking_number_missing",
        "unknown_zone",
        "tracking_number_mistyped",
        "taken",
    ]
    assert len(post.parcel(order).events) == 1


@pytest.mark.parametrize(
    ("form", "numbers"),
    (
        ("s10", "RB550318268CN RR473124829CH EA820461374CN"),
        ("russian_post", "11512780013294"),
        ("ups_1z", "1Z5R89390357567127 1Z879E930346834440 1Z410E7W0392751591"),
        ("fedex_12", "986578788855 477179081230 799531274483"),
        ("fedex_15", "041441760228964 568283610012734"),
        ("dhl_express", "3318810025 8487135506 1099255990"),
    ),
)
def test_a_slip_in_the_check_digit_of_a_known_form_is_seen(form: Form, numbers: str) -> None:
    place = 10 if form == "s10" else -1
    for number in numbers.split():
        assert SHAPES[form].looks.fullmatch(number)
        check_number(number, [form], only=True)
        for digit in set("0123456789") - {number[place]}:
            wrong = list(number)
            wrong[place] = digit
            with pytest.raises(TrackingNumberMistyped):
                check_number("".join(wrong), [form])


def test_an_order_with_a_wrong_number_is_refused_at_entry(post: Post) -> None:
    with pytest.raises(TrackingNumberMistyped):
        post.sends("RB550318269CN")
    with pytest.raises(TrackingNumberMistyped):
        post.sends("rb 550 318 269 cn")
    with pytest.raises(TrackingNumberMistyped):
        post.sends("11512780013295", carrier="Почта  России")
    with pytest.raises(TrackingNumberOdd):
        post.sends("1Z5R89390357567127", carrier="почта россии")
    post.sends("11512780013294", carrier="Russian Post")
    post.sends("11512780013295", carrier="a carrier we do not know")
    typed = post.sends("rb 550 318 268 cn")
    assert post.parcel(typed).tracking_number == "RB550318268CN"


# --- what cannot be placed yet ------------------------------------------------------------


def test_a_word_nobody_knows_is_kept_and_counted(post: Post) -> None:
    order, olga = post.sends(), post.house.operator()
    for hour in (1, 2, 2):
        post.tells(told("ZZZ", f"2026-05-06T0{hour}:00:00Z"))
    post.tells(told("", "2026-05-06T05:00:00Z", note="Left  the PIGEONHOLE"))
    post.tells(told("", "2026-05-06T06:00:00Z", note="left the pigeonhole"))

    assert post.parcel(order).state is Milestone.PENDING
    listed = post.house.db.read_now(listening.unknown_codes, olga.actor)
    heard, china_post = post.house.clock(), CarrierId("china_post")
    assert listed == [
        UnknownCode(china_post, "ZZZ", 2, heard, NUMBER),
        UnknownCode(china_post, "left the pigeonhole", 2, heard, NUMBER),
    ]
    for who in (post.anna, post.halo.mei):
        with pytest.raises(NotYourCarriers):
            post.house.db.read_now(listening.unknown_codes, who.actor)


def test_words_wait_for_a_parcel_that_is_told_of_later(post: Post) -> None:
    words = [told(*step) for step in WAY[:3]]
    assert outcomes(post.tells(*words)) == ["waiting"] * 3
    assert outcomes(post.tells(*words)) == ["known"] * 3
    order = post.sends()
    assert [e.raw for e in order.shipments[0].events] == ["EMA", "EMC", "EDB"]
    assert order.state is OrderState.SHIPPED
    assert outcomes(post.tells(*words)) == ["known"] * 3
    assert len(post.facts("TrackingSeen")) == 3


def test_words_about_another_carriers_parcel_wait(post: Post) -> None:
    order = post.sends(carrier="DHL")
    assert outcomes(post.tells(told(*WAY[0]))) == ["waiting"]
    assert post.parcel(order).events == []


def test_what_waits_for_nobody_is_forgotten(post: Post) -> None:
    post.tells(told(*WAY[0]))
    post.house.passes(days=29)
    assert outcomes(post.tells(told(*WAY[0]))) == ["known"]
    post.house.passes(days=3)
    assert outcomes(post.tells(told(*WAY[0]))) == ["waiting"]


def test_a_time_without_a_zone_is_one_of_the_place(post: Post) -> None:
    order = post.sends()
    post.tells(
        told("EMA", "2026-05-01 09:00:00"),
        told("EDB", "2026-05-02T09:00", zone="Europe/Berlin"),
        told("EDC", "2026-05-03T09:00:00Z", zone="Europe/Berlin"),
    )
    assert [(e.at, e.local) for e in post.parcel(order).events] == [
        (datetime(2026, 5, 1, 1, tzinfo=UTC), "2026-05-01 09:00:00 Asia/Shanghai"),
        (datetime(2026, 5, 2, 7, tzinfo=UTC), "2026-05-02T09:00 Europe/Berlin"),
        (datetime(2026, 5, 3, 9, tzinfo=UTC), ""),
    ]


# --- carriers and their words -------------------------------------------------------------


SIZES = {
    "aftership": 42,
    "cdek": 33,
    "kuaidi100": 26,
    "medusa": 5,
    "ozon": 25,
    "russian_post": 21,
    "track17": 30,
    "upu_emsevt": 25,
    "vendure": 5,
}
"""How many words each vocabulary has; DOMAIN 2.3 tells the same."""


def test_nine_vocabularies_are_whole_and_speak_our_codes_only() -> None:
    assert {name: len(table(name)) for name in names()} == SIZES
    assert {code for name in names() for code in table(name).values()} <= set(CODES)


@pytest.mark.parametrize(
    ("vocabulary", "word", "ours"),
    (
        ("aftership", "Exception_013", "lost.lost"),
        ("track17", "Exception_Returning", "returning.to_sender"),
        ("upu_emsevt", "EME", "customs.held"),
        ("kuaidi100", "501", "pickup.locker"),
        ("cdek", "POSTOMAT_RECEIVED", "delivered.locker"),
        ("ozon", "posting_in_pickup_point", "pickup.ready"),
        ("russian_post", "2.2", "returned.to_sender"),
        ("russian_post", "1.4", "accepted.dropped_off"),
        ("russian_post", "12.2", None),
        ("medusa", "shipped_at", "accepted.dropped_off"),
        ("vendure", "cancelled", "cancelled.by_sender"),
        ("vendure", "", None),
        ("cdek", "LOST_IN_THOUGHT", None),
    ),
)
def test_words_are_translated_or_left_alone(
    vocabulary: str, word: str, ours: TrackingCode | None
) -> None:
    assert translate(vocabulary, word) == ours


def test_only_the_operator_looks_after_carriers(post: Post) -> None:
    write, asked = post.house.db.write_now, well_known()["dhl"]
    for who in (post.anna, post.halo.mei):
        with pytest.raises(NotYourCarriers):
            write(roster.put_carrier, who.actor, "dhl", asked)
        with pytest.raises(NotYourCarriers):
            write(roster.give_secret, who.actor, "cdek", GiveSecret(SECRET))
    olga = post.house.operator().actor
    made = [write(roster.put_carrier, olga, "dhl", asked) for _twice in range(2)]
    assert made[0] == made[1]
    assert made[0] in post.house.db.read_now(roster.every)


@pytest.mark.parametrize(
    ("name", "change", "refusal"),
    (
        ("Pigeons", {}, CarrierNameOdd),
        ("pigeons", {"vocabulary": "coo"}, NoSuchVocabulary),
        ("pigeons", {"url": "https://pigeons.example/"}, UrlWithoutNumber),
    ),
)
def test_a_carrier_that_cannot_be(
    post: Post, name: str, change: dict[str, Any], refusal: type[Refusal]
) -> None:
    given: dict[str, Any] = {"name": "Pigeons", "vocabulary": "cdek"}
    asked = PutCarrier(**given | change)
    with pytest.raises(refusal):
        post.house.db.write_now(roster.put_carrier, SYSTEM, name, asked)


def test_a_carrier_says_where_to_look(post: Post) -> None:
    cdek = post.house.db.read_now(roster.carrier, "cdek")
    assert cdek.page_of("1480033917") == "https://www.cdek.ru/ru/tracking?order_id=1480033917"


# --- late ---------------------------------------------------------------------------------


def test_a_parcel_is_late_once_its_last_day_is_over_where_it_goes(post: Post) -> None:
    zones = {"east": "Asia/Shanghai", "west": "America/Denver"}
    orders = {
        side: post.sends(f"T-{side}", eta=Eta(ETA.earliest, ETA.latest, zone))
        for side, zone in zones.items()
    }
    sides = {order.id: side for side, order in orders.items()}

    def late() -> list[str]:
        return [sides[fact["order"]] for fact in post.facts("ShipmentLate")]

    post.house.clock.now = datetime(2026, 5, 12, 15, 59, tzinfo=UTC) + GRACE
    post.house.passes(seconds=1)
    assert late() == []
    post.house.passes(minutes=1)
    assert late() == ["east"]
    post.house.clock.now = datetime(2026, 5, 13, 5, 59, tzinfo=UTC) + GRACE
    post.house.passes(seconds=1)
    assert late() == ["east"]
    post.house.passes(minutes=1)
    assert late() == ["east", "west"]
    post.house.passes(days=3)
    assert late() == ["east", "west"]
    assert all(post.parcel(order).late for order in orders.values())


def test_days_stay_the_days_they_are_wherever_they_are_read(post: Post) -> None:
    """A delivery promised for 9 August stays promised for 9 August."""
    for zone, ends in (("America/Denver", 6), ("Asia/Shanghai", -8)):
        order = post.sends(f"T-{zone}", eta=Eta(date(2019, 8, 9), date(2019, 8, 9), zone))
        parcel = post.parcel(order)
        assert parcel.eta
        assert parcel.eta.latest == date(2019, 8, 9)
        midnight = datetime(2019, 8, 10, tzinfo=UTC) + timedelta(hours=ends)
        assert late_from(OrderState.PAID, parcel) == midnight + GRACE


def test_moved_days_begin_anew(post: Post) -> None:
    order = post.sends(eta=ETA)
    post.house.clock.now = datetime(2026, 5, 13, 12, tzinfo=UTC)
    post.house.passes(minutes=1)
    assert len(post.facts("ShipmentLate")) == 1

    moved = Eta(date(2026, 5, 16), date(2026, 5, 18), "Europe/Berlin")
    parcel = order.shipments[0].id
    post.house.db.write_now(service.set_eta, SYSTEM, parcel, moved, {"en": "Snow"})
    assert not post.parcel(order).late
    post.house.passes(days=5)
    assert len(post.facts("ShipmentLate")) == 1
    post.house.passes(days=1)
    told_of = post.facts("ShipmentLate")
    assert [fact["eta"]["latest"] for fact in told_of] == ["2026-05-12", "2026-05-18"]
    assert told_of[1]["buyer"] == post.anna.actor.id


@pytest.mark.parametrize("how", ("delivered", "told delivered", "cancelled", "returned"))
def test_what_has_come_or_never_will_is_not_late(post: Post, how: str) -> None:
    order = post.sends(eta=ETA)
    parcel: dict[str, Any] = {"carrier": "China Post", "tracking_number": NUMBER}
    again: dict[str, Any] = {"number": order.number, "shipments": [SentParcel(**parcel)]}
    match how:
        case "delivered":
            post.tells(told(*WAY[-1]))
        case "returned":
            world = Post(post.house, post.halo, post.anna, "aftership")
            world.tells(told("Exception_011", "2026-05-06T12:00:00Z"))
        case "told delivered":
            parcel |= {"delivered_at": post.house.clock()}
            again |= {"shipments": [SentParcel(**parcel)]}
        case _:
            again |= {"state": OrderState.CANCELLED}
    if how in {"told delivered", "cancelled"}:
        post.halo.ships_to(post.anna, post.halo.sells("lamp"), **again)
    post.house.passes(days=30)
    assert post.facts("ShipmentLate", "ShipmentStalled") == []


def test_an_order_that_is_taken_up_again_is_not_late_twice(post: Post) -> None:
    order = post.sends(eta=ETA)
    post.house.passes(days=7)
    for state in (OrderState.CANCELLED, OrderState.SHIPPED):
        again = {"number": order.number, "state": state}
        post.halo.ships_to(post.anna, post.halo.sells("lamp"), **again)
        post.house.passes(minutes=1)
    assert len(post.facts("ShipmentLate")) == 1


def test_history_that_is_brought_in_is_no_news(post: Post) -> None:
    long_ago = Eta(date(2025, 5, 1), date(2025, 5, 2), "Europe/Berlin")
    post.sends(eta=long_ago, shipped_at=datetime(2025, 4, 20, tzinfo=UTC))
    post.house.passes(days=1)
    assert post.facts("ShipmentLate", "ShipmentStalled") == []


def test_parcels_sent_before_an_upgrade_are_watched_after_it(post: Post) -> None:
    post.house.clock.now = now = datetime.now(UTC)
    first, last = (now.date() + timedelta(days=n) for n in (2, 3))
    order = post.sends(eta=Eta(first, last, "Europe/Berlin"))
    post.tells(told("EMC", (now - timedelta(hours=1)).isoformat()))
    told_at = post.parcel(order).event_at
    write, step = post.house.db.write_now, "shopbell.engine.migrations.versions.0007_tracking"
    write(lambda tx: tx.execute(delete(deadlines)))
    write(lambda tx: tx.execute(update(metadata.tables["shipment"]).values(event_at=None)))
    upgrade = importlib.import_module(step)
    with (
        post.house.db.engine.begin() as connection,
        Operations.context(MigrationContext.configure(connection)),
    ):
        for part in ("_date_the_newest", "_watch"):
            getattr(upgrade, part)()

    assert post.parcel(order).event_at == told_at
    post.house.passes(minutes=1)
    assert post.facts("ShipmentLate", "ShipmentStalled") == []
    post.house.passes(days=5)
    assert len(post.facts("ShipmentLate")) == 1
    post.house.passes(days=3)
    assert len(post.facts("ShipmentStalled")) == 1


# --- silence ------------------------------------------------------------------------------


def test_a_carrier_that_says_nothing_for_too_long_is_noticed(post: Post) -> None:
    cdek = Post(post.house, post.halo, post.anna, "cdek")
    order = post.sends(
        "1480033917", carrier="CDEK", eta=Eta(date(2026, 8, 1), date(2026, 8, 2), "Europe/Berlin")
    )
    begin = post.house.clock()

    def says(code: str) -> None:
        cdek.tells(told(code, post.house.clock().isoformat(), number="1480033917"))

    says("SEND_TO_TRANSIT_OFFICE")
    post.house.passes(days=3)
    says("MET_AT_TRANSIT_OFFICE")
    post.house.passes(days=3.9)
    assert post.parcel(order).stalled_since is None
    post.house.passes(days=0.2)
    [fact] = post.facts("ShipmentStalled")
    assert (fact["shipment"], fact["last"]) == (order.shipments[0].id, "in_transit")
    assert post.parcel(order).stalled_since == begin + timedelta(days=3)
    assert post.parcel(order).state is Milestone.IN_TRANSIT

    says("MET_AT_TRANSIT_OFFICE")
    assert post.parcel(order).stalled_since is None
    post.house.passes(days=4.1)
    assert len(post.facts("ShipmentStalled")) == 2


def test_a_word_nobody_understands_is_a_sign_of_life(post: Post) -> None:
    post.sends(eta=ETA)
    post.tells(told("EMJ", "2026-05-07T12:00:00Z"))
    post.house.passes(days=6)
    post.tells(told("ZZZ", "2026-05-13T12:00:00Z"))
    post.house.passes(days=6)
    assert post.facts("ShipmentStalled") == []
    post.house.passes(days=2)
    assert len(post.facts("ShipmentStalled")) == 1


def test_a_number_of_which_its_carrier_knows_nothing_is_noticed(post: Post) -> None:
    order = post.sends(shipped_at=post.house.clock())
    post.tells(told("EDX", "2026-05-01T12:00:00Z", number="T-0"))
    post.house.passes(hours=FIRST_WORD.total_seconds() / 3600 - 0.1)
    assert post.facts("ShipmentStalled") == []
    post.house.passes(hours=0.2)
    [fact] = post.facts("ShipmentStalled")
    assert fact["last"] is None
    assert post.parcel(order).stalled_since == order.shipments[0].shipped_at
    post.house.passes(days=20)
    assert len(post.facts("ShipmentStalled")) == 1


def test_a_parcel_that_waits_for_its_buyer_may_be_silent(post: Post) -> None:
    post.sends()
    post.tells(told("EDH", "2026-05-07T10:00:00Z"))
    post.house.passes(days=40)
    assert post.facts("ShipmentStalled") == []


def test_slow_lanes_may_be_silent_for_longer() -> None:
    quick = Lane(CarrierKind.COURIER, Way.DOMESTIC)
    slow = Lane(CarrierKind.POST, Way.ABROAD)
    for milestone in {milestone for milestone, _lane in SILENCE}:
        assert SILENCE[milestone, quick] <= SILENCE[milestone, slow]
    moscow, urals = "Europe/Moscow", Eta(ETA.earliest, ETA.latest, "Asia/Yekaterinburg")
    assert lane_of(CarrierKind.COURIER, moscow, urals) == quick
    assert lane_of(CarrierKind.POST, "Asia/Shanghai", urals) == slow
    assert lane_of(None, moscow, None) == slow
    kiev, kyiv = "Europe/Kiev", Eta(ETA.earliest, ETA.latest, "Europe/Kyiv")
    assert lane_of(CarrierKind.COURIER, kiev, kyiv).way is Way.DOMESTIC


# --- by file ------------------------------------------------------------------------------


def bring(post: Post, rows: str, **options: Any) -> Report:
    file = BytesIO(("number;at;code;place;note\n" + rows).encode())
    return import_tracking(post.house.db, "china_post", file, Options(**options))


def test_events_come_by_file_row_by_row(post: Post) -> None:
    order = post.sends()
    rows = (
        "RB 5503 1826 8CN;2026-05-01 09:00;EMA;Shenzhen;\n"
        f"{NUMBER};2026-06-01T09:00:00+08:00;EMC;;\n"
        f"{NUMBER};2026-05-02T09:00:00+08:00;EMC;;\n"
        f"{NUMBER};2026-05-02T09:00:00+08:00;EMC;;\n"
        ";2026-05-02T09:00:00+08:00;EMC;;\n"
        "RB550318269CN;2026-05-02T09:00:00+08:00;EMC;;\n"
        "T-1;2026-05-02T09:00:00+08:00;EMC;;\n"
        f"{NUMBER};2026-05-03T09:00:00+08:00;;;Left the pigeonhole\n"
    )
    report = bring(post, rows)
    assert (report.added, report.unchanged, report.waiting, report.uncoded) == (4, 1, 1, 1)
    assert [(s.row, s.code) for s in report.skipped] == [
        (3, "tracking_from_future"),
        (6, "value_missing"),
        (7, "tracking_number_mistyped"),
    ]
    assert [e.raw for e in post.parcel(order).events] == ["EMA", "EMC"]
    assert len(report.says("ru").splitlines()) == 3

    again = bring(post, rows)
    assert (again.added, again.unchanged) == (0, 5)


def test_a_file_in_the_name_of_nobody_is_refused(post: Post) -> None:
    with pytest.raises(NoSuchCarrier):
        import_tracking(post.house.db, "pigeons", BytesIO(b"number;at;code\n1;2;3\n"))
