"""Case three: shoes of the wrong size go back, and the right ones come, page by page."""

import re

import pytest
from playwright.sync_api import expect

from shopbell.kernel.texts import LOCALES, Locale
from tests.browser.ordering import came, days_pass, hires
from tests.browser.people import People, Visitor
from tests.browser.quarrels import returned
from tests.browser.settling import (
    PHOTO,
    chooses,
    comes_to,
    presses,
    pronounces,
    reads,
    shows,
    stands_at,
    steps,
    submits,
)
from tests.support.server import RunningServer

WORDS: dict[Locale, tuple[str, str, str, str]] = {
    "en": (
        "The soles are dirty.",
        "I tried them on a carpet.",
        "The rules say no.",
        "Dust, no wear.",
    ),
    "ru": ("Подошва грязная.", "Я мерил их на ковре.", "По правилам нельзя.", "Пыль, не износ."),
    "zh": ("鞋底脏了。", "我只在地毯上试穿过。", "规则不允许。", "是灰尘，不是磨损。"),
}
"""Why it is refused; what the buyer says to that; what is decided, and what on appeal."""

ASIDE = "Show the soles next time."
"""Of the reasons, what only the shop reads."""

SMALL = "400"
"""Roubles that one operator gives back without a second signature."""


@pytest.mark.parametrize(
    ("locale", "script"), [*((locale, True) for locale in LOCALES), ("en", False)]
)
def test_shoes_of_the_wrong_size_are_exchanged_page_by_page(
    people: People, market: RunningServer, locale: Locale, script: bool
) -> None:
    buyer = people.buyer(locale, script=script)
    seller = people.seller(locale, account="shop-two", phone=True, script=script)
    order = came(market, buyer.learns("/me")["person"]["id"]).id

    case = asks_for_another_size(buyer, order)
    offers_another_size(seller, case)
    buyer.opens(f"/orders/{order}")
    presses(buyer, "case.return_do_accept")
    stands_at(buyer, "return", "approved")
    sends(buyer, case, "ship_back", "1020304050")
    stands_at(buyer, "return", "in_transit_back")

    seller.opens(f"/cases/{case}")
    presses(seller, "case.return_do_arrived")
    stands_at(seller, "return", "inspecting")
    presses(seller, "case.return_do_accept_goods_exchange")
    submits(seller, "case.return_do_accept_goods_exchange")
    stands_at(seller, "return", "replacement_due")
    sends(seller, case, "ship_replacement", "1020304051")
    stands_at(seller, "return", "replacement_shipped")

    if script:  # the list of cases is drawn by one
        buyer.opens("/me/cases")
        buyer.page.locator(f"a[href='/cases/{case}']").click()
        buyer.finds_no_barriers()
    else:
        buyer.opens(f"/cases/{case}")
    presses(buyer, "case.return_do_delivered")
    stands_at(buyer, "return", "completed")


@pytest.mark.parametrize("locale", LOCALES)
def test_a_refusal_is_disputed_decided_and_heard_on_appeal_by_somebody_else(
    people: People, market: RunningServer, locale: Locale
) -> None:
    refused, disputed, decided, heard = WORDS[locale]
    buyer, seller = people.buyer(locale), people.seller(locale, account="shop-two")
    case = returned(market, buyer)
    steps(seller, case["id"], "reject", refused_for="used", refusal=refused)
    buyer.opens(f"/cases/{case['id']}")
    stands_at(buyer, "return", "rejected")
    expect(buyer.page.get_by_text(refused)).to_be_visible()
    presses(buyer, "case.return_do_open_dispute")
    buyer.page.get_by_role("textbox").fill(disputed)
    submits(buyer, "case.return_do_open_dispute")
    stands_at(buyer, "dispute", "evidence")
    [dispute] = shows(buyer, case["id"])["children"]
    steps(buyer, dispute, "request_review")

    first, second = people.operator(locale), people.visitor(locale)
    second.comes_in(*hires(market, locale))
    first.opens("/console/cases")
    first.page.locator(f"a[href='/console/cases/{dispute}']").click()
    for words in (refused, disputed):
        expect(first.page.get_by_text(words).first).to_be_visible()
    first.finds_no_barriers()
    rules(first, "decide", "reject", decided)

    buyer.opens(f"/cases/{dispute}")
    stands_at(buyer, "dispute", "decided")
    expect(buyer.page.get_by_text(decided)).to_be_visible()
    presses(buyer, "case.dispute_do_appeal")
    appeals(buyer, disputed)
    stands_at(buyer, "dispute", "appeal")
    assert [one["action"] for one in shows(first, dispute)["actions"]] == []
    second.opens(f"/console/cases/{dispute}")
    rules(second, "overturn", "refund", heard, amount=SMALL)

    buyer.opens(f"/cases/{dispute}")
    stands_at(buyer, "dispute", "decided")
    expect(buyer.page.get_by_text(heard)).to_be_visible()
    assert ASIDE not in buyer.page.content()
    reads(buyer, "case.dispute_did_overturn", "case.refund_is_requested")


