"""How a case says no: by a code, where it stands, and what may be done instead."""

from collections.abc import Callable

import pytest

from shopbell.cases import service
from shopbell.cases.refusals import (
    CaseNeedsOrder,
    ExchangeIncomplete,
    GoodsElsewhere,
    NotJudged,
    NotYoursToOpen,
    PhotosTooMany,
)
from shopbell.cases.shown import CaseShown
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import LOCALES, Locale
from tests.support import casework
from tests.support.browsing import Door
from tests.support.house import Counter, House, Person
from tests.support.returns import (
    acts,
    bought,
    broken,
    opens,
    sent_back,
    shoes,
    shots_of,
    talk_about,
    wrong_size,
)

STANDS: dict[Locale, str] = {
    "en": "“The shop is finding out”",
    "ru": "«Магазин выясняет»",
    "zh": "“店铺正在核实”",
}


@pytest.fixture
def anna(house: House) -> Person:
    return house.buyer("anna")


@pytest.mark.parametrize("locale", LOCALES)
def test_a_step_that_is_none_is_refused_with_where_it_stands_and_what_is_open(
    house: House, door: Door, halo: Counter, anna: Person, locale: Locale
) -> None:
    order = bought(halo, anna, shoes(halo))
    asked = opens(anna, order, "logistics_inquiry", concern="not_received")
    browser = door(anna)
    for action, code in (("confirm", "no_such_move"), ("give_eta", "not_your_move")):
        answer = browser.post(
            f"/api/v1/cases/{asked.id}/steps",
            json={"cmid": "0" * 16, "action": action, "given": {}},
            headers={"Accept-Language": locale},
        )
        told = answer.json()
        assert told["code"] == code
        assert told["state"] == "seller_to_check"
        assert told["allowed"] == ["cancel"]
        assert STANDS[locale] in told["detail"]


def too_many_photos(halo: Counter, anna: Person) -> CaseShown:
    order = bought(halo, anna, shoes(halo))
    talk = talk_about(anna, order)
    return broken(anna, order, shots=[shot for _ in range(3) for shot in shots_of(anna, talk)][:11])


def about_a_product(halo: Counter, anna: Person) -> CaseShown:
    return casework.opens(anna, "repair", shoes(halo), lines=[], fault="It is loose.")


def by_the_shop(halo: Counter, anna: Person) -> CaseShown:
    return wrong_size(halo.mei, bought(halo, anna, shoes(halo)))


def goods_that_are_here(halo: Counter, anna: Person) -> CaseShown:
    back = sent_back(halo, anna, bought(halo, anna, shoes(halo)))
    photo = casework.photo(halo.mei, back.conversation)
    refused = {"found": "used", "goods_photos": [photo], "refusal": "They were worn."}
    acts(halo.mei, back.id, "reject_goods", **refused)
    return acts(halo.mei, back.id, "reconsider")


def goods_that_are_not(halo: Counter, anna: Person) -> CaseShown:
    asked = wrong_size(anna, bought(halo, anna, shoes(halo)))
    acts(halo.mei, asked.id, "reject", refused_for="used", refusal="They were worn.")
    return acts(halo.mei, asked.id, "look_again")


def more_than_goes_back(halo: Counter, anna: Person) -> CaseShown:
    asked = wrong_size(anna, bought(halo, anna, pair := shoes(halo)), wish="exchange")
    two = {"product": pair.id, "variant": pair.variants[1].id, "quantity": 2}
    return acts(halo.mei, asked.id, "offer_exchange", replacement=two)


def a_question(halo: Counter, anna: Person) -> object:
    asked = casework.opens(anna, "question", shoes(halo), question="Is it leather?")
    return anna.house.db.read_now(service.verdict_on, anna.actor, asked.id)


@pytest.mark.parametrize(
    ("tried", "refusal"),
    [
        (too_many_photos, PhotosTooMany),
        (about_a_product, CaseNeedsOrder),
        (by_the_shop, NotYoursToOpen),
        (goods_that_are_here, GoodsElsewhere),
        (goods_that_are_not, GoodsElsewhere),
        (more_than_goes_back, ExchangeIncomplete),
        (a_question, NotJudged),
    ],
)
def test_what_makes_no_sense_is_refused(
    halo: Counter, anna: Person, tried: Callable[[Counter, Person], object], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        tried(halo, anna)
