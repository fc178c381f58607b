"""Settling things on the screen: what people press, fill in and read while a case runs."""

import re
from typing import Any

from playwright.sync_api import Locator, expect

from shopbell.kernel.ids import new_id
from tests.browser.people import Json, Seller, Visitor
from tests.house import ROOT

PHOTO = ROOT / "docs/pictures/product.png"
SCREENS = 6
"""More than any form has: who goes on that often is kept on one screen by something missing."""


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
        """Press the one next step of the first case that has it: what is due first stands first."""
        name = self.words(f"case.{kind}_do_{action}")
        cases = self.page.locator("section.case")
        cases.get_by_role("button", name=name, exact=True).first.click()

    def finds(self, kind: str, action: str) -> None:
        """Choose a step among the others of the case."""
        self.case.get_by_role("button", name=self.words("desk.case_more")).click()
        name = self.words(f"case.{kind}_do_{action}")
        self.page.get_by_role("button", name=name, exact=True).click()

    def answers(self, check: str, word: str) -> None:
        """Say whether a check was right."""
        name = self.words(f"case.choice_checklist.{check}")
        asked = self.form.get_by_role("radiogroup", name=name)
        asked.get_by_label(self.words(f"case.{word}")).check()

    def sends(self, *, stays: bool = False) -> None:
        """Send the form; it goes away if the step was taken."""
        self.form.locator("button[type=submit]").click()
        if not stays:
            expect(self.form).to_have_count(0)


# ── on pages ────────────────────────────────────────────────────────────────────────────────


def presses(guest: Visitor, key: str) -> None:
    """Press the button, or follow the link, with these words."""
    words = re.compile(f"^{re.escape(guest.words(key))}$")
    found = guest.page.get_by_role("button", name=words).or_(
        guest.page.get_by_role("link", name=words)
    )
    found.first.click()


def chooses(guest: Visitor, key: str) -> None:
    """Choose an answer by its words."""
    guest.page.get_by_text(guest.words(key), exact=True).click()


def submits(guest: Visitor, key: str) -> None:
    """Go through the screens of a form as it is filled in, and send it with its last button."""
    send = guest.page.get_by_role("button", name=guest.words(key), exact=True)
    on = guest.page.get_by_role("button", name=guest.words("case.next"), exact=True)
    for _screen in range(SCREENS):
        expect(send.or_(on)).to_be_visible()
        if send.is_visible():
            return send.click()
        step = guest.page.locator("input[name=step]").get_attribute("value")
        on.click()
        expect(guest.page.locator(f"input[name=step][value={step}]")).to_have_count(0)
    raise AssertionError(f"{guest.page.url}: {guest.page.get_by_role('alert').all_inner_texts()}")


def stands_at(guest: Visitor, kind: str, state: str) -> None:
    """See where the case stands, as its page says first of all."""
    words = guest.words(f"case.{kind}_is_{state}")
    expect(guest.page.get_by_role("heading", level=2, name=words, exact=True)).to_be_visible()
    guest.fits()


def reads(guest: Visitor, *keys: str, **facts: str | int) -> None:
    """Find these words on the page."""
    for key in keys:
        words = guest.words(key, **facts)
        expect(guest.page.get_by_text(words).filter(visible=True).first).to_be_visible()


def told(who: Visitor, key: str) -> Locator:
    """Find a step in the thread by its words."""
    words = re.compile(re.escape(who.words(f"case.{key}")))
    return who.page.get_by_role("log").locator(".step, .reminder").filter(has_text=words)


def pronounces(judge: Visitor, kind: str, action: str) -> None:
    """Look at what each side will read of a step in the console, and send it."""
    what = judge.words(f"case.{kind}_do_{action}")
    show = judge.button("mediation.show", what=what)
    if not show.is_visible():  # only the first of several forms is open
        judge.page.locator("details.decide > summary").filter(has_text=what).click()
    show.click()
    reads(judge, "mediation.reads_buyer", "mediation.reads_seller")
    judge.button("mediation.send", what=what).click()
    reads(judge, "mediation.done")


# ── elsewhere ───────────────────────────────────────────────────────────────────────────────


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


def shows(who: Visitor, case: str) -> Json:
    """Look at a case."""
    found: Json = who.learns(f"/cases/{case}")
    return found


def opens(buyer: Visitor, kind: str, order: str, **given: Any) -> Json:
    """Open a case about an order, as the buyer's pages do."""
    subject = {"kind": "order", "id": order}
    return posts(buyer, "/cases", kind=kind, subject=subject, given=given)


def steps(who: Visitor, case: str, action: str, **given: Any) -> Json:
    """Take a step elsewhere than on the screen."""
    return posts(who, f"/cases/{case}/steps", action=action, given=given)


def comes_to(who: Visitor, case: str, state: str) -> Json:
    """Wait until a case is where something that happens by itself brings it."""
    found = shows(who, case)
    for _try in range(TRIES):
        if found["state"] == state:
            return found
        who.page.wait_for_timeout(BETWEEN)
        found = shows(who, case)
    raise AssertionError(f"{found['state']}: {[one['action'] for one in found['steps']]}")


BETWEEN, TRIES = 100, 300
"""Milliseconds between two looks, and how many of them."""


def inquiry_about(who: Visitor, order: str) -> Json:
    """Wait until somebody looks after an order's parcel, and return that case."""
    for _try in range(TRIES):
        if found := who.learns(f"/cases?order={order}")["items"]:
            return shows(who, found[0]["id"])
        who.page.wait_for_timeout(BETWEEN)
    raise AssertionError("nobody looks after this order")


def pays(operator: Visitor, case: str) -> None:
    """Agree to a large refund, and note that it was paid by hand."""
    for refund in shows(operator, case)["refunds"]:
        if "approve" in refund["actions"]:
            posts(operator, f"/refunds/{refund['id']}/steps", action="approve")
        posts(operator, f"/refunds/{refund['id']}/steps", action="manual_done", reference="PB-1")
