"""The operator's pages of the rules: to read, to try out, to publish."""

import pytest

from shopbell.kernel.texts import LOCALES, Locale
from shopbell.knowledge import service, shipped
from shopbell.web.pages import policy_form
from tests.support.browsing import Browser, Door, checked
from tests.support.house import Counter, House

OZON = shipped.profile("ozon_like")
PAGE = "/console/policies/ozon_like/1"


def form(do: str, **changes: str) -> dict[str, str]:
    """Fill the form in as it is sent: a box that is not ticked is left out."""
    sheet = {**policy_form.sheet_of(OZON), "category": "*", "reason": "changed_mind", **changes}
    return {name: value for name, value in sheet.items() if value} | {"do": do}


@pytest.mark.parametrize("locale", LOCALES)
def test_the_rules_are_shown_in_every_language(house: House, door: Door, locale: Locale) -> None:
    olga = door(house.operator())
    listed = checked(olga.get(f"/console/policies?lang={locale}"))
    assert PAGE in listed
    page = checked(olga.get(f"{PAGE}?lang={locale}"))
    assert "You can return it until" in page
    assert "Вернуть товар можно до" in page
    assert "您可以在" in page


def test_what_is_typed_is_shown_in_words_before_anything_is_published(
    house: House, door: Door
) -> None:
    olga = door(house.operator())
    tried = form("preview", **{"rule-default-proper-days": "30"})
    page = checked(olga.post(PAGE, data=tried))
    assert "30 days from delivery" in page
    assert "Clause default-proper · days: 15 → 30" in page
    assert 'value="30"' in page
    assert house.db.read_now(service.policy, "ozon_like", 1).body == OZON
    assert len(house.db.read_now(service.policies)) == len(shipped.names())


def test_what_is_published_is_a_new_version(house: House, door: Door) -> None:
    olga = door(house.operator())
    sent = form(
        "publish", **{"rule-default-proper-days": "30", "clock-seller_decision-length": "48"}
    )
    answer = olga.post(PAGE, data=sent)
    assert answer.headers["location"] == "/console/policies?done=published"
    published = house.db.read_now(service.policy, "ozon_like", 2).body
    assert published.clocks["seller_decision"].length == 48
    assert published == policy_form.body_of({**policy_form.sheet_of(OZON), **sent}, OZON)
    late = olga.post(PAGE, data=form("publish", **{"rule-default-proper-days": "20"}))
    assert 'value="20"' in checked(late, 409)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("rule-default-proper-days", "many"),
        ("rule-default-proper-payer", "the moon"),
        ("clock-seller_decision-length", "0"),
        ("clock-seller_decision-unit", "years"),
        ("from", "tomorrow"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(
    house: House, door: Door, field: str, typed: str
) -> None:
    olga = door(house.operator())
    page = checked(olga.post(PAGE, data=form("publish", **{field: typed})), 422)
    assert 'aria-invalid="true"' in page
    assert len(house.db.read_now(service.policies)) == len(shipped.names())


def test_rules_that_leave_something_open_are_told_by_the_clause(house: House, door: Door) -> None:
    olga = door(house.operator())
    page = checked(olga.post(PAGE, data=form("preview", **{"rule-default-proper-days": "0"})), 422)
    assert "default-proper" in page
    yesterday = olga.post(PAGE, data=form("publish", **{"from": "2020-01-01"}))
    checked(yesterday, 422)


def test_the_operator_chooses_which_rules_count(house: House, door: Door) -> None:
    olga = door(house.operator())
    answer = olga.post("/console/policies", data={"profile": "ebay_like"})
    assert "chosen" in answer.headers["location"]
    assert house.db.read_now(service.in_force, None, house.clock()).profile == "ebay_like"


def test_nobody_else_sees_or_changes_them_here(house: House, door: Door, halo: Counter) -> None:
    for person in (house.buyer("anna"), halo.mei):
        visitor: Browser = door(person)
        checked(visitor.get("/console/policies"), 403)
        checked(visitor.get(PAGE), 403)
        checked(visitor.post(PAGE, data=form("publish")), 403)
        checked(visitor.post("/console/policies", data={"profile": "ebay_like"}), 403)
    assert len(house.db.read_now(service.policies)) == len(shipped.names())


# --- over HTTP ----------------------------------------------------------------------------


def test_everybody_may_read_the_rules_and_a_verdict(
    house: House, door: Door, halo: Counter
) -> None:
    beans = halo.sells("beans", category="Coffee")
    stranger = door()
    told = stranger.get(
        "/api/v1/policies/verdict", params={"product": beans.id, "reason": "damaged", "lang": "ru"}
    ).json()
    assert told["verdict"]["rule"] == "food-defect"
    assert told["words"].startswith("Вернуть товар можно в течение 1 дня")
    assert stranger.get("/api/v1/policies/ozon_like/1").json()["body"]["profile"] == "ozon_like"
    groups = stranger.get("/api/v1/shops/halo/reasons", params={"lang": "en"}).json()
    assert groups[0]["words"] == "Nothing is wrong with it"
    assert groups[0]["reasons"][0] == {"code": "changed_mind", "words": "I changed my mind"}
    changed = stranger.get("/api/v1/policies/ozon_like/1/differences", params={"since": 1})
    assert changed.json() == []


def test_a_verdict_on_an_order_is_for_those_who_may_see_it(
    house: House, door: Door, halo: Counter
) -> None:
    anna, boris = house.buyer("anna"), house.buyer("boris")
    order = halo.ships_to(anna, halo.sells("lamp"))
    ask = {"order": order.id, "line": order.lines[0].id, "reason": "changed_mind"}
    status = [
        door(who).get("/api/v1/policies/verdict", params=ask).status_code
        for who in (anna, halo.mei, boris, None)
    ]
    assert status == [200, 200, 404, 401]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/policies/ozon_like/99999999999999999999", 404),
        ("/api/v1/policies/ozon_like/0", 404),
        ("/api/v1/policies/kingfisher/1", 404),
        ("/api/v1/policies/%00/1", 404),
        ("/api/v1/policies/verdict?reason=x&product=nothing", 404),
        ("/api/v1/policies/verdict?product=x", 400),
        ("/api/v1/shops/kingfisher/reasons", 404),
    ],
)
def test_bad_questions_get_good_answers(door: Door, path: str, status: int) -> None:
    answer = door().get(path, headers={"Accept": "application/json"})
    assert answer.status_code == status, answer.text


def test_a_shop_says_over_http_what_it_gives(house: House, door: Door) -> None:
    halo = house.shop("halo", staff=["mei"])
    mei = door(halo.mei)
    kinder = {"clauses": [{"clause": "default-proper", "window_days": 30}]}
    assert mei.put("/api/v1/shops/halo/terms", json=kinder).json()["number"] == 1
    meaner = {"clauses": [{"clause": "default-proper", "window_days": 3}]}
    refused = mei.put("/api/v1/shops/halo/terms", json=meaner)
    assert refused.status_code == 422
    assert refused.json()["field"] == "clauses.default-proper.window_days"
    assert mei.get("/api/v1/shops/halo/terms").json()["number"] == 1
