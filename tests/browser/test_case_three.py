"""Case three: shoes of the wrong size go back, and the right ones come, page by page."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from shopbell.commerce.model import Order
from shopbell.kernel.texts import Locale
from tests.browser.ordering import came
from tests.browser.people import People, Visitor
from tests.support.server import RunningServer

PHOTO = Path(__file__).parents[2] / "docs/pictures"


def presses(guest: Visitor, key: str) -> None:
    """Press the button, or follow the link, with these words."""
    words = re.compile(f"^{re.escape(guest.words(key))}$")
    found = guest.page.get_by_role("button", name=words).or_(
        guest.page.get_by_role("link", name=words)
    )
    found.first.click()


def chooses(guest: Visitor, key: str) -> None:
    """Choose an answer by its words."""
    guest.page.get_by_text(guest.words(key), exact=True).click()


def stands_at(guest: Visitor, state: str) -> None:
    """See where the case stands, as its page says first of all."""
    told = guest.page.get_by_role("heading", level=2, name=guest.words(f"case.return_is_{state}"))
    expect(told).to_be_visible()
    guest.finds_no_barriers()
    too_wide = "document.documentElement.scrollWidth > innerWidth"
    assert not guest.page.evaluate(too_wide)


@pytest.mark.parametrize(
    ("locale", "script"),
    [("en", True)],  # zh, ru and without a script are not proven yet
)
def test_shoes_of_the_wrong_size_are_exchanged_page_by_page(
    people: People, market: RunningServer, locale: Locale, script: bool
) -> None:
    buyer = people.buyer(locale, script=script)
    seller = people.seller(locale, account="shop-two", phone=True, script=script)
    order = came(market, buyer.learns("/me")["person"]["id"])

    case = asks_for_another_size(buyer, order)
    offers_another_size(seller, case)
    buyer.opens(f"/orders/{order.id}")
    buyer.finds_no_barriers()
    presses(buyer, "case.return_do_accept")
    stands_at(buyer, "approved")
    sends(buyer, case, "ship_back", "1020304050")
    stands_at(buyer, "in_transit_back")

    seller.opens(f"/cases/{case}")
    presses(seller, "case.return_do_arrived")
    stands_at(seller, "inspecting")
    presses(seller, "case.return_do_accept_goods_exchange")
    submits(seller, "case.return_do_accept_goods_exchange")
    stands_at(seller, "replacement_due")
    sends(seller, case, "ship_replacement", "1020304051")
    stands_at(seller, "replacement_shipped")

    buyer.opens("/me/cases")
    expect(buyer.page.get_by_role("link", name=SHOP)).to_be_visible()
    buyer.finds_no_barriers()
    buyer.opens(f"/cases/{case}")
    presses(buyer, "case.return_do_delivered")
    stands_at(buyer, "completed")


def asks_for_another_size(buyer: Visitor, order: Order) -> str:
    """Go through the guided form, with a slip and a look back; return the case."""
    buyer.opens(f"/orders/{order.id}")
    presses(buyer, "case.return_ask")
    chooses(buyer, "case.choice_condition.proper")
    presses(buyer, "case.next")
    presses(buyer, "case.next")
    expect(buyer.page.get_by_role("alert")).to_have_text(buyer.words("case.please_choose"))
    chooses(buyer, "case.choice_reason.size_fit")
    presses(buyer, "case.next")
    expect(buyer.page.get_by_text(buyer.words("case.verdict_yes"))).to_be_visible()
    picture = buyer.page.get_by_label(
        buyer.words("case.take_photo", what=buyer.words("case.choice_shots.whole_item"))
    )
    picture.set_input_files({"name": "shoe.png", "mimeType": "image/png", "buffer": photo()})
    presses(buyer, "case.next")
    chooses(buyer, "case.choice_wish.exchange")
    buyer.page.get_by_role("textbox").fill("42")
    buyer.finds_no_barriers()
    presses(buyer, "case.next")
    expect(buyer.page.get_by_text("42", exact=True)).to_be_visible()
    presses(buyer, "case.back")
    expect(buyer.page.get_by_role("textbox")).to_have_value("42")
    presses(buyer, "case.next")
    presses(buyer, "pages.send")
    stands_at(buyer, "requested")
    case = re.search(r"/cases/([\w-]+)", buyer.page.url)
    assert case is not None
    return case[1]


def offers_another_size(seller: Visitor, case: str) -> None:
    """Offer the other size on the page of the case."""
    seller.opens(f"/cases/{case}")
    stands_at(seller, "requested")
    presses(seller, "case.return_do_offer_exchange")
    seller.page.get_by_role("radio").nth(1).check()
    seller.page.get_by_label(seller.words("case.field_return_to")).fill("Lesnaya 1, Moscow")
    submits(seller, "case.return_do_offer_exchange")
    stands_at(seller, "exchange_offered")


def sends(guest: Visitor, case: str, action: str, number: str) -> None:
    """Send a parcel and say by which number."""
    guest.opens(f"/cases/{case}")
    presses(guest, f"case.return_do_{action}")
    guest.page.get_by_label(guest.words("case.carrier")).fill("CDEK")
    guest.page.get_by_label(guest.words("case.tracking_number")).fill(number)
    submits(guest, f"case.return_do_{action}")


def submits(guest: Visitor, key: str) -> None:
    """Go through the screens of a step's form as it is filled in, and send it."""
    while guest.page.get_by_role("button", name=guest.words("case.next"), exact=True).count():
        presses(guest, "case.next")
    guest.page.get_by_role("button", name=guest.words(key), exact=True).click()


def photo() -> bytes:
    """Return a picture."""
    return (PHOTO / "product.png").read_bytes()
