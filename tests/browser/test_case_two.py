"""Case two: a parcel is late. Its buyer need not ask, and is told why and when, page by page."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, expect

from shopbell.kernel.texts import LOCALES, Locale
from shopbell.web.pages.format import span
from tests.browser.ordering import ZONE, answers_at, days_pass, is_delivered, is_late
from tests.browser.people import Buyer, Json, People
from tests.browser.settling import (
    CaseSeller,
    comes_to,
    inquiry_about,
    pays,
    presses,
    pronounces,
    reads,
    shows,
    stands_at,
    steps,
    submits,
    told,
)
from tests.support.carrier import RunningCarrier, running_carrier
from tests.support.server import RunningServer

KIND = "logistics_inquiry"
SAID: dict[Locale, str] = {
    "en": "It went to Kazan by mistake.",
    "ru": "По ошибке уехало в Казань.",
    "zh": "包裹被误送到喀山。",
}
"""In the carrier's own words, which only the shop reads."""


@pytest.fixture(scope="module")
def carrier(market: RunningServer) -> Iterator[RunningCarrier]:
    """Run the carrier of the orders that are late: a process of its own that is really asked."""
    with running_carrier(delay=0.2) as running:
        answers_at(market, running.url)
        yield running


@pytest.mark.parametrize("locale", LOCALES)
def test_a_late_parcel_gets_a_reason_and_a_new_date(
    people: People, market: RunningServer, carrier: RunningCarrier, locale: Locale
) -> None:
    buyer = people.buyer(locale)
    olga = CaseSeller.of(people.seller(locale, account="shop-two"))
    order = is_late(market, buyer.learns("/me")["person"]["id"])
    carrier.will_say(order.shipments[0].tracking_number, "held", said=SAID[locale])
    case = inquiry_about(buyer, order.id)

    buyer.opens(f"/orders/{order.id}")
    expect(fact(buyer)).to_contain_text(buyer.words("pages.late_now"))
    presses(buyer, f"case.{KIND}_ask")
    stands_at(buyer, KIND, "seller_to_check")
    reads(buyer, "case.waits_seller")

    olga.opens(f"/desk/cases/{case['conversation']}")
    olga.presses(KIND, "open_trace")
    olga.sends()
    expect(olga.case).to_contain_text(olga.words(f"case.{KIND}_is_trace_answered"))
    expect(olga.case).to_contain_text(SAID[locale])
    first = gives_days(olga, 2)
    expect(olga.case).to_contain_text(olga.words(f"case.{KIND}_is_monitoring"))
    olga.finds_no_barriers()

    buyer.opens(f"/orders/{order.id}")
    for words in (buyer.words("case.choice_eta_reason.sorting"), days(first, locale)):
        expect(fact(buyer)).to_contain_text(words)
    reads(buyer, f"case.{KIND}_did_give_eta", f"case.{KIND}_is_monitoring")
    assert SAID[locale] not in buyer.page.content()
    buyer.finds_no_barriers()
    buyer.opens(f"/me/messages/{case['conversation']}")
    expect(told(buyer, f"{KIND}_did_give_eta")).to_contain_text(
        buyer.words("case.choice_eta_reason.sorting")
    )

    is_delivered(market, order)
    expect(told(buyer, f"{KIND}_did_shipment_delivered")).to_be_visible()
    buyer.opens(f"/orders/{order.id}")
    presses(buyer, f"case.{KIND}_do_confirm")
    stands_at(buyer, KIND, "delivered")
    assert [bool(one["kept_at"]) for one in shows(olga, case["id"])["promises"]] == [True]


