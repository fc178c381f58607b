"""Rules by plain forms: written, tried, taken over; a shop's, and the market's."""

import re
from html import unescape
from typing import Any

import pytest

from shopbell.desk.rules import service
from shopbell.desk.rules.recipes import recipes
from shopbell.kernel.texts import LOCALES, text
from tests.support.browsing import Browser, Door, checked
from tests.support.house import Counter, House, Person

FORM = {
    "name": "Shards",
    "trigger": "buyer_wrote",
    "place": "10",
    "g0": "all",
    "f0": "words",
    "v0": "broken, разбит",
    "g1": "none",
    "f1": "orders",
    "v1": "5-",
    "a0": "tag",
    "w0": "fragile",
}


@pytest.fixture
def counter(house: House) -> Counter:
    return house.shop("halo", staff=["mei", "oleg"])


def told(page: str, key: str, **facts: Any) -> bool:
    return text("en", key, **facts) in unescape(page)


def new_form(browser: Browser, base: str = "/shop/rules") -> str:
    page = checked(browser.get(f"{base}/new"))
    found = re.search(rf'action="({base}/[0-9a-f-]{{36}})[?"]', page)
    assert found is not None
    return found[1]


def posted(browser: Browser, place: str, **given: Any) -> str:
    answer = browser.post(place, **given)
    assert answer.status_code == 303, answer.text
    return checked(browser.get(answer.headers["location"]))


def kept(person: Person) -> list[str]:
    return [one.body.name for one in person.house.db.read_now(service.rules, person.actor)]


def test_a_rule_is_written_tried_run_changed_and_taken_away(counter: Counter, door: Door) -> None:
    house = counter.house
    talk = house.buyer("anna").asks(counter, None, "The vase is broken <b>!")
    browser = door(counter.mei)
    place = new_form(browser)
    page = checked(browser.post(place, data={**FORM, "do": "rehearse", "days": "7"}))
    assert told(page, "rules.hits", n=1)
    page = checked(browser.post(place, data={**FORM, "v0": "lamp", "do": "try", "talk": talk}))
    assert told(page, "rules.would_not")
    assert kept(counter.mei) == []
    assert told(posted(browser, place, data=FORM), "rules.done_saved")
    house.buyer("boris").asks(counter, None, "Broken!")
    house.passes(seconds=0)
    page = checked(browser.get(place))
    assert told(page, "rules.outcome_done")
    assert 'value="5-"' in page
    stale = checked(browser.post(place, data={**FORM, "name": "Other", "version": "7"}), 409)
    assert told(stale, "refusals.rule_moved_on.title")
    again = {**FORM, "version": "1", "on": "no"}
    assert told(posted(browser, place, data=again), "rules.off")
    assert told(posted(browser, place, data={"do": "remove"}), "rules.done_removed")
    assert kept(counter.mei) == []
    checked(browser.get(place), 404)


WRONG: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "rule_nameless": ({"name": " "}, {}),
    "rule_does_nothing": ({"a0": ""}, {}),
    "rule_condition_odd": ({"v1": "many"}, {"field": "orders", "value": "many"}),
    "rule_act_odd": ({"a0": "kind", "w0": "party"}, {"act": "kind", "value": "party"}),
    "rule_trigger_odd": ({"trigger": "silence", "value": "soon"}, {"value": "soon"}),
    "rule_calls_itself": (
        {"trigger": "tagged", "value": "fragile"},
        {"cycle": "Shards → Shards"},
    ),
}


def test_what_is_wrong_is_told_and_what_was_typed_stays(counter: Counter, door: Door) -> None:
    browser = door(counter.mei)
    place = new_form(browser)
    for code, (wrong, facts) in WRONG.items():
        page = checked(browser.post(place, data={**FORM, **wrong}), 422)
        assert text("en", f"refusals.{code}.title", **facts) in unescape(page)
        assert "broken, разбит" in unescape(page)
    assert kept(counter.mei) == []


def test_each_recipe_is_taken_over_with_its_macro(house: House, door: Door) -> None:
    assert len(recipes()) >= 8
    for locale in LOCALES:
        halo = house.shop(f"halo-{locale}", staff=[f"mei-{locale}"], languages=[locale])
        mei = halo.staff[f"mei-{locale}"]
        browser = door(mei)
        page = unescape(browser.get(f"/shop/rules?lang={locale}").text)
        assert any(one.name[locale] in page for one in recipes().values())
        for key in [*recipes(), "night"]:
            assert browser.post(f"/shop/rule-recipes/{key}").status_code == 303
        assert len(kept(mei)) == len(recipes())


def test_the_operator_keeps_rules_for_all_shops_and_others_do_not(
    counter: Counter, door: Door
) -> None:
    olga = counter.house.operator()
    browser = door(olga)
    place = new_form(browser, "/console/rules")
    posted(browser, place, data=FORM)
    posted(browser, "/console/rule-recipes/abuse")
    assert len(kept(olga)) == 2
    checked(browser.get(place))
    assert browser.post("/console/rule-recipes/night").status_code == 404
    for person in (counter.mei, counter.house.buyer("anna")):
        checked(door(person).get("/console/rules"), 403)
    checked(door(counter.oleg).get("/shop/rules"), 403)
    assert kept(counter.mei) == []
