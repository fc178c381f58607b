"""How long work takes, told so that it holds on a slow or busy machine, too.

A limit in milliseconds is for one machine. Another does the same work two or four times slower,
the more so with other tests beside it. So a fixed piece of work is timed next to what is judged,
and the time is told in milliseconds of the first machine.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from math import inf
from unicodedata import normalize

YARD_MS = 4.0
"""What ``_yard`` took at its best of 200 on 2026-11-28, two virtual cores, nothing beside it."""

STARTING_SECONDS = 0.6
"""What ``_STARTING`` took there."""

_STARTING = "import litestar.testing, sqlalchemy.ext.asyncio, psycopg, httpx, jinja2"
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


def slowness_of_starts() -> float:
    """Return how many times more a program needs to begin here than on the first machine.

    To begin is to load files: caches shared with others slow that down more than counting.
    """
    before = os.times()
    subprocess.run([sys.executable, "-c", _STARTING], check=True)
    after = os.times()
    took = sum(after[2:4]) - sum(before[2:4])
    return max(1.0, took / STARTING_SECONDS)


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
