"""Play seeds in a process of their own, and print as JSON what was seen.

`python -m tests.support.simulation 4711` plays one seed; ``--many 100`` the next hundred;
``--plant NAME`` with a bug in the product, up to the first seed that finds it.
"""

import gc
import json
import os
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from contextlib import ExitStack
from hashlib import sha256

import pytest

from tests.support.simulation.plants import BREAKS, PLANTS
from tests.support.simulation.play import play

TIDY_EVERY = 50
"""Worlds between two times of tidying up the memory, which takes longer than a world."""


def main() -> None:
    """Play, and print."""
    given = ArgumentParser(prog="python -m tests.support.simulation")
    given.add_argument("seed", type=int)
    given.add_argument("--many", type=int, default=1)
    given.add_argument("--step", type=int, default=1)
    given.add_argument("--plant", choices=PLANTS)
    asked = given.parse_args()
    seeds = range(asked.seed, asked.seed + asked.many * asked.step, asked.step)
    print(json.dumps(_plays(seeds, asked.plant), ensure_ascii=False, indent=1))


def _plays(seeds: range, plant: str | None) -> dict[str, object]:
    seen, broken = Counter[str](), dict[int, dict[str, list[str]]]()
    digest, began = sha256(), time.process_time()
    gc.disable()
    with ExitStack() as planted:
        if plant:
            PLANTS[plant](planted.enter_context(pytest.MonkeyPatch.context()))
        for number, seed in enumerate(seeds):
            played = play(seed)
            digest.update(played.digest.encode())
            seen += played.seen
            seen["worlds"] += 1
            if played.broken:
                broken[seed] = played.broken
                if plant and BREAKS.get(plant) in {None, *played.broken}:
                    break
            if number == 0:
                gc.freeze()  # the product and its tools stay: only worlds are tidied up
            if number % TIDY_EVERY == 0:
                gc.collect()
    seconds = round(time.process_time() - began, 2)
    return {"broken": broken, "seen": seen, "digest": digest.hexdigest(), "seconds": seconds}


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":  # sets of words are then walked in one order
        again = [sys.executable, "-m", "tests.support.simulation", *sys.argv[1:]]
        os.execve(sys.executable, again, {**os.environ, "PYTHONHASHSEED": "0"})  # noqa: S606
    main()
