"""Whoever holds a watch to the door learns nothing: with and without an account it takes as long.

What is timed is the work of this process, in all its threads: on a busy machine the clock on the
wall tells more of its other work than of ours. One answer is timed right after the other, and
their differences are gathered until the middle one is known well enough.
"""

import time
from collections.abc import Awaitable, Callable, Sequence

import pytest

from shopbell.accounts import entrance, passwords, service
from shopbell.accounts.model import Knock, SignIn, SignUp
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal
from tests.support.house import House

TOLD_MS = 5.0
"""What one could tell apart over a network."""

AT_LEAST, AT_MOST = 16, 96
STEP = 8
TWO_SIGMA = 1.96
PASSWORD = "seven green kettles"
SITE = "https://shop.example"

Step = Callable[[str], Awaitable[object]]


class Door:
    """Somebody with a watch in front of a house; the clock of the house forgets every try."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def signs_up(self, email: str) -> None:
        form = SignUp(email=email, password=PASSWORD, name="Anna", locale="en")
        await entrance.sign_up(self._house.db, form, Knock("192.0.2.7"), SITE)

    async def guesses(self, email: str) -> None:
        form = SignIn(email, "not this one")
        with pytest.raises(Refusal):
            await entrance.sign_in(self._house.db, form, Knock("192.0.2.7"))

    async def takes(self, step: Step, email: str) -> float:
        """Return how many milliseconds of work a step takes."""
        self._house.clock.passes(hours=2)
        began = time.process_time()
        await step(email)
        return (time.process_time() - began) * 1000


def fresh() -> str:
    return f"{new_id()}@example.org"


def middle(differences: Sequence[float]) -> tuple[float, float]:
    """Return between which values the median lies, at 95 %, whatever they are spread like."""
    ranked = sorted(differences)
    reach = TWO_SIGMA * len(ranked) ** 0.5 / 2
    low, high = int(len(ranked) / 2 - reach), int(len(ranked) / 2 + reach)
    return ranked[max(0, low)], ranked[min(len(ranked) - 1, high)]


async def tells_apart(door: Door, step: Step, known: str) -> tuple[float, float]:
    """Time a step for the address ``known`` and for one nobody has, until it is clear."""
    differences: list[float] = []
    for _ in range(2):
        await door.takes(step, known)
        await door.takes(step, fresh())
    while True:
        for turn in range(STEP):
            pair = [(known, 1), (fresh(), -1)][:: 1 if turn % 2 else -1]
            differences.append(sum([await door.takes(step, who) * sign for who, sign in pair]))
        low, high = middle(differences)
        is_clear = high < TOLD_MS and low > -TOLD_MS
        if len(differences) >= AT_LEAST and (is_clear or len(differences) >= AT_MOST):
            return low, high


@pytest.fixture
async def door(house: House) -> Door:
    passwords._nobodys.cache_clear()  # noqa: SLF001 - tests with cheap hashes leave a cheap one
    return Door(house)


async def test_a_guess_takes_as_long_with_an_account_as_without(house: House, door: Door) -> None:
    await door.signs_up("anna@example.org")
    low, high = await tells_apart(door, door.guesses, "anna@example.org")
    assert -TOLD_MS < low <= high < TOLD_MS, (low, high)


async def test_a_guess_takes_as_long_for_somebody_only_told_of(house: House, door: Door) -> None:
    house.db.write_now(service.known_buyer, "boris@example.org", "Boris")
    low, high = await tells_apart(door, door.guesses, "boris@example.org")
    assert -TOLD_MS < low <= high < TOLD_MS, (low, high)


async def test_signing_up_takes_as_long_with_an_address_that_is_taken(
    house: House, door: Door
) -> None:
    house.buyer("vera")
    low, high = await tells_apart(door, door.signs_up, "vera@example.org")
    assert -TOLD_MS < low <= high < TOLD_MS, (low, high)
