"""A buyer is rude: the shop sees a line of warning, reports it, and the operator decides."""

import re

import pytest
from playwright.sync_api import Locator, expect

from shopbell.kernel.texts import LOCALES, Locale
from tests.browser.people import People, Seller, Visitor, fresh

RUDE: dict[Locale, str] = {
    "en": "You are idiots, drop dead",
    "ru": "Вы идиоты и твари, пошли вон",
    "zh": "你们这群白痴，去死吧",
}


def chooses(mei: Seller, key: str) -> Locator:
    """Open the menu of the newest message, and press what stands there."""
    name = mei.words("thread.message_menu")
    menu = mei.talk.log.get_by_role("button", name=name).last
    menu.focus()
    menu.press("Enter")
    sheet = mei.page.get_by_role("group", name=name)
    sheet.get_by_role("button", name=mei.words(key)).click()
    return sheet


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_abuse_is_folded_reported_and_decided(
    people: People, locale: Locale, *, phone: bool
) -> None:
    mei, anna = people.seller(locale, phone=phone), people.buyer(locale, phone=phone)
    hers = anna.asks_about(mei.product(specified=False))
    calm, rude = fresh("Hello"), fresh(RUDE[locale])
    for words in (calm, rude):
        hers.says(words)
        hers.hears(words)
    expect(hers.log.get_by_text(anna.words("thread.folded_note")).last).to_be_visible()
    asked = anna.learns("/conversations")["items"][0]["id"]

    mei.sits_down()
    row = mei.list.locator(f"a[href$='{asked}']")
    expect(row).to_contain_text(mei.words("thread.folded"))
    row.click()
    mei.talk.hears(calm)
    unfolds(mei, rude)
    reports(mei, "Every day")
    warns(people.operator(locale, phone=phone), rude, "Every day")

    warned = anna.words("thread.fact_warned_buyer")
    for log in (hers.log, mei.talk.log):
        expect(log.get_by_text(warned).last).to_be_visible()
    mei.page.keyboard.press("Escape")
    expect(chooses(mei, "thread.report")).to_contain_text(mei.words("report.is_warned"))
    anna.opens(f"/me/messages/{asked}")
    expect(anna.page.get_by_role("log").get_by_text(warned).last).to_be_visible()
    anna.fits()
    anna.finds_no_barriers(in_dark=True)


def unfolds(mei: Seller, rude: str) -> None:
    """Read after all, from the keyboard, what stands folded; the focus goes to the words."""
    talk = mei.talk
    expect(talk.message(rude)).to_have_count(0)
    mei.fits()
    mei.finds_no_barriers(in_dark=True)
    show = talk.log.get_by_role("button", name=mei.words("thread.show_anyway")).last
    show.focus()
    show.press("Enter")
    talk.hears(rude)
    assert mei.page.evaluate("document.activeElement.textContent").strip() == rude


def reports(mei: Seller, words: str) -> None:
    """Report the newest message, and see in its menu that it is not decided yet."""
    sheet = chooses(mei, "thread.report")
    sheet.get_by_label(mei.words("report.words")).fill(words)
    mei.finds_no_barriers(in_dark=True)
    within = "(one) => one.getBoundingClientRect().bottom <= innerHeight"
    assert sheet.evaluate(within), "the form ends beyond the screen"
    sheet.get_by_role("button", name=mei.words("report.send")).click()
    expect(mei.page.get_by_text(mei.words("report.sent"))).to_be_visible()
    expect(chooses(mei, "thread.report")).to_contain_text(mei.words("report.is_open"))


def warns(olga: Visitor, rude: str, why: str) -> None:
    """Find on the landing that somebody was rude, and warn them."""
    olga.opens("/console")
    olga.page.get_by_role("link", name=olga.words("conduct.open"), exact=True).click()
    matter = olga.page.get_by_role("listitem").filter(has_text=rude)
    expect(matter).to_contain_text(why)
    olga.fits()
    olga.finds_no_barriers(in_dark=True)
    matter.get_by_role("button", name=re.compile(re.escape(olga.words("conduct.warn")))).click()
    expect(olga.page.get_by_text(olga.words("conduct.done_warned"))).to_be_visible()
    expect(olga.page.get_by_text(rude)).to_have_count(0)
