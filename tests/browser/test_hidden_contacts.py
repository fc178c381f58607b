"""A phone number in a message: its writer is told, its reader sees a chip, the operator sees it."""

import pytest
from playwright.sync_api import Locator, expect

from shopbell.kernel.texts import LOCALES, Locale
from tests.browser.people import People, Talk, Visitor, fresh

NUMBER = "8 916 123-45-67"
WORDS: dict[Locale, str] = {
    "en": "is mine, about the kingfisher",
    "ru": "это я, про зимородка",
    "zh": "是我，关于翠鸟的事",
}


def chip(talk: Talk) -> Locator:
    """Find what stands in place of the number."""
    return talk.log.get_by_text(talk.words("veil.hidden", what=talk.words("veil.phone"))).last


def told(talk: Talk) -> Locator:
    return talk.log.get_by_text(talk.words("veil.told", what=talk.words("veil.phone"))).last


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
@pytest.mark.parametrize("locale", LOCALES)
def test_its_writer_is_told_and_can_take_it_out(
    people: People, locale: Locale, *, phone: bool
) -> None:
    mei, anna = people.seller(locale, phone=phone), people.buyer(locale, phone=phone)
    said = fresh(WORDS[locale])
    talk = anna.asks_about(mei.product(specified=False))

    talk.says(f"{NUMBER} {said}")

    expect(told(talk)).to_be_visible()
    expect(chip(talk)).to_be_visible()
    expect(talk.log.get_by_text("123-45-67")).to_have_count(0)
    if phone:
        anna.finds_no_barriers(in_dark=True)
        anna.fits()

    mei.sits_down()
    desk = mei.takes(said)
    expect(chip(desk)).to_be_visible()
    expect(desk.log.get_by_text(mei.words("veil.reader")).last).to_be_visible()
    expect(mei.page.get_by_text("123-45-67")).to_have_count(0)
    mei.finds_no_barriers(in_dark=True)
    mei.fits()

    talk.log.get_by_role("button", name=anna.words("thread.edit"), exact=True).last.click()
    expect(talk.field).to_have_value(f"{NUMBER} {said}")
    talk.field.fill(said)
    talk.around.get_by_role("button", name=anna.words("thread.save")).click()
    expect(talk.log.get_by_text(said, exact=True)).to_be_visible()
    expect(desk.log.get_by_text(said, exact=True)).to_be_visible()

    sees_the_original(people.operator(locale), desk_path(mei), f"{NUMBER} {said}")


def desk_path(mei: Visitor) -> str:
    """Return the id of the conversation on the screen."""
    return mei.page.url.partition("?")[0].rpartition("/")[2]


def sees_the_original(olga: Visitor, talk: str, words: str) -> None:
    """Have the operator look at what is hidden."""
    olga.opens(f"/console/questions/{talk}")
    expect(olga.page.get_by_text("123-45-67")).to_have_count(0)
    olga.page.get_by_role("link", name=olga.words("veil.uncover")).click()
    expect(olga.page.get_by_text(words)).to_be_visible()
    olga.finds_no_barriers(in_dark=True)
    olga.fits()


@pytest.mark.parametrize("locale", LOCALES)
def test_in_the_buyers_centre_and_at_the_desk_of_the_shop(people: People, locale: Locale) -> None:
    mei, anna = people.seller(locale), people.buyer(locale, phone=False)
    said = fresh(WORDS[locale])
    anna.asks_about(mei.product(specified=False)).says(said)
    mei.sits_down()
    desk = mei.takes(said)
    desk.says(f"{NUMBER} {said}")
    expect(told(desk)).to_be_visible()
    mei.finds_no_barriers(in_dark=True)

    anna.opens(f"/me/messages/{desk_path(mei)}")
    centre = Talk(anna.page, anna)
    expect(chip(centre)).to_be_visible()
    expect(centre.log.get_by_text(anna.words("veil.reader")).last).to_be_visible()
    anna.finds_no_barriers(in_dark=True)
    anna.fits()


def test_without_javascript_its_writer_is_told_too(people: People) -> None:
    anna, product = people.buyer("ru", script=False), people.seller().product(specified=False)
    anna.opens(f"/contact?shop={product['shop']}&product={product['id']}")
    anna.page.get_by_label(anna.words("pages.your_message")).fill(f"Звоните {NUMBER}")
    anna.button("pages.send").click()
    what = anna.words("veil.told", what=anna.words("veil.phone"))
    expect(anna.page.get_by_text(what).last).to_be_visible()
    expect(anna.page.get_by_text("123-45-67")).to_have_count(0)
