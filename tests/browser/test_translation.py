"""A Russian buyer, a Chinese shop: each reads in their own language, the original one tap away."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from shopbell.kernel.texts import Locale
from tests.browser.conftest import made_market
from tests.browser.people import People, Talk, Visitor, fresh
from tests.support.eyes import Faults
from tests.support.interpreter import RunningInterpreter, running_interpreter
from tests.support.server import RunningServer

ANSWER = "可以穿，请放心购买。"
IN_RUSSIAN = "Подойдёт, покупайте спокойно."


@pytest.fixture(scope="module")
def interpreter() -> Iterator[RunningInterpreter]:
    with running_interpreter() as running:
        yield running


@pytest.fixture(scope="module")
def translated_market(
    tmp_path_factory: pytest.TempPathFactory, interpreter: RunningInterpreter
) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("translated") / "data"
    shutil.copytree(made_market(tmp_path_factory), folder)
    settings = {**interpreter.libretranslate, "assistants_seconds": 5.0}
    with RunningServer(folder, demo=True, **settings) as running:
        yield running


@pytest.fixture
def people(
    browser: Browser, translated_market: RunningServer, interpreter: RunningInterpreter
) -> Iterator[People]:
    interpreter.is_now("well")
    faults = Faults()
    come = People(browser, translated_market.url, faults)
    yield come
    come.leave()
    assert not faults.found, "\n".join(faults.found)


def reads(talk: Talk, words: str) -> None:
    expect(talk.log.get_by_text(words, exact=True)).to_be_visible()


def toggle(talk: Talk, who: Visitor, key: str) -> Locator:
    return talk.log.get_by_role("button", name=who.words(f"translation.{key}")).last


def looks_well(who: Visitor) -> None:
    who.finds_no_barriers(in_dark=True)
    who.fits()


def test_each_reads_the_other_in_their_own_language(people: People) -> None:
    boris, mei = people.buyer("ru"), people.seller("zh")
    question = fresh("Когда придёт заказ 1234-5678?")
    there = boris.asks_about(mei.product(specified=False))
    there.says(question)
    mei.sits_down()
    desk = mei.takes(question)
    code = question.rpartition(" ")[2]
    reads(desk, f"[zh] {question}")
    assert code in question
    looks_well(mei)
    toggle(desk, mei, "show_original").click()
    reads(desk, question)
    toggle(desk, mei, "show_translation").click()
    reads(desk, f"[zh] {question}")

    desk.says(ANSWER)
    reads(desk, ANSWER)
    reads(there, IN_RUSSIAN)
    expect(there.log.get_by_text(ANSWER, exact=True)).to_have_count(0)
    looks_well(boris)
    toggle(there, boris, "show_original").tap()
    reads(there, ANSWER)


@pytest.mark.parametrize("locale", ["en", "ru", "zh"])
def test_ones_own_language_is_left_as_it_is(people: People, locale: Locale) -> None:
    said = {"en": "Is it heavy?", "ru": "Он тяжёлый?", "zh": "它重吗？"}[locale]
    buyer, mei = people.buyer(locale), people.seller(locale)
    question = fresh(said)
    buyer.asks_about(mei.product(specified=False)).says(question)
    mei.sits_down()
    desk = mei.takes(question)
    desk.hears(question)
    mei.page.wait_for_timeout(1_500)
    expect(desk.message(question)).to_be_visible()
    assert f"[{locale}]" not in desk.log.inner_text().partition(question)[2]


def test_what_cannot_be_translated_is_read_as_it_was_written(
    people: People, interpreter: RunningInterpreter
) -> None:
    interpreter.is_now("spoils")
    boris, mei = people.buyer("ru"), people.seller("zh")
    question = fresh("Где посылка RA123456789RU?")
    boris.asks_about(mei.product(specified=False)).says(question)
    mei.sits_down()
    desk = mei.takes(question)
    mei.page.wait_for_timeout(3_000)
    desk.hears(question)


def test_a_shop_sees_before_sending_what_the_buyer_will_read(people: People) -> None:
    boris, mei = people.buyer("ru"), people.seller("zh")
    question = fresh("Есть размер?")
    boris.asks_about(mei.product(specified=False)).says(question)
    mei.sits_down()
    desk = mei.takes(question)
    desk.field.fill("有 EU 42 码，货号 HL-42-RED。")
    mei.page.get_by_role("button", name="预览").click()
    section = mei.page.get_by_role("region", name="预览")
    expect(section).to_contain_text("[ru] 有 EU 42 码，货号 HL-42-RED。")
    expect(section).to_contain_text("[zh] [ru] 有 EU 42 码，货号 HL-42-RED。")
    looks_well(mei)
    mei.page.get_by_role("button", name=mei.words("translation.close")).click()
    expect(section).to_have_count(0)
    expect(desk.field).to_be_focused()
