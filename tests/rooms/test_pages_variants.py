"""A product's page asks which variant a public question is about, and says so to all readers."""

from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import text
from shopbell.knowledge.answers import asking
from tests.support.browsing import Door, checked
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
