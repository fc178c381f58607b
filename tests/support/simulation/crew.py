"""Many worlds, played by processes of their own: each has words hashed alike, run after run."""

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field

HANDS = 2


@dataclass
class Seen:
    """What many worlds brought: broken rules by seed, and what was seen."""

    broken: dict[int, dict[str, list[str]]] = field(default_factory=dict[int, dict[str, list[str]]])
    seen: Counter[str] = field(default_factory=Counter[str])
    digests: list[str] = field(default_factory=list[str])
    seconds: float = 0.0


def plays(first: int, many: int, plant: str = "", hands: int = HANDS) -> Seen:
    """Play ``many`` seeds; with a planted bug, each hand stops at the first seed that finds it."""
    found = Seen()
    crew = [_plays(first + hand, -(-many // hands), hands, plant) for hand in range(hands)]
    for one in crew:
        said, _none = one.communicate()
        assert one.returncode == 0, "the simulation broke off"
        part = json.loads(said)
        found.broken |= {int(seed): rules for seed, rules in part["broken"].items()}
        found.seen += Counter(part["seen"])
        found.digests.append(part["digest"])
        found.seconds += part["seconds"]
    return found


def _plays(first: int, many: int, step: int, plant: str) -> "subprocess.Popen[str]":
    planted = ["--plant", plant] if plant else []
    asked = [str(first), "--many", str(many), "--step", str(step), *planted]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.simulation", *asked],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
