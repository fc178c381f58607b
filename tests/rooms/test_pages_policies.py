"""The operator's pages of the rules: to read, to try out, to publish."""

import msgspec
import pytest
from msgspec.structs import replace

from shopbell.kernel.texts import LOCALES, Locale, text
from shopbell.knowledge import service, shipped
from shopbell.web.pages import policy_form
from tests.support.browsing import Browser, Door, checked
from tests.support.casework import acts
from tests.support.house import Counter, House
from tests.support.returns import bought, shoes, wrong_size

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
    pressed = checked(olga.get(PAGE)).partition(f'action="{PAGE}"')[2].partition("<button")[2]
    assert 'value="preview"' in pressed.partition(">")[0]  # by Enter in any field
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
        ("rule-default-proper-options", "the moon"),
        ("rule-warranty-set-least", "many"),
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
    place = field.replace("-unit", "-length")
    assert f'aria-describedby="{place}-bad"' in page
    assert f'id="{place}-bad"' in page
    assert len(house.db.read_now(service.policies)) == len(shipped.names())


def test_rules_outlive_the_end_of_a_sign_in(door: Door) -> None:
    sent = form("publish", **{"rule-default-proper-days": "30"})
    kept = checked(door().post(PAGE, data=sent), 401)
    assert 'name="rule-default-proper-days" value="30"' in kept
    assert 'name="do" value="publish"' in kept


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


def test_the_whole_clause_can_be_changed_left_out_and_added(house: House, door: Door) -> None:
    olga = door(house.operator())
    changed = {
        "rule-digital-custom-proper-categories": "digital custom_made hygiene",
        "rule-food-defect-evidence": "photos service_conclusion",
        "rule-warranty-set-options": "repair refund",
        "rule-books-hygiene-underwear-medical-gone": "on",
        "evidence-photos_min_defect": "1",
        "evidence-angles": "whole_item defect_closeup",
        "clock-seller_decision-then": "operator_asked",
        "added-id": "printed-proper",
        "added-categories": "printed",
        "added-conditions": "proper",
    }
    sent = olga.post(PAGE, data=form("publish", **changed))
    assert sent.headers["location"] == "/console/policies?done=published", sent.text
    body = house.db.read_now(service.policy, "ozon_like", 2).body
    clauses = {rule.id: rule for rule in body.rules}
    assert "hygiene" in clauses["digital-custom-proper"].match.categories
    assert clauses["food-defect"].evidence == ["photos", "service_conclusion"]
    assert clauses["warranty-set"].options == ["repair", "refund"]
    assert "books-hygiene-underwear-medical" not in clauses
    assert (clauses["printed-proper"].returnable, clauses["printed-proper"].priority) == (
        False,
        101,
    )
    assert body.evidence.required_angles == ["whole_item", "defect_closeup"]
    assert body.clocks["seller_decision"].then == "operator_asked"
    same = policy_form.body_of(policy_form.sheet_of(OZON), OZON)
    assert same == OZON


# --- tried on last year's cases -------------------------------------------------------------


def test_rules_are_tried_on_last_years_cases(house: House, door: Door, halo: Counter) -> None:
    anna = house.buyer("anna")
    orders = [bought(halo, anna, shoes(halo)) for _ in range(2)]
    quick, slow = (wrong_size(anna, order) for order in orders)
    acts(halo.mei, quick.id, "approve_return")
    house.passes(hours=30)
    acts(halo.mei, slow.id, "approve_return")
    olga = door(house.operator())

    same = checked(olga.post(PAGE, data=form("rehearse")))
    assert text("en", "policy.rehearsed_same") in same
    quicker = form("rehearse", **{"clock-seller_decision-length": "24"})
    page = checked(olga.post(PAGE, data=quicker))
    assert f"/console/cases/{slow.id}" in page
    assert f"/console/cases/{quick.id}" not in page
    assert text("en", "policy.then_auto_approve") in page.partition("/console/cases/")[2]

    stricter = form("rehearse", **{"rule-default-proper-returnable": ""})
    checked(olga.post(PAGE, data=stricter), 422)
    stricter |= {"rule-default-proper-days": "0"}
    told = checked(olga.post(PAGE, data=stricter)).partition('id="preview"')[0]
    assert told.count(f"{text('en', 'policy.field_allowed')}: yes → no") == 2
    assert len(house.db.read_now(service.policies)) == len(shipped.names())


def test_a_try_takes_a_part_and_says_how_many_are_left(
    house: House, door: Door, halo: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shopbell.cases.rehearsing.AT_ONCE", 2)
    anna = house.buyer("anna")
    asked = [wrong_size(anna, bought(halo, anna, shoes(halo))) for _ in range(3)]
    house.passes(days=300)
    longer = [replace(rule, window_days=rule.window_days and 90) for rule in OZON.rules]
    body = msgspec.to_builtins(replace(OZON, rules=longer))
    olga, seen, before = door(house.operator()), list[str](), ""
    for tried, left in ((2, 1), (1, 0)):
        sent = {"body": body, "before": before}
        told = olga.post("/api/v1/cases/rehearsal", json=sent).json()
        assert (told["tried"], told["left"]) == (tried, left)
        seen += [one["case"]["id"] for one in told["others"]]
        before = told["next"]
    assert seen == [one.id for one in reversed(asked)]
    house.passes(days=70)
    pavel = door(house.operator("pavel"))
    late = pavel.post("/api/v1/cases/rehearsal", json={"body": body}).json()
    assert (late["tried"], late["others"]) == (0, [])


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
