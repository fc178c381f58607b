"""A morning of two teams: six people, two hundred matters, and figures that say what happened."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from shutil import copy

import pytest
from playwright.sync_api import Browser, expect

from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import LOCALES
from tests.browser.morning import GRACE, HALO, LIMIT, NOVA, Morning, a_morning, until, waiting
from tests.browser.people import Buyer, People, Seller, Talk, Visitor, fresh
from tests.browser.printed import Recounted, printed, unlike
from tests.browser.settling import posts, shows
from tests.browser.test_case_three import rules
from tests.browser.test_macros import SAID, field_of, picker
from tests.support import recount
from tests.support.eyes import Faults
from tests.support.night import MATTERS, REFUSAL, STATEMENT

WORDS_ON_A_DECISION = "Dust of a carpet is no wear."


@pytest.fixture
def morning(tmp_path: Path, migrated_file: Path) -> Iterator[Morning]:
    file = copy(migrated_file, tmp_path / "shopbell.db")
    with a_morning(tmp_path, f"sqlite:///{file}") as found:
        yield found


@pytest.fixture
def people(browser: Browser, morning: Morning) -> Iterator[People]:
    faults = Faults()
    guests = People(browser, morning.server.url, faults)
    yield guests
    guests.leave()
    assert not faults.found, "\n".join(faults.found)


def test_a_morning_of_two_teams_ends_with_figures_that_are_true(
    morning: Morning, people: People
) -> None:
    mei, oleg, rosa = (at_a_desk(morning, people, name) for name in ("mei", "oleg", "rosa"))
    olga = people.known(Visitor, morning.session(morning.olga), "en")
    anna = people.known(Buyer, morning.session(morning.house.buyer("anna")), "en", phone=True)
    assert len(morning.night.matters) == MATTERS

    everybody_sits_down(morning, mei, rosa)
    two_do_not_cross(morning, mei, oleg)
    one_macro_speaks_three_languages(morning, mei)
    a_shift_ends(morning, mei)
    a_promise_is_missed(morning, mei, anna)
    morning.is_worked_off("mei", "oleg", "rosa", "sven")
    nothing_waits(mei, rosa)
    somebody_decides(morning, olga)
    the_figures_are_true(morning, olga, mei)


def at_a_desk(morning: Morning, people: People, name: str) -> Seller:
    """Let somebody of a team in, with the browser whose cookie their hands use."""
    return people.known(Seller, morning.hands[name].session, "en")


# ── who is there, and how much they have ────────────────────────────────────────────────────


def everybody_sits_down(morning: Morning, mei: Seller, rosa: Seller) -> None:
    """Six come, one of them by her screen; each is given three, and never a fourth."""
    for name in (HALO[0], NOVA[0]):
        morning.hands[name].does("PUT", "/desk/rule", mode="load", limit=LIMIT, grace=GRACE)
    for name in (HALO + NOVA)[1:]:
        morning.hands[name].chooses("available")
    mei.sits_down()
    rosa.sits_down()
    mei.page.get_by_role("button", name=re.compile(mei.words("desk.account", who=""))).click()
    mei.button("team.presence_available").click()
    expect(mei.button("team.presence_available")).to_have_attribute("aria-pressed", "true")
    mei.page.keyboard.press("Escape")
    for name in (HALO[0], NOVA[0]):
        assert {mate["load"] for mate in morning.hands[name].team().values()} == {LIMIT}

    nobodys = waiting(morning.hands["mei"], "view=unassigned")[0]
    mei.opens(f"/desk/{nobodys['id']}")
    bar = mei.page.get_by_role("group", name=mei.words("team.bar"))
    bar.get_by_role("button", name=re.compile(mei.words("team.assign"))).click()
    mei.page.get_by_role("button", name=re.compile("^Oleg")).click()
    refused = mei.page.get_by_role("alert").filter(
        has_text=mei.words("team.give_anyway", who="Oleg")
    )
    expect(refused).to_contain_text(
        mei.words("refusals.at_capacity.title", load=LIMIT, limit=LIMIT)
    )
    morning.nobody_has_a_fourth()


# ── two at one thread ───────────────────────────────────────────────────────────────────────


def two_do_not_cross(morning: Morning, mei: Seller, oleg: Seller) -> None:
    """Oleg writes to the buyer whom Mei answers: he is told before it is sent."""
    talk = waiting(morning.hands["mei"], "view=open")[0]
    answer, crossing = fresh("It has a lid."), fresh("It has none.")
    at_mei, at_oleg = Talk(mei.page, mei), Talk(oleg.page, oleg)
    for who, there in ((mei, at_mei), (oleg, at_oleg)):
        who.opens(f"/desk/{talk['id']}")
        there.hears(talk["last"]["text"])
    at_oleg.field.fill(crossing)
    answered = morning.hands["mei"].answers(talk, answer)
    assert answered.is_success, answered.text
    at_mei.hears(answer)
    at_oleg.hears(answer)
    at_oleg.field.press("Enter")
    held = oleg.page.get_by_role("alert").filter(has_text=oleg.words("team.let_mine_go"))
    expect(held).to_contain_text(answer)
    held.get_by_role("button", name=oleg.words("team.let_mine_go")).click()
    expect(at_oleg.message(crossing)).to_have_count(0)

    blind = morning.hands["lin"].answers(talk, crossing)
    assert (blind.status_code, blind.json()["code"]) == (409, "answered_meanwhile")
    morning.nobody_has_a_fourth()


# ── one macro ───────────────────────────────────────────────────────────────────────────────


def one_macro_speaks_three_languages(morning: Morning, mei: Seller) -> None:
    """Mei answers a buyer of each language with the same few keys."""
    body = {"key": "guarantee", "name": "Guarantee", "texts": SAID}
    morning.hands["mei"].does("PUT", f"/desk/macros/{new_id()}", body=body)
    for locale in LOCALES:
        talk = waiting(morning.hands["mei"], f"view=open&language={locale}")[0]
        mei.opens(f"/desk/{talk['id']}")
        mei.talk.hears(talk["last"]["text"])
        field_of(mei).press("/")
        picker(mei).get_by_role("combobox").fill("guar")
        option = picker(mei).get_by_role("option", name=re.compile("guarantee"))
        expect(option).to_have_attribute("aria-selected", "true")
        mei.page.keyboard.press("Enter")
        said = SAID[locale].replace("{{buyer.first_name}}", talk["buyer"]["name"])
        said = re.sub(r"{{.*\|(.*)}}", r"\1", said)
        expect(field_of(mei)).to_have_value(said)
        field_of(mei).press("Enter")
        mei.talk.hears(said)
    morning.nobody_has_a_fourth()


# ── somebody goes ───────────────────────────────────────────────────────────────────────────


def a_shift_ends(morning: Morning, mei: Seller) -> None:
    """What Ivan had is given on a while after his shift; Lin goes out, and is given nothing new."""
    ivan, lin = morning.hands["ivan"], morning.hands["lin"]
    had = {talk["id"] for talk in ivan.has()}
    assert len(had) == LIMIT
    lin.chooses("away")
    for talk in lin.has():
        morning.settles("lin", talk)
    assert lin.has() == []

    ends = morning.server.now() + timedelta(seconds=30)
    ivan.chooses("available", shift_ends_at=ends.isoformat())
    morning.passes(seconds=31)
    until(lambda: morning.seat("ivan")["presence"] == "off")
    assert {talk["id"] for talk in ivan.has()} == had
    morning.passes(seconds=GRACE + 1)
    until(lambda: ivan.has() == [])
    [gone] = [one for name, one in ivan.team().items() if name == "Ivan"]
    assert (gone["presence"], gone["load"], gone["here"]) == ("off", 0, False)
    mei.opens(f"/desk/{min(had)}")
    told = mei.words("team.note_unassigned_shift", name="Ivan")
    expect(mei.page.get_by_text(told)).to_be_visible()
    assert lin.has() == []
    morning.nobody_has_a_fourth()


# ── a promise ───────────────────────────────────────────────────────────────────────────────


def a_promise_is_missed(morning: Morning, mei: Seller, anna: Buyer) -> None:
    """Nobody answers Anna in time: she reads so, the desk shows it, and the late answer comes."""
    question, answer = fresh("Is it blue?"), fresh("As the sea.")
    talk = anna.asks_about({"slug": morning.night.goods[0].slug})
    talk.says(question)
    talk.sees("sent")
    morning.passes(minutes=6)
    expect(talk.around.get_by_role("heading", name=anna.words("thread.no_answer"))).to_be_visible()

    mei.opens("/desk?view=overdue")
    desk = mei.takes(question)
    desk.hears(question)
    expect(mei.looks_for(question)).to_contain_text(mei.words("desk.overdue", time=""))
    desk.says(answer)
    talk.hears(answer)
    [ours] = anna.learns("/conversations")["items"]
    posts(anna, f"/streams/c.{ours['id']}.p/events", type="resolve", data={})
    morning.nobody_has_a_fourth()


def nothing_waits(*managers: Seller) -> None:
    """See at the desks that everything is answered."""
    for manager in managers:
        assert manager.learns("/conversations?view=waiting")["items"] == []


# ── the operator ────────────────────────────────────────────────────────────────────────────


def somebody_decides(morning: Morning, olga: Visitor) -> None:
    """Olga reads what both sides say of the shoes, and decides."""
    olga.opens("/console/cases")
    olga.page.locator(f"a[href='/console/cases/{morning.night.dispute}']").click()
    for words in (REFUSAL, STATEMENT):
        expect(olga.page.get_by_text(words).first).to_be_visible()
    rules(olga, "decide", "reject", WORDS_ON_A_DECISION)
    assert shows(olga, str(morning.night.dispute))["state"] == "decided"


def the_figures_are_true(morning: Morning, olga: Visitor, mei: Seller) -> None:
    """What is printed for the operator and for a shop is what a recount of the journal gives."""
    until(lambda: not morning.server.figures()["shopbell_report_lag_seconds"])
    things = morning.house.db.read_now(recount.everything)
    halo, nova = morning.night.halo, morning.night.nova
    olga.opens("/console/reports")
    names = {one.shop.id: one.shop.name for one in (halo, nova)}
    whole = Recounted(things, period_on(olga), names)
    assert unlike(printed(olga), whole.page()) == []

    mei.opens("/shop/reports")
    staff = {one.actor.id: one.actor.name for one in halo.staff.values()}
    ours = Recounted(things, period_on(mei), staff, halo.shop.zone, halo.shop.id)
    assert unlike(printed(mei), ours.page()) == []

    olga.opens("/console/reports")
    olga.page.locator("a[href^='/console/reports/within_promise']").first.click()
    expect(olga.page.locator("tbody tr")).to_have_count(50)


def period_on(reader: Visitor) -> tuple[date, date]:
    """Return which days the screen shows."""
    since, until_ = (reader.page.locator(f"#{name}").input_value() for name in ("since", "until"))
    return date.fromisoformat(since), date.fromisoformat(until_)
