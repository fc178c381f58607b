"""One person, two shops: answering in both, and nothing of the one is left at the other."""

import re

from playwright.sync_api import expect

from tests.browser.people import People, Seller, fresh


def test_one_person_answers_in_two_shops_and_finds_their_draft_again(people: People) -> None:
    mei, owner = people.seller(), people.seller(account="shop-two")
    one, two = mei.shop["name"], owner.shop["name"]
    staff = f"/shops/{owner.shop['id']}/staff"
    colleague: dict[str, object] = {
        "email": "shop-one@demo.example",
        "name": "Mei",
        "password": fresh("a kettle"),
    }
    _asks(owner, "POST", staff, colleague)
    try:
        _answer_in_both(people, mei, owner, one, two)
    finally:
        _asks(owner, "DELETE", f"{staff}/{mei.learns('/me')['person']['id']}")


def _answer_in_both(people: People, mei: Seller, owner: Seller, one: str, two: str) -> None:
    at_one, at_two = fresh("Is the handle of wood?"), fresh("Is the cord long?")
    buyer, other = people.newcomer(), people.newcomer()
    buyer.asks_about(mei.product(specified=False)).says(at_one)
    other.asks_about(owner.product(specified=True)).says(at_two)

    mei.sits_down()
    desk = mei.takes(at_one)
    desk.hears(at_one)
    begun = fresh("Of beech, and")
    desk.field.fill(begun)
    link = re.sub(r"\?.*", "", mei.page.url)
    mei.button("team.shop_here", shop=one).click()
    mei.finds_no_barriers(in_dark=True)
    mei.page.get_by_role("button", name=re.compile(re.escape(two))).last.click()

    expect(mei.button("team.shop_here", shop=two)).to_be_visible()
    expect(mei.looks_for(at_two)).to_be_visible()
    expect(mei.page.get_by_text(at_one)).to_have_count(0)
    answer = fresh("Two metres.")
    mei.takes(at_two).says(answer)
    other.window.hears(answer)

    mei.page.goto(link)
    expect(mei.page.get_by_text(mei.words("team.shop_of_talk", shop=one))).to_be_visible()
    expect(mei.page.get_by_text(at_one)).to_have_count(0)
    mei.button("team.act_for", shop=one).click()
    expect(mei.talk.field).to_have_value(begun)
    mei.talk.says(begun + " oiled.")
    buyer.window.hears(begun + " oiled.")

    mei.page.keyboard.press("Control+k")
    mei.page.keyboard.type(mei.words("team.act_for", shop=two))
    mei.page.keyboard.press("Enter")
    expect(mei.button("team.shop_here", shop=two)).to_be_visible()
    expect(mei.page.get_by_text(at_one)).to_have_count(0)


def _asks(who: Seller, method: str, path: str, body: dict[str, object] | None = None) -> None:
    answer = who.context.request.fetch(
        f"/api/v1{path}", method=method, data=body, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.ok, f"{path}: {answer.status} {answer.text()}"
