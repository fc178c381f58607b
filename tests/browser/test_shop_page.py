"""A shop's page on another site, with our window in it: the buyer signs in there and stays."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, FrameLocator, expect

from tests.browser.conftest import made_market
from tests.browser.people import PASSWORD, Buyer, Json, People, Talk, fresh
from tests.house import ROOT
from tests.support.eyes import Faults
from tests.support.server import RunningServer

EXAMPLE = (ROOT / "examples/shop-page.html").read_text()
PICTURE = ROOT / "docs/pictures/panel.png"


@dataclass
class Site:
    """A shop's own web site with one page: another origin than ours, and another site."""

    server: ThreadingHTTPServer
    html: str = ""

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server.server_port}"

    def carries(self, market: str, shop: str, product: Json) -> None:
        """Put up what `examples/shop-page.html` shows, for one product."""
        here = EXAMPLE.replace("http://127.0.0.1:8000", market)
        self.html = re.sub(r"\bSHOP\b", shop, here).replace("PRODUCT", product["slug"])


@pytest.fixture
def site() -> Iterator[Site]:
    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = own.html.encode()
            self.send_response(200 if self.path == "/" else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *words: object) -> None:  # noqa: A002 - as it is there
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        own = Site(server)
        Thread(target=server.serve_forever, daemon=True).start()
        yield own
        server.shutdown()


@pytest.fixture
def people(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, site: Site
) -> Iterator[People]:
    """Let people come to a marketplace that knows the shop's site."""
    folder = tmp_path_factory.mktemp("framed") / "data"
    shutil.copytree(made_market(tmp_path_factory), folder)
    faults = Faults()
    with RunningServer(folder, demo=True, origins=site.url) as market:
        guests = People(browser, market.url, faults)
        yield guests
        guests.leave()
    assert not faults.found, "\n".join(faults.found)


def test_a_buyer_signs_in_on_a_shops_own_page_and_is_answered_there(
    people: People, site: Site
) -> None:
    seller, buyer = people.seller(), people.stranger()
    product = seller.product(specified=False)
    question, more, answer = fresh("Is the lid steel?"), fresh("And the handle?"), fresh("Both.")
    seller.sits_down()
    site.carries(people.url, seller.shop["slug"], product)

    talk = opens_the_window(buyer, site)
    talk.says(question)
    signs_in(buyer)
    talk.hears(question)
    desk = seller.takes(question)
    desk.hears(question)
    desk.says(answer)
    talk.hears(answer)

    talk = opens_the_window(buyer, site)
    talk.hears(question)
    talk.says(more)
    desk.hears(more)
    buyer.finds_no_barriers()

    assert kept_of(buyer) == [
        "__Host-shopbell_frame",
        "__Host-shopbell_frame_device",
    ]
    buyer.opens("/me/messages")
    expect(buyer.page).to_have_url(f"{people.url}/sign-in?next=%2Fme%2Fmessages%3Flang%3Den")


def test_pictures_are_seen_and_files_taken_in_the_frame(people: People, site: Site) -> None:
    seller, buyer = people.seller(), people.stranger()
    site.carries(people.url, seller.shop["slug"], seller.product(specified=False))
    talk = opens_the_window(buyer, site)
    question = fresh("Like this one?")
    talk.says(question)
    signs_in(buyer)
    talk.hears(question)
    inside(buyer).locator("input[type=file]").set_input_files(PICTURE)
    inside(buyer).get_by_role("button", name=buyer.words("thread.send"), exact=True).click()

    shown = talk.log.get_by_role("img")
    expect(shown).to_be_visible()
    shown.scroll_into_view_if_needed()
    expect(shown).to_have_js_property("naturalWidth", 1440)
    with buyer.page.expect_download() as saved:
        shown.click()
    assert saved.value.path().stat().st_size > 0


def test_who_signs_out_in_the_frame_is_out(people: People, site: Site) -> None:
    seller, buyer = people.seller(), people.stranger()
    site.carries(people.url, seller.shop["slug"], seller.product(specified=False))
    talk = opens_the_window(buyer, site)
    talk.says(fresh("Is it heavy?"))
    signs_in(buyer)
    expect(talk.log).to_be_visible()
    inside(buyer).get_by_role("button", name=buyer.words("panel.home")).click()
    inside(buyer).get_by_role("button", name=buyer.words("panel.sign_out")).click()

    expect(inside(buyer).get_by_role("button", name=buyer.words("panel.sign_out"))).to_have_count(0)
    expect(inside(buyer).get_by_role("heading", name=buyer.words("panel.hello"))).to_be_visible()
    assert kept_of(buyer) == ["__Host-shopbell_frame_device"]


def opens_the_window(buyer: Buyer, site: Site) -> Talk:
    """Come to the shop's page, or load it again, and press its button."""
    buyer.page.goto(site.url)
    buyer.page.locator("[data-shopbell=product]").click()
    return buyer.window


def signs_in(buyer: Buyer) -> None:
    """Fill in what the window asks for before it passes the question on."""
    frame = inside(buyer)
    frame.get_by_label(buyer.words("panel.email")).fill("buyer-en@demo.example")
    frame.get_by_label(buyer.words("panel.password")).fill(PASSWORD)
    frame.get_by_role("button", name=buyer.words("panel.sign_in")).click()


def inside(buyer: Buyer) -> FrameLocator:
    return buyer.page.frame_locator("iframe")


def kept_of(buyer: Buyer) -> list[str]:
    """Return the names of what the browser keeps for us."""
    names = [cookie.get("name", "") for cookie in buyer.context.cookies()]
    return sorted(name for name in names if "shopbell" in name)
