"""Every page can be used by everybody: no barrier axe can find, in light and in dark."""

import pytest
from playwright.sync_api import expect

from shopbell.kernel.texts import LOCALES, Locale
from tests.browser.people import People, Visitor, fresh

SCREENS = pytest.mark.parametrize("phone", [False, True], ids=("desktop", "phone"))
COMING = "[aria-busy=true], .skeleton"
"""What stands where something is still being fetched."""

LINES = ".bubble, .step, .reminder"
"""Of a conversation: each comes as one of these."""


@SCREENS
def test_shop_pages(people: People, *, phone: bool) -> None:
    seller = people.seller()
    shop = seller.shop["slug"]
    visitor = people.visitor(phone=phone)
    for path in (
        "/",
        "/?q=zzz",
        f"/products/{seller.product(specified=True)['slug']}",
        f"/products/{seller.product(specified=False)['slug']}",
        f"/shops/{shop}",
        "/sign-in",
        "/sign-up",
        f"/contact?shop={shop}",
        "/nothing-here",
    ):
        looks_at(visitor, path)


@SCREENS
def test_buyers_pages(people: People, *, phone: bool) -> None:
    buyer = people.buyer("ru", phone=phone)
    for order in buyer.learns("/orders?limit=5")["items"]:
        looks_at(buyer, f"/orders/{order['number']}")
    talk = buyer.learns("/conversations?box=all")["items"][0]
    for path in (
        "/me",
        "/me/orders",
        "/me/messages",
        "/demo/mail",
        "/account?done=password",
    ):
        looks_at(buyer, path)
    looks_at(buyer, f"/me/messages/{talk['id']}", LINES)


def test_the_contact_window(people: People) -> None:
    seller = people.seller()
    product = seller.product(specified=False)
    stranger = people.visitor("zh", phone=True)
    stranger.opens(f"/products/{product['slug']}")
    window = stranger.opens_the_window().around
    expect(window.get_by_role("heading", level=1)).to_be_visible()
    stranger.finds_no_barriers(in_dark=True)
    buyer = people.buyer("zh")
    talk = buyer.asks_about(product)
    talk.says(fresh("有说明书吗?"))
    talk.sees("sent")
    buyer.finds_no_barriers(in_dark=True)


@SCREENS
def test_the_desk(people: People, *, phone: bool) -> None:
    seller = people.seller("zh", phone=phone)
    looks_at(seller, "/desk")
    talks = seller.learns("/conversations?box=all")["items"]
    for kind in ("product", "order"):
        talk = next(talk for talk in talks if talk["subject"]["kind"] == kind)
        looks_at(seller, f"/desk/{talk['id']}", LINES)


@SCREENS
def test_the_shops_own_pages(people: People, *, phone: bool) -> None:
    owner = people.seller(account="shop-one", phone=phone)
    for path in ("/account", "/shop/settings?done=saved", "/shop/team", "/shop/keys"):
        looks_at(owner, path)
    owner.opens("/shop/settings")
    owner.page.get_by_label(owner.words("office.name")).fill("")
    owner.button("office.save").click()
    expect(owner.page.get_by_text(owner.words("office.not_saved"))).to_be_visible()
    owner.finds_no_barriers(in_dark=True)
    owner.opens("/shop/team")
    owner.page.locator("details.change > summary").first.click()
    owner.finds_no_barriers(in_dark=True)


def test_an_agents_pages(people: People) -> None:
    agent = people.seller("ru", account="vera")
    for path in ("/shop/settings", "/shop/team"):
        looks_at(agent, path)


def looks_at(visitor: Visitor, path: str, shown: str = "main") -> None:
    """Open a page, wait until it shows what it is for, and look for barriers."""
    visitor.opens(path)
    expect(visitor.page.locator(shown).first).to_be_visible()
    loading = visitor.page.get_by_text(visitor.words("buyer.loading"), exact=True)
    expect(visitor.page.locator(COMING).or_(loading)).to_have_count(0)
    if visitor.phone:
        visitor.fits()
    visitor.finds_no_barriers(in_dark=True)


@pytest.mark.parametrize("locale", [locale for locale in LOCALES if locale != "en"])
def test_no_page_of_a_shop_scrolls_sideways_on_a_phone(people: People, locale: Locale) -> None:
    owner = people.seller(locale, phone=True)
    for path in ("/account", "/shop/settings", "/shop/team", "/shop/keys"):
        owner.opens(path)
        owner.fits()
