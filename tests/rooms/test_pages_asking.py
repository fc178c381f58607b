"""Forms about an order on pages: which parcels they offer, and what they keep on the way."""

import pytest

from shopbell.commerce import service as commerce
from shopbell.commerce.commands import SentParcel
from shopbell.commerce.model import Errand
from tests.rooms.test_pages_cases import carried, goes_on
from tests.support.browsing import Door, checked
from tests.support.casework import opens
from tests.support.house import Counter, House, Person
from tests.support.returns import bought, shoes

KIND = "logistics_inquiry"
FIRST, SECOND = "00340434161094029812", "00340434161094029829"


@pytest.fixture
def anna(house: House) -> Person:
    return house.buyer("anna")


def test_a_second_parcel_can_be_asked_about_while_the_first_is_looked_for(
    house: House, halo: Counter, anna: Person, door: Door
) -> None:
    parcels = [SentParcel("DHL", number, shipped_at=house.clock()) for number in (FIRST, SECOND)]
    order = halo.ships_to(anna, halo.sells("lamp"), shipments=parcels)
    browser, path = door(anna), f"/orders/{order.id}/ask/{KIND}"
    opens(anna, KIND, order, concern="late", shipment=order.shipments[0].id)
    assert browser.get(path).status_code == 200
    assert path in checked(browser.get(f"/orders/{order.id}"))
    opens(anna, KIND, order, concern="late", shipment=order.shipments[1].id)
    assert browser.get(path).status_code == 303
    assert path not in checked(browser.get(f"/orders/{order.id}"))


def test_what_was_sent_instead_can_be_asked_about(
    house: House, halo: Counter, anna: Person, door: Door
) -> None:
    order = bought(halo, anna, shoes(halo))
    sent = house.db.write_now(commerce.add_beside, order.id, Errand.EXCHANGE, "DHL", SECOND)
    browser, path = door(anna), f"/orders/{order.id}/ask/{KIND}"
    screens = [checked(browser.get(path))]
    screens.append(goes_on(browser, path, screens[0], concern="late"))
    assert any(f'type="radio" name="f_shipment" value="{sent.id}"' in page for page in screens)


def test_what_was_answered_is_kept_where_the_rules_say_no(
    house: House, halo: Counter, anna: Person, door: Door
) -> None:
    order = bought(halo, anna, shoes(halo))
    house.passes(days=90)
    browser, path = door(anna), f"/orders/{order.id}/ask/return"
    page = goes_on(browser, path, checked(browser.get(path)), condition="proper")
    page = goes_on(
        browser, path, page, reason="size_fit", wish="exchange", wished="42", comment="Too small."
    )
    assert 'class="verdict no"' in page
    assert {"f_condition", "f_reason", "f_wish", "f_wished", "f_comment"} <= carried(page).keys()
