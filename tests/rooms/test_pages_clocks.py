"""The pages of clocks: the shop's, which tries out what it says, and the operator's."""

from html import unescape
from itertools import product

import pytest

from shopbell.commerce.hours import Hours
from shopbell.conversations.targets.model import Goals, Maxima
from shopbell.desk.clocks import service as clocks
from shopbell.kernel.texts import LOCALES, text
from tests.support.browsing import Door, checked, hidden
from tests.support.house import Counter, House

OF_SHOP, OF_ALL = "/shop/clocks", "/console/clocks"
WEEK = [Hours(day, "10:00", "18:00") for day in range(5)]


@pytest.fixture
def counter(house: House) -> Counter:
    return house.shop("halo", staff=["mei", "vera"], hours=WEEK)


def filled(page: str, **changes: str) -> dict[str, str]:
    """Fill the form in: one calendar, one policy with half an hour for the first answer."""
    calendar = {f"cal-0-day-{day}": "10:00-18:00" for day in range(5)}
    sheet = {
        **hidden(page),
        "cal-0-name": "Week",
        "cal-0-zone": "Europe/Berlin",
        **calendar,
        "pol-0-calendar": "Week",
        "pol-0-first-length": "30",
        "pol-0-first-unit": "minutes",
        "pol-0-warn": "50",
        "do": "save",
    }
    return sheet | {name.replace("__", "-"): value for name, value in changes.items()}


def said(page: str, key: str, **facts: str | int) -> bool:
    return text("en", key, **facts) in unescape(page)


def test_the_pages_speak_every_language(house: House, counter: Counter, door: Door) -> None:
    operator = house.operator()
    house.db.write_now(clocks.cap, operator.actor, Maxima(chat=Goals(first=1, next=2)))
    doors = ((door(counter.mei), OF_SHOP), (door(operator), OF_ALL))
    for (browser, path), locale in product(doors, LOCALES):
        page = checked(browser.get(path, params={"lang": locale}))
        assert f'<html lang="{locale}"' in page
        assert text(locale, "clocks.target_resolution") in unescape(page)


def test_a_shop_begins_with_what_it_goes_by_now(counter: Counter, door: Door) -> None:
    page = checked(door(counter.mei).get(OF_SHOP))
    assert said(page, "clocks.none")
    assert 'name="cal-0-day-0" value="10:00-18:00"' in page
    assert 'name="pol-0-first-length" inputmode="numeric"' in page
    assert said(page, "clocks.if_asked", when="Friday, May 8, 5:40\u202fPM")


def test_what_was_typed_is_tried_out_before_it_is_saved(
    house: House, counter: Counter, door: Door
) -> None:
    manager = door(counter.mei)
    page = checked(manager.get(OF_SHOP))
    tried = checked(manager.post(OF_SHOP, data=filled(page, do="try")))
    assert "Monday, May 11, 10:10\u202fAM" in unescape(tried)
    assert said(tried, "clocks.warned_at", when="Friday, May 8, 5:55\u202fPM")
    assert house.db.read_now(clocks.rules_of, counter.mei.actor, counter.shop.id).latest == 0
    saved = manager.post(OF_SHOP, data=filled(tried))
    assert saved.headers["location"] == f"{OF_SHOP}?done=saved"
    assert said(checked(manager.get(saved.headers["location"])), "clocks.done_saved")
    shown = house.db.read_now(clocks.rules_of, counter.mei.actor, counter.shop.id)
    assert shown.coming[0].rules
    [policy] = shown.coming[0].rules.policies
    assert (policy.goals, policy.warn_at) == (Goals(first=30), 50)
    lifted = manager.post(OF_SHOP, data={"do": "lift"})
    assert lifted.headers["location"] == f"{OF_SHOP}?done=lifted"


WRONG = [
    ("cal-0-day-0", "ten to six", "clocks.bad_hours"),
    ("cal-0-day-1", "10:00-24:30", "clocks.bad_hours"),
    ("cal-0-days", "02-30", "clocks.bad_day"),
    ("pol-0-first-length", "soon", "clocks.bad_goal"),
    ("pol-0-next-length", "999999", "clocks.bad_goal"),
    ("pol-0-warn", "100", "clocks.bad_warn"),
    ("pol-0-calendar", "Weekend", "clocks.bad_calendar"),
    ("since", "tomorrow", "clocks.bad_since"),
]


def test_what_is_wrong_is_said_at_its_field_and_kept(counter: Counter, door: Door) -> None:
    manager = door(counter.mei)
    sheet = filled(checked(manager.get(OF_SHOP)))
    for field, typed, key in WRONG:
        answer = manager.post(OF_SHOP, data=sheet | {field: typed})
        assert answer.status_code == 422
        assert f'id="{field}-bad">{text("en", key, line=typed)}' in unescape(answer.text), field
        assert typed in answer.text or field == "pol-0-calendar"


def test_a_calendar_without_a_minute_of_work_is_refused(counter: Counter, door: Door) -> None:
    manager = door(counter.mei)
    empty = {f"cal-0-day-{day}": "" for day in range(7)}
    answer = manager.post(OF_SHOP, data=filled(checked(manager.get(OF_SHOP))) | empty)
    assert answer.status_code == 422
    assert said(answer.text, "clocks.why_never_open")


def test_nobody_saves_over_what_they_have_not_seen(counter: Counter, door: Door) -> None:
    mine, theirs = door(counter.mei), door(counter.mei)
    page = checked(mine.get(OF_SHOP))
    theirs.post(OF_SHOP, data=filled(page))
    answer = mine.post(OF_SHOP, data=filled(page, pol__0__warn="60"))
    assert answer.status_code == 409
    assert said(answer.text, "refusals.clocks_moved_on.title")


def test_an_agent_does_not_change_clocks(counter: Counter, door: Door) -> None:
    agent = door(counter.vera)
    assert agent.get(OF_SHOP).status_code == 403
    assert agent.post(OF_SHOP, data={"do": "lift"}).status_code == 403


def test_the_operator_says_how_slow_a_shop_may_be(
    house: House, counter: Counter, door: Door
) -> None:
    operator, manager = door(house.operator()), door(counter.mei)
    page = checked(operator.get(OF_ALL))
    assert said(page, "clocks.slower_none")
    wrong = operator.post(OF_ALL, data=hidden(page) | {"chat-first-length": "never"})
    assert wrong.status_code == 422
    limit = {"chat-first-length": "2", "chat-first-unit": "minutes"}
    saved = operator.post(OF_ALL, data=hidden(page) | limit)
    page = checked(operator.get(saved.headers["location"]))
    assert said(page, "clocks.slower_line", asked="5 minutes", most="2 minutes")
    manager.post(OF_SHOP, data=filled(checked(manager.get(OF_SHOP))))
    page = checked(manager.get(OF_SHOP))
    assert said(page, "clocks.capped")
    assert said(page, "clocks.cut")
