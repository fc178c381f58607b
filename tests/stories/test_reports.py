"""How buyers are answered is counted from what stands in the threads, and nothing else."""

import csv
import io
import json
import random
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event as listening
from sqlalchemy import insert, select

from shopbell.analytics import building, export, indexing, localtime, service
from shopbell.analytics.asking import Wish
from shopbell.analytics.counting import Course, count
from shopbell.analytics.model import Asked, Behind, Figure, FigureReport
from shopbell.analytics.refusals import (
    DayUnreadable,
    FilterUnknown,
    NoSuchFigure,
    NotToldApartBy,
    NotYourFigures,
    OnlyYourOwnWork,
    PeriodWrong,
    PlaceUnknown,
)
from shopbell.analytics.register import ALL, METRICS
from shopbell.app import build
from shopbell.cli import main
from shopbell.commerce.commands import SentParcel
from shopbell.commerce.hours import UnknownZone
from shopbell.commerce.model import NoSuchShop
from shopbell.conversations.history import Between, Told
from shopbell.conversations.model import ConversationId, Stream, SubjectKind
from shopbell.conversations.satisfaction import service as satisfaction
from shopbell.conversations.satisfaction.model import Answer
from shopbell.engine.database import Tx
from shopbell.engine.search import cursors
from shopbell.engine.settings import Settings
from shopbell.engine.tables import metadata
from shopbell.kernel.actor import PersonId, ShopId, Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal
from tests.support import recount
from tests.support.casework import Walk, acts, opens
from tests.support.clock import WoundClock
from tests.support.house import Counter, House, Person

AUTUMN = datetime(2026, 10, 20, 9, tzinfo=UTC)
"""In the weeks after it clocks are changed, in Europe first."""

ZONES = ("UTC", "America/New_York", "Asia/Kolkata")


def reads(person: Person, metric: str, *by: str, **given: str) -> FigureReport:
    """Return a figure once all that was said is counted."""
    person.house.passes(seconds=1)
    return sees(person, metric, *by, **given)


def sees(person: Person, metric: str, *by: str, **given: str) -> FigureReport:
    """Return a figure as it is now."""
    return person.house.db.read_now(service.report, person.actor, metric, wish(*by, **given))


def wish(*by: str, **given: str) -> Wish:
    times = {name: given.pop(name) for name in ("since", "until", "zone") if name in given}
    return Wish(by=by, only=tuple(given.items()), **times)


def automatic(person: Person, talk: ConversationId, words: str) -> None:
    person.adds(Stream(talk), "message", text=words, automatic=True)


# ── what is counted ─────────────────────────────────────────────────────────────────────────


