"""How long work takes, told so that it holds on a slow or busy machine, too.

A limit in milliseconds is for one machine. Another does the same work two or four times slower,
the more so with other tests beside it. So a fixed piece of work is timed next to what is judged,
and the time is told in milliseconds of the first machine.
"""

import re
import time
from collections.abc import Callable
from math import inf
from unicodedata import normalize

YARD_MS = 4.0
"""What ``_yard`` took at its best of 200 on 2026-11-28, two virtual cores, nothing beside it."""

_TEXT = "Kettle 51873, чайник № 7; 退货单 ①②③. " * 200
_WORDS = re.compile(r"\w+|[^\w\s]")


def milliseconds(work: Callable[[], object], enough: float = 0.0, tries: int = 5) -> float:
    """Return the processor time of the quickest try, as the first machine would have needed it.

    A try that took no longer than ``enough`` is the last.
    """
    best = inf
    for _try in range(tries):
        best = min(best, _took(work) / slowness())
        if best <= enough:
            break
    return best


def slowness() -> float:
    """Return how many times slower than the first machine this one is just now; at least 1."""
    return max(1.0, min(_took(_yard) for _ in range(2)) / YARD_MS)


def _took(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return (time.thread_time() - began) * 1_000


def _yard() -> None:
    """Do what readers of text do: normal forms, regular expressions, small loops."""
    for _ in range(3):
        seen = dict[str, int]()
        for found in _WORDS.finditer(normalize("NFKC", _TEXT).casefold()):
            seen[found[0]] = seen.get(found[0], 0) + 1
