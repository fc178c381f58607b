"""Several screens on one conversation agree."""

from playwright.sync_api import Response, expect

from tests.browser.people import Buyer, People, Seller, fresh

UNDO = 12_000
"""For a few seconds resolving can be undone; the others see it after that."""


def test_two_tabs_of_one_buyer_agree(people: People) -> None:
    seller, buyer = people.seller(), people.buyer(phone=False)
    product = seller.product(specified=False)
    question, more = fresh("Is there a manual?"), fresh("In Russian, too?")
    first = buyer.asks_about(product)
    other = Buyer(buyer.context, buyer.locale)
    second = other.asks_about(product)

    first.says(question)
    second.hears(question)
    second.says(more)
    first.hears(more)
    for tab in (first, second):
        tab.hears(question)
        tab.hears(more)


def test_two_agents_of_one_shop_see_each_other_answer(people: People) -> None:
    mei, oleg, buyer = people.seller(), people.seller(), people.buyer()
    question, answer = fresh("Can it be wrapped as a gift?"), fresh("With pleasure.")
    mei.sits_down()
    oleg.sits_down()
    talk = buyer.asks_about(mei.product(specified=False))
    talk.says(question)

    at_one, at_other = mei.takes(question), oleg.takes(question)
    at_other.hears(question)
    at_one.says(answer)
    at_other.hears(answer)
    talk.hears(answer)
    expect(at_other.log.get_by_text(answer)).to_have_count(1)


def test_a_resolved_question_leaves_the_open_list_of_every_agent(people: People) -> None:
    mei, oleg, buyer = people.seller(), people.seller(), people.buyer()
    question, answer = fresh("Which batteries does it take?"), fresh("Two AA.")
    mei.sits_down()
    oleg.sits_down()
    talk = buyer.asks_about(mei.product(specified=False))
    talk.says(question)
    desk = mei.takes(question)
    desk.says(answer)
    talk.hears(answer)
    expect(oleg.looks_for(answer)).to_be_visible()
    mei.page.keyboard.press("Escape")
    _resolve(mei)
    expect(mei.row(answer)).to_have_count(0)
    expect(oleg.row(answer)).to_have_count(0, timeout=UNDO)


def test_a_draft_begun_on_the_phone_goes_on_at_the_desktop(people: People) -> None:
    phone, desktop = people.buyer(), people.buyer(phone=False)
    product = people.seller().product(specified=True)
    question, begun, ended = fresh("Is it oak?"), fresh("And the legs"), " as well?"
    talk = phone.asks_about(product)
    talk.says(question)
    talk.sees("sent")

    with phone.page.expect_response(keeps_a_draft):
        talk.field.fill(begun)
    there = desktop.asks_about(product)
    expect(there.field).to_have_value(begun)
    there.says(begun + ended)
    there.sees("sent")

    talk = phone.asks_about(product)
    talk.hears(begun + ended)
    expect(talk.field).to_have_value("")


def keeps_a_draft(answer: Response) -> bool:
    return answer.request.method == "PUT" and answer.url.endswith("/draft") and answer.ok


def _resolve(seller: Seller) -> None:
    seller.button("desk.act_resolve").first.click()
