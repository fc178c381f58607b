"""What every kind of case must bring: texts for all it shows, and an end for all that begins."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from shopbell.cases.effects import EFFECTS
from shopbell.cases.kinds import KINDS
from shopbell.cases.model import Effect, Kind
from shopbell.cases.refunds import FLOW as REFUND
from shopbell.conversations.turns import FLOW as TALK
from shopbell.kernel.actor import Side
from shopbell.kernel.flow import Flow
from shopbell.kernel.texts import LOCALES, Locale, catalogue
from shopbell.knowledge import shipped

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


@KIND
def test_where_the_operator_is_called_the_operator_can_act(kind: Kind) -> None:
    """Money that could not be paid is helped by steps of the refund, not of its case."""
    calls = [move for move in kind.flow.moves if Effect.ESCALATE in move.does]
    called = {move.state for move in calls if move.action != "refund_failed"}
    helped = {move.state for move in kind.flow.moves if Side.OPERATOR in move.by}
    assert called <= helped


@pytest.mark.parametrize("locale", LOCALES)
def test_every_state_can_be_named_in_a_refusal(locale: Locale) -> None:
    flows: list[Flow[Any]] = [TALK, REFUND, *(kind.flow for kind in KINDS.values())]
    wanted = {f"{flow.said}{state}" for flow in flows for state in flow.states}
    assert wanted <= catalogue(locale).keys()


def test_every_effect_can_be_had() -> None:
    assert set(Effect) == EFFECTS.keys()


@KIND
def test_what_is_no_field_is_kept_from_both_sides(kind: Kind) -> None:
    readers = [side for side in Side if kind.shows("offers", side)]
    assert readers == [Side.OPERATOR, Side.SYSTEM]


def texts_of(kind: Kind) -> Iterator[str]:
    """List the keys of all that a screen may show of a kind."""
    name = kind.name
    yield name
    if set(kind.opens) - {Side.SYSTEM}:
        yield from (f"{name}_ask", f"{name}_lead")
    if Side.BUYER in kind.opens and kind.needs_order:
        yield f"{name}_hint"
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
    for wait in kind.waits.values():
        if wait.due and not wait.due.by_policy:
            yield f"why_{wait.due.clock}"


ELSEWHERE = frozenset({"trace_post", "trace_courier"})
"""Clocks that are no deadlines of a case, but of who carries its parcel."""


def test_every_clock_is_in_the_profiles_and_every_one_there_runs_somewhere() -> None:
    waits = [wait for kind in KINDS.values() for wait in kind.waits.values()]
    read = {str(wait.due.after) for wait in waits if wait.due and wait.due.by_policy}
    read |= {told for wait in waits for told in (wait.nudge, wait.note) if isinstance(told, str)}
    said = {clock for name in shipped.names() for clock in shipped.profile(name).clocks}
    assert said == read | ELSEWHERE


@pytest.mark.parametrize("locale", LOCALES)
def test_no_reason_for_a_date_has_a_number_of_its_own(locale: Locale) -> None:
    reasons = {key: said for key, said in catalogue(locale).items() if key.startswith("case.why_")}
    assert [key for key, said in reasons.items() if re.search(r"\d", said)] == []
