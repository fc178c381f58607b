"""Case one: a buyer asks about a product without specification, and is answered at once."""

import pytest
from playwright.sync_api import expect

from shopbell.kernel.texts import LOCALES, Locale
from tests.browser.people import People, fresh, title

ASKED: dict[Locale, tuple[str, str]] = {
    "en": ("How heavy is it?", "1.2 kg with the box."),
    "ru": ("Сколько он весит?", "1,2 кг вместе с коробкой."),
    "zh": ("这个有多重?", "连包装 1.2 公斤。"),
}


@pytest.mark.parametrize("locale", LOCALES)
def test_a_question_is_asked_answered_and_read(people: People, locale: Locale) -> None:
    question, answer = map(fresh, ASKED[locale])
    seller, buyer = people.seller(locale), people.buyer(locale)
    product = seller.product(specified=False)
    seller.sits_down()

    talk = buyer.asks_about(product)
    talk.says(question)
    talk.hears(question)

    desk = seller.takes(question)
    desk.hears(question)
    beside = seller.page.get_by_role("complementary", name=seller.words("facts.panel"))
    expect(beside).to_contain_text(title(product, locale))
    talk.sees("read")

    desk.says(answer)
    talk.hears(answer)
    desk.sees("read")

    buyer.finds_no_barriers()
    seller.finds_no_barriers()


def test_typing_is_seen_on_the_other_side(people: People) -> None:
    seller, buyer = people.seller(), people.buyer()
    question = fresh("Is it dishwasher-safe?")
    seller.sits_down()
    talk = buyer.asks_about(seller.product(specified=False))
    talk.says(question)
    desk = seller.takes(question)
    desk.hears(question)
    desk.field.press_sequentially("Let me see", delay=30)
    expect(talk.around.get_by_role("status").filter(has_text="typing")).to_be_visible()
