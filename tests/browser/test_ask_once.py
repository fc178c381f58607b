"""Case one in its second form: the question was answered last week, in another language."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Request, expect

from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import LOCALES, Locale
from tests.browser.people import Buyer, Json, People, Seller, Talk, fresh

ASKED: dict[Locale, str] = {
    "en": "How heavy is it?",
    "ru": "Сколько он весит?",
    "zh": "这个有多重?",
}
OTHER: dict[Locale, Locale] = {"en": "zh", "ru": "en", "zh": "ru"}
GIVEN: dict[Locale, str] = {
    "en": "1.2 kg with the box.",
    "ru": "1,2 кг вместе с коробкой.",
    "zh": "连包装 1.2 公斤。",
}
LANGUAGES: dict[Locale, dict[Locale, str]] = {
    "en": {"zh": "Chinese"},
    "ru": {"en": "английский"},
    "zh": {"ru": "俄语"},
}


@contextmanager
def published(seller: Seller, product: Json, locale: Locale) -> Iterator[str]:
    """Have the shop answer the question for everybody, for as long as it takes."""
    answer, number = fresh(GIVEN[locale]), new_id()
    at = f"/api/v1/shops/{product['shop']}/answers/{number}"
    entry = {
        "question": ASKED[locale],
        "answer": answer,
        "locale": locale,
        "product": product["id"],
    }
    same = {"Sec-Fetch-Site": "same-origin"}
    given = seller.context.request.put(at, data=entry, headers=same)
    assert given.ok, given.text()
    try:
        yield answer
    finally:
        assert seller.context.request.delete(at, headers=same).ok


def suggestions(talk: Talk) -> Locator:
    """Find what stands above the field."""
    return talk.around.get_by_role("region", name=talk.words("suggest.heading"))


def sent(request: Request) -> Json:
    """Return what a request brought."""
    brought = request.post_data_json
    assert isinstance(brought, dict)
    return brought


def types(talk: Talk, words: str) -> None:
    talk.field.press_sequentially(words, delay=5)


def comes_to(people: People, product: Json, locale: Locale, *, phone: bool) -> tuple[Buyer, Talk]:
    """Have somebody new open the window on a product's page."""
    buyer = people.newcomer(locale, phone=phone)
    return buyer, buyer.asks_about(product)


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
@pytest.mark.parametrize("locale", LOCALES)
def test_a_question_answered_last_week_needs_no_asking(
    people: People, locale: Locale, *, phone: bool
) -> None:
    seller = people.seller(locale)
    product = seller.product(specified=False)
    with published(seller, product, OTHER[locale]) as answer:
        buyer, talk = comes_to(people, product, locale, phone=phone)
        types(talk, ASKED[locale])

        shown = suggestions(talk).get_by_role("listitem").filter(has_text=answer)
        expect(shown).to_be_visible()
        expect(shown).to_contain_text(LANGUAGES[locale][OTHER[locale]])
        expect(shown).to_contain_text(seller.shop["name"])
        buyer.finds_no_barriers(in_dark=True)
        buyer.fits()

        shown.get_by_role("button", name=buyer.words("suggest.helped")).click()
        expect(talk.field).to_have_value("")
        expect(suggestions(talk)).to_have_count(0)
        assert buyer.learns("/conversations?box=all")["items"] == [], "nothing was asked"

        talk.around.get_by_role("button", name=buyer.words("suggest.undo")).click()
        expect(talk.field).to_have_value(ASKED[locale])
        buyer.finds_no_barriers()


@pytest.mark.parametrize("locale", LOCALES)
def test_who_asks_anyway_asks_with_one_tap(people: People, locale: Locale) -> None:
    seller = people.seller(locale)
    product = seller.product(specified=False)
    with published(seller, product, OTHER[locale]) as answer:
        buyer, talk = comes_to(people, product, locale, phone=True)
        asked = fresh(ASKED[locale])
        types(talk, asked)
        expect(suggestions(talk)).to_contain_text(answer)
        suggestions(talk).get_by_role("button", name=buyer.words("suggest.anyway")).tap()
        talk.hears(asked)
        expect(suggestions(talk)).to_have_count(0)

        seller.sits_down()
        desk = seller.takes(asked)
        replies = seller.page.get_by_role("region", name=seller.words("suggest.replies"))
        expect(replies).to_contain_text(answer)
        seller.page.get_by_role("heading", level=2).first.focus()
        seller.page.keyboard.press("1")
        expect(desk.field).to_have_value(answer)
        expect(desk.message(answer)).to_have_count(0)
        seller.finds_no_barriers(in_dark=True)
        desk.field.press("Enter")
        talk.hears(answer)
        expect(replies).to_have_count(0)


def test_what_answers_something_else_is_not_shown_again(people: People) -> None:
    seller = people.seller()
    product = seller.product(specified=False)
    with published(seller, product, "en") as answer:
        buyer, talk = comes_to(people, product, "en", phone=False)
        types(talk, ASKED["en"])
        shown = suggestions(talk).get_by_role("listitem").filter(has_text=answer)
        shown.get_by_role("button", name=buyer.words("suggest.wrong")).click()
        expect(suggestions(talk).filter(has_text=answer)).to_have_count(0)
        expect(talk.field).to_have_value(ASKED["en"])
        reported = seller.learns(f"/shops/{product['shop']}/suggestions")
        assert [one["wrong"] for one in reported if one["question"] == ASKED["en"]] == [1]


def test_the_same_question_leads_into_the_open_conversation(people: People) -> None:
    seller = people.seller()
    product = seller.product(specified=False)
    buyer, talk = comes_to(people, product, "en", phone=False)
    asked = fresh(ASKED["en"])
    talk.says(asked)
    talk.sees("sent")
    types(talk, ASKED["en"])
    expect(suggestions(talk)).to_contain_text("You have asked this already. The answer is due")
    assert len(buyer.learns("/conversations?box=all")["items"]) == 1


