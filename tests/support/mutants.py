"""What became of the changes that `scripts/mutants` made: a table by module, and who survived."""

import fcntl
import json
import math
import random
import sys
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path

FOLDER = Path("mutants/src")
CAUGHT, NOT_TRIED, HUNG = {"killed", "hung"}, "not tried", 36
LEAST = 0.85
_FATES = {0: "survived", 1: "killed", HUNG: "hung", 33: "no tests", None: NOT_TRIED}


def fates() -> dict[str, dict[str, str]]:
    """Return what became of each change, by module."""
    found = {}
    for sheet in sorted(FOLDER.rglob("*.py.meta")):
        codes: dict[str, int | None] = json.loads(sheet.read_text())["exit_code_by_key"]
        module = str(sheet.relative_to(FOLDER)).removesuffix(".py.meta").replace("/", ".")
        found[module] = {name: _FATES.get(code, "odd") for name, code in codes.items()}
    return found


def chosen(patterns: list[str], many: int | None = None) -> list[str]:
    """Return the changes to be tried: the named, or those that nothing caught so far.

    They come in an order drawn by chance, the same as long as the code is the same: those that
    were tried when somebody stops are a fair sample. Of ``many`` the first so many are meant.
    """
    found = {name: fate for changes in fates().values() for name, fate in changes.items()}
    names = sorted(found)
    random.Random(2026).shuffle(names)
    if patterns:
        return [name for name in names if any(fnmatch(name, pattern) for pattern in patterns)]
    return [name for name in names[:many] if found[name] not in CAUGHT]


def note(change: str, code: int | None) -> None:
    """Write down what became of a change."""
    sheet = FOLDER / f"{change.rpartition('.')[0].replace('.', '/')}.py.meta"
    with sheet.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        noted = json.load(file)
        noted["exit_code_by_key"][change] = code
        file.seek(0)
        file.truncate()
        json.dump(noted, file, indent=4)


def main() -> int:
    """Print the table; fail if too few changes were noticed."""
    total = Counter[str]()
    print(f"{'module':36}{'changes':>9}{'tried':>7}{'caught':>8}{'(hung)':>8}{'share':>8}")
    for module, changes in fates().items():
        counted = Counter(changes.values())
        _print_row(module, counted)
        total += counted
    _print_row("all", total)
    least, most = _between(_caught(total), _tried(total))
    print(
        f"If those that were tried were drawn by chance: of all {least:.1%} to {most:.1%}, to 95 %."
    )
    for changes in fates().values():
        for name, fate in changes.items():
            if fate not in CAUGHT and fate != NOT_TRIED:
                print(f"  {fate}: {name}")
    return 0 if least >= LEAST else 1


def _tried(counted: Counter[str]) -> int:
    return counted.total() - counted[NOT_TRIED]


def _caught(counted: Counter[str]) -> int:
    return sum(counted[fate] for fate in CAUGHT)


def _between(caught: int, tried: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share."""
    if not tried:
        return 0.0, 1.0
    z = 1.96
    middle = (caught + z * z / 2) / (tried + z * z)
    aside = z * math.sqrt(caught * (tried - caught) / tried + z * z / 4) / (tried + z * z)
    return max(0.0, middle - aside), min(1.0, middle + aside)


def _print_row(name: str, counted: Counter[str]) -> None:
    tried, caught = _tried(counted), _caught(counted)
    share = f"{caught / tried:8.1%}" if tried else f"{'–':>8}"
    print(f"{name:36}{counted.total():9}{tried:7}{caught:8}{counted['hung']:8}{share}")


if __name__ == "__main__":
    sys.exit(main())
