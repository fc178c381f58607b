"""Two of a team at their desks: the rule gives out, a colleague is given it, and it sleeps."""

import re

from playwright.sync_api import expect

from tests.browser.people import People, Seller, fresh


def test_a_rule_gives_out_a_colleague_is_given_it_and_it_sleeps(people: People) -> None:
    mei, buyer = people.seller(), people.newcomer()
    question = fresh("Does it come with a strainer?")
    _asks(mei, "PUT", "/desk/rule", {"mode": "load", "limit": 200})
    try:
        mei.sits_down()
        mei.page.get_by_role("button", name=re.compile(mei.words("desk.account", who=""))).click()
        mei.button("team.presence_available").click()
        mei.page.keyboard.press("Escape")
        buyer.asks_about(mei.product(specified=False)).says(question)
        desk = mei.takes(question)
        desk.hears(question)
        bar = mei.page.get_by_role("group", name=mei.words("team.bar"))
        expect(bar.get_by_text(mei.words("team.mine"))).to_be_visible()
        expect(mei.page.get_by_text("who had least")).to_be_visible()
    finally:
        _asks(mei, "PUT", "/desk/rule", {"mode": "manual"})
        _asks(mei, "PUT", "/desk/seat", {"presence": "off"})

    mei.page.keyboard.press("h")
    mei.finds_no_barriers(in_dark=True)
    mei.button("team.until_buyer").click()
    expect(mei.row(question)).to_have_count(0)
    expect(bar.get_by_text(mei.words("team.snoozed_buyer"))).to_be_visible()
    again = fresh("And a lid?")
    buyer.window.says(again)
    expect(mei.looks_for(again)).to_be_visible()
    expect(bar.get_by_text(mei.words("team.woken_buyer"))).to_be_visible()


def _asks(who: Seller, method: str, path: str, body: dict[str, object]) -> None:
    answer = who.context.request.fetch(
        f"/api/v1{path}",
        method=method,
        data=body,
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.ok, f"{path}: {answer.status} {answer.text()}"
