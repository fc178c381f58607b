"""What buyers suffer from elsewhere, on the page where they would: each says what is possible."""

import re
from datetime import timedelta

import pytest

from shopbell.cases.refusals import NotReturnable
from shopbell.cases.shown import CaseShown
from shopbell.commerce import roster
from shopbell.commerce import service as commerce
from shopbell.commerce.commands import SentParcel
from shopbell.commerce.connector import PaymentState
from shopbell.commerce.model import Eta, Order, OrderState, TrackingEvent
from shopbell.commerce.tracking import TrackingCode
from shopbell.kernel.actor import SYSTEM
from shopbell.kernel.texts import LOCALES, Locale, text
from shopbell.web.pages import format as written
from tests.support.browsing import Door, checked, hidden
from tests.support.casework import opens
from tests.support.house import Counter, House, Person
from tests.support.returns import acts, bought, sees, sent_back, shoes, wrong_size
from tests.support.till import Till, with_till


@pytest.fixture
def anna(house: House) -> Person:
    return house.buyer("anna", "ru")


@pytest.fixture
def refused(halo: Counter, anna: Person) -> CaseShown:
    asked = wrong_size(anna, bought(halo, anna, shoes(halo)))
    return acts(halo.mei, asked.id, "reject", refused_for="used", refusal="They were worn.")


@pytest.mark.parametrize("state", ["created", "cancelled", "returned", "delivered"])
def test_an_order_that_is_not_under_way_leads_to_its_shop_and_says_what_is_possible(
    halo: Counter, anna: Person, door: Door, state: str
) -> None:
    order = halo.ships_to(anna, halo.sells("lamp"), state=OrderState(state))
    for locale in LOCALES:
        page = checked(door(anna).get(f"/orders/{order.id}?lang={locale}"))
        assert text(locale, f"pages.{state}_next") in page
        assert f"/contact?shop=halo&amp;intent=delivery&amp;order={order.id}" in page
        assert f"/orders/{order.id}/ask/" in page


def test_an_automatic_answer_leaves_the_shop_its_turn_and_a_person_is_one_click_away(
    house: House, halo: Counter, anna: Person, door: Door
) -> None:
    order = on_its_way(house, halo, anna)
    talk = anna.asks(halo, order, "Can it come on Friday?")
    due = anna.sees(talk).due
    case = opens(anna, "logistics_inquiry", order, concern="where_is_it")
    assert case.state == "answered_auto"
    waits = anna.sees(talk)
    assert (waits.state, waits.due) == ("waiting_seller", due)
    browser = door(anna)
    page = checked(browser.get(f"/cases/{case.id}?lang=en"))
    assert text("en", "case.by_system") in page
    path = f"/cases/{case.id}/do/not_satisfied"
    form = re.search(rf'<form method="post" action="{path}">.*?</form>', page)
    assert form is not None
    browser.post(path, data=hidden(form[0]) | {"go": "send"})
    assert sees(anna, case.id).state == "seller_to_check"


def on_its_way(house: House, halo: Counter, anna: Person) -> Order:
    """Send a parcel that moves, and is not late."""
    house.db.write_now(roster.put_well_known, SYSTEM, ["dhl"])
    soon = house.clock().date() + timedelta(days=3)
    parcel = SentParcel("dhl", "JD0001", eta=Eta(soon, soon, "Europe/Berlin"))
    order = halo.ships_to(anna, halo.sells("lamp"), shipments=[parcel])
    event = TrackingEvent(TrackingCode("in_transit.departed"), house.clock())
    house.db.write_now(commerce.add_tracking, SYSTEM, order.shipments[0].id, event)
    return order


@pytest.mark.parametrize("locale", LOCALES)
def test_a_refusal_shows_its_reason_the_rule_and_the_way_on_until_when(
    house: House, anna: Person, door: Door, refused: CaseShown, locale: Locale
) -> None:
    page = checked(door(anna).get(f"/cases/{refused.id}?lang={locale}"))
    assert text(locale, "case.choice_refused_for.used") in page
    assert "They were worn." in page
    rule = f"{text(locale, 'policy.category_any')} · {text(locale, 'policy.condition_proper')}"
    assert rule in page
    assert "default-proper" not in page
    assert f"/cases/{refused.id}/do/open_dispute" in page
    last = house.clock() + timedelta(days=5)
    assert f'<time class="" datetime="{last.isoformat()}"' in page


def test_a_dispute_is_taken_back_only_by_a_word_and_asked_for_anew_while_there_is_time(
    house: House, halo: Counter, anna: Person, door: Door, refused: CaseShown
) -> None:
    [dispute] = acts(anna, refused.id, "open_dispute", statement="They were not.").children
    browser, path = door(anna), f"/cases/{dispute}/do/withdraw"
    form = checked(browser.get(f"{path}?lang=ru"))
    assert text("ru", "case.this_ends") in form
    assert text("ru", "case.field_confirm") in form
    kept = hidden(form) | {"go": "send"}
    checked(browser.post(path, data=kept | {"f_confirm": "закройте спор"}), 422)
    assert sees(anna, dispute).state == "evidence"
    assert browser.post(path, data=kept | {"f_confirm": "отзываю"}).status_code == 303
    assert sees(anna, refused.id).state == "cancelled"

    assert refused.order is not None
    order = house.db.read_now(commerce.order, anna.actor, refused.order)
    again = wrong_size(anna, order)
    acts(anna, again.id, "cancel")
    house.passes(days=15)
    with pytest.raises(NotReturnable):
        wrong_size(anna, order)


@pytest.mark.parametrize("locale", LOCALES)
def test_money_that_nobody_asked_for_again_is_told_with_amount_way_and_date(
    house: House, halo: Counter, anna: Person, door: Door, locale: Locale
) -> None:
    till = with_till(house, Till(PaymentState.PENDING))
    case = sent_back(halo, anna, bought(halo, anna, shoes(halo)))
    browser = door(anna)

    def page() -> str:
        return checked(browser.get(f"/cases/{case.id}?lang={locale}"))

    house.passes(days=3, minutes=1)  # the shop never looked at them
    asked_at = house.clock()
    assert sees(anna, case.id).state == "refund_due"
    before = page()
    assert written.money(4_990, "EUR", locale) in before
    assert _done(before, locale) == ["requested", "approved", "submitted"]
    assert text(locale, "case.bank_days", n=5) in before
    assert text(locale, "case.called") not in before

    house.passes(hours=73)
    stuck = page()
    assert text(locale, "case.called") in stuck

    till.answers = PaymentState.DONE
    house.passes(hours=25)
    after = page()
    assert _done(after, locale) == ["requested", "approved", "submitted", "succeeded"]
    assert text(locale, "case.bank_days", n=3) in after
    assert "P-1" in after
    for at in (asked_at, house.clock()):
        assert written.day(at.date(), locale) in after


def _done(page: str, locale: Locale) -> list[str]:
    """Return the stages of a refund that are behind it, as the page names them."""
    listed = page.partition('<ol class="stages">')[2].partition("</ol>")[0]
    stages = ("requested", "approved", "submitted", "succeeded")
    named = {text(locale, f"case.refund_is_{stage}"): stage for stage in stages}
    lines = re.findall(r'<li class="done">.*?</span><span>([^<]+)', listed, re.DOTALL)
    return [named[line] for line in lines]
