"""Desk and forms can be worked from the keyboard alone, and no key surprises a writer."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.ordering import came
from tests.browser.people import People, Seller, Visitor, fresh
from tests.support.server import RunningServer

COMPOSING = """(field) => {
  const options = { key: 'Enter', code: 'Enter', keyCode: 229, isComposing: true, bubbles: true,
                    cancelable: true }
  field.dispatchEvent(new KeyboardEvent('keydown', options))
}"""


def test_enter_that_ends_a_composition_sends_nothing(people: People) -> None:
    seller, buyer = people.seller(), people.buyer("zh", phone=False)
    talk = buyer.asks_about(seller.product(specified=False))
    question = fresh("有货吗")
    talk.field.fill(question)
    talk.field.evaluate(COMPOSING)
    buyer.page.wait_for_timeout(200)
    expect(talk.field).to_have_value(question)
    expect(talk.message(question)).to_have_count(0)
    talk.field.press("Enter")
    talk.hears(question)


def test_shift_enter_makes_a_line(people: People) -> None:
    seller, buyer = people.seller(), people.buyer(phone=False)
    talk = buyer.asks_about(seller.product(specified=False))
    talk.field.fill("one")
    talk.field.press("Shift+Enter")
    talk.field.press_sequentially("two")
    expect(talk.field).to_have_value("one\ntwo")
    talk.field.fill("")


def test_escape_closes_the_window_and_gives_the_focus_back(people: People) -> None:
    seller, buyer = people.seller(), people.buyer(phone=False)
    talk = buyer.asks_about(seller.product(specified=False))
    expect(talk.field).to_be_focused()
    buyer.page.keyboard.press("Escape")
    expect(talk.field).to_be_hidden()
    asked_from = buyer.page.get_by_role("link", name=buyer.words("pages.ask_product")).first
    expect(asked_from).to_be_focused()


def test_single_letters_work_the_desk(people: People) -> None:
    seller = people.seller()
    _two_questions(people, seller)
    seller.sits_down()
    keys = seller.page.keyboard
    keys.press("j")
    expect(_current(seller)).to_have_count(1)
    first = _current(seller).get_attribute("href") or ""
    keys.press("j")
    expect(_current(seller)).not_to_have_attribute("href", first)
    keys.press("k")
    expect(_current(seller)).to_have_attribute("href", first)

    keys.press("r")
    expect(seller.talk.field).to_be_focused()
    keys.type("jk")
    expect(seller.talk.field).to_have_value("jk")
    seller.talk.field.fill("")
    keys.press("Escape")
    expect(seller.talk.field).not_to_be_focused()

    keys.press("?")
    expect(seller.page.get_by_role("dialog")).to_contain_text(seller.words("team.do_resolve"))
    seller.finds_no_barriers()
    keys.press("Escape")
    expect(seller.page.get_by_role("dialog")).to_have_count(0)


def test_e_resolves_and_goes_on(people: People) -> None:
    seller = people.seller()
    question, _other = _two_questions(people, seller)
    seller.sits_down()
    desk = seller.takes(question)
    answer = fresh("Yes.")
    desk.says(answer)
    desk.hears(answer)
    desk.sees("sent")
    resolve = re.compile(re.escape(seller.words("desk.act_resolve")))
    expect(seller.page.get_by_role("button", name=resolve)).to_be_visible()
    seller.page.keyboard.press("Escape")
    seller.page.keyboard.press("e")
    expect(seller.row(answer)).to_have_count(0)


def test_a_whole_return_is_asked_for_with_tab_enter_and_space(
    people: People, market: RunningServer
) -> None:
    buyer = people.buyer(phone=False)
    order = came(market, buyer.learns("/me")["person"]["id"])
    buyer.opens(f"/orders/{order.id}")
    _presses(buyer, buyer.page.get_by_role("link", name=buyer.words("case.return_ask")).first)
    _chooses(buyer, "condition", "proper")
    _goes_on(buyer)
    _goes_on(buyer)
    expect(buyer.page.locator("input[name=f_reason]").first).to_be_focused()
    expect(buyer.page.get_by_role("radiogroup")).to_have_accessible_description(
        buyer.words("case.please_choose")
    )
    _chooses(buyer, "reason", "size_fit")
    _goes_on(buyer)
    _goes_on(buyer)
    _chooses(buyer, "wish", "exchange")
    buyer.page.keyboard.press("Tab")
    buyer.page.keyboard.type("42")
    _goes_on(buyer)
    _presses(buyer, buyer.button("pages.send"))
    told = buyer.page.get_by_role("status").filter(has_text=buyer.words("case.return_did_open"))
    expect(told).to_be_visible()


def _goes_on(guest: Visitor) -> None:
    _presses(guest, guest.page.get_by_role("button", name=guest.words("case.next"), exact=True))


def _presses(guest: Visitor, found: Locator) -> None:
    """Come to a button or a link by the Tab key, and press it."""
    _comes_to(guest, found)
    guest.page.keyboard.press("Enter")


def _chooses(guest: Visitor, field: str, choice: str) -> None:
    """Come to a question by the Tab key, and choose an answer."""
    answers = guest.page.locator(f'input[name="f_{field}"]')
    _comes_to(guest, answers.first)
    guest.page.keyboard.press("Space")
    wanted = answers.and_(guest.page.locator(f'[value="{choice}"]'))
    for _answer in range(answers.count()):
        if wanted.is_checked():
            break
        guest.page.keyboard.press("ArrowDown")
    expect(wanted).to_be_checked()


def _comes_to(guest: Visitor, found: Locator) -> None:
    expect(found).to_be_visible()
    for _stop in range(60):
        if found.evaluate("one => one === document.activeElement"):
            return
        guest.page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not lead to {found}")


def _two_questions(people: People, seller: Seller) -> tuple[str, str]:
    product = seller.product(specified=False)
    asked = fresh("Is it new?"), fresh("Is it heavy?")
    for locale, question in zip(("en", "ru"), asked, strict=True):
        buyer = people.buyer("en" if locale == "en" else "ru", phone=False)
        talk = buyer.asks_about(product)
        talk.says(question)
        talk.sees("sent")
    return asked


def _current(seller: Seller) -> Locator:
    return seller.list.locator("[aria-current]")
