"""Cases at the desk: a return from its first line to its end, with both sides looking."""

import re
from typing import Any

from playwright.sync_api import Locator, expect

from shopbell.kernel.ids import new_id
from tests.browser.people import Buyer, Json, People, Seller, Visitor

ORDER = "2026-48137"
"""Shoes of the demo that came a few days ago."""


class CaseSeller(Seller):
    """Somebody of a shop's team who works its cases."""

    @classmethod
    def of(cls, seller: Seller) -> "CaseSeller":
        """Take over the browser of somebody who has signed in."""
        seller.page.close()
        return cls(seller.context, seller.locale, phone=seller.phone)

    @property
    def list_of_cases(self) -> Locator:
        """Return the list at the left."""
        return self.page.get_by_label(self.words("desk.cases"), exact=True)

    @property
    def case(self) -> Locator:
        """Return the running case in the panel."""
        return self.page.locator("section.case").first

    @property
    def form(self) -> Locator:
        """Return the form of a step."""
        return self.page.get_by_role("dialog")

    def presses(self, kind: str, action: str) -> None:
        """Press the one next step of the case."""
        name = self.words(f"case.{kind}_do_{action}")
        self.case.get_by_role("button", name=name, exact=True).click()

    def answers(self, check: str, word: str) -> None:
        """Say whether a check was right."""
        name = self.words(f"case.choice_checklist.{check}")
        self.form.get_by_role("group", name=name).get_by_label(self.words(f"case.{word}")).check()

    def sends(self, *, stays: bool = False) -> None:
        """Send the form; it goes away if the step was taken."""
        self.form.locator("button[type=submit]").click()
        if not stays:
            expect(self.form).to_have_count(0)


def told(who: Visitor, key: str) -> Locator:
    """Find a step in the thread by its words."""
    words = re.compile(re.escape(who.words(f"case.{key}")))
    return who.page.get_by_role("log").locator(".step, .reminder").filter(has_text=words)


def learns_order(buyer: Buyer, number: str) -> Json:
    """Look one of the own orders up."""
    found: Json = buyer.learns(f"/orders/{number}")
    return found


def opens(buyer: Buyer, kind: str, order: Json, **given: Any) -> Json:
    """Open a case about an order, as the buyer's pages do."""
    subject = {"kind": "order", "id": order["id"]}
    return posts(buyer, "/cases", kind=kind, subject=subject, given=given)


def asks_for_return(buyer: Buyer) -> Json:
    """Send shoes back because they do not fit."""
    order = learns_order(buyer, ORDER)
    line = [{"line": order["lines"][0]["id"]}]
    return opens(buyer, "return", order, lines=line, condition="proper", reason="size_fit")


def steps(who: Visitor, case: Json, action: str, **given: Any) -> Json:
    """Take a step elsewhere than on the screen."""
    return posts(who, f"/cases/{case['id']}/steps", action=action, given=given)


def pays(operator: Visitor, case: Json) -> None:
    """Agree to a large refund, and note that it was paid by hand."""
    for refund in operator.learns(f"/cases/{case['id']}")["refunds"]:
        if "approve" in refund["actions"]:
            posts(operator, f"/refunds/{refund['id']}/steps", action="approve")
        posts(operator, f"/refunds/{refund['id']}/steps", action="manual_done", reference="PB-1")


def posts(who: Visitor, path: str, **body: Any) -> Json:
    """Ask the API as the own browser would."""
    answer = who.context.request.post(
        f"/api/v1{path}",
        data={"cmid": new_id(), **body},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.ok, f"{path}: {answer.status} {answer.text()}"
    found: Json = answer.json()
    return found


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

    steps(anna, case, "ship_back", parcel={"carrier": "СДЭК", "number": "10203040"})
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

    pays(people.operator(), case)
    expect(told(anna, "return_did_refund_succeeded")).to_be_visible()
    expect(row).to_have_count(0)
    anna.finds_no_barriers()


def test_a_form_keeps_what_was_entered_when_a_colleague_acted_meanwhile(people: People) -> None:
    mei, oleg = (CaseSeller.of(people.seller()) for _ in range(2))
    anna = people.buyer("en", phone=False)
    order = learns_order(anna, "2026-41077")
    line = [{"line": order["lines"][0]["id"]}]
    case = opens(anna, "repair", order, lines=line, fault="One port is dead.")
    mei.opens(f"/desk/{case['conversation']}")
    mei.presses("repair", "advise")
    mei.form.get_by_role("textbox").fill("Try another cable.")
    mei.form.get_by_role("button", name=mei.words("thread.cancel")).click()
    mei.presses("repair", "advise")
    expect(mei.form.get_by_role("textbox")).to_have_value("Try another cable.")

    steps(oleg, case, "check")
    state = mei.words("case.repair_is_warranty_check")
    expect(mei.form).to_contain_text(mei.words("desk.case_not_offered", state=state))
    expect(mei.form.get_by_role("textbox")).to_have_value("Try another cable.")
    expect(mei.form.get_by_role("button", name=mei.words("case.repair_do_advise"))).to_be_disabled()
    mei.finds_no_barriers()


def test_what_is_missing_is_said_at_its_field(people: People) -> None:
    mei = CaseSeller.of(people.seller())
    buyer = people.buyer("zh", phone=False)
    order = learns_order(buyer, "2026-51120")
    case = opens(buyer, "question", order, question="键帽可以更换吗？")
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
