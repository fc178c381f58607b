"""How often things happen and how long they take, drawn so that it can be repeated. Pure."""

import math
import random
from bisect import bisect
from collections.abc import Sequence
from datetime import timedelta
from itertools import accumulate
from typing import TypeVar

T = TypeVar("T")
_NINE_IN_TEN = 1.2816
"""So many standard deviations above the median lie nine in ten."""

Chance = random.Random


def of(*about: object) -> Chance:
    """Return the chances of one thing, the same whenever it is asked for."""
    return Chance("/".join(map(str, about)))


def span(chance: Chance, median: timedelta, high: timedelta) -> timedelta:
    """Return how long something takes: half take up to ``median``, nine in ten up to ``high``."""
    spread = math.log(high / median) / _NINE_IN_TEN
    return median * math.exp(chance.gauss(0, spread))


class Ranks:
    """Chooses by rank, as Zipf has it: the first far ahead of the second, and a long tail."""

    def __init__(self, count: int, steepness: float = 1.0) -> None:
        self._sums = list(accumulate(1 / (rank + 1) ** steepness for rank in range(count)))

    def choose(self, chance: Chance) -> int:
        """Return a place, counted from 0."""
        return bisect(self._sums, chance.random() * self._sums[-1])


def one_of(chance: Chance, shares: Sequence[tuple[T, float]]) -> T:
    """Choose something by the share it has."""
    things, weights = zip(*shares, strict=True)
    found: T = chance.choices(things, weights)[0]
    return found
