"""What a shop said to all is suggested in the reader's language, where somebody translates."""

import asyncio
import time
from itertools import count

import pytest

from shopbell.assistants import budget
from shopbell.assistants.glossary import WAIT_SECONDS
from shopbell.commerce.model import Product
from shopbell.conversations.model import Subject, SubjectKind
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, ShopId
from shopbell.kernel.texts import Locale
from shopbell.knowledge.suggesting import service as suggesting
from shopbell.knowledge.suggesting.commands import Suggest
from shopbell.knowledge.suggesting.model import Suggestion
from shopbell.knowledge.suggesting.ordering import nearest
from shopbell.knowledge.suggesting.translating import translated
from tests.support.answers import answered
from tests.support.house import House, Opens, Person
from tests.support.interpreter import RunningInterpreter

ASKED = "How heavy is it?"
IN_CHINESE = ("这个有多重？", "可以穿，请放心购买。")
IN_ENGLISH = "It fits, please buy with confidence."
IN_RUSSIAN = "Подойдёт, покупайте спокойно."

READERS = count()


@pytest.fixture
def house(opens: Opens, interpreter: RunningInterpreter) -> House:
    """Open a house where a service translates."""
    return opens(**interpreter.libretranslate)


def coat(house: House) -> Product:
    """Sell a coat about which the shop has answered in Chinese alone."""
    halo = house.shop("halo")
    coat = halo.sells("coat", title={"en": "Coat", "zh": "外套", "ru": "Пальто"})
    answered(halo, coat, IN_CHINESE, "zh")
    return coat


async def typed(
    house: House, product: Product, locale: Locale = "en", who: Person | None = None
) -> list[Suggestion]:
    """Return what somebody signed in is shown who types, as the route shows it."""
    who = who or house.buyer(f"reader{next(READERS)}")
    return await shown(house, product, locale, who.actor)


async def shown(
    house: House, product: Product, locale: Locale = "en", visitor: Actor | None = None
) -> list[Suggestion]:
    """Return what anybody is shown who types, be it a stranger."""
    asked = Suggest(Subject(SubjectKind.PRODUCT, product.id), ASKED)
    looked = await house.db.read(suggesting.look, visitor, asked, locale)
    helper = house.app.assistants
    return await translated(helper, looked, await nearest(helper, looked))


@pytest.mark.parametrize(("locale", "answer"), [("en", IN_ENGLISH), ("ru", IN_RUSSIAN)])
def test_an_answer_is_read_in_ones_own_language_and_the_original_beside(
    house: House, locale: Locale, answer: str
) -> None:
    [one] = asyncio.run(typed(house, coat(house), locale))
    assert (one.answer, one.locale) == (answer, locale)
    assert (one.original, one.written_in) == (IN_CHINESE[1], "zh")


def test_it_is_translated_once_for_all_readers_and_not_for_those_who_can_read_it(
    house: House, interpreter: RunningInterpreter
) -> None:
    product = coat(house)
    asyncio.run(typed(house, product))
    before = len(interpreter.heard)
    [one] = asyncio.run(typed(house, product, who=house.buyer("anna")))
    assert one.answer == IN_ENGLISH
    [one] = asyncio.run(typed(house, product, "zh"))
    assert (one.answer, one.original, one.written_in) == (IN_CHINESE[1], "", None)
    assert len(interpreter.heard) == before


@pytest.mark.parametrize(
    "mood", ["broken", "garbled", "hangs", "huge", "bare", "leads", "lures", "slow"]
)
def test_a_translator_that_is_ill_leaves_the_original_and_keeps_nobody_waiting(
    house: House, interpreter: RunningInterpreter, mood: str
) -> None:
    product = coat(house)
    interpreter.is_now(mood)
    began = time.monotonic()
    [one] = asyncio.run(typed(house, product))
    assert time.monotonic() - began < WAIT_SECONDS + 1.0
    assert (one.answer, one.locale, one.original) == (IN_CHINESE[1], "zh", "")

    interpreter.is_now("well")
    house.passes(minutes=5)


