"""Thousands of worlds in no time, each one judged; bugs planted in the product are found."""

import pytest

from tests.proof.conftest import Effort, Note
from tests.support.simulation.crew import plays
from tests.support.simulation.plants import BREAKS, PLANTS

ENOUGH = 1_000
"""Worlds within which each planted bug must be found."""

FOUND_FIRST = {
    "acknowledges_before_the_commit": 3,
    "takes_a_failed_commit_for_a_good_one": 3,
    "acknowledges_for_its_neighbours": 103,
    "fails_its_neighbours": 111,
    "tells_the_pages_before_the_commit": 122,
    "takes_every_try_for_a_new_one": 3,
    "gives_a_repetition_a_number": 3,
    "believes_what_it_remembers": 1,
    "lets_marks_go_back": 16,
    "listens_after_reading": 878,
    "passes_on_before_it_answers": 13,
    "has_two_tellers": 75,
    "fills_no_gap": 2,
    "tells_what_it_was_told_already": 15,
    "goes_on_behind_the_first_that_was_missed": 0,
    "goes_on_in_another_epoch": 51,
    "drops_what_finds_no_room": 265,
    "tells_no_other_node": 13,
    "compares_no_heads": 8,
    "lets_anybody_read": 2,
    "keeps_the_pages_of_who_was_signed_out": 209,
    "looks_at_no_sign_in_again": 55,
    "remembers_who_may": 43,
}
"""The first world that finds each bug; the short form begins there, and goes on if it must."""

MUST_BE_SEEN = (
    "ok",
    "event",
    "far",
    "reset",
    "gone",
    "refused",
    "ping",
    "bye",
    "closed 4005",
    "closed 4012",
)
"""Frames and closings without which nothing would be proven of them."""


def test_every_promise_holds_in_thousands_of_worlds(effort: Effort, note: Note) -> None:
    """One that fails is played again by ``python -m tests.support.simulation SEED``."""
    found = plays(0, effort(600, 10_000))
    note(worlds=found.seen["worlds"], entries_shown=found.seen["event"], cpu_s=found.seconds)
    assert found.broken == {}
    assert [name for name in MUST_BE_SEEN if not found.seen[name]] == []


def test_a_seed_gives_the_same_history_again() -> None:
    assert plays(0, 40).digests == plays(0, 40).digests


def test_other_seeds_give_other_histories() -> None:
    assert plays(0, 2).digests[0] != plays(0, 2).digests[1]


@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_bug_is_found(plant: str, effort: Effort, note: Note) -> None:
    found = plays(effort(FOUND_FIRST.get(plant, 0), 0), ENOUGH, plant, hands=1)
    broken = {rule for rules in found.broken.values() for rule in rules}
    note(found_by=sorted(broken))
    assert broken
    assert BREAKS.get(plant) in {None, *broken}
