"""A product's page asks which variant a public question is about, and says so to all readers."""

import re

import pytest

from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import text
from shopbell.knowledge.answers import asking, writing
from tests.support.answers import answered
from tests.support.browsing import Door, checked, hidden
from tests.support.house import Counter, House, Person
from tests.support.returns import shoes


def test_the_form_asks_about_the_variant_that_is_looked_at(
    door: Door, house: House, halo: Counter, anna: Person
) -> None:
    pair = shoes(halo)
    large = pair.variants[1].id
    here, browser = f"/products/{pair.slug}", door(anna)
    page = checked(browser.get(f"{here}?variant={large}"))
    assert f'<option value="{large}" selected>42</option>' in page
    form = {"cmid": new_id(), "text": "Is it wide?", "variant": large}
    assert browser.post(f"{here}/questions", data=form).status_code == 303
    only = text("en", "answers.only_for", what="42")
    assert only in checked(browser.get(here))

    (asked,) = house.db.read_now(asking.waiting, halo.mei.actor, halo.shop.id)
    assert asked.waiting.variant == large
    desk = door(halo.mei)
    assert only in checked(desk.get("/shop/answers"))
    where = f"/shop/questions/{asked.waiting.id}"
    given = {"cmid": new_id(), "text": "A little."}
    assert desk.post(where, data=given).status_code == 303
    assert only in checked(desk.get("/shop/answers"))
    assert only in checked(door(house.buyer("boris")).get(here))


def test_what_is_not_signed_for_keeps_its_variant(door: Door, halo: Counter) -> None:
    pair = shoes(halo)
    here = f"/products/{pair.slug}/questions"
    form = {"cmid": "0" * 32, "text": "Is it wide?", "variant": pair.variants[0].id}
    page = door(None).post(here, data=form).text
    assert f'name="variant" value="{pair.variants[0].id}"' in page


def chosen(page: str) -> tuple[str, str] | None:
    """Return the variant that a form has chosen, and what it is called there."""
    select = re.search(r'<select id="(?:question-)?variant".*?</select>', page)
    found = re.search(r'value="([^"]*)" selected>([^<]*)<', select[0]) if select else None
    return (found[1], found[2]) if found else None


@pytest.mark.parametrize(("sold", "of"), [((41,), 1), ((), 1), ((41,), 0)])
def test_a_mended_answer_keeps_a_variant_that_is_one_of_few_or_gone(
    door: Door, house: House, halo: Counter, sold: tuple[int, ...], of: int
) -> None:
    pair = shoes(halo)
    answer = answered(halo, pair, ("Is it wide?", "A litle."), variant=pair.variants[of].id)
    shoes(halo, sold=sold)
    desk, here = door(halo.mei), f"/shop/answers/{answer.id}"
    gone = text("en", "answers.variant_gone")
    stands = (pair.variants[of].id, "41" if of == 0 else gone)
    assert chosen(checked(desk.get(here))) == stands
    form = {"question": "Is it wide?", "locale": "en", "product": pair.id, "variant": stands[0]}
    page = checked(desk.post(here, data={**form, "answer": ""}), 422)
    assert chosen(page) == stands
    assert desk.post(here, data={**form, "answer": "A little."}).status_code == 303
    (kept,) = house.db.read_now(writing.of_shop, halo.mei.actor, halo.shop.id)
    assert (kept.answer.answer, kept.answer.variant) == ("A little.", stands[0])


def test_what_a_thread_answered_of_a_variant_that_is_gone_is_published_for_it(
    door: Door, house: House, halo: Counter, anna: Person
) -> None:
    pair = shoes(halo)
    large = pair.variants[1].id
    asked = {"cmid": new_id(), "text": "Is it wide?", "variant": large}
    door(anna).post(f"/products/{pair.slug}/questions", data=asked)
    talk = anna.begins(halo, pair)
    sent = halo.mei.answers(talk, "A little.")
    shoes(halo, sold=(41,))
    desk, here = door(halo.mei), f"/shop/answers/publish/{talk}/{sent.seq}"
    stands = chosen(checked(desk.get(here)))
    assert stands == (large, text("en", "answers.variant_gone"))
    form = {"question": "Is it wide?", "answer": "A little.", "variant": large}
    assert desk.post(here, data=form).status_code == 303
    (kept,) = house.db.read_now(writing.of_shop, halo.mei.actor, halo.shop.id)
    assert kept.answer.variant == large


@pytest.mark.parametrize("sold", [(41,), (41, 43)])
def test_a_question_whose_variant_went_meanwhile_is_sent_with_one_more_press(
    door: Door, house: House, halo: Counter, anna: Person, sold: tuple[int, ...]
) -> None:
    pair = shoes(halo)
    here, browser = f"/products/{pair.slug}/questions", door(anna)
    form = {"cmid": new_id(), "text": "Is it wide?", "variant": pair.variants[1].id}
    shoes(halo, sold=sold)
    page = checked(browser.post(here, data=form), 422)
    assert text("en", "refusals.variant_not_sold.title") in page
    assert "Is it wide?" in page
    assert ('name="variant"' in page) == (len(sold) > 1)
    again = {**hidden(page), "text": "Is it wide?"}
    assert "variant" not in again
    assert browser.post(here, data=again).status_code == 303
    (asked,) = house.db.read_now(asking.waiting, halo.mei.actor, halo.shop.id)
    assert asked.waiting.variant is None
