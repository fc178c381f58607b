"""While somebody writes: what is missing is named, what is found goes along, what hides is told."""

import pytest
from playwright.sync_api import Locator, expect

from shopbell.kernel.texts import LOCALES, Locale
from tests.browser.people import Buyer, Json, People, Talk, Visitor, fresh
from tests.browser.settling import PHOTO, posts

BROKEN: dict[Locale, str] = {
    "en": "The lid arrived broken",
    "ru": "Крышка пришла разбитая",
    "zh": "收到的盖子是坏的",
}
PHONE: dict[Locale, str] = {
    "en": "call me on +44 7911 123456",
    "ru": "позвоните мне +7 912 345-67-89",
    "zh": "打我电话 13912345678",
}
INSULT: dict[Locale, str] = {"en": "You are an idiot", "ru": "Ты идиот", "zh": "你是白痴"}


def ordered(buyer: Buyer, which: int) -> Json:
    """Return an order of the demo, each of another product than the others."""
    orders = {one["lines"][0]["product"]: one for one in buyer.learns("/orders")["items"]}
    found: Json = [*orders.values()][which]
    return found


def opens_a_talk(buyer: Buyer, product: str) -> str:
    """Begin a conversation about a product, and look at it."""
    talk: str = begins(buyer, product)["id"]
    buyer.opens(f"/me/messages/{talk}")
    return talk


def begins(buyer: Buyer, product: str) -> Json:
    """Begin a conversation about a product."""
    answer = buyer.context.request.post(
        "/api/v1/conversations",
        data={"subject": {"kind": "product", "id": product}},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    found: Json = answer.json()
    return found


def line(who: Visitor, words: str) -> Locator:
    """Find the one quiet line above the field."""
    return who.page.get_by_role("status").filter(has_text=words)


def chip(who: Visitor, number: str) -> Locator:
    """Find the chip of an order that was found in the words."""
    what = who.words("ahead.fact_order", value=number)
    return who.button("ahead.attach", what=what)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "wide"])
def test_what_is_missing_is_named_and_what_is_found_goes_along(
    people: People, locale: Locale, *, phone: bool
) -> None:
    anna = people.buyer(locale, phone=phone)
    order = ordered(anna, int(phone))
    talk = opens_a_talk(anna, order["lines"][0]["product"])
    there, said = Talk(anna.page, anna), fresh(BROKEN[locale])

    there.field.fill(said)
    expect(line(anna, anna.words("ahead.need_order"))).to_be_visible()
    anna.fits()
    anna.finds_no_barriers(in_dark=True)
    anna.page.get_by_role("button", name=order["number"]).first.click()
    named = anna.words("ahead.word_order", number=order["number"])
    expect(there.field).to_have_value(f"{said}\n{named}")
    expect(there.field).to_be_focused()

    expect(line(anna, anna.words("ahead.need_photo"))).to_be_visible()
    expect(chip(anna, order["number"])).to_have_attribute("aria-pressed", "false")
    chip(anna, order["number"]).click()
    expect(chip(anna, order["number"])).to_have_attribute("aria-pressed", "true")
    anna.finds_no_barriers(in_dark=True)
    anna.fits()

    with anna.page.expect_file_chooser() as chooser:
        anna.button("ahead.do_photo").click()
    chooser.value.set_files(PHOTO)
    expect(line(anna, anna.words("ahead.need_photo"))).to_have_count(0)

    expect(anna.button("thread.send")).to_be_enabled()
    anna.button("thread.send").click()
    link = there.log.get_by_role("link", name=named, exact=True).last
    expect(link).to_have_attribute("href", f"/orders/{order['id']}")
    anna.finds_no_barriers(in_dark=True)
    events = anna.learns(f"/streams/c.{talk}.p/events")["events"]
    [fact] = events[-1]["data"]["facts"]
    assert (fact["kind"], fact["value"]) == ("order", order["number"])


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "wide"])
def test_what_would_be_hidden_is_said_first_and_put_away_with_one_key(
    people: People, locale: Locale, *, phone: bool
) -> None:
    anna = people.buyer(locale, phone=phone)
    product = people.seller().product(specified=True)
    window = anna.asks_about(product)
    field = window.field

    field.fill(f"{INSULT[locale]}, {PHONE[locale]}")
    told = window.around.get_by_role("status").filter(has_text=anna.words("ahead.hidden_phone"))
    expect(told).to_be_visible()
    if phone:  # where the window is the whole page
        anna.finds_no_barriers(in_dark=True)
    anna.fits()

    field.press("Escape")
    expect(told).to_have_count(0)
    expect(field).to_be_visible()
    field.press_sequentially("!")
    anna.page.wait_for_timeout(1500)
    expect(window.around.get_by_text(anna.words("ahead.abusive"))).to_have_count(0)

    field.fill("")
    field.fill(INSULT[locale])
    expect(window.around.get_by_text(anna.words("ahead.abusive"))).to_be_visible()


def test_words_go_out_at_once_while_nothing_can_be_read(people: People) -> None:
    anna = people.buyer("en", phone=False)
    talk = opens_a_talk(anna, ordered(anna, 2)["lines"][0]["product"])
    anna.page.route("**/reading", lambda route: route.abort())
    there, said = Talk(anna.page, anna), fresh(BROKEN["en"])
    there.field.fill(said)
    anna.page.wait_for_timeout(1500)
    there.says(said)
    there.hears(said)
    there.sees("sent")
    assert talk in anna.page.url


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "wide"])
def test_the_desk_sees_what_the_words_come_to_and_asks_for_the_rest(
    people: People, locale: Locale, *, phone: bool
) -> None:
    mei = people.seller("en", phone=phone)
    goods = mei.learns(f"/products?shop={mei.shop['slug']}")["items"]
    product, boris = goods[int(phone)], people.buyer(locale)
    said = fresh(BROKEN[locale])
    talk = begins(boris, product["id"])["id"]
    posts(boris, f"/streams/c.{talk}.p/events", type="message", data={"text": said})
    mei.opens(f"/desk/{talk}")
    if phone:
        mei.button("desk.open_panel").click()
    gist = mei.page.get_by_label(mei.words("facts.panel"))
    expect(gist.get_by_text(mei.words("ahead.damaged_sub"))).to_be_visible()
    mei.fits()
    mei.finds_no_barriers(in_dark=True)
    mei.button("ahead.ask_for", what=mei.words("ahead.lack_photo")).click()
    expect(mei.talk.field).to_have_value(boris.words("ahead.ask_photo"))
