"""Without JavaScript a buyer still reaches the shop, and reads the answer."""

from playwright.sync_api import expect

from tests.browser.people import People, fresh


def test_the_plain_form_reaches_the_desk_and_shows_the_answer(people: People) -> None:
    seller, buyer = people.seller(), people.buyer(script=False)
    question, answer = fresh("Do you ship to islands?"), fresh("Yes, by boat.")
    product = seller.product(specified=False)
    buyer.opens(f"/products/{product['slug']}")
    buyer.page.get_by_role("link", name=buyer.words("pages.ask_product")).first.click()
    buyer.page.get_by_label(buyer.words("pages.your_message")).fill(question)
    buyer.button("pages.send").click()
    expect(buyer.page.get_by_text(question)).to_be_visible()

    seller.sits_down()
    desk = seller.takes(question)
    desk.hears(question)
    desk.says(answer)
    desk.sees("sent")
    buyer.page.reload()
    expect(buyer.page.get_by_text(answer)).to_be_visible()


def test_an_empty_message_is_refused_and_nothing_is_lost(people: People) -> None:
    seller, buyer = people.seller(), people.buyer("ru", script=False)
    product = seller.product(specified=False)
    buyer.opens(f"/contact?shop={product['shop']}&product={product['id']}")
    buyer.page.get_by_label(buyer.words("pages.your_message")).fill("   ")
    buyer.button("pages.send").click()
    expect(buyer.page.get_by_text(buyer.words("pages.say_something"))).to_be_visible()
