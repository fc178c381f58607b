"""Two of a team on one conversation: they see each other, do not cross, and call each other."""

import re

from playwright.sync_api import Locator, expect

from shopbell.kernel.ids import new_id
from tests.browser.people import FIRST_PASSWORD, People, Seller, fresh
from tests.browser.test_together import keeps_a_draft


def test_a_team_of_two_does_not_cross_and_calls_each_other(people: People) -> None:
    mei, buyer = people.seller(), people.buyer()
    oleg = _colleague(people, mei)
    question, answer, crossing = fresh("Is it oak?"), fresh("Ash."), fresh("Oak, yes.")
    mei.sits_down()
    oleg.sits_down()
    talk = buyer.asks_about(mei.product(specified=False))
    talk.says(question)
    at_mei, at_oleg = mei.takes(question), oleg.takes(question)
    at_oleg.hears(question)
    expect(mei.page.get_by_text(mei.words("team.also_here", names="Oleg"))).to_be_visible()

    with oleg.page.expect_response(keeps_a_draft):
        at_oleg.field.fill(crossing)
    mei.button("team.see_draft").click()
    draft = mei.page.get_by_role("region", name=mei.words("team.draft_of", who="Oleg"))
    expect(draft).to_contain_text(crossing)
    mei.finds_no_barriers()

    at_mei.field.fill(answer)
    at_mei.field.press("Enter")
    anyway = mei.page.get_by_role("alert").get_by_role("button", name=mei.words("desk.send_anyway"))
    if anyway.is_visible():
        anyway.click()
    at_oleg.hears(answer)
    at_oleg.field.press("Enter")
    held = oleg.page.get_by_role("alert").filter(has_text=oleg.words("team.let_mine_go"))
    expect(held).to_contain_text(answer)
    oleg.finds_no_barriers(in_dark=True)
    held.get_by_role("button", name=oleg.words("team.let_mine_go")).click()
    expect(at_oleg.message(crossing)).to_have_count(0)
    talk.hears(answer)
    expect(talk.message(crossing)).to_have_count(0)

    oleg.opens("/desk")
    _writes_note(mei, "@ol")
    mei.page.keyboard.press("Enter")
    mei.page.keyboard.type("look please")
    mei.page.keyboard.press("Enter")
    expect(oleg.page.get_by_text(oleg.words("team.toast_mention", who="Mei"))).to_be_visible()
    calls = re.compile(re.escape(oleg.words("team.calls_waiting_one", n=1)))
    oleg.page.get_by_role("button", name=calls).click()
    oleg.finds_no_barriers()
    oleg.page.get_by_role("link", name=oleg.words("team.mentioned", who="Mei")).click()
    expect(oleg.talk.log).to_contain_text("look please")
    expect(
        oleg.page.get_by_role("button", name=oleg.words("team.calls"), exact=True)
    ).to_be_visible()


def test_commands_are_found_by_name_and_keys_lie_where_one_lays_them(people: People) -> None:
    seller = people.seller("ru")
    seller.sits_down()
    keys = seller.page.keyboard
    keys.press("Control+k")
    menu = seller.page.get_by_role("dialog", name=seller.words("team.menu"))
    expect(menu.get_by_role("combobox")).to_be_focused()
    keys.type("обращ")
    expect(menu.get_by_role("option", selected=True)).to_contain_text(seller.words("team.do_cases"))
    seller.finds_no_barriers(in_dark=True)
    keys.press("Enter")
    expect(seller.page).to_have_url(re.compile("/desk/cases"))

    keys.press("?")
    card = seller.page.get_by_role("dialog")
    _lays(seller, card, "inbox", "KeyG", "KeyX")
    _lays(seller, card, "next", "KeyR")
    expect(card.get_by_role("alert")).to_be_visible()
    seller.finds_no_barriers()
    keys.press("Escape")
    keys.press("g")
    keys.press("x")
    expect(seller.page).to_have_url(re.compile("/desk$|/desk[?]"))

    keys.press("?")
    seller.button("team.reset_keys").click()
    keys.press("Escape")


def _colleague(people: People, owner: Seller) -> Seller:
    email = f"{new_id()}@example.org"
    new = {"email": email, "name": "Oleg", "password": FIRST_PASSWORD, "rank": "agent"}
    path = f"/api/v1/shops/{owner.learns('/me')['shop']}/staff"
    joined = owner.context.request.post(path, data=new, headers={"Sec-Fetch-Site": "same-origin"})
    assert joined.ok, joined.text()
    guest = Seller(people.visitor().context, "en")
    guest.comes_in(email, FIRST_PASSWORD)
    return guest


def _writes_note(seller: Seller, words: str) -> None:
    seller.button("desk.note").click()
    expect(seller.talk.field).to_be_focused()
    seller.page.keyboard.type(words)
    expect(seller.page.get_by_role("option", name="Oleg")).to_be_visible()


def _lays(seller: Seller, card: Locator, verb: str, *places: str) -> None:
    what = seller.words(f"team.do_{verb}")
    card.get_by_role("button", name=seller.words("team.change_key", what=what)).click()
    with seller.page.expect_response(lambda one: one.url.endswith("/desk/keys")):
        for place in places:
            seller.page.keyboard.press(place)
