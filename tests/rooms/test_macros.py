"""The little language of macros: filled to the letter, refused by name, quick whatever it is."""

from time import process_time

import pytest

from shopbell.desk.macros import grammar, naming
from shopbell.desk.macros.checking import cleaned
from shopbell.desk.macros.model import Deed, MacroBody, Use
from shopbell.desk.macros.recipes import recipes
from shopbell.desk.macros.refusals import (
    BlockOpen,
    BlocksTooDeep,
    BlockUnopened,
    DeedUnknown,
    DeedValueOdd,
    MacroCallsMacro,
    MacroSaysNothing,
    PlaceholderBroken,
    PlaceholderUnknown,
    PublicHasGaps,
    PublicIsTheShops,
    PublicNeedsQuestion,
)
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import LOCALES
from tests.support.clock import WoundClock

VALUES = {"buyer.first_name": "Anna", "order.number": None, "parcel.number": "RB1"}


def fill(said: str, *stands: str) -> tuple[str, list[str]]:
    return grammar.fill(said, VALUES, lambda name: name in stands, lambda name: f"⟦{name}⟧")


SAID = {
    "Hello {{buyer.first_name}}!": "Hello Anna!",
    "Hello {{ buyer.first_name | there }}!": "Hello Anna!",
    "Order {{order.number|of yours}}.": "Order of yours.",
    "{{#if parcel.late}}Late{{else}}On time{{/if}}": "On time",
    "{{#if parcel.late}}Late{{/if}}": "",
    "{{#if order}}{{#if parcel.late}}a{{else}}b{{/if}}{{/if}}c": "bc",
    "a { b } c": "a { b } c",
    "": "",
}


@pytest.mark.parametrize("said", SAID)
def test_a_text_is_filled_with_what_is_known(said: str) -> None:
    assert fill(said, "order") == (SAID[said], [])


def test_what_is_not_known_stays_a_visible_gap() -> None:
    said, gaps = fill("Order {{order.number}}, {{order.number}}")
    assert (said, gaps) == ("Order ⟦order.number⟧, ⟦order.number⟧", ["order.number"])
    assert grammar.missing_in(said) == ["order.number"]


def test_a_gap_in_a_part_that_is_not_said_is_none() -> None:
    assert fill("{{#if order}}{{order.number}}{{/if}}x") == ("x", [])


WRONG: dict[str, type[Refusal]] = {
    "{{parcel.weight}}": PlaceholderUnknown,
    "{{}}": PlaceholderUnknown,
    "{{#if parcel.stolen}}x{{/if}}": PlaceholderUnknown,
    "{{#each order}}": PlaceholderUnknown,
    "{{__class__}}": PlaceholderUnknown,
    "{{order.number": PlaceholderBroken,
    "order.number}}": PlaceholderBroken,
    "{{{order.number}}}}": PlaceholderBroken,
    "{{#if order}}x": BlockOpen,
    "{{/if}}": BlockUnopened,
    "{{else}}": BlockUnopened,
    "{{#if order}}{{else}}{{else}}{{/if}}": BlockUnopened,
    "{{#if order}}" * 9 + "{{/if}}" * 9: BlocksTooDeep,
}


@pytest.mark.parametrize("said", WRONG)
def test_what_cannot_be_read_is_refused_by_name(said: str) -> None:
    with pytest.raises(WRONG[said]):
        naming.check_text(said)


EVIL = ["{{", "{{a}}", "{{#if order}}", "{{x|", "{", "}}{{", "{{/if}}", "{{#if order}}{{/if}}", "⟦"]


@pytest.mark.parametrize("piece", EVIL)
def test_endless_texts_are_read_or_refused_at_once(piece: str) -> None:
    said = piece * (100_000 // len(piece))
    began = process_time()
    grammar.missing_in(said)
    try:
        naming.check_text(said)
        fill(said)
    except Refusal:
        pass
    assert process_time() - began < 0.05


def body(text: str = "Hello", **more: object) -> MacroBody:
    return MacroBody("hi", "Greeting", {"en": text}, **more)  # type: ignore[arg-type]


ODD: list[tuple[MacroBody, type[Refusal]]] = [
    (MacroBody("hi", "Greeting", {}), MacroSaysNothing),
    (MacroBody("hi", " ", {"en": "x"}), MacroSaysNothing),
    (body(deeds=[Deed("macro", "other")]), MacroCallsMacro),
    (body(deeds=[Deed("delete_shop")]), DeedUnknown),
    (body(deeds=[Deed("send", "x")]), DeedValueOdd),
    (body(deeds=[Deed("note", "")]), DeedValueOdd),
    (body(deeds=[Deed("note", "{{nothing}}")]), PlaceholderUnknown),
    (body(deeds=[Deed("form", "no_such_step")]), DeedValueOdd),
    (body(deeds=[Deed("tag", "")]), DeedValueOdd),
    (body(deeds=[Deed("kind", "party")]), DeedValueOdd),
    (body(deeds=[Deed("assign", "mei")]), DeedValueOdd),
    (body(deeds=[Deed("snooze", "0h")]), DeedValueOdd),
    (body("{{order.number}}", question={"en": "Where?"}), PublicHasGaps),
    (body(question={"ru": "Где?"}), PublicNeedsQuestion),
]


@pytest.mark.parametrize(("asked", "refusal"), ODD)
def test_what_cannot_work_is_refused_when_it_is_written(
    asked: MacroBody, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        cleaned(asked, own=False)


def test_ones_own_macro_does_not_stand_in_the_faq() -> None:
    with pytest.raises(PublicIsTheShops):
        cleaned(body(question={"en": "Where?"}), own=True)


def test_every_recipe_can_be_kept_in_every_language() -> None:
    assert len(recipes()) >= 12
    for recipe in recipes().values():
        assert set(recipe.texts) == set(recipe.name) == set(LOCALES)
        for locale in LOCALES:
            kept = cleaned(recipe.body(locale), own=False)
            assert kept.texts == {one: said.strip() for one, said in recipe.texts.items()}


def test_every_name_has_its_word() -> None:
    for locale in LOCALES:
        assert all(naming.gap_name(name, locale) for name in naming.VALUES)


def test_a_use_cools_by_half_in_two_weeks() -> None:
    clock = WoundClock()
    use = Use(3, 2.0, clock())
    clock.passes(days=14)
    assert use.warm_at(clock()) == pytest.approx(1.0)
    assert use.again(clock()) == pytest.approx(2.0)
