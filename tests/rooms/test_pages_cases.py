"""Cases on pages that need no script: asked for in a guided form, followed, brought to an end."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from shopbell.cases.kinds import KINDS
from shopbell.cases.refusals import DetailMalformed
from shopbell.commerce.commands import SentParcel
from shopbell.commerce.model import Eta, OrderState
from shopbell.kernel.actor import Side
from shopbell.kernel.texts import LOCALES, Locale, text
from shopbell.web.pages.case_words import Surroundings, detail, details
from shopbell.web.pages.format import money
from tests.support import casework
from tests.support.browsing import Browser, Door, checked
from tests.support.casework import opens
from tests.support.house import Counter, House, Person
from tests.support.returns import acts, arrives, bought, file_of, sees, shoes, wrong_size


def _png() -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (2, 2)).save(drawn, "PNG")
    return drawn.getvalue()


PNG = _png()
ICON = "(!)"


@pytest.fixture
def anna(house: House) -> Person:
    return house.buyer("anna")


def carried(page: str) -> dict[str, Any]:
    """Return what the guided form on the page carries, by name."""
    form = page[page.index("data-guided") : page.index("</form>", page.index("data-guided"))]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        found.setdefault(name, []).append(value)
    return found


def tied(page: str) -> list[tuple[str, bool]]:
    """List the fields said to be wrong by words on the page, and whether one has the focus."""
    found = list[tuple[str, bool]]()
    for tag in re.findall(r"<(?:input|textarea)\b[^>]*\baria-invalid[^>]*>", page):
        name, told = (re.search(f'{of}="([^"]+)"', tag) for of in ("name", "aria-describedby"))
        assert name is not None
        assert told is not None
        assert f'id="{told[1]}"' in page
        found.append((name[1], " autofocus" in tag))
    return found


def goes_on(
    browser: Browser, path: str, page: str, go: str = "next", status: int = 200, **answers: Any
) -> str:
    """Answer what the screen asks and press a button."""
    given = {f"f_{name}": value for name, value in answers.items()}
    return checked(browser.post(path, data={**carried(page), **given, "go": go}), status)


def test_only_what_is_missing_is_asked_before_shoes_go_back(
    halo: Counter, anna: Person, door: Door
) -> None:
    order = bought(halo, anna, shoes(halo))
    browser = door(anna)
    assert f"/orders/{order.id}/ask/return" in checked(browser.get(f"/orders/{order.id}"))
    path = f"/orders/{order.id}/ask/return"

    page = checked(browser.get(path))
    assert order.number in page
    assert 'name="f_lines"' in page  # its only thing is attached, and not asked for
    assert text("en", "case.field_lines") not in page
    page = goes_on(browser, path, page, condition="proper")
    assert text("en", "case.choice_reason.size_fit") in page
    assert text("en", "case.choice_reason.damaged") not in page
    page = goes_on(browser, path, page, reason="size_fit")
    assert "You pay the way back" in page or text("en", "case.verdict_yes") in page
    page = goes_on(browser, path, page)
    page = goes_on(browser, path, page, wish="exchange", wished="42")
    assert text("en", "case.look_again") in page
    done = browser.post(path, data={**carried(page), "go": "send"})
    assert done.status_code == 303
    case = checked(browser.get(done.headers["location"]))
    assert text("en", "case.return_is_requested") in case
    assert "42" in case

    again = browser.get(path)
    assert (again.status_code, again.headers["location"]) == (
        303,
        done.headers["location"].partition("?")[0],
    )


def test_the_way_of_what_goes_back_is_told_on_the_page(
    halo: Counter, anna: Person, door: Door, house: House
) -> None:
    asked = wrong_size(anna, bought(halo, anna, shoes(halo)))
    acts(halo.mei, asked.id, "approve_return")
    sent = acts(anna, asked.id, "ship_back", parcel={"carrier": "dhl", "number": "jd0014600"})
    page = checked(door(anna).get(f"/cases/{asked.id}"))
    assert text("en", "pages.no_tracking") in page
    arrives(house, sent.facts["back_shipment"])
    page = checked(door(anna).get(f"/cases/{asked.id}"))
    assert ">dhl JD0014600</span>" in page
    assert text("en", "tracking.delivered.signed") in page
    assert text("en", "pages.step_placed") not in page


def test_what_the_rules_refuse_is_said_before_anything_is_sent(
    halo: Counter, anna: Person, door: Door, house: House
) -> None:
    order = bought(halo, anna, shoes(halo))
    house.clock.passes(days=40)
    browser, path = door(anna), f"/orders/{order.id}/ask/return"
    page = goes_on(browser, path, checked(browser.get(path)), condition="proper")
    page = goes_on(browser, path, page, reason="changed_mind")
    assert text("en", "case.verdict_no") in page
    assert f"/orders/{order.id}/ask/repair" in page
    assert 'value="next"' not in page


def test_an_answer_that_is_missing_is_said_beside_its_question_and_nothing_is_lost(
    halo: Counter, anna: Person, door: Door
) -> None:
    order = bought(halo, anna, shoes(halo))
    browser, path = door(anna), f"/orders/{order.id}/ask/repair"
    page = checked(browser.get(path))
    page = goes_on(browser, path, page, "next", 422, serial="SN-1")
    told = f'id="q-fault-bad">{ICON}<span>{text("en", "case.please_fill")}'
    assert told in re.sub(r"<svg.*?</svg>", ICON, page, flags=re.DOTALL)
    assert tied(page) == [("f_fault", True)]
    assert 'value="SN-1"' in page


def test_photos_are_kept_even_when_the_form_is_refused(
    halo: Counter, anna: Person, door: Door
) -> None:
    order = bought(halo, anna, shoes(halo))
    browser, path = door(anna), f"/orders/{order.id}/ask/return"
    page = goes_on(browser, path, checked(browser.get(path)), condition="defective")
    page = goes_on(browser, path, page, reason="defective", fault="The sole came off.")
    photo, letter = ("sole.png", PNG, "image/png"), ("a.txt", b"words", "text/plain")
    files = [("u_shots.whole_item", photo), ("u_shots.packaging", letter)]
    page = checked(browser.post(path, data=carried(page) | {"go": "next"}, files=files), 422)
    assert text("en", "refusals.not_a_picture.title") in page
    kept = re.search(r'name="f_shots.whole_item" value="([^"]+)" checked', page)
    assert kept is not None

    given: dict[str, Any] = {"shots.whole_item": kept[1]}
    page = goes_on(browser, path, page, **given)
    page = goes_on(browser, path, page)
    page = goes_on(browser, path, page)
    assert text("en", "case.look_again") in page
    page = goes_on(browser, path, page, "send", 422)
    assert text("en", "policy.angle_defect_closeup") in page  # named, at the photos
    page = goes_on(browser, path, page, **given, why_no_photos="My camera is broken.")
    done = browser.post(path, data={**carried(page), "go": "send"})
    assert done.status_code == 303
    assert f"/files/{kept[1]}" in checked(browser.get(done.headers["location"]))


def test_what_was_entered_outlives_the_end_of_a_sign_in(
    halo: Counter, anna: Person, door: Door
) -> None:
    order = bought(halo, anna, shoes(halo))
    browser, path = door(anna), f"/orders/{order.id}/ask/return"
    page = goes_on(browser, path, checked(browser.get(path)), condition="proper")
    kept = checked(door().post(path, data=carried(page) | {"go": "next"}), 401)
    assert 'name="f_condition" value="proper"' in kept


@pytest.mark.parametrize("locale", LOCALES)
def test_a_case_is_told_and_acted_upon_by_both_sides_in_every_language(
    halo: Counter, anna: Person, door: Door, locale: Locale
) -> None:
    order = bought(halo, anna, shoes(halo))
    asked = wrong_size(anna, order)
    shop, buyer = door(halo.mei), door(anna)
    path = f"/cases/{asked.id}/do/offer_partial"
    page = checked(shop.get(path, params={"lang": locale}))
    assert text(locale, "case.field_amount") in page
    page = goes_on(shop, path, page, "send", 422, amount="9000")
    assert "9000" in page  # more than was paid: said at the amount, which is kept
    assert tied(page) == [("f_amount", True)]
    assert money(order.total.amount - 1, order.total.currency, locale) in page
    assert (
        shop.post(path, data=carried(page) | {"f_amount": "9,50", "go": "send"}).status_code == 303
    )
    told = checked(buyer.get(f"/cases/{asked.id}", params={"lang": locale}))
    assert text(locale, "case.return_is_partial_offered") in told
    assert text(locale, "case.your_turn") in told
    assert text(locale, "case.return_do_accept") in told
    assert f'action="/cases/{asked.id}/do/accept"' in checked(buyer.get(f"/orders/{order.id}"))
    acts(anna, asked.id, "accept")
    assert sees(anna, asked.id).refunds
    after = checked(buyer.get(f"/cases/{asked.id}", params={"lang": locale}))
    assert text(locale, "case.refund_is_requested") in after


def test_a_case_is_shown_only_to_those_it_concerns(
    halo: Counter, anna: Person, door: Door, house: House
) -> None:
    asked = wrong_size(anna, bought(halo, anna, shoes(halo)))
    other = house.shop("other", staff=["ben"])
    for stranger in (house.buyer("boris"), other.ben):
        for path in (f"/cases/{asked.id}", f"/cases/{asked.id}/do/cancel"):
            assert door(stranger).get(path).status_code == 404
        assert door(stranger).post(f"/cases/{asked.id}/do/cancel", data={}).status_code == 404
    assert door().get(f"/cases/{asked.id}").status_code == 303
    checked(door(house.operator()).get(f"/cases/{asked.id}"))


@pytest.mark.parametrize("locale", LOCALES)
def test_what_was_asked_is_called_so_that_the_shop_may_read_it(
    halo: Counter, anna: Person, door: Door, locale: Locale
) -> None:
    asked = opens(anna, "question", halo.sells("teapot"), question="How heavy is it?")
    page = checked(door(halo.mei).get(f"/cases/{asked.id}", params={"lang": locale}))
    assert text(locale, "case.said_question") in page
    assert text(locale, "case.field_question") not in page


def test_a_word_typed_to_confirm_is_told_nobody() -> None:
    fields = {field.name: field for field in KINDS["dispute"].fields}
    around = Surroundings(locale="en", zone=ZoneInfo("UTC"), side=Side.SELLER, shop="Halo")
    told = details(fields, {"confirm": "withdraw", "statement": "It came broken."}, around)
    assert [one.words for one in told] == [["It came broken."]]


def test_an_address_that_leads_nowhere_is_refused_and_where_it_is_kept_only_shown() -> None:
    link = KINDS["logistics_inquiry"].field("proof_url")
    around = Surroundings(locale="en", zone=ZoneInfo("UTC"), side=Side.SELLER, shop="Halo")
    good, bad = "https://dhl.example:8443/p?id=[1]", "https://[abc"
    assert link.read(good) == good
    with pytest.raises(DetailMalformed):
        link.read(bad)
    told = [detail(link, address, around) for address in (good, bad)]
    assert [(one.words, one.href) for one in told] == [(["dhl.example:8443"], good), ([bad], None)]


def test_a_product_is_asked_about_in_one_screen(halo: Counter, anna: Person, door: Door) -> None:
    teapot = halo.sells("teapot")
    browser, path = door(anna), f"/products/{teapot.slug}/ask/question"
    page = checked(browser.get(path))
    page = goes_on(browser, path, page, question="How heavy is it?")
    while text("en", "case.look_again") not in page:
        page = goes_on(browser, path, page)
    done = browser.post(path, data={**carried(page), "go": "send"})
    assert "How heavy is it?" in checked(browser.get(done.headers["location"]))


def test_what_a_carrier_was_asked_and_a_shop_promised_stands_on_the_case(
    house: House, halo: Counter, anna: Person, door: Door
) -> None:
    due = (house.clock() - timedelta(days=2)).date()
    parcel = SentParcel("DHL", "00340434161094029812", eta=Eta(due, due, "Europe/Berlin"))
    order = halo.ships_to(anna, halo.sells("lamp"), shipments=[parcel])
    case = opens(anna, "logistics_inquiry", order, concern="late")
    page_of, day = f"/cases/{case.id}", house.clock().date()
    casework.acts(halo.mei, case.id, "open_trace", trace_reason="late")
    buyer = door(anna)
    asked = checked(buyer.get(page_of))
    assert text("en", "case.choice_trace_reason.late") in asked
    assert asked.count(text("en", "case.waits_carrier")) >= 2
    proof = {"proof": [file_of(halo.mei, case.conversation)], "signed_by": "A. Brook"}
    answer: dict[str, Any] = {
        "finding": "held",
        "carrier_ref": "DHL-7",
        "said": "Lost our keys.",
        **proof,
    }
    casework.acts(halo.mei, case.id, "carrier_reply", **answer)
    eta = {"earliest": str(day), "latest": str(day), "zone": "Europe/Berlin"}
    casework.acts(halo.mei, case.id, "give_eta", eta=eta, eta_reason="weather")
    house.passes(days=2)
    for locale in LOCALES:
        told = checked(buyer.get(page_of, params={"lang": locale}))
        for key in ("trace_is_answered", "choice_finding.held", "promise_broken", "why"):
            assert text(locale, f"case.{key}") in told, (locale, key)
        assert {"DHL-7", "A. Brook"} <= set(re.findall(r"DHL-7|A\. Brook|Lost our keys", told))
        assert "Lost our keys" not in told
        assert f"/files/{proof['proof'][0]}" in told
    assert "Lost our keys." in checked(door(halo.mei).get(page_of))


def test_an_order_that_is_paid_back_whole_offers_no_return(
    house: House, door: Door, halo: Counter, anna: Person
) -> None:
    order, ask = bought(halo, anna, shoes(halo)), "/ask/return"
    assert ask in checked(door(anna).get(f"/orders/{order.number}"))
    asked = acts(halo.mei, wrong_size(anna, order).id, "approve_keep")
    house.passes(seconds=1)
    paid = {"action": "manual_done", "reference": "Bank 77"}
    door(house.operator()).post(f"/console/refunds/{asked.refunds[0].id}", data=paid)
    assert sees(anna, asked.id).state == "completed"
    assert ask not in checked(door(anna).get(f"/orders/{order.number}"))


def test_an_order_says_that_its_carrier_was_asked(
    house: House, door: Door, halo: Counter, anna: Person
) -> None:
    day = house.clock().date()
    late = SentParcel(carrier="dhl", tracking_number="JD0001", eta=Eta(day, day, "Europe/Berlin"))
    order = halo.ships_to(anna, halo.sells("lamp"), state=OrderState.SHIPPED, shipments=[late])
    inquiry = opens(anna, "logistics_inquiry", order, concern="late")
    house.passes(days=2)
    unknown, asked = (text("en", f"pages.{key}") for key in ("no_reason", "carrier_is_asked"))
    before = checked(door(anna).get(f"/orders/{order.number}"))
    assert (unknown in before, asked in before) == (True, False)
    acts(halo.mei, inquiry.id, "open_trace")
    after = checked(door(anna).get(f"/orders/{order.number}"))
    assert (unknown in after, asked in after) == (False, True)
