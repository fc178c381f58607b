"""A manager says by which clocks the team answers, and sees at once what that comes to."""

from playwright.sync_api import expect

from tests.browser.people import People


def test_a_manager_tries_clocks_out_and_lays_them_down(people: People) -> None:
    owner = people.seller(account="shop-two", phone=True)
    owner.opens("/shop/clocks")
    owner.fits()
    page = owner.page
    first = page.get_by_role("region", name=owner.words("clocks.policy", n=1))
    first.get_by_label(owner.words("clocks.target_first"), exact=True).first.fill("45")
    first.get_by_label(owner.words("clocks.does_raise")).last.check()
    page.get_by_label(owner.words("contact.try_time"), exact=True).fill("09:30")
    owner.button("contact.try").click()
    tried = page.get_by_role("region", name=owner.words("clocks.preview"))
    expect(tried.get_by_text(owner.words("clocks.by_policy", n=1))).to_be_visible()
    owner.finds_no_barriers(in_dark=True)
    owner.button("office.save").click()
    expect(page.get_by_text(owner.words("clocks.done_saved"))).to_be_visible()
    expect(first.get_by_label(owner.words("clocks.target_first"), exact=True).first).to_have_value(
        "45"
    )
    first.get_by_label(owner.words("clocks.target_first"), exact=True).first.fill("soon")
    owner.button("office.save").click()
    expect(page.get_by_text(owner.words("clocks.bad_goal"))).to_be_visible()
    owner.fits()
