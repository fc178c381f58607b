"""Cases at the desk: a return from its first line to its end, with both sides looking."""

from playwright.sync_api import expect

from tests.browser.ordering import came
from tests.browser.people import Buyer, Json, People
from tests.browser.settling import (
    PHOTO,
    CaseSeller,
    opens,
    pays,
    presses,
    reads,
    stands_at,
    steps,
    submits,
    told,
)
from tests.support.server import RunningServer

ORDER = "2026-48137"
"""Shoes of the demo that came a few days ago."""


def learns_order(buyer: Buyer, number: str) -> Json:
    """Look one of the own orders up."""
    found: Json = buyer.learns(f"/orders/{number}")
    return found


def asks_for_return(buyer: Buyer) -> Json:
    """Send shoes back because they do not fit."""
    order = learns_order(buyer, ORDER)
    line = [{"line": order["lines"][0]["id"]}]
    return opens(buyer, "return", order["id"], lines=line, condition="proper", reason="size_fit")


def test_a_return_is_worked_from_the_desk_to_its_end(people: People) -> None:
    mei = CaseSeller.of(people.seller(account="shop-two"))
    anna = people.buyer("ru", phone=False)
    mei.opens("/desk/cases")
    case = asks_for_return(anna)
    row = mei.list_of_cases.get_by_role("link").filter(has_text=ORDER)
    row.click()
    anna.opens(f"/me/messages/{case['conversation']}")
    expect(told(anna, "return_did_open")).to_be_visible()

    mei.presses("return", "approve_return")
    mei.form.get_by_label(mei.words("case.field_return_to")).fill("Теплый шаг, Москва, Лесная, 5")
    mei.sends()
    expect(told(anna, "return_did_approve_return")).to_be_visible()
    expect(anna.page.get_by_role("log")).to_contain_text("Лесная, 5")

    steps(anna, case["id"], "ship_back", parcel={"carrier": "СДЭК", "number": "10203040"})
    expect(mei.case).to_contain_text(mei.words("case.return_is_in_transit_back"))
    expect(told(mei, "return_did_ship_back")).to_be_visible()
    mei.presses("return", "arrived")
    expect(mei.case).to_contain_text(mei.words("case.return_is_inspecting"))
    mei.finds_no_barriers()
    mei.presses("return", "accept_goods")
    mei.answers("right_item", "yes")
    mei.answers("labels", "no")
    mei.sends()
    expect(told(anna, "return_did_accept_goods")).to_be_visible()

    pays(people.operator(), case["id"])
    expect(told(anna, "return_did_refund_succeeded")).to_be_visible()
    expect(row).to_have_count(0)
    anna.finds_no_barriers()


def test_a_photo_is_asked_for_and_another_size_offered(
    people: People, market: RunningServer
) -> None:
    olga, anna = CaseSeller.of(people.seller("ru", account="shop-two")), people.buyer("ru")
    order = came(market, anna.learns("/me")["person"]["id"])
    line = [{"line": order.lines[0].id}]
    case = opens(anna, "return", order.id, lines=line, condition="proper", reason="size_fit")
    olga.opens(f"/desk/cases/{case['conversation']}")
    olga.finds("return", "ask_info")
    olga.form.get_by_label(olga.words("case.field_info_wanted")).fill("Какой размер на бирке?")
    olga.form.get_by_label(olga.words("case.choice_angles_wanted.label_or_barcode")).check()
    olga.sends()
    expect(olga.case).to_contain_text(olga.words("case.return_is_need_info"))

    anna.opens(f"/cases/{case['id']}")
    reads(anna, "case.choice_angles_wanted.label_or_barcode")
    presses(anna, "case.return_do_provide_info")
    anna.page.get_by_role("textbox").fill("41.")
    presses(anna, "case.next")
    label = anna.page.locator(".shots > li").filter(has=anna.page.locator(".chip"))
    expect(label).to_contain_text(anna.words("case.choice_shots.label_or_barcode"))
    label.locator("input[type=file]").first.set_input_files(PHOTO)
    submits(anna, "case.return_do_provide_info")
    stands_at(anna, "return", "requested")

    olga.finds("return", "offer_exchange")
    goods = olga.form.get_by_label(olga.words("desk.product"), exact=True)
    goods.select_option(order.lines[0].product)
    olga.form.get_by_label(olga.words("desk.case_variant")).select_option(index=1)
    olga.form.get_by_label(olga.words("case.field_return_to")).fill("Москва, Лесная, 5")
    olga.finds_no_barriers()
    olga.sends()
    anna.opens(f"/cases/{case['id']}")
    stands_at(anna, "return", "exchange_offered")
    reads(anna, "case.return_do_accept")


def test_a_form_keeps_what_was_entered_when_a_colleague_acted_meanwhile(people: People) -> None:
    mei, oleg = (CaseSeller.of(people.seller()) for _ in range(2))
    anna = people.buyer("en", phone=False)
    order = learns_order(anna, "2026-41077")
    line = [{"line": order["lines"][0]["id"]}]
    case = opens(anna, "repair", order["id"], lines=line, fault="One port is dead.")
    mei.opens(f"/desk/{case['conversation']}")
    mei.presses("repair", "advise")
    mei.form.get_by_role("textbox").fill("Try another cable.")
    mei.form.get_by_role("button", name=mei.words("thread.cancel")).click()
    mei.presses("repair", "advise")
    expect(mei.form.get_by_role("textbox")).to_have_value("Try another cable.")

    steps(oleg, case["id"], "check")
    state = mei.words("case.repair_is_warranty_check")
    expect(mei.form).to_contain_text(mei.words("desk.case_not_offered", state=state))
    expect(mei.form.get_by_role("textbox")).to_have_value("Try another cable.")
    expect(mei.form.get_by_role("button", name=mei.words("case.repair_do_advise"))).to_be_disabled()
    mei.finds_no_barriers()


def test_what_is_missing_is_said_at_its_field(people: People) -> None:
    mei = CaseSeller.of(people.seller())
    buyer = people.buyer("zh", phone=False)
    order = learns_order(buyer, "2026-51120")
    case = opens(buyer, "question", order["id"], question="键帽可以更换吗？")
    mei.opens("/desk/cases")
    mei.page.keyboard.press("j")
    mei.opens(f"/desk/cases/{case['conversation']}")
    mei.presses("question", "answer")
    mei.sends(stays=True)
    field = mei.form.get_by_label(mei.words("case.field_answer"))
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(mei.words("desk.case_needed"))
    field.fill("可以。")
    mei.sends()
    expect(told(mei, "question_did_answer")).to_be_visible()