def test_an_answer_by_a_person_ends_a_round_and_a_machine_does_not(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    talk = anna.asks(halo, None, "Is it paper?")
    anna.says(talk, "Hello?")
    house.passes(minutes=1)
    automatic(halo.mei, talk, "We will be with you soon.")
    house.passes(minutes=1)
    halo.mei.answers(talk, "It is.")
    anna.says(talk, "And the foot?")
    house.passes(minutes=10)
    halo.mei.answers(talk, "Oak.")

    assert reads(olga, "first_answer").total == Figure([], 1, 0, 120.0, 120.0)
    assert reads(olga, "answer").total == Figure([], 2, 0, 120.0, 600.0)
    assert reads(olga, "within_promise").total == Figure([], 2, 1, 0.5)
    assert reads(olga, "contacts").total.value == 1


def test_what_needs_no_reply_counts_neither_for_nor_against(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Is it paper?")
    halo.mei.answers(talk, "It is.")
    anna.says(talk, "Thanks!")
    house.passes(minutes=30)
    halo.mei.does(talk, "no_reply_needed")

    assert reads(halo.mei, "within_promise").total == Figure([], 1, 1, 1.0)
    assert sees(halo.mei, "answer").total.n == 1
    assert sees(halo.mei, "waiting").total.n == 0


def test_a_broken_promise_counts_before_anybody_answers(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    anna.asks(halo, None, "Is it paper?")
    assert reads(halo.mei, "within_promise").total.n == 0
    assert sees(halo.mei, "waiting").total.n == 1
    house.passes(minutes=6)
    assert reads(halo.mei, "within_promise").total == Figure([], 1, 0, 0.0)


def test_what_is_taken_up_again_was_not_solved_at_first_contact(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    talk = anna.asks(halo, None, "Is it paper?")
    halo.mei.answers(talk, "It is.")
    anna.does(talk, "resolve")
    assert reads(olga, "first_contact").total == Figure([], 1, 1, 1.0)
    anna.says(talk, "It tore.")
    assert reads(olga, "first_contact").total == Figure([], 1, 0, 0.0)
    assert sees(olga, "reopened").total == Figure([], 1, 1, 1.0)
    [who] = sees(olga, "resolution", "detail").rows
    assert who.by == ["reopened"]


# ── recomputing ─────────────────────────────────────────────────────────────────────────────

EVER = {"since": "2026-01-01", "until": "2026-12-31"}


def play(house: House, shop: Counter, buyers: list[Person], steps: int) -> None:
    """Have people do this and that, by chance, and time pass."""
    chance = random.Random(f"{shop.shop.slug} {steps}")
    goods = [shop.sells(f"{shop.shop.slug}-{n}") for n in range(2)]
    for _step in range(steps):
        buyer = chance.choice(buyers)
        try:
            talk = buyer.begins(shop, chance.choice([*goods, None]))
            _do_something(chance, shop, buyer, talk)
        except Refusal:
            continue
        if chance.random() < 0.5:
            house.passes(minutes=chance.choice([0.2, 3, 8, 200, 900, 6_000]))
    house.passes(days=15)


def _do_something(
    chance: random.Random, shop: Counter, buyer: Person, talk: ConversationId
) -> None:
    seller = chance.choice(list(shop.staff.values()))
    match chance.randrange(10):
        case 0 | 1 | 2 | 3:
            buyer.says(talk, "How heavy is it?")
        case 4 | 5 | 6:
            seller.answers(talk, "1.2 kg with the box.")
        case 7:
            automatic(chance.choice([seller, buyer]), talk, "I am away until Monday.")
        case 8:
            seller.does(talk, "no_reply_needed")
        case _:
            chance.choice([buyer, seller]).does(talk, "resolve")


def give_dates(house: House, halo: Counter, anna: Person) -> None:
    """Have the shop give new dates for parcels: one that passes, and one that is kept."""
    day = house.clock().date() + timedelta(days=3)
    eta = {"earliest": str(day), "latest": str(day), "zone": "Europe/Berlin"}
    for offer, last in (("vase", "eta_passed"), ("dish", "confirm")):
        parcel = SentParcel(carrier="DHL", tracking_number=f"003404341610940{len(offer)}{last[:3]}")
        order = halo.ships_to(anna, halo.sells(offer), shipments=[parcel])
        case = opens(anna, "logistics_inquiry", order, concern="late")
        acts(halo.mei, case.id, "give_eta", eta=eta, eta_reason="weather")
        if last == "confirm":
            acts(anna, case.id, "cancel")
    house.passes(days=6)


@dataclass(frozen=True)
class Lively:
    """A house in which much has happened."""

    house: House
    halo: Counter
    sota: Counter
    anna: Person
    olga: Person


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def lively(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lively]:
    """Fill a house, which several tests look at, with a month of two shops."""
    folder = tmp_path_factory.mktemp("lively")
    with ExitStack() as at_the_end:
        database = _database(request, folder, at_the_end)
        app = build(
            Settings(data=folder / "data", database=database), clock=(clock := WoundClock())
        )
        at_the_end.callback(app.close)
        yield fill(House(app, clock))


def _database(request: pytest.FixtureRequest, folder: Path, at_the_end: ExitStack) -> str:
    if request.param == "sqlite":
        migrated = request.getfixturevalue("migrated_file")
        return f"sqlite:///{shutil.copy(migrated, folder / 'shopbell.db')}"
    server = request.getfixturevalue("postgres_server")
    name = server.create(template=request.getfixturevalue("migrated_template"))
    at_the_end.callback(server.drop, name)
    return str(server.url(name))


def fill(house: House) -> Lively:
    """Have two shops and their buyers live a month, with cases, parcels and suggestions."""
    house.clock.now = AUTUMN
    halo, sota = house.shop("halo", staff=["mei", "bo"]), house.shop("sota", staff=["vera"])
    anna, boris, olga = house.buyer("anna"), house.buyer("boris", "ru"), house.operator()
    give_dates(house, halo, anna)
    order = halo.ships_to(anna, halo.sells("lamp"))
    walk = Walk(
        house, [anna, halo.mei, olga], opens(anna, "logistics_inquiry", order, concern="late")
    )
    walk.go([7 * n for n in range(8)])
    asked = opens(boris, "question", sota.sells("kettle"), question="220 V?")
    acts(sota.vera, asked.id, "answer", answer="Yes.")
    say_whether_it_helped(house, [halo, sota], [house.buyer("clara"), house.buyer("denis", "ru")])
    play(house, halo, [anna, boris], 70)
    play(house, sota, [anna, boris], 30)
    house.db.write_now(_show_suggestions, halo.shop.id)
    return Lively(house, halo, sota, anna, olga)


def say_whether_it_helped(house: House, shops: list[Counter], buyers: list[Person]) -> None:
    """Have buyers say it, one of each four does not."""
    for n, (shop, buyer) in enumerate(product(shops, buyers)):
        talk = buyer.asks(shop, shop.sells(f"cup-{n}") if n % 2 else None, "Is it blue?")
        shop.staff[next(iter(shop.staff))].answers(talk, "It is.")
        buyer.does(talk, "resolve")
        if n:
            house.db.write_now(satisfaction.answer, buyer.actor, talk, Answer(helped=n % 3 > 0))


def _show_suggestions(tx: Tx, shop: ShopId) -> None:
    for n in range(9):
        said = {"helped_at": tx.now if n % 3 == 0 else None, "wrong_at": tx.now if n == 1 else None}
        row = {"about": new_id() if n % 2 else shop, "person": new_id(), "shop": shop, **said}
        at = tx.now - timedelta(hours=7 * n)
        tx.execute(insert(metadata.tables["suggestion_shown"]).values(piece="a.b", at=at, **row))


def every_question() -> list[tuple[str, Asked]]:
    """Ask for each figure as a whole, by each of its dimensions, and by two."""
    since, until = date(2026, 10, 1), date(2026, 12, 31)
    return [
        (metric.name, Asked(since=since, until=until, zone=zone, by=by))
        for n, metric in enumerate(ALL)
        for by in ((), *((one,) for one in metric.by), metric.by[2:4])
        for zone in (ZONES[n % 3],)
    ]


def by_name(rows: list[Figure]) -> list[Figure]:
    return sorted(rows, key=lambda row: row.by)


def test_every_figure_is_what_a_recount_of_the_threads_gives(lively: Lively) -> None:
    db = lively.house.db
    things = db.read_now(recount.everything)
    assert {thing.what for thing in things} == {what for metric in ALL for what in metric.of}
    for name, asked in every_question():
        rows, more = db.read_now(building.figures, METRICS[name], asked)
        wanted = recount.figures(things, METRICS[name], asked)
        shown = [row for row in rows if row.n]
        assert by_name(shown) == by_name(wanted), (name, asked)
        assert not more


def test_counting_on_gives_what_counting_anew_gives(
    lively: Lively, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = lively.house

    def points(tx: Tx) -> list[Any]:
        found = tx.execute(select(metadata.tables["report_point"]))
        return sorted(tuple(map(str, row)) for row in found)

    counted = house.db.read_now(points)
    monkeypatch.setenv("SHOPBELL_DATABASE", house.app.settings.database_url)
    monkeypatch.setenv("SHOPBELL_DATA", str(house.app.settings.data))
    monkeypatch.setenv("LC_ALL", "en")
    ran = CliRunner().invoke(main, ["analytics", "rebuild"])
    assert ran.exit_code == 0, ran.output
    assert "Counted" in ran.output
    assert house.db.read_now(points) == counted
    as_json = json.loads(CliRunner().invoke(main, ["analytics", "rebuild", "--json"]).output)
    assert as_json["counted"] > len(counted) > 40
    assert house.db.read_now(points) == counted


def test_what_was_committed_late_is_found_by_the_second_look(house: House) -> None:
    house.clock.now = datetime.now(UTC)
    halo, anna = house.shop("halo"), house.buyer("anna")

    def pass_over(tx: Tx) -> None:
        place = cursors.place(tx, indexing.CURSOR)
        ahead = cursors.Place(new_id(), place.checked, place.number)
        cursors.move(tx, indexing.CURSOR, ahead)

    talk = anna.asks(halo, None, "Is it paper?")
    halo.mei.answers(talk, "It is.")
    anna.reads(talk)
    house.db.write_now(pass_over)
    assert reads(halo.mei, "contacts").total.n == 0
    house.passes(minutes=25)
    assert reads(halo.mei, "contacts").total.n == 1
    assert house.db.read_now(indexing.gather, 10) is None


def test_a_follower_that_comes_too_late_takes_nothing_back(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Is it paper?")
    slow = house.db.read_now(indexing.gather, 100)
    halo.mei.answers(talk, "It is.")
    assert reads(halo.mei, "answer").total.n == 1
    assert slow
    house.db.write_now(indexing.store, slow)
    assert sees(halo.mei, "answer").total.n == 1
    anna.says(talk, "And the foot?")
    assert reads(halo.mei, "answer").total.n == 1
    assert sees(halo.mei, "waiting").total.n == 1


ENTRIES = st.lists(
    st.tuples(
        st.sampled_from(["ask", "answer", "machine", "wave", "overdue", "resolve", "reopened"]),
        st.integers(1, 10_000),
    ),
    max_size=30,
)
_TYPES = {
    "ask": ("message", Side.BUYER),
    "answer": ("message", Side.SELLER),
    "machine": ("message", Side.SELLER),
    "wave": ("no_reply_needed", Side.SELLER),
    "overdue": ("answer_overdue", Side.SYSTEM),
    "resolve": ("resolve", Side.BUYER),
    "reopened": ("reopened", Side.SYSTEM),
}


def told(entries: list[tuple[str, int]]) -> list[Told]:
    found, at = list[Told](), AUTUMN
    for seq, (what, seconds) in enumerate(entries, 1):
        kind, side = _TYPES[what]
        at += timedelta(seconds=seconds)
        data = json.dumps({"text": "", "channel": "chat", "automatic": what == "machine"})
        found.append(Told(seq, kind, side, PersonId(new_id()), at, data))
    return found


@settings(max_examples=200, deadline=None)
@given(ENTRIES, st.integers(0, 30))
def test_a_thread_may_be_counted_in_any_parts(entries: list[tuple[str, int]], cut: int) -> None:
    about = Between(ConversationId(new_id()), ShopId(new_id()), SubjectKind.SHOP, new_id(), "en")
    thread = told(entries)
    course, whole = count(Course(), about, thread)
    half, first = count(Course(), about, thread[:cut])
    end, second = count(half, about, thread[cut:])
    parts = {point.key: point for point in (*first, *second)}
    assert (end, list(parts.values())) == (course, whole)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]),
    st.dates(date(2024, 1, 1), date(2027, 1, 1)),
    st.integers(0, 399),
    st.integers(0, 24 * 60 * 400),
)
def test_the_clocks_of_a_zone_are_arithmetic(zone: str, since: date, days: int, at: int) -> None:
    zoned, until = ZoneInfo(zone), since + timedelta(days=days)
    begin, end = localtime.bounds(zoned, since, until)
    moment = begin + (end - begin) * (at / (24 * 60 * 400))
    known = [ahead for turn, ahead in localtime.shifts(zoned, since, until) if turn <= moment]
    offset = moment.astimezone(zoned).utcoffset()
    assert timedelta(microseconds=known[-1]) == offset


# ── whose they are ──────────────────────────────────────────────────────────────────────────

AUTUMN_ONLY = {"since": "2026-10-01", "until": "2026-12-31", "zone": "UTC"}


def test_a_shop_sees_its_own_figures_whatever_it_asks(lively: Lively) -> None:
    mei, shop = lively.halo.mei, lively.halo.shop.id
    things = [one for one in lively.house.db.read_now(recount.everything) if one.shop == shop]
    asked = Asked(since=date(2026, 10, 1), until=date(2026, 12, 31), zone="UTC")
    for metric in ALL:
        whole = sees(mei, metric.name, **AUTUMN_ONLY).total
        assert recount.figures(things, metric, asked) == ([whole] if whole.n else [])
    assert [row.by for row in sees(mei, "answer", "shop", **EVER).rows] == [[shop]]
    page = lively.house.db.read_now(service.behind, mei.actor, "answer", wish(**EVER), limit=500)
    assert {one.shop for one in page.items} == {"Halo"}
    for ask in (service.report, service.behind):
        with pytest.raises(NotYourFigures):
            lively.house.db.read_now(ask, mei.actor, "answer", wish(shop="sota"))


def test_an_agent_sees_their_own_work_and_a_buyer_nothing(lively: Lively) -> None:
    mei, bo = lively.halo.mei, lively.halo.bo
    theirs = {row.by[0]: row for row in sees(mei, "workload", "agent", **EVER).rows}
    assert len(theirs) == 2
    [own] = sees(bo, "workload", "agent", **EVER).rows
    assert own == theirs[bo.actor.id]
    with pytest.raises(OnlyYourOwnWork):
        sees(bo, "workload", agent=mei.actor.id)
    with pytest.raises(OnlyYourOwnWork):
        sees(bo, "contacts")
    assert {one.metric for one in service.definitions(bo.actor)} < set(METRICS)
    for ask in (service.report, service.behind):
        with pytest.raises(NotYourFigures):
            lively.house.db.read_now(ask, lively.anna.actor, "answer", wish())


REFUSED: list[tuple[str, Wish, type[Refusal]]] = [
    ("nothing", Wish(), NoSuchFigure),
    ("answer", Wish(since="yesterday"), DayUnreadable),
    ("answer", Wish(since="2026-05-05", until="2026-05-04"), PeriodWrong),
    ("answer", Wish(since="2024-01-01", until="2026-01-01"), PeriodWrong),
    ("answer", Wish(since="0001-01-01", until="0001-01-05"), PeriodWrong),
    ("answer", Wish(zone="Mars/Olympus"), UnknownZone),
    ("answer", Wish(by=("colour",)), NotToldApartBy),
    ("contacts", Wish(by=("agent",)), NotToldApartBy),
    ("answer", Wish(by=("day", "shop", "kind")), NotToldApartBy),
    ("answer", Wish(only=(("product", "lamp"),)), FilterUnknown),
    ("answer", Wish(only=(("channel", "smoke"),)), FilterUnknown),
    ("answer", Wish(only=(("hour", "24"),)), FilterUnknown),
    ("answer", Wish(only=(("day", "2026-05-04"),)), NotToldApartBy),
    ("answer", Wish(only=(("shop", "nowhere"),)), NoSuchShop),
]


def test_what_cannot_be_asked_is_refused(house: House) -> None:
    olga = house.operator()
    for metric, asked, refusal in REFUSED:
        with pytest.raises(refusal):
            house.db.read_now(service.report, olga.actor, metric, asked)
    for after in ("x", "1_2_3", f"99999999999999999_1_{new_id()}x"):
        with pytest.raises(PlaceUnknown):
            house.db.read_now(service.behind, olga.actor, "answer", Wish(), after=after)


# ── what stands behind, and files ───────────────────────────────────────────────────────────


def test_what_stands_behind_a_figure_adds_up_to_it(lively: Lively) -> None:
    olga, db = lively.olga, lively.house.db
    for name, metric in METRICS.items():
        found, after = list[Behind](), ""
        while True:
            page = db.read_now(service.behind, olga.actor, name, wish(**EVER), after=after, limit=7)
            found += page.items
            if page.next is None:
                break
            after = page.next
        total = sees(olga, name, **EVER).total
        assert (len(found), sum(bool(one.hit) for one in found)) == (total.n, total.hits), name
        assert all((one.seconds is not None) for one in found) or metric.measure != "time"
        assert found == sorted(found, key=lambda one: one.at, reverse=True)


def test_a_cell_of_the_week_leads_to_what_it_is_made_of(lively: Lively) -> None:
    olga = lively.olga
    zone = "America/New_York"
    cell = max(
        sees(olga, "contacts", "weekday", "hour", zone=zone, **EVER).rows, key=lambda row: row.n
    )
    day, hour = cell.by
    page = lively.house.db.read_now(
        service.behind, olga.actor, "contacts", wish(zone=zone, weekday=day, hour=hour, **EVER)
    )
    assert len(page.items) == cell.n
    local = {datetime.fromisoformat(one.local) for one in page.items}
    assert {(str(one.weekday()), str(one.hour)) for one in local} == {(day, hour)}


def test_a_file_has_the_rows_of_the_screen(lively: Lively) -> None:
    report = sees(lively.olga, "answer", "shop", **EVER)
    sheet = export.of_report(report, "en")
    head, *rows, total = csv.reader(io.StringIO(export.as_csv(sheet).decode("utf-8-sig")))
    named = dict(zip(head, rows[0], strict=True))
    assert named["shop"] == report.rows[0].by[0]
    assert named["shop_name"] in {"Halo", "Sota"}
    shown = [(int(row[2]), float(row[4]), float(row[5])) for row in (*rows, total)]
    assert shown == [(row.n, row.value, row.high) for row in (*report.rows, report.total)]


COMMANDS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(0)", "\n=1")


def test_no_cell_of_a_file_is_a_formula(house: House) -> None:
    halo, olga = house.shop("halo"), house.operator()
    house.buyer("anna").asks(halo, halo.sells("=1+2"), "Is it paper?")
    house.passes(seconds=1)
    page = house.db.read_now(service.behind, olga.actor, "contacts", wish())
    sheet = export.of_behind(page.items, "en")
    sheet.rows.append([*COMMANDS])
    rows = [*csv.reader(io.StringIO(export.as_csv(sheet).decode("utf-8-sig"), newline=""))]
    assert rows[1][0] == "'=1+2"
    assert [cell[1:] for cell in rows[-1]] == [*COMMANDS]
    assert {cell[0] for cell in rows[-1]} == {"'"}
    with zipfile.ZipFile(io.BytesIO(export.as_xlsx(sheet))) as book:
        cells = book.read("xl/worksheets/sheet1.xml").decode()
        texts = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in cells
    assert "=HYPERLINK(0)" in texts


# ── being asked again ───────────────────────────────────────────────────────────────────────


def test_what_was_asked_lately_is_known_until_more_is_counted(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    anna.asks(halo, None, "Is it paper?")
    first, asked = reads(halo.mei, "contacts"), list[str]()

    def note(*statement: Any) -> None:
        asked.append(statement[2])

    listening.listen(house.db.engine, "before_cursor_execute", note)
    assert sees(halo.mei, "contacts") == first
    assert not any("report_point" in sql for sql in asked)
    house.buyer("boris").asks(halo, None, "How heavy is it?")
    assert reads(halo.mei, "contacts").total.n == 2
    assert any("report_point" in sql for sql in asked)
    listening.remove(house.db.engine, "before_cursor_execute", note)


def test_sending_a_message_asks_nothing_of_the_reports(house: House) -> None:
    halo, anna, asked = house.shop("halo"), house.buyer("anna"), list[str]()
    talk = anna.asks(halo, None, "Is it paper?")

    def note(*statement: Any) -> None:
        asked.append(statement[2])

    listening.listen(house.db.engine, "before_cursor_execute", note)
    halo.mei.answers(talk, "It is.")
    listening.remove(house.db.engine, "before_cursor_execute", note)
    assert asked
    assert not any("report_" in sql for sql in asked)
