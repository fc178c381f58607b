"""What every kind of case must bring: texts for all it shows, and an end for all that begins."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from shopbell.cases.effects import EFFECTS
from shopbell.cases.kinds import KINDS
from shopbell.cases.model import Effect, Kind, check_family
from shopbell.kernel.actor import Side
from shopbell.kernel.texts import LOCALES, Locale, catalogue

KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))


@KIND
@pytest.mark.parametrize("locale", LOCALES)
def test_everything_it_shows_can_be_said(kind: Kind, locale: Locale) -> None:
    known = catalogue(locale)
    assert [key for key in texts_of(kind) if f"case.{key}" not in known] == []


@KIND
def test_the_system_never_acts_without_a_reason_of_its_own(kind: Kind) -> None:
    fired = {wait.due.then for wait in kind.waits.values() if wait.due}
    by_system = {move.action for move in kind.flow.moves if Side.SYSTEM in move.by}
    assert fired <= by_system


@KIND
def test_what_it_does_is_known_how_to(kind: Kind) -> None:
    assert {effect for move in kind.flow.moves for effect in move.does} <= EFFECTS.keys()


def test_every_effect_can_be_had() -> None:
    assert set(Effect) == EFFECTS.keys()


def test_a_child_that_its_parent_does_not_understand_is_refused() -> None:
    repair, moves = KINDS["repair"], KINDS["repair"].flow.moves
    told = [replace(move, tells="repair_shrugged") if move.tells else move for move in moves]
    strange = replace(repair, flow=replace(repair.flow, moves=tuple(told)))
    with pytest.raises(ValueError, match="return: in in_repair it does not know"):
        check_family({**KINDS, "repair": strange})
    with pytest.raises(ValueError, match="does not wait for the child 'repair'"):
        check_family({name: kind for name, kind in KINDS.items() if name != "repair"})


def texts_of(kind: Kind) -> Iterator[str]:
    """List the keys of all that a screen may show of a kind."""
    name = kind.name
    yield name
    yield f"{name}_did_open"
    yield from (f"{name}_is_{state}" for state in sorted(kind.flow.states))
    for move in kind.flow.moves:
        if set(move.by) - {Side.SYSTEM}:
            yield f"{name}_do_{move.action}"
        if not move.quiet:
            yield f"{name}_did_{move.action}"
    for field in kind.fields:
        yield f"field_{field.name}"
        yield from (f"choice_{field.name}.{choice}" for choice in field.choices)
    yield from (f"why_{wait.due.clock}" for wait in kind.waits.values() if wait.due)
