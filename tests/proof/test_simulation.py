"""Thousands of worlds in no time, each one judged; bugs planted in the product are found."""

import pytest

from tests.proof.conftest import Effort, Note
from tests.support.simulation.crew import plays
from tests.support.simulation.plants import BREAKS, PLANTS

ENOUGH = 1_000
"""Worlds within which each planted bug must be found."""

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
    found = plays(0, effort(1_200, 10_000))
    note(worlds=found.seen["worlds"], entries_shown=found.seen["event"], cpu_s=found.seconds)
    assert found.broken == {}
    assert [name for name in MUST_BE_SEEN if not found.seen[name]] == []


def test_a_seed_gives_the_same_history_again() -> None:
    assert plays(0, 40).digests == plays(0, 40).digests


def test_other_seeds_give_other_histories() -> None:
    assert plays(0, 2).digests[0] != plays(0, 2).digests[1]


@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_bug_is_found(plant: str, note: Note) -> None:
    found = plays(0, ENOUGH, plant, hands=1)
    broken = {rule for rules in found.broken.values() for rule in rules}
    note(found_by=sorted(broken))
    assert broken
    assert BREAKS.get(plant) in {None, *broken}
