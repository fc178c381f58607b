"""What was said is found: at the desk, by the buyer, without JavaScript, and in the console."""

import time

import pytest
from playwright.sync_api import Locator, expect

from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import LOCALES, Locale
from tests.browser.people import Buyer, People, Seller, Visitor, fresh

WORDS: dict[Locale, str] = {"en": "peacock", "ru": "павлин", "zh": "孔雀"}


def asks(people: People, words: str) -> tuple[Buyer, str]:
    """Have a buyer ask about a product of the first shop; return them and what they asked."""
    buyer, said = people.buyer("en"), fresh(words)
    product = people.seller().product(specified=False)
    buyer.opens(f"/contact?shop={product['shop']}&product={product['id']}")
    buyer.page.get_by_label(buyer.words("pages.your_message")).fill(said)
    buyer.button("pages.send").click()
    expect(buyer.page.get_by_text(said)).to_be_visible()
    return buyer, said


def can_be_found(who: Visitor, asked: str) -> None:
    """Wait until the index has come as far."""
    until = time.monotonic() + 10
    while not who.learns(f"/search?q={asked}")["items"] and time.monotonic() < until:
        time.sleep(0.05)


def hits(who: Visitor) -> Locator:
    return who.page.get_by_label(who.words("search.in_messages"))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_the_desk_finds_what_was_said_by_the_key_of_the_list(
    people: People, locale: Locale, *, phone: bool
) -> None:
    _anna, said = asks(people, f"Is the {WORDS[locale]} lamp heavy?")
    mei = people.seller(locale, phone=phone)
    can_be_found(mei, said.split()[-1])
    mei.sits_down()
    if phone:
        _field(mei).fill(f"{WORDS[locale]} {said.split()[-1]}")
    else:
        mei.page.keyboard.press("/")
        mei.page.keyboard.type(f"{WORDS[locale]} {said.split()[-1]}")
    hit = hits(mei).get_by_role("link")
    expect(hit).to_have_count(1)
    expect(hit.locator("mark").first).to_have_text(WORDS[locale])
    mei.fits()
    mei.finds_no_barriers(in_dark=True)
    hit.click()
    mei.talk.hears(said)


def test_a_filter_that_is_none_is_explained(people: People) -> None:
    mei = people.seller("ru")
    mei.sits_down()
    _field(mei).fill("цвет:белый")
    expect(hits(mei)).to_contain_text(mei.words("search.unknown_operator", word="цвет"))


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_a_buyer_finds_what_was_said_in_the_list_of_messages(
    people: People, *, phone: bool
) -> None:
    _anna, said = asks(people, "Will the peacock kettle fit?")
    anna = people.buyer("en", phone=phone)
    can_be_found(anna, said.split()[-1])
    anna.opens("/me/messages")
    anna.page.get_by_role("searchbox").fill(f"peacok {said.split()[-1]}")
    hit = hits(anna).get_by_role("link")
    expect(hit).to_have_count(1)
    expect(hit).to_contain_text(anna.words("search.near"))
    anna.fits()
    anna.finds_no_barriers(in_dark=True)
    hit.click()
    expect(anna.page.get_by_role("log").get_by_text(said)).to_be_visible()


@pytest.mark.parametrize("at_desk", [True, False], ids=["desk", "buyer"])
def test_a_hit_opens_at_its_message_however_far_back(people: People, *, at_desk: bool) -> None:
    anna, said = asks(people, "Is the peacock teapot heavy?")
    talk = anna.learns("/conversations?box=all")["items"][0]
    same = {"Sec-Fetch-Site": "same-origin"}
    stream = f"/api/v1/streams/c.{talk['id']}.p/events"
    for place in range(120):
        data = {"text": f"And another thing, no. {place}"}
        entry = {"cmid": new_id(), "type": "message", "data": data}
        while not anna.context.request.post(stream, data=entry, headers=same).ok:
            anna.page.wait_for_timeout(300)
    reader: Visitor = people.seller() if at_desk else anna
    can_be_found(reader, said.split()[-1])
    reader.opens("/desk" if at_desk else "/me/messages")
    reader.page.get_by_role("searchbox").fill(said.split()[-1])
    hits(reader).get_by_role("link").click()

    marked = reader.page.locator("[aria-current=location]")
    expect(marked).to_contain_text(said)
    expect(marked).to_be_in_viewport()
    expect(marked).to_be_focused()
    reader.finds_no_barriers(in_dark=True)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_finds_it_without_javascript(people: People, locale: Locale) -> None:
    _anna, said = asks(people, f"Blue {WORDS[locale]}")
    anna = people.buyer("en", script=False)
    can_be_found(anna, said.split()[-1])
    anna.opens(f"/search?q={WORDS[locale]}+{said.split()[-1]}")
    expect(anna.page.locator("mark").first).to_have_text(WORDS[locale])
    anna.fits()
    anna.page.get_by_role("link", name=anna.words("search_page.open")).first.click()
    expect(anna.page.get_by_text(said)).to_be_visible()


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_the_operator_searches_from_the_console(
    people: People, locale: Locale, *, phone: bool
) -> None:
    _anna, said = asks(people, f"The {WORDS[locale]} vase")
    olga = people.operator(locale, phone=phone)
    can_be_found(olga, said.split()[-1])
    olga.opens("/console")
    olga.page.get_by_role("link", name=olga.words("search_page.tab"), exact=True).click()
    olga.page.get_by_role("searchbox").fill(f"{said.split()[-1]} {WORDS[locale]} colour:red")
    olga.page.get_by_role("searchbox").press("Enter")
    expect(
        olga.page.get_by_text(olga.words("search.unknown_operator", word="colour"))
    ).to_be_visible()
    olga.page.get_by_role("searchbox").fill(f"{said.split()[-1]} {WORDS[locale]}")
    olga.page.get_by_role("searchbox").press("Enter")
    expect(olga.page.locator("mark").first).to_have_text(WORDS[locale])
    olga.fits()
    olga.finds_no_barriers(in_dark=True)


def _field(mei: Seller) -> Locator:
    return mei.list.get_by_role("searchbox")
