"""The pages of the score in a phone and a wide window, in the dark and in the light."""

from playwright.sync_api import expect

from tests.browser.people import People


def test_a_manager_reads_why_and_the_operator_who_is_below(people: People) -> None:
    owner = people.seller("ru", phone=True, dark=True)
    owner.opens("/shop/score")
    expect(owner.page.get_by_role("heading", name=owner.words("score.formula"))).to_be_visible()
    owner.fits()
    owner.finds_no_barriers()

    olga = people.operator("en")
    olga.opens("/console/score")
    olga.fits()
    olga.finds_no_barriers()
    olga.button("score.lay_down").click()
    expect(olga.page.get_by_text(olga.words("score.done_rule"))).to_be_visible()
