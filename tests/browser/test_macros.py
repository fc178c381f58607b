"""A team says often what it wrote once: three buyers, three languages, one press each."""

import os
import re

from playwright.sync_api import Locator, expect

from shopbell.kernel.texts import LOCALES, Locale
from tests.browser.people import People, Seller, Visitor, fresh

ASKED: dict[Locale, str] = {
    "en": "Is there a warranty?",
    "ru": "Есть ли гарантия?",
    "zh": "有保修吗？",
}
SAID: dict[Locale, str] = {
    "en": "Hello {{buyer.first_name}}, {{order.number|there is one}}.",
    "ru": "Здравствуйте, {{buyer.first_name}}, {{order.number|есть}}.",
    "zh": "{{buyer.first_name}}您好，{{order.number|有的}}。",
}


def looks_well(guest: Visitor, name: str) -> None:
    """See whether the page fits and can be read by everybody, and keep a picture of it."""
    guest.fits()
    guest.finds_no_barriers(in_dark=True)
    if folder := os.environ.get("SHOPBELL_LOOKS"):
        width = guest.page.viewport_size["width"] if guest.page.viewport_size else 0
        guest.page.screenshot(path=f"{folder}/macros-{name}-{width}.png")


def writes(seller: Seller) -> None:
    """Write a macro in three languages, checked while it is written."""
    seller.opens("/shop/macros/new")
    page = seller.page
    page.get_by_label(seller.words("macros.key"), exact=True).fill("guarantee")
    page.get_by_label(seller.words("macros.name"), exact=True).fill("Guarantee")
    for locale in LOCALES:
        tongue = seller.words(f"pages.lang_{locale}")
        page.locator(f"label[for=tongue-{locale}]").click()
        field = page.get_by_label(seller.words("macros.text_in", language=tongue), exact=True)
        field.fill(SAID[locale] + "{{")
        expect(page.locator("[data-checked]").get_by_role("alert")).to_contain_text("{{")
        field.fill(SAID[locale])
    expect(page.locator("[data-checked]").get_by_role("alert")).to_have_count(0)
    page.set_viewport_size({"width": 360, "height": 740})
    looks_well(seller, "form")
    page.set_viewport_size({"width": 1440, "height": 900})
    seller.button("office.save").click()
    expect(page.get_by_role("status").first).to_have_text(seller.words("macros.done_saved"))
    looks_well(seller, "list")


def picker(seller: Seller) -> Locator:
    return seller.page.get_by_role("region", name=seller.words("pick.title"), exact=True)


def field_of(seller: Seller) -> Locator:
    return seller.page.locator(".foot textarea")


def test_one_macro_answers_three_buyers_in_their_languages(people: People) -> None:
    mei = people.seller("zh")
    product = mei.product(specified=True)
    asked = {}
    for locale in LOCALES:
        asked[locale] = fresh(ASKED[locale])
        people.buyer(locale).asks_about(product).says(asked[locale])
    writes(mei)
    mei.sits_down()
    for locale in LOCALES:
        talk = mei.takes(asked[locale])
        talk.message(asked[locale]).wait_for()
        field_of(mei).press("/")
        picker(mei).get_by_role("combobox").fill("guar")
        option = picker(mei).get_by_role("option", name=re.compile("guarantee"))
        expect(option).to_have_attribute("aria-selected", "true")
        said = option.locator("[lang]").inner_text()
        assert option.locator("[lang]").get_attribute("lang") == locale
        if locale == "ru":
            looks_well(mei, "picker")
        mei.page.keyboard.press("Enter")
        expect(field_of(mei)).to_have_value(said)
        field_of(mei).press("Enter")
        talk.hears(said)
    refuses_gaps_and_runs(mei)


def refuses_gaps_and_runs(mei: Seller) -> None:
    """What is missing is not sent; Ctrl+Enter sends and resolves at once; a slash stays a slash."""
    field = field_of(mei)
    field.fill("Order ⟦order number⟧")
    field.press("Enter")
    expect(mei.page.get_by_text(mei.words("desk.gaps_left"))).to_be_visible()
    expect(field).to_have_value("Order ⟦order number⟧")
    field.fill("")
    field.press("/")
    expect(picker(mei).get_by_role("combobox")).to_be_focused()
    mei.page.keyboard.press("/")
    expect(field).to_have_value("/")
    field.fill("")
    mei.page.keyboard.press("Escape")
