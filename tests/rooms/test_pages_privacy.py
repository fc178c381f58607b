"""The pages of one's own data, and the operator's page of receipts."""

import re
from datetime import timedelta

import pytest

from shopbell.kernel.texts import LOCALES, Locale
from tests.support.browsing import Door, checked
from tests.support.house import House

ANNA = {"name": "Anna", "email": "anna@example.org", "password": "seven green kettles"}


@pytest.mark.parametrize("locale", LOCALES)
def test_a_copy_is_asked_for_and_fetched(house: House, door: Door, locale: Locale) -> None:
    anna, other = door(house.buyer("anna")), door(house.buyer("lin"))
    asked = anna.post("/account/data/copies", params={"lang": locale})
    page = checked(anna.get(asked.headers["location"], params={"lang": locale}))
    assert "/account/data/copies/" not in re.sub(r'action="[^"]*"', "", page)
    house.passes(minutes=1)
    page = checked(anna.get("/account/data", params={"lang": locale}))
    [copy] = re.findall(r'href="(/account/data/copies/[^"]+)"', page)
    fetched = anna.get(copy)
    assert (fetched.status_code, fetched.headers["content-type"]) == (200, "application/zip")
    assert fetched.content.startswith(b"PK")
    assert other.get(copy).status_code == 404
    assert door().get(copy).headers["location"].startswith("/sign-in")


def test_an_account_is_erased_by_its_password_and_after_the_grace(house: House, door: Door) -> None:
    here, olga = door(), door(house.operator())
    here.post("/sign-up", data=ANNA)
    wrong = here.post("/account/data/erasure", data={"password": "seven red kettles"})
    assert 'aria-invalid="true"' in checked(wrong, 403)
    gone = here.post("/account/data/erasure", data={"password": ANNA["password"]})
    [number] = re.findall(r"<code>([0-9A-Z]{12})</code>", checked(gone))
    assert here.get("/account/data").headers["location"].startswith("/sign-in")
    assert number in checked(olga.get("/console/privacy"))
    house.clock.passes(seconds=timedelta(days=15).total_seconds())
    house.passes(minutes=1)
    assert here.post("/sign-in", data=ANNA).status_code != 303
    olga = door(house.operator("petra"))
    page = checked(olga.get("/console/privacy", params={"lang": "ru"}))
    assert number in page
    assert "person 1" in page


def test_staff_are_told_whose_their_account_is(house: House, door: Door) -> None:
    mei = door(house.shop("halo").mei)
    assert "/account/data/erasure" not in checked(mei.get("/account/data"))
    assert mei.get("/console/privacy").status_code != 200


def test_what_runs_out_goes_at_night_and_only_that(house: House, door: Door) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), door(house.operator())
    talk = anna.asks(halo, None, "Call me at +49 151 23456789.")
    page = checked(olga.get("/console/privacy"))
    assert page.count('name="originals"') == 1
    house.clock.passes(days=3)
    olga = door(house.operator("petra"))
    assert 'role="alert"' in checked(olga.post("/console/privacy", data={"drafts": "-1"}), 422)
    saved = olga.post("/console/privacy", data={"originals": "2", "mail": ""})
    assert "1 would go now" in checked(olga.get(saved.headers["location"]))
    house.passes(days=1)
    olga = door(house.operator("vera"))
    assert "would go now" not in checked(olga.get("/console/privacy"))
    [said] = halo.mei.reads(talk)
    assert said.startswith("Call me at")
