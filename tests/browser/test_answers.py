"""A question asked in public: answered at the desk, published, judged by others, hidden."""

import os
import re

import pytest
from playwright.sync_api import Locator, expect

from shopbell.kernel.texts import LOCALES, Locale
from tests.browser.people import Buyer, People, Seller, Visitor, fresh

ASKED = {
    "en": ("Does it work with the lid open?", "It does, but please keep children away."),
    "ru": ("Работает ли с открытой крышкой?", "Работает, но держите подальше от детей."),
    "zh": ("盖子打开时能用吗？", "可以，请让孩子远离。"),
}


def section(guest: Visitor) -> Locator:
    """Find the questions and answers on a product's page."""
    return guest.page.get_by_role("region", name=guest.words("answers.title"))


def card(guest: Visitor, question: str) -> Locator:
    """Find one of them by its question."""
    return guest.page.get_by_role("listitem").filter(
        has=guest.page.get_by_role("heading", name=question, exact=True)
    )


def looks_well(guest: Visitor) -> None:
    """See whether the page fits and can be read by everybody, and keep a picture of it."""
    guest.fits()
    guest.finds_no_barriers(in_dark=True)
    if folder := os.environ.get("SHOPBELL_LOOKS"):
        name = re.sub(r"\W+", "-", guest.page.url.partition("//")[2].partition("/")[2])[:60]
        width = guest.page.viewport_size["width"] if guest.page.viewport_size else 0
        guest.page.screenshot(path=f"{folder}/{guest.locale}-{width}-{name}.png", full_page=True)


def asks(buyer: Buyer, path: str, question: str) -> None:
    buyer.opens(path)
    field = section(buyer).get_by_label(buyer.words("answers.ask"))
    field.fill(question)
    buyer.button("answers.ask_go").click()
    expect(section(buyer).get_by_role("status").first).to_have_text(
        buyer.words("answers.done_asked")
    )
    expect(section(buyer).get_by_text(question)).to_be_visible()


def publishes(seller: Seller, question: str, answer: str) -> None:
    """Answer at the desk and publish that from the menu of the message."""
    seller.sits_down()
    talk = seller.takes(question)
    talk.says(answer)
    talk.hears(answer)
    talk.sees("sent")
    talk.message(answer).hover()
    seller.button("thread.message_menu").last.click()
    with seller.context.expect_page() as opened:
        seller.page.get_by_role("link", name=seller.words("desk.publish_answer")).click()
    form = opened.value
    expect(form.get_by_label(seller.words("answers.question"), exact=True)).to_have_value(question)
    expect(form.get_by_label(seller.words("answers.answer"), exact=True)).to_have_value(answer)
    seller.page = form
    looks_well(seller)
    seller.button("answers.publish_go").click()
    expect(form.get_by_text(seller.words("answers.done_published"))).to_be_visible()


@pytest.mark.parametrize("locale", LOCALES)
def test_what_one_buyer_asked_in_public_helps_the_next(people: People, locale: Locale) -> None:
    words, answer = ASKED[locale]
    question = fresh(words)
    seller, buyer, other = people.seller(locale), people.buyer(locale), people.stranger(locale)
    product = seller.product(specified=True)
    path = f"/products/{product['slug']}"
    asks(buyer, path, question)
    looks_well(buyer)
    other.opens(path)
    expect(other.page.get_by_text(question)).to_have_count(0)

    publishes(seller, question, answer)
    other.signs_up()
    other.opens(f"{path}?order=newest")
    found = card(other, question)
    expect(found.get_by_text(answer)).to_be_visible()
    found.get_by_role("button", name=re.compile(f"^{other.words('answers.yes')}")).click()
    other.opens(f"{path}?order=newest")
    yes = found.get_by_role("button", name=f"{other.words('answers.yes')} · 1")
    expect(yes).to_have_attribute("aria-pressed", "true")
    looks_well(other)
    other.page.get_by_label(other.words("answers.search")).last.fill(question[-8:])
    other.page.keyboard.press("Enter")
    expect(other.page.get_by_text(other.words("answers.count", n=1), exact=True)).to_be_visible()
    expect(found).to_be_visible()

    reason = fresh("Not about this product")
    found.locator("summary").click()
    found.get_by_label(other.words("answers.why")).fill(reason)
    found.get_by_role("button", name=other.words("answers.report_go"), exact=True).last.click()
    expect(other.page.get_by_text(other.words("answers.done_reported"))).to_be_visible()

    olga = people.operator(locale, phone=True)
    olga.opens("/console/answers")
    doubted = card(olga, question)
    expect(doubted.get_by_text(reason)).to_be_visible()
    doubted.get_by_label(olga.words("answers.reason")).fill(reason)
    looks_well(olga)
    doubted.get_by_role("button", name=re.compile(f"^{olga.words('answers.hide')}")).click()
    expect(olga.page.get_by_text(olga.words("answers.done_hidden"))).to_be_visible()

    other.opens(f"{path}?order=newest")
    expect(other.page.get_by_text(question)).to_have_count(0)
    seller.opens("/shop/answers")
    told = seller.words("answers.hidden_why", reason=reason)
    expect(card(seller, question).get_by_text(told)).to_be_visible()
    looks_well(seller)


def test_a_shop_writes_an_entry_and_answers_in_public_without_script(people: People) -> None:
    question, wrapped, rest = (
        fresh("Is it loud?"),
        fresh("Do you wrap gifts?"),
        fresh("Very quiet."),
    )
    seller = people.seller("en", script=False)
    product = seller.product(specified=True)
    path = f"/products/{product['slug']}"
    buyer = people.buyer("en", script=False)
    asks(buyer, path, question)

    seller.opens("/shop/answers")
    seller.page.get_by_label(question, exact=True).fill(rest)
    seller.page.get_by_role(
        "button", name=f"{seller.words('answers.reply')}: {question}", exact=True
    ).click()
    expect(seller.page.get_by_text(seller.words("answers.done_replied"))).to_be_visible()
    seller.page.get_by_role("link", name=seller.words("answers.new")).click()
    seller.page.get_by_label(seller.words("answers.question"), exact=True).fill(wrapped)
    seller.button("office.save").click()
    expect(seller.page.get_by_text(seller.words("answers.bad_empty"))).to_be_visible()
    seller.page.get_by_label(seller.words("answers.answer"), exact=True).fill("We do, for free.")
    seller.button("office.save").click()
    expect(seller.page.get_by_text(seller.words("answers.done_saved"))).to_be_visible()

    buyer.opens(f"{path}?order=newest")
    expect(card(buyer, question).get_by_text(rest)).to_be_visible()
    expect(card(buyer, wrapped).get_by_text("We do, for free.")).to_be_visible()
