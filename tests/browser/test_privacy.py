"""Somebody asks for their data and goes; the pages are good on every screen."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import FIRST_PASSWORD, People


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_copy_is_written_and_the_account_is_to_be_erased(people: People, *, phone: bool) -> None:
    anna = people.visitor("ru" if phone else "zh", phone=phone)
    anna.signs_up()
    anna.opens("/account")
    anna.page.get_by_role("link", name=anna.words("privacy.open")).click()
    anna.button("privacy.take_ask").click()
    expect(anna.page.get_by_text(anna.words("privacy.take_done"))).to_be_visible()
    anna.finds_no_barriers(in_dark=True)
    if phone:
        anna.fits()
    anna.page.get_by_label(anna.words("privacy.erase_password")).fill(FIRST_PASSWORD)
    anna.page.keyboard.press("Enter")
    expect(anna.page.get_by_text(anna.words("privacy.asked_keep"))).to_be_visible()
    anna.finds_no_barriers(in_dark=True)
    if phone:
        anna.fits()