def test_nothing_is_looked_for_while_a_sign_is_composed(people: People) -> None:
    seller = people.seller("zh")
    product = seller.product(specified=False)
    with published(seller, product, "zh"):
        _buyer, talk = comes_to(people, product, "zh", phone=False)
        talk.field.fill("这")
        talk.field.dispatch_event("compositionstart")
        talk.field.fill(ASKED["zh"])
        _buyer.page.wait_for_timeout(900)
        expect(suggestions(talk)).to_have_count(0)
        talk.field.dispatch_event("compositionend")
        expect(suggestions(talk)).to_be_visible()


def asks_in_public(buyer: Buyer, product: Json, question: str) -> None:
    """Ask on the product's page, before everybody."""
    buyer.opens(f"/products/{product['slug']}")
    buyer.page.get_by_label(buyer.words("answers.ask")).fill(question)
    buyer.button("answers.ask_go").click()
    expect(buyer.page.get_by_text(buyer.words("answers.done_asked"))).to_be_visible()


def nothing_spills_on_a_phone(seller: Seller) -> None:
    """See that on a small screen no word above the field lies over another."""
    wide = seller.page.viewport_size
    assert wide is not None
    seller.page.set_viewport_size({"width": 360, "height": 740})
    spills = "(all) => all.filter((one) => one.scrollWidth > one.clientWidth).length"
    assert seller.page.locator(".how > *").evaluate_all(spills) == 0
    seller.fits()
    seller.page.set_viewport_size(wide)


@pytest.mark.parametrize("locale", LOCALES)
def test_what_was_asked_in_public_is_answered_for_all_in_one_act(
    people: People, locale: Locale
) -> None:
    buyer, seller = people.newcomer(locale), people.seller(locale)
    product = seller.product(specified=False)
    first, second = fresh(ASKED[locale]), fresh(f"{ASKED[locale]}!")
    for question in (first, second):
        asks_in_public(buyer, product, question)

    seller.sits_down()
    expect(seller.looks_for(second)).to_contain_text(seller.words("suggest.public_asked"))
    desk = seller.takes(second)
    public = seller.page.get_by_role("region", name=seller.words("suggest.public_asked"))
    expect(desk.log.get_by_text(seller.words("suggest.public_waits"))).to_have_count(2)
    nothing_spills_on_a_phone(seller)
    public.get_by_role("radio", name=first).check()
    answer = fresh(GIVEN[locale])
    desk.field.fill(f"{answer} +49 30 9018200")
    public.get_by_role("button", name=seller.words("suggest.public_go")).click()

    proof = public.get_by_role("group", name=seller.words("suggest.public_proof"))
    expect(proof).to_contain_text(first)
    expect(proof).to_contain_text(answer)
    expect(proof).not_to_contain_text("9018200")
    expect(desk.message(answer)).to_have_count(0)
    seller.finds_no_barriers(in_dark=True)
    proof.get_by_role("button", name=seller.words("suggest.public_go")).click()

    expect(desk.log.get_by_text(seller.words("suggest.public_answered"))).to_be_visible()
    expect(desk.field).to_have_value("")
    expect(public).to_contain_text(seller.words("suggest.public_lead"))
    shown = buyer.learns(f"/products/{product['id']}/answers?order=newest")["items"]
    assert [one["question"] for one in shown if answer in one["answer"]] == [first]


@pytest.mark.parametrize("signed", [True, False], ids=["buyer", "stranger"])
def test_who_asks_in_public_is_shown_what_was_answered_already(
    people: People, *, signed: bool
) -> None:
    seller = people.seller()
    product = seller.product(specified=False)
    with published(seller, product, "en") as answer:
        buyer = people.newcomer() if signed else people.stranger()
        buyer.opens(f"/products/{product['slug']}")
        field = buyer.page.get_by_label(buyer.words("answers.ask"))
        field.press_sequentially(ASKED["en"], delay=5)
        form = buyer.page.locator("form.write")
        shown = form.get_by_role("listitem").filter(has_text=answer)
        expect(shown).to_be_visible()
        buyer.page.evaluate("scrollTo(0, 0)")  # nothing lies under the page's head, half covered
        buyer.finds_no_barriers(in_dark=True)
        buyer.fits()
        shown.get_by_role("button", name=buyer.words("suggest.helped")).click()
        expect(field).to_have_value("")
        expect(form.get_by_role("region")).to_have_count(0)
        form.get_by_role("button", name=buyer.words("suggest.undo")).click()
        expect(field).to_have_value(ASKED["en"])


def test_the_choice_that_is_looked_at_is_told_to_who_suggests(people: People) -> None:
    seller, buyer = people.seller(), people.stranger()
    goods = seller.learns(f"/products?shop={seller.shop['slug']}&limit=100")["items"]
    product = next(one for one in goods if len(one["variants"]) > 1)
    chosen = product["variants"][0]
    buyer.opens(f"/products/{product['slug']}")
    buyer.page.get_by_role("link", name=" · ".join(chosen["options"].values())).first.click()
    field = buyer.page.get_by_label(buyer.words("answers.ask"))
    with buyer.page.expect_request("**/api/v1/suggestions") as on_page:
        field.press_sequentially("How heavy is it?", delay=5)
    assert sent(on_page.value)["variant"] == chosen["id"]
    talk = buyer.opens_the_window()
    with buyer.page.expect_request("**/api/v1/suggestions") as in_window:
        types(talk, "How heavy is it?")
    assert sent(in_window.value)["variant"] == chosen["id"]
