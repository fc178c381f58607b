"""Everything at the desk can be done from the keyboard, and no key surprises a writer."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.people import People, Seller, fresh

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
    expect(seller.page.get_by_role("dialog")).to_contain_text(seller.words("desk.key_resolve"))
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
