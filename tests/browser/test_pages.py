"""Every page can be used by everybody: no barrier axe can find, in light and in dark."""

import pytest
from playwright.sync_api import expect

from shopbell.kernel.texts import LOCALES
from tests.browser.people import People, Visitor, fresh

LOOKS = pytest.mark.parametrize("dark", [False, True], ids=("light", "dark"))


@LOOKS
@pytest.mark.parametrize("phone", [False, True], ids=("desktop", "phone"))
def test_shop_pages(people: People, *, dark: bool, phone: bool) -> None:
    seller = people.seller()
    shop = seller.shop["slug"]
    visitor = people.visitor(phone=phone, dark=dark)
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


@LOOKS
@pytest.mark.parametrize("phone", [False, True], ids=("desktop", "phone"))
def test_buyers_pages(people: People, *, dark: bool, phone: bool) -> None:
    buyer = people.buyer("ru", phone=phone, dark=dark)
    for order in buyer.learns("/orders?limit=5")["items"]:
        looks_at(buyer, f"/orders/{order['number']}")
    talk = buyer.learns("/conversations?box=all")["items"][0]
    paths = (
        "/me",
        "/me/orders",
        "/me/messages",
        f"/me/messages/{talk['id']}",
        "/me/letters",
        "/account?done=password",
    )
    for path in paths:
        looks_at(buyer, path)


@LOOKS
def test_the_contact_window(people: People, *, dark: bool) -> None:
    seller = people.seller()
    product = seller.product(specified=False)
    stranger = people.visitor("zh", phone=True, dark=dark)
    stranger.opens(f"/products/{product['slug']}")
    window = stranger.opens_the_window().around
    expect(window.get_by_role("heading", level=1)).to_be_visible()
    stranger.finds_no_barriers()
    buyer = people.buyer("zh", dark=dark)
    talk = buyer.asks_about(product)
    talk.says(fresh("有说明书吗?"))
    talk.sees("sent")
    buyer.finds_no_barriers()


@LOOKS
@pytest.mark.parametrize("phone", [False, True], ids=("desktop", "phone"))
def test_the_desk(people: People, *, dark: bool, phone: bool) -> None:
    seller = people.seller("zh", dark=dark, phone=phone)
    looks_at(seller, "/desk")
    talks = seller.learns("/conversations?box=all")["items"]
    for kind in ("product", "order"):
        talk = next(talk for talk in talks if talk["subject"]["kind"] == kind)
        looks_at(seller, f"/desk/{talk['id']}")


@LOOKS
@pytest.mark.parametrize("phone", [False, True], ids=("desktop", "phone"))
def test_the_shops_own_pages(people: People, *, dark: bool, phone: bool) -> None:
    owner = people.seller(account="shop-one", dark=dark, phone=phone)
    for path in ("/account", "/shop/settings?done=saved", "/shop/team", "/shop/keys"):
        looks_at(owner, path)
    owner.opens("/shop/settings")
    owner.page.get_by_label(owner.words("office.name")).fill("")
    owner.button("office.save").click()
    expect(owner.page.get_by_text(owner.words("office.not_saved"))).to_be_visible()
    owner.finds_no_barriers()
    owner.opens("/shop/team")
    owner.page.locator("details.change > summary").first.click()
    owner.finds_no_barriers()


@LOOKS
def test_an_agents_pages(people: People, *, dark: bool) -> None:
    agent = people.seller("ru", account="vera", dark=dark)
    for path in ("/shop/settings", "/shop/team"):
        looks_at(agent, path)


def looks_at(visitor: Visitor, path: str) -> None:
    """Open a page, wait until it shows something, and look for barriers."""
    visitor.opens(path)
    expect(visitor.page.get_by_role("main").first).to_be_visible()
    visitor.page.wait_for_load_state("networkidle")
    visitor.finds_no_barriers()


def test_no_page_scrolls_sideways_on_a_phone(people: People) -> None:
    seller = people.seller()
    buyer = people.buyer("ru")
    for path in ("/", f"/products/{seller.product(specified=True)['slug']}", "/me", "/me/messages"):
        fits(buyer, path)
    for locale in LOCALES:
        owner = people.seller(locale, phone=True)
        for path in ("/account", "/shop/settings", "/shop/team", "/shop/keys"):
            fits(owner, path)


def fits(visitor: Visitor, path: str) -> None:
    """Open a page and see whether it is as wide as the screen."""
    visitor.opens(path)
    wide = visitor.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, path
