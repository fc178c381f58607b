"""Did this help? Asked once where the buyer is, answered with one tap, and read at the desk."""

import re

import pytest
from playwright.sync_api import Locator, expect

from shopbell.kernel.texts import LOCALES, Locale
from tests.browser.people import Buyer, People, Seller, Talk, fresh

UNDO = 12_000
"""For a few seconds resolving can be undone; the buyer hears of it after that."""


def settled(mei: Seller, anna: Buyer) -> Talk:
    """Ask in the window, answer at the desk, and have the shop resolve it."""
    question, answer = fresh("Is it rice paper?"), fresh("It is.")
    hers = anna.asks_about(mei.product(specified=False))
    hers.says(question)
    hers.sees("sent")
    mei.sits_down()
    mei.takes(question).says(answer)
    hers.hears(answer)
    mei.page.keyboard.press("Escape")
    mei.page.get_by_role("button", name=re.compile(mei.words("desk.act_resolve"))).first.click()
    return hers


def question(anna: Buyer, talk: Talk) -> Locator:
    """Find the question where it is asked."""
    titles = [anna.words("satisfaction.title"), anna.words("satisfaction.thanks")]
    return talk.around.get_by_role("region", name=re.compile("|".join(map(re.escape, titles))))


def asked(anna: Buyer) -> str:
    """Return the newest conversation's id."""
    found: str = anna.learns("/conversations?box=all")["items"][0]["id"]
    return found


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_one_tap_in_the_window_and_the_desk_reads_it(
    people: People, locale: Locale, *, phone: bool
) -> None:
    mei, anna = people.seller(locale, phone=phone), people.newcomer(locale, phone=phone)
    hers = settled(mei, anna)
    card = question(anna, hers)
    expect(card).to_be_visible(timeout=UNDO + 30_000)
    anna.fits()
    anna.finds_no_barriers(in_dark=True)
    card.get_by_role("button", name=anna.words("satisfaction.yes")).click()
    stars = card.get_by_role("radiogroup", name=anna.words("satisfaction.stars"))
    stars.get_by_role("radio").first.focus()
    for _ in range(3):
        hers.around.locator("input:focus").press("ArrowRight")
    expect(stars.get_by_label(anna.words("satisfaction.stars_of", n=4))).to_be_checked()
    words = fresh("Quick and kind")
    card.get_by_label(anna.words("satisfaction.words")).fill(words)
    anna.finds_no_barriers(in_dark=True)
    card.get_by_role("button", name=anna.words("satisfaction.send")).click()
    expect(card).to_have_count(0)
    expect(hers.log.get_by_text(anna.words("thread.fact_said_helped"))).to_be_visible()

    mei.opens(f"/desk/{asked(anna)}")
    expect(mei.talk.log.get_by_text(mei.words("thread.fact_said_helped"))).to_be_visible()
    if phone:
        mei.button("desk.open_panel").first.click()
    facts = mei.page.get_by_label(mei.words("facts.panel"), exact=True)
    expect(facts.get_by_text(words)).to_be_visible()
    expect(facts).to_contain_text(mei.words("satisfaction.stars_of", n=4))
    mei.finds_no_barriers(in_dark=True)

    anna.opens(f"/me/messages/{asked(anna)}")
    expect(anna.page.get_by_role("log")).to_contain_text(anna.words("thread.fact_said_helped"))
    anna.page.wait_for_load_state("networkidle")
    expect(question(anna, Talk(anna.page, anna))).to_have_count(0)


def test_not_yet_in_the_centre_opens_it_again(people: People) -> None:
    mei, anna = people.seller(), people.newcomer()
    settled(mei, anna)
    talk = asked(anna)
    anna.opens(f"/me/messages/{talk}")
    card = question(anna, Talk(anna.page, anna))
    expect(card).to_be_visible(timeout=UNDO + 30_000)
    anna.finds_no_barriers(in_dark=True)
    not_yet = card.get_by_role("button", name=anna.words("satisfaction.not_yet"), exact=True)
    not_yet.focus()
    not_yet.press("Enter")
    expect(card).to_have_count(0)
    Talk(anna.page, anna).hears(anna.words("satisfaction.not_yet_said"))
    expect(mei.looks_for(mei.words("satisfaction.not_yet_said"))).to_be_visible()


def test_who_would_rather_not_say_is_not_asked_elsewhere(people: People) -> None:
    mei, anna = people.seller(), people.newcomer(phone=True)
    hers = settled(mei, anna)
    card = question(anna, hers)
    expect(card).to_be_visible(timeout=UNDO + 30_000)
    card.get_by_role("button", name=anna.words("satisfaction.decline")).tap()
    expect(card).to_have_count(0)
    anna.opens(f"/me/messages/{asked(anna)}")
    expect(anna.page.get_by_role("log")).to_contain_text(anna.words("thread.fact_resolve"))
    anna.page.wait_for_load_state("networkidle")
    expect(question(anna, Talk(anna.page, anna))).to_have_count(0)


def test_who_says_in_the_window_that_it_helped_is_asked_only_for_more(people: People) -> None:
    mei, anna = people.seller(), people.newcomer(phone=True)
    words, answer = fresh("Is it dry?"), fresh("Bone dry.")
    hers = anna.asks_about(mei.product(specified=False))
    hers.says(words)
    hers.sees("sent")
    mei.sits_down()
    mei.takes(words).says(answer)
    hers.hears(answer)
    hers.around.get_by_role("button", name=anna.words("panel.yes"), exact=True).tap()
    card = question(anna, hers)
    expect(card).to_contain_text(anna.words("satisfaction.thanks"))
    card.get_by_role("button", name=anna.words("satisfaction.enough")).tap()
    expect(card).to_have_count(0)
    expect(hers.log.get_by_text(anna.words("thread.fact_said_helped"))).to_be_visible()
