"""The desk's list: narrowed, passed on, several rows done at once, two made one, and back."""

import re

from playwright.sync_api import Locator, ViewportSize, expect

from tests.browser.people import Buyer, People, Seller, fresh

NARROW = ViewportSize(width=360, height=780)
WIDE = ViewportSize(width=1440, height=900)


def asks_twice(buyer: Buyer, seller: Seller) -> tuple[str, str]:
    """Write about a product and about another one; return what was said."""
    said = fresh("Is it blue?"), fresh("Is it red?")
    for specified, words in zip((True, False), said, strict=True):
        talk = buyer.asks_about(seller.product(specified=specified))
        talk.says(words)
        talk.hears(words)
    return said


def tick(seller: Seller, about: str) -> Locator:
    seller.looks_for(about)
    return seller.page.get_by_role("listitem").filter(has_text=about).get_by_role("checkbox")


def narrows(seller: Seller, by: str, value: str) -> None:
    seller.button("views.narrow").click()
    seller.page.get_by_label(seller.words(f"views.by_{by}")).select_option(value)
    seller.page.keyboard.press("Escape")


def told(seller: Seller, key: str, **facts: int) -> Locator:
    return seller.page.locator(".toasts").get_by_text(seller.words(key, **facts))


def test_a_list_is_narrowed_passed_on_and_worked_through(people: People) -> None:
    seller, buyer = people.seller(), people.newcomer()
    blue, red = asks_twice(buyer, seller)
    seller.page.set_viewport_size(WIDE)
    seller.opens("/desk")

    narrows(seller, "about", "product")
    expect(seller.page).to_have_url(re.compile("about=product"))
    expect(seller.looks_for(blue)).to_be_visible()
    colleague = people.seller()
    colleague.opens("/desk" + seller.page.url.partition("/desk")[2])
    widen = seller.words("views.widen", what=seller.words("views.about_product"))
    expect(colleague.page.get_by_role("button", name=widen)).to_be_visible()
    seller.finds_no_barriers()

    seller.button("views.narrow").click()
    seller.button("views.pick_several").click()
    tick(seller, blue).check()
    tick(seller, red).check()
    seller.finds_no_barriers()
    seller.button("desk.act_no_reply_needed").first.click()
    expect(told(seller, "views.done", n=2)).to_be_visible()
    expect(told(seller, "views.done", n=2)).to_have_count(0)
    tick(seller, blue).check()
    tick(seller, red).check()
    seller.button("desk.act_resolve").first.click()
    expect(seller.row(blue)).to_have_count(0)
    expect(told(seller, "views.done", n=2)).to_be_visible()
    seller.page.locator(".toasts").get_by_role(
        "button", name=seller.words("desk.undo")
    ).last.click()
    expect(seller.looks_for(blue)).to_be_visible()
    expect(seller.looks_for(red)).to_be_visible()

    seller.page.set_viewport_size(NARROW)
    tick(seller, blue).check()
    tick(seller, red).check()
    seller.fits()
    seller.button("views.merge").click()
    expect(seller.page.get_by_role("log")).to_contain_text(seller.words("thread.fact_merged_from"))
    seller.page.locator(".toasts").get_by_role(
        "button", name=seller.words("desk.undo")
    ).last.click()
    expect(seller.page.get_by_role("log")).to_contain_text(seller.words("thread.fact_join_undone"))
    seller.finds_no_barriers()