def test_a_shop_that_is_silent_has_agreed(people: People, market: RunningServer) -> None:
    buyer = people.buyer("ru")
    case = returned(market, buyer)
    buyer.opens(f"/cases/{case['id']}")
    stands_at(buyer, "return", "requested")
    days_pass(market, case["order"], 20)
    comes_to(buyer, case["id"], "approved")
    for locale in LOCALES:
        buyer.locale = locale
        buyer.opens(f"/cases/{case['id']}")
        stands_at(buyer, "return", "approved")
        reads(buyer, "case.return_did_auto_approve", "case.your_turn")
        ships = buyer.page.get_by_role("link", name=buyer.words("case.return_do_ship_back"))
        expect(ships).to_be_visible()


def asks_for_another_size(buyer: Visitor, order: str) -> str:
    """Go through the guided form, with a slip and a look back; return the case."""
    buyer.opens(f"/orders/{order}")
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
    picture.set_input_files(PHOTO)
    presses(buyer, "case.next")
    chooses(buyer, "case.choice_wish.exchange")
    buyer.page.get_by_role("textbox").fill("42")
    presses(buyer, "case.next")
    expect(buyer.page.get_by_text("42", exact=True)).to_be_visible()
    presses(buyer, "case.back")
    expect(buyer.page.get_by_role("textbox")).to_have_value("42")
    presses(buyer, "case.next")
    presses(buyer, "pages.send")
    stands_at(buyer, "return", "requested")
    case = re.search(r"/cases/([\w-]+)", buyer.page.url)
    assert case is not None
    return case[1]


def offers_another_size(seller: Visitor, case: str) -> None:
    """Offer the other size on the page of the case."""
    seller.opens(f"/cases/{case}")
    stands_at(seller, "return", "requested")
    presses(seller, "case.return_do_offer_exchange")
    seller.page.get_by_role("radio").nth(1).check()
    seller.page.get_by_label(seller.words("case.field_return_to")).fill("Lesnaya 1, Moscow")
    submits(seller, "case.return_do_offer_exchange")
    stands_at(seller, "return", "exchange_offered")


def sends(guest: Visitor, case: str, action: str, number: str) -> None:
    """Send a parcel and say by which number."""
    guest.opens(f"/cases/{case}")
    presses(guest, f"case.return_do_{action}")
    guest.page.get_by_label(guest.words("case.carrier")).fill("CDEK")
    guest.page.get_by_label(guest.words("case.tracking_number")).fill(number)
    submits(guest, f"case.return_do_{action}")


def appeals(buyer: Visitor, words: str) -> None:
    """Appeal with words and a picture."""
    buyer.page.get_by_role("textbox").fill(words)
    presses(buyer, "case.next")
    buyer.page.get_by_label(buyer.words("case.field_evidence")).set_input_files(PHOTO)
    submits(buyer, "case.dispute_do_appeal")


def rules(judge: Visitor, action: str, outcome: str, words: str, amount: str = "") -> None:
    """Decide in the console: first see what each side will read, then send it."""
    what = judge.words(f"case.dispute_do_{action}")
    form = judge.page.locator("form").filter(has=judge.button("mediation.show", what=what))
    form.get_by_label(judge.words(f"case.choice_outcome.{outcome}"), exact=True).check()
    form.get_by_label(judge.words("case.clause_in_words")).fill("§ 3")
    for field, said in (("reason_buyer", words), ("reason_seller", ASIDE), ("amount", amount)):
        form.get_by_label(judge.words(f"case.field_{field}")).fill(said)
    pronounces(judge, "dispute", action)
