"""A house that cannot be reached: the browser shows our own page, and keeps nothing of anybody."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from shopbell.kernel.texts import LOCALES
from tests.browser.conftest import made_market
from tests.browser.people import People, Seller
from tests.support.eyes import Faults
from tests.support.server import RunningServer

KEPT = """
async () => {
  const shells = await Promise.all((await caches.keys()).map((name) => caches.open(name)))
  const kept = await Promise.all(shells.map((shell) => shell.keys()))
  return kept.flat().map(({ url }) => new URL(url).pathname)
}
"""
NAME = "JSON.parse(document.getElementById('boot').textContent).person.name"
TONGUE = """
async (lang) => (await caches.match('/offline'))?.headers.get('Content-Language') === lang
"""


@pytest.fixture
def shaky(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Run a demo marketplace of one's own, that may be stopped."""
    folder = tmp_path_factory.mktemp("shaky") / "data"
    shutil.copytree(made_market(tmp_path_factory), folder)
    with RunningServer(folder, demo=True) as running:
        yield running


@pytest.fixture
def guests(browser: Browser, shaky: RunningServer) -> Iterator[People]:
    """Let people come to it; what browsers say of a line that is cut is no fault."""
    guests = People(browser, shaky.url, Faults())
    yield guests
    guests.leave()


def works(seller: Seller) -> None:
    """Open a conversation at the desk, until the browser keeps the page for want of a line."""
    [talk, *_others] = seller.learns("/conversations")["items"]
    seller.opens(f"/desk/{talk['id']}")
    expect(seller.page.get_by_role("log")).to_be_visible()
    seller.page.wait_for_function(TONGUE, arg=seller.locale)


def test_the_desk_says_that_there_is_no_line_and_comes_back(
    guests: People, shaky: RunningServer
) -> None:
    seller = guests.seller("en", account="shop-two")
    for locale in LOCALES:
        seller.locale = locale
        works(seller)
    here = seller.page.url
    shaky.kill()
    seller.page.reload()
    expect(
        seller.page.get_by_role("heading", name=seller.words("pages.offline_title"))
    ).to_be_visible()
    expect(seller.page.get_by_text(seller.words("pages.offline_kept"))).to_be_visible()
    assert seller.page.url == here
    assert seller.page.evaluate("document.styleSheets.length") > 0
    seller.finds_no_barriers(in_dark=True)
    seller.page.set_viewport_size({"width": 360, "height": 740})
    seller.fits()

    shaky.start()
    seller.page.get_by_role("link", name=seller.words("pages.offline_again")).click()
    expect(seller.page.get_by_role("log")).to_be_visible()


def test_the_browser_keeps_one_page_and_nothing_that_anybody_wrote(guests: People) -> None:
    seller = guests.seller("ru", account="shop-two")
    works(seller)
    kept = seller.page.evaluate(KEPT)
    assert "/offline" in kept
    assert [path for path in kept if path != "/offline" and not path.endswith(".css")] == []
    page = seller.page.evaluate("caches.match('/offline').then((kept) => kept.text())")
    assert seller.page.evaluate(NAME) not in page


def test_a_visitors_browser_is_left_alone(guests: People) -> None:
    anna = guests.buyer("zh", phone=True)
    anna.opens("/me/messages")
    expect(anna.page.get_by_role("main").first).to_be_visible()
    assert anna.page.evaluate(KEPT) == []