def test_what_takes_long_is_there_for_who_types_on(
    opens: Opens, interpreter: RunningInterpreter
) -> None:
    house = opens(**interpreter.libretranslate | {"assistants_seconds": 10.0})
    product = coat(house)
    interpreter.is_now("slow")

    async def types_on() -> list[str]:
        first = await typed(house, product)
        await asyncio.sleep(1.5)
        return [one.answer for one in (*first, *await typed(house, product))]

    assert asyncio.run(types_on()) == [IN_CHINESE[1], IN_ENGLISH]


def test_where_nothing_may_be_spent_the_original_is_shown(
    opens: Opens, interpreter: RunningInterpreter
) -> None:
    house = opens(**interpreter.libretranslate, assistants_shop_tokens=1)
    product, before = coat(house), len(interpreter.heard)
    [one] = asyncio.run(typed(house, product))
    assert (one.answer, one.original) == (IN_CHINESE[1], "")
    assert len(interpreter.heard) == before


def test_a_stranger_spends_nothing_and_reads_what_was_translated_for_others(
    house: House, interpreter: RunningInterpreter
) -> None:
    product, before = coat(house), len(interpreter.heard)
    for _look in range(2):
        [one] = asyncio.run(shown(house, product))
        assert (one.answer, one.locale, one.original) == (IN_CHINESE[1], "zh", "")
    assert len(interpreter.heard) == before

    asyncio.run(typed(house, product))
    after = len(interpreter.heard)
    [one] = asyncio.run(shown(house, product))
    assert (one.answer, one.original) == (IN_ENGLISH, IN_CHINESE[1])
    assert len(interpreter.heard) == after


def test_a_failure_is_kept_for_a_minute(house: House, interpreter: RunningInterpreter) -> None:
    product, before = coat(house), len(interpreter.heard)
    interpreter.is_now("broken")
    for _pause in range(4):
        asyncio.run(typed(house, product))
    assert len(interpreter.heard) == before + 2, "the answer and the question, once each"

    interpreter.is_now("well")
    house.passes(seconds=59)
    [one] = asyncio.run(typed(house, product))
    assert one.answer == IN_CHINESE[1]
    house.passes(seconds=1)
    [one] = asyncio.run(typed(house, product))
    assert one.answer == IN_ENGLISH


def test_a_budget_that_is_spent_costs_no_write_at_every_pause(
    opens: Opens, interpreter: RunningInterpreter, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = opens(**interpreter.libretranslate, assistants_shop_tokens=1)
    product, take, writes = coat(house), budget.take, []

    def counted(tx: Tx, shop: ShopId, tokens: int) -> str:
        writes.append(tokens)
        return take(tx, shop, tokens)

    monkeypatch.setattr(budget, "take", counted)
    for _pause in range(4):
        asyncio.run(typed(house, product))
    assert len(writes) == 2, "the answer and the question, once each"


def test_a_translator_that_breaks_in_an_unknown_way_leaves_the_original(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(*_asked: object, **_more: object) -> tuple[str, str]:
        raise ValueError("nobody thought of this")

    product = coat(house)
    monkeypatch.setattr(house.app.assistants, "translate", breaks)
    [one] = asyncio.run(typed(house, product))
    assert (one.answer, one.locale, one.original) == (IN_CHINESE[1], "zh", "")


def test_without_a_translator_all_is_as_it_was(opens: Opens) -> None:
    house = opens()
    [one] = asyncio.run(typed(house, coat(house)))
    assert (one.answer, one.locale, one.original) == (IN_CHINESE[1], "zh", "")


def test_nobody_translates_what_only_two_have_said(
    house: House, interpreter: RunningInterpreter
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    product = halo.sells("coat")
    talk = anna.asks(halo, product, ASKED)
    halo.mei.answers(talk, IN_CHINESE[1])
    before = len(interpreter.heard)
    [one] = asyncio.run(typed(house, product, who=anna))
    assert (one.kind, one.answer) == ("thread", IN_CHINESE[1])
    assert len(interpreter.heard) == before