def test_the_operator_comes_when_the_new_date_was_not_kept_either(
    people: People, market: RunningServer
) -> None:
    buyer, olga = people.buyer("ru"), people.seller("ru", account="shop-two")
    order = is_late(market, buyer.learns("/me")["person"]["id"])
    case = inquiry_about(buyer, order.id)
    for reason in ("carrier_delay", "weather"):
        steps(olga, case["id"], "give_eta", eta=given(1), eta_reason=reason)
        days_pass(market, order.id, 4)
        comes_to(buyer, case["id"], "seller_to_check")

    operator = people.operator()
    row = operator.page.locator(f"li:has(a[href='/console/cases/{case['id']}'])")
    for locale in LOCALES:
        operator.locale = buyer.locale = locale
        buyer.opens(f"/orders/{order.id}")
        expect(fact(buyer)).to_contain_text(buyer.words("pages.late_now"))
        reads(buyer, "case.called", f"case.{KIND}_did_escalate")
        operator.opens("/console/cases")
        expect(row).to_contain_text(operator.words("mediation.called"))
        expect(row).to_contain_text(operator.words(f"case.{KIND}_is_seller_to_check"))
    row.get_by_role("link").click()
    broken = operator.page.get_by_text(operator.words(f"case.{KIND}_did_eta_passed"))
    expect(broken).to_have_count(2)
    pronounces(operator, KIND, "declare_lost")
    buyer.opens(f"/cases/{case['id']}")
    stands_at(buyer, KIND, "remedy")
    reads(buyer, "case.your_turn", f"case.{KIND}_do_choose_refund")


@pytest.mark.parametrize("locale", LOCALES)
def test_what_was_delivered_elsewhere_is_paid_back(
    people: People, market: RunningServer, carrier: RunningCarrier, locale: Locale
) -> None:
    buyer, olga = people.buyer(locale), people.seller(locale, account="shop-two")
    order = is_late(market, buyer.learns("/me")["person"]["id"])
    carrier.will_say(order.shipments[0].tracking_number, "lost", said=SAID[locale])
    case = inquiry_about(buyer, order.id)["id"]
    is_delivered(market, order)
    comes_to(buyer, case, "awaiting_buyer_confirm")

    buyer.opens(f"/orders/{order.id}")
    reads(buyer, f"case.{KIND}_did_shipment_delivered", "case.your_turn")
    presses(buyer, f"case.{KIND}_do_not_received")
    submits(buyer, f"case.{KIND}_do_not_received")
    reads(buyer, f"case.{KIND}_did_not_received")
    [trace] = comes_to(buyer, case, "trace_answered")["traces"]
    assert (trace["reason"], trace["outcome"]) == ("not_received", "lost")
    steps(olga, case, "declare_lost")

    buyer.opens(f"/cases/{case}")
    stands_at(buyer, KIND, "remedy")
    presses(buyer, f"case.{KIND}_do_choose_refund")
    stands_at(buyer, KIND, "refunding")
    pays(people.operator(), case)
    buyer.opens(f"/cases/{case}")
    stands_at(buyer, KIND, "lost_refunded")
    reads(buyer, "case.refund_is_succeeded")


def fact(buyer: Buyer) -> Locator:
    """Return the one fact on top of the order's page."""
    return buyer.page.locator("section.ship").first


def gives_days(olga: CaseSeller, ahead: int) -> Json:
    """Give a new date at the desk, with its reason; return the days."""
    eta = given(ahead)
    olga.finds(KIND, "give_eta")
    for end, label in (("earliest", "from"), ("latest", "to")):
        field = olga.form.get_by_label(olga.words(f"desk.case_{label}"), exact=True)
        field.fill(eta[end])
    reason = re.compile(re.escape(olga.words("case.field_eta_reason")))
    olga.form.get_by_label(reason).select_option("sorting")
    olga.sends()
    return eta


def given(ahead: int) -> Json:
    """Return two days as they are sent, the first so many days from today."""
    first = datetime.now(ZoneInfo(ZONE)).date() + timedelta(days=ahead)
    return {"earliest": str(first), "latest": str(first + timedelta(days=1)), "zone": ZONE}


def days(eta: Json, locale: Locale) -> str:
    """Write days as pages do."""
    return span(date.fromisoformat(eta["earliest"]), date.fromisoformat(eta["latest"]), locale)
