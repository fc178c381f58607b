"""The pages of reports: what stands on them, for whom, and in which words."""

import re
from datetime import date, timedelta

import pytest

from shopbell.accounts import audit
from shopbell.analytics import service
from shopbell.analytics.asking import Wish
from shopbell.kernel.texts import LOCALES, Locale
from shopbell.web.pages import charts, figures
from tests.support.browsing import Door, checked
from tests.support.casework import opens
from tests.support.house import Counter, House, Person


@pytest.fixture
def asked(house: House, halo: Counter, anna: Person) -> None:
    """Have a shop asked twice, answered once in time, and once not at all."""
    lamp = halo.sells("lamp")
    talk = anna.asks(halo, lamp, "Is it paper?")
    house.passes(minutes=3)
    halo.mei.answers(talk, "It is.")
    anna.does(talk, "resolve")
    opens(anna, "question", lamp, question="220 V?")
    house.buyer("boris").asks(halo, None, "Are you there?")
    house.passes(hours=30)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.usefixtures("asked")
def test_the_operator_sees_how_buyers_are_answered(
    house: House, door: Door, locale: Locale
) -> None:
    browser = door(house.operator())
    page = checked(browser.get(f"/console/reports?lang={locale}"))
    drawn = re.findall(r'<div class="chart" role="img" aria-label="([^"]+)"', page)
    assert len(drawn) == len(set(drawn)) == 3
    assert page.count("<summary>") >= 3
    assert 'data-figure="first_answer">3' in page
    assert page.count("/table.xlsx?") >= 5
    listed = checked(browser.get(f"/console/reports/within_promise?lang={locale}"))
    assert listed.count("/console/questions/") == 2


@pytest.mark.usefixtures("asked")
def test_a_manager_sees_the_shop_and_an_agent_their_own_work(
    house: House, door: Door, halo: Counter
) -> None:
    sota = house.shop("sota", staff=["vera", "bo"])
    page = checked(door(halo.mei).get("/shop/reports"))
    assert 'data-figure="contacts">3<' in page
    assert "/shop/reports/within_promise?" in page
    own = checked(door(sota.bo).get("/shop/reports"))
    assert 'data-figure="contacts"' not in own
    assert "Halo" not in checked(door(sota.vera).get("/shop/reports"))
    assert door(halo.mei).get("/shop/reports?shop=sota").status_code == 403
    assert door(sota.bo).get("/shop/reports/contacts").status_code == 403
    assert door(halo.mei).get("/console/reports").status_code == 403
    assert door(halo.mei).get("/console/reports/answer").status_code == 403
    assert door(house.operator()).get("/shop/reports").headers["location"] == "/console"


def test_a_house_without_words_says_what_will_be_here(house: House, door: Door) -> None:
    page = checked(door(house.operator()).get("/console/reports"))
    assert "No figures for this period yet" in page
    assert 'role="img"' not in page


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("since=nonsense", 400),
        ("since=2026-05-09&until=2026-05-01", 422),
        ("shop=nowhere", 404),
        ("zone=Mars", 422),
        ("channel=smoke", 422),
        ("detail=answered", 422),
        ("since=&until=&shop=&channel=&language=", 200),
        ("language=en&channel=chat", 200),
    ],
)
def test_what_cannot_be_shown_is_said(house: House, door: Door, query: str, status: int) -> None:
    checked(door(house.operator()).get(f"/console/reports?{query}"), status)


@pytest.mark.usefixtures("asked")
def test_a_look_of_the_operator_behind_a_figure_is_noted(house: House, door: Door) -> None:
    browser = door(house.operator())
    checked(browser.get("/console/reports"))
    assert browser.get("/api/v1/reports/answer/behind").json()["items"]
    assert "It is" not in browser.get("/api/v1/reports/answer/behind.csv").text
    deeds = house.db.read_now(audit.newest, 10)
    assert [deed.facts for deed in deeds if deed.action == "report_opened"] == [
        {"figure": "answer", "shown": 1}
    ] * 2


@pytest.mark.usefixtures("asked")
def test_files_and_figures_come_by_the_same_door(house: House, door: Door, halo: Counter) -> None:
    browser = door(halo.mei)
    listed = {one["metric"] for one in browser.get("/api/v1/reports").json()}
    assert "within_promise" in listed
    shown = browser.get("/api/v1/reports/contacts?by=kind&by=channel").json()
    file = browser.get("/api/v1/reports/contacts/table.csv?by=kind&by=channel")
    lines = [line.split(",") for line in file.text.lstrip("\ufeff").splitlines()]
    assert [line[:2] for line in lines[1:-1]] == [row["by"] for row in shown["rows"]]
    assert file.headers["content-disposition"] == 'attachment; filename="contacts.csv"'
    book = browser.get("/api/v1/reports/contacts/table.xlsx?by=kind")
    assert book.content.startswith(b"PK")
    assert browser.get("/api/v1/reports/contacts/table.csv?by=agent").status_code == 422


def test_a_day_without_answers_interrupts_the_line(
    house: House, halo: Counter, anna: Person
) -> None:
    for days in (1, 3, 1):
        talk = anna.asks(halo, None, "Is it paper?")
        house.passes(minutes=2)
        halo.mei.answers(talk, "It is.")
        house.passes(days=days)
    wish = Wish(by=("day",), since="2026-05-01", until="2026-05-10")
    report = house.db.read_now(service.report, halo.mei.actor, "answer", wish)
    drawn = charts.lines(report, 300, charts.BROAD)
    assert len(drawn.medians) == len(drawn.bands) == 2
    assert len(drawn.dots) == 1
    assert drawn.grid[0].at > drawn.grid[-1].at
    assert charts.day_of(report, drawn.days[0]) == date(2026, 5, 1)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (42.4, "42.4 s"), (162, "2.7 min"), (7_100, "118.3 min"), (9_000, "2.5 h")],
)
def test_a_time_is_said_in_the_unit_that_says_it_shortest(seconds: float, said: str) -> None:
    assert figures.duration(seconds, "en") == said
    assert figures.duration(timedelta(days=3).total_seconds(), "en") == "3 d"
