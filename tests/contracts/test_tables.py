"""Tables that are wrong are refused when they are built, not found out by a customer."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from shopbell.cases.kinds import KINDS
from shopbell.cases.kinds.dispute import DISPUTE
from shopbell.cases.kinds.repair import REPAIR
from shopbell.cases.kinship import related
from shopbell.cases.model import Kind, Party, Step, Timer, Wait
from shopbell.kernel.actor import Side
from shopbell.kernel.refusals import Refusal
from tests.support.customs import CUSTOMS

_BUYER, _SELLER, _SYSTEM = (Side.BUYER,), (Side.SELLER,), (Side.SYSTEM,)


def having(*more: Step, without: str = "", **changes: object) -> Kind:
    """Return the kind of the tests with other moves."""
    moves = tuple(move for move in CUSTOMS.flow.moves if move.action != without)
    flow = replace(CUSTOMS.flow, moves=(*moves, *more), **changes)
    return replace(CUSTOMS, flow=flow)


def waiting(state: str, wait: Wait) -> Kind:
    """Return it with another waiting."""
    return replace(CUSTOMS, waits={**CUSTOMS.waits, state: wait})


_LOST = Step("at_customs", "lost", "lost", by=_SYSTEM)
_OPENING = Step("papers_wanted", "open_dispute", "at_customs", by=_BUYER, opens="dispute")
BAD: dict[str, tuple[Callable[[], object], str]] = {
    "unreachable": (
        lambda: having(Step("nowhere", "cleared", "cleared", by=_SELLER)),
        "unreachable states: ['nowhere']",
    ),
    "dead end": (
        lambda: having(
            Step("papers_wanted", "hold", "held", by=_SELLER),
            Step("held", "hold_on", "held", by=_SELLER),
        ),
        "states that can never end: ['held']",
    ),
    "forgotten exit": (lambda: having(_LOST), "differ: ['lost']"),
    "end that is none": (
        lambda: having(ends=("cleared", "sent_back", "at_customs")),
        "differ: ['at_customs']",
    ),
    "two moves for one event": (
        lambda: having(Step("papers_wanted", "lapse", "cleared", by=_SYSTEM)),
        "two moves share",
    ),
    "one event by two sides": (
        lambda: having(Step("papers_wanted", "lapse", "cleared", by=_SELLER)),
        "two moves for one action",
    ),
    "waits for ever": (
        lambda: waiting("at_customs", Wait(Party.SELLER)),
        "at_customs may wait for ever",
    ),
    "waits for a step that is none": (
        lambda: waiting("at_customs", Wait(Party.SELLER, Timer("buyer_info", "lapse"))),
        "no_such_move",
    ),
    "no wait": (
        lambda: replace(CUSTOMS, waits={"at_customs": CUSTOMS.waits["at_customs"]}),
        "waits differ: ['papers_wanted']",
    ),
    "unknown field": (lambda: replace(CUSTOMS, asks=("weight",)), "unknown fields ['weight']"),
    "unknown child": (
        lambda: related(waiting("at_customs", Wait(Party.OPERATOR, child="trial"))),
        "a kind that is not there",
    ),
    "opens what nobody waits for": (
        lambda: related(having(_OPENING), DISPUTE),
        "at_customs does not wait for dispute",
    ),
    "tells what is not heard": (
        lambda: related(waiting("at_customs", Wait(Party.OPERATOR, child="dispute")), DISPUTE),
        "does not hear ['decide_refund', 'decide_reject', 'decide_return', 'withdrawn']",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_table_that_is_wrong_is_refused_with_what_is(name: str) -> None:
    build, words = BAD[name]
    with pytest.raises((ValueError, Refusal), match=re.escape(words)):
        build()


def test_a_parent_that_does_not_hear_one_of_the_decisions_is_refused() -> None:
    deaf = tuple(move for move in REPAIR.flow.moves if move.action != "decide_return")
    with pytest.raises(ValueError, match="decide_return"):
        related(replace(REPAIR, flow=replace(REPAIR.flow, moves=deaf)), DISPUTE)
    assert related(*KINDS.values()) == KINDS
