"""A team's macros by plain forms: written, checked, taken over, brought in as a table."""

import re
from html import unescape
from typing import Any

import pytest

from shopbell.desk.macros import service
from shopbell.desk.macros.recipes import recipes
from shopbell.kernel.texts import LOCALES, Locale, text
from tests.support.browsing import Browser, Door, checked
from tests.support.house import Counter, House

FORM = {"key": "/ship", "name": "Where it is", "own": "no", "text_en": "Hello {{buyer.first_name}}"}


@pytest.fixture
def counter(house: House) -> Counter:
    return house.shop("halo", staff=["mei", "oleg"])


def told(page: str, key: str, locale: Locale = "en", **facts: str | int) -> bool:
    return text(locale, key, **facts) in unescape(page)


def new_form(browser: Browser) -> str:
    """Open an empty form, and return where it is sent to."""
    page = checked(browser.get("/shop/macros/new"))
    found = re.search(r'action="(/shop/macros/[0-9a-f-]{36})[?"]', page)
    assert found is not None
    return found[1]


def posted(browser: Browser, place: str, **given: Any) -> str:
    """Send a form, and return the page it leads to."""
    answer = browser.post(place, **given)
    assert answer.status_code == 303, answer.text
    return checked(browser.get(answer.headers["location"]))


def kept(counter: Counter) -> list[str]:
    db = counter.house.db
    return [one.macro.body.key for one in db.read_now(service.shelf, counter.mei.actor)]


def test_a_macro_is_written_seen_changed_and_taken_away(counter: Counter, door: Door) -> None:
    browser = door(counter.mei)
    place = new_form(browser)
    saved = posted(browser, place, data=FORM)
    assert told(saved, "macros.done_saved")
    assert "Where it is" in saved
    again = {**FORM, "text_en": "Hi", "version": "1", "deeds": "send\r\nnote: Said hello"}
    posted(browser, place, data=again)
    page = checked(browser.get(place))
    assert told(page, "macros.versions")
    assert "note: Said hello" in page
    assert told(
        checked(browser.post(place, data={**FORM, "version": "1"}), 409),
        "refusals.macro_moved_on.title",
    )
    assert told(posted(browser, place, data={"do": "remove"}), "macros.done_removed")
    assert kept(counter) == []
    checked(browser.get(place), 404)


def test_a_form_says_what_the_buyer_would_read_and_keeps_nothing(
    counter: Counter, door: Door
) -> None:
    talk = counter.house.buyer("anna").asks(counter, None, "Hello?")
    browser = door(counter.mei)
    place = new_form(browser)
    page = checked(browser.post(place, data={**FORM, "do": "check", "talk": talk}))
    assert "Hello Anna" in page
    lacking = {**FORM, "text_en": "Order {{order.number}}", "do": "check", "talk": talk}
    page = checked(browser.post(place, data=lacking))
    assert told(page, "macros.preview_gaps", gaps="order number")
    assert kept(counter) == []


WRONG = {
    "key": ("a key", "key"),
    "kinds": ("return, party", "kinds"),
    "deeds": ("macro: other", ""),
    "text_en": ("{{nothing}} <b>", ""),
    "open": ("perhaps", ""),
}


@pytest.mark.parametrize("field", WRONG)
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    counter: Counter, door: Door, field: str
) -> None:
    typed, at = WRONG[field]
    browser = door(counter.mei)
    page = checked(browser.post(new_form(browser), data={**FORM, field: typed}), 422)
    assert 'role="alert"' in page
    assert 'value="Where it is"' in page
    assert (f'id="{at}-bad"' in page) is bool(at)
    assert "{{nothing}} <b>" not in page
    assert kept(counter) == []


def test_an_agent_keeps_their_own_and_reads_the_shops(counter: Counter, door: Door) -> None:
    owner, agent = door(counter.mei), door(counter.oleg)
    place = new_form(owner)
    posted(owner, place, data=FORM)
    page = checked(agent.get(place))
    assert told(page, "macros.read_only")
    assert "disabled" in page
    checked(agent.post(place, data={**FORM, "text_en": "Mine", "version": "1"}), 403)
    own = posted(agent, new_form(agent), data={**FORM, "own": "yes"})
    assert told(own, "macros.own")
    assert not told(own, "macros.recipes")


@pytest.mark.parametrize("locale", LOCALES)
def test_every_recipe_is_there_to_be_taken_over(
    counter: Counter, door: Door, locale: Locale
) -> None:
    browser = door(counter.mei)
    page = checked(browser.get("/shop/macros", params={"lang": locale}))
    assert all(recipe.name[locale] in unescape(page) for recipe in recipes().values())
    taken = posted(browser, "/shop/recipes/ship")
    assert told(taken, "macros.done_adopted", locale)
    posted(browser, "/shop/recipes/ship")
    assert kept(counter) == ["ship"]


def test_a_table_is_brought_in_whole_or_told_by_row(counter: Counter, door: Door) -> None:
    browser = door(counter.mei)
    table = browser.get("/api/v1/desk/macros/table")
    assert table.headers["content-type"].startswith("text/csv")

    def bring(raw: bytes) -> dict[str, tuple[str, bytes, str]]:
        return {"table": ("macros.csv", raw, "text/csv")}

    good = b"key,name,text_en\nhi,Hi,Hello\n"
    assert told(posted(browser, "/shop/macro-table", files=bring(good)), "macros.done_imported")
    bad = checked(browser.post("/shop/macro-table", files=bring(good + b"<b>,No,Hello\n")), 422)
    assert told(bad, "macros.troubles")
    assert "<b>,No" not in bad
    for odd in (b"", b"\xff\xfe", b"a,b"):
        checked(browser.post("/shop/macro-table", files=bring(odd)), 422)
    checked(browser.post("/shop/macro-table", data={"table": "no file"}), 422)
    assert kept(counter) == ["hi"]
