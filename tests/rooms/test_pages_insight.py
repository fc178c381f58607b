"""Insight on plain pages: the ranking, one listing with its forms, and the operator's look."""

import re
from html import unescape
from typing import Any

import pytest

from shopbell.commerce import service as commerce
from shopbell.commerce.model import Product
from shopbell.kernel.texts import LOCALES, Locale, text
from tests.support.browsing import Browser, Door, checked
from tests.support.house import Counter, House

EVIL = "How heavy is <script>alert(1)</script> it?"


@pytest.fixture
def counter(house: House) -> Counter:
    return house.shop("halo", staff=["mei", "oleg"])


@pytest.fixture
def lamp(house: House, counter: Counter) -> Product:
    """Have a lamp whose weight buyers ask for, and count that."""
    product = counter.sells("lamp")
    for number, words in enumerate(("What does it weigh?", EVIL)):
        house.passes(minutes=1)
        house.buyer(f"b{number}").asks(counter, product, words)
    house.passes(days=8)
    return product


def told(page: str, key: str, locale: Locale = "en", **facts: str | int) -> bool:
    return text(locale, key, **facts) in unescape(page)


def form_in(page: str, do: str, **given: str) -> dict[str, str]:
    """Fill in a form of the page."""
    form = next(
        one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'value="{do}"' in one
    )
    names = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {**dict(names), "locale": "en", **given}


def posted(browser: Browser, place: str, form: dict[str, Any]) -> str:
    answer = browser.post(place, data=form)
    assert answer.status_code == 303, answer.text
    return checked(browser.get(answer.headers["location"]))


def test_a_manager_reads_the_ranking_adds_the_weight_and_takes_it_back(
    counter: Counter, lamp: Product, door: Door
) -> None:
    browser, place = door(counter.mei), f"/shop/insight/{lamp.id}"
    board = checked(browser.get("/shop/insight"))
    assert told(board, "insight.do_add", about="weight")
    assert told(board, "insight.formula", worth=5)
    assert place in board

    page = checked(browser.get(place))
    assert "“How heavy is <script>alert(1)</script> it?”" in unescape(page)
    assert "<script>alert(1)" not in page
    empty = form_in(page, "attribute", name="Weight", value=" ")
    refused = checked(browser.post(place, data=empty), 422)
    assert told(refused, "refusals.line_empty.title")
    assert 'value="Weight"' in refused

    added = posted(browser, place, form_in(page, "attribute", name="Weight", value="1.2 kg"))
    assert told(added, "insight.done_added")
    db = counter.house.db
    assert len(db.read_now(commerce.product, lamp.id).attributes) == 1
    gone = posted(browser, place, form_in(added, "undo"))
    assert told(gone, "insight.done_undone")
    assert db.read_now(commerce.product, lamp.id).attributes == []
    entry = form_in(gone, "answer", question="How heavy?", answer="1.2 kg")
    assert told(posted(browser, place, entry), "insight.done_added")


def test_others_are_shown_what_is_theirs(
    house: House, counter: Counter, lamp: Product, door: Door
) -> None:
    olga = door(house.operator())
    assert "Halo" in checked(olga.get("/console/insight"))
    assert "Lamp" in checked(olga.get(f"/console/insight/{counter.shop.id}"))
    seen = checked(olga.get(f"/console/insight/{counter.shop.id}/{lamp.id}"))
    assert "alert(1)" not in seen
    assert told(seen, "insight.unanswered")
    assert door(counter.oleg).get("/shop/insight").status_code == 403
    iris = house.shop("iris", ["ivan"])
    assert told(checked(door(iris.ivan).get("/shop/insight")), "insight.not_yet")
    assert door(iris.ivan).get(f"/shop/insight/{lamp.id}").status_code == 403
    assert door(house.buyer("anna")).get("/console/insight").status_code == 403


@pytest.mark.parametrize("locale", LOCALES)
def test_every_language_and_file(
    counter: Counter, lamp: Product, door: Door, locale: Locale
) -> None:
    browser = door(counter.mei)
    for place in ("/shop/insight", f"/shop/insight/{lamp.id}"):
        assert f'lang="{locale}"' in checked(browser.get(f"{place}?lang={locale}"))
    csv = browser.get("/api/v1/insight/listings.csv")
    assert csv.text.splitlines()[1].split(",")[1:6] == ["Lamp", "2", "2", "2", "2"]
    assert browser.get("/api/v1/insight/lanes.csv").status_code == 200
    assert browser.get("/api/v1/insight/listings.xlsx").content[:2] == b"PK"
    assert browser.get(f"/api/v1/insight/products/{lamp.id}").json()["clusters"][0]["asked"] == 2
