"""Make the pictures of the README from the running product: ``make screenshots``.

People of the tests come to a demo marketplace of its own, live case one, and are photographed.
"""

import io
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.ordering import came
from tests.browser.people import Json, People, Seller, Talk
from tests.browser.quarrels import disputed
from tests.support.eyes import Faults
from tests.support.server import RunningServer

PICTURES = Path(__file__).parents[1] / "docs/pictures"
MOST_BYTES = 200_000
COLOURS = 256


def main() -> None:
    """Take every picture."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        RunningServer(Path(folder), demo=True) as market,
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(FLAGS)
        )
        people = People(chromium, market.url, Faults())
        for shoot in SHOTS:
            shoot(people)
        for shoot_case in CASES:
            shoot_case(people, market)
        people.leave()
        chromium.close()


def question(people: People) -> None:
    """Photograph case one from both sides: window, desk, phone."""
    seller, buyer = people.seller(), people.buyer(phone=False)
    product = seller.product(specified=False)
    seller.sits_down()
    buyer.opens(f"/products/{product['slug']}")
    take("product", buyer.page)
    talk = buyer.asks_about(product)
    _case_one(talk, seller)
    take("panel", buyer.page)
    take("desk", seller.page)
    phone = people.buyer()
    phone.asks_about(product).hears(ANSWER)
    take("phone", phone.page)


def dark(people: People) -> None:
    """Photograph the desk in the dark, in Chinese."""
    seller = people.seller("zh", dark=True)
    _opens_first(seller)
    take("desk-dark", seller.page)


def order(people: People) -> None:
    """Photograph an order that is late, in Russian."""
    buyer = people.buyer("en", phone=False)
    orders = buyer.learns("/orders?limit=50")["items"]
    late = next(one for one in orders if _has_new_date(one))
    buyer.page.goto(f"/orders/{late['number']}?lang=ru")
    take("order-ru", buyer.page)


def messages(people: People) -> None:
    """Photograph the messages of a buyer, in Chinese on a phone."""
    buyer = people.buyer("zh")
    buyer.opens("/me/messages")
    take("messages-zh", buyer.page)


def late_parcel(people: People) -> None:
    """Photograph an order whose parcel is late: the house has asked the shop by itself."""
    buyer = people.buyer("en", phone=False)
    inquiry = buyer.learns("/cases?kind=logistics_inquiry")["items"][0]
    buyer.opens(f"/orders/{inquiry['order']}")
    take("case-order", buyer.page)


def verdict(people: People, market: RunningServer) -> None:
    """Photograph what the rules say of a return before it is sent, on a phone."""
    buyer = people.buyer("en", phone=False)
    order = came(market, buyer.learns("/me")["person"]["id"])
    buyer.opens(f"/orders/{order.id}/ask/return")
    for key in ("case.choice_condition.proper", "case.choice_reason.size_fit"):
        buyer.page.get_by_text(buyer.words(key), exact=True).click()
        buyer.button("case.next").click()
    expect(buyer.page.get_by_text(buyer.words("case.verdict_yes"))).to_be_visible()
    take("case-return", buyer.page)


def hearing(people: People, market: RunningServer) -> None:
    """Photograph a dispute as the operator hears it."""
    case = disputed(market, people.buyer("en"), people.seller("ru", account="shop-two"))
    olga = people.operator()
    olga.opens(f"/console/cases/{case}")
    take("case-hearing", olga.page)


SHOTS: tuple[Callable[[People], None], ...] = (question, dark, order, messages, late_parcel)
CASES: tuple[Callable[[People, RunningServer], None], ...] = (verdict, hearing)
QUESTION = "Hello! How heavy is it? I want to post it as a gift."
ANSWER = "Hello! 1.2 kg with the box, so it goes as a small parcel."


def take(name: str, page: Page) -> None:
    """Photograph what is on the screen, small enough for a repository."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(400)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    file = PICTURES / f"{name}.png"
    picture.save(file, optimize=True)
    if file.stat().st_size > MOST_BYTES:
        picture.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    print(f"{file.name}: {file.stat().st_size // 1024} KB")


def _case_one(talk: Talk, seller: Seller) -> None:
    talk.says(QUESTION)
    desk = seller.takes(QUESTION)
    desk.hears(QUESTION)
    desk.says(ANSWER)
    talk.hears(ANSWER)
    desk.sees("read")


def _opens_first(seller: Seller) -> None:
    seller.sits_down()
    seller.list.get_by_role("link").first.click()
    expect(seller.talk.log).to_be_visible()


def _has_new_date(one: Json) -> bool:
    return any(parcel["eta_reason"] for parcel in one["shipments"])


if __name__ == "__main__":
    main()
