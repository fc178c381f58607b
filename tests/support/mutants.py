"""What became of the changes that `scripts/mutants` made: a table by module, and who survived."""

import fcntl
import json
import random
import sys
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path

FOLDER = Path("mutants/src")
CAUGHT, NOT_TRIED = {"killed", "timeout"}, "not tried"
LEAST = 0.85
_FATES = {0: "survived", 1: "killed", 3: "killed", 5: "no tests", 33: "no tests", None: NOT_TRIED}
_TIMEOUTS = {24, -24, 36, 152, 255}


def fates() -> dict[str, dict[str, str]]:
    """Return what became of each change, by module."""
    found = {}
    for sheet in sorted(FOLDER.rglob("*.py.meta")):
        codes: dict[str, int | None] = json.loads(sheet.read_text())["exit_code_by_key"]
        module = str(sheet.relative_to(FOLDER)).removesuffix(".py.meta").replace("/", ".")
        found[module] = {name: _fate(code) for name, code in codes.items()}
    return found


def _fate(code: int | None) -> str:
    return "timeout" if code in _TIMEOUTS else _FATES.get(code, "odd")


def all_fates() -> dict[str, str]:
    """Return what became of each change."""
    return {name: fate for changes in fates().values() for name, fate in changes.items()}


def chosen(patterns: list[str], many: int | None = None) -> list[str]:
    """Return the changes to be tried: the named, or those that nothing caught so far.

    They come in an order drawn by chance, the same as long as the code is the same: those that
    were tried when somebody stops are a fair sample. Of ``many`` the first so many are meant.
    """
    found = all_fates()
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
    print(f"{'module':44}{'changes':>9}{'caught':>9}{'share':>8}{'not tried':>11}")
    for module, changes in fates().items():
        counted = Counter(changes.values())
        _print_row(module, counted)
        total += counted
    _print_row("all", total)
    for changes in fates().values():
        print(*(f"  {fate}: {name}" for name, fate in changes.items() if _slipped(fate)), sep="\n")
    return 0 if _share(total) >= LEAST else 1


def _slipped(fate: str) -> bool:
    return fate not in CAUGHT and fate != NOT_TRIED


def _share(counted: Counter[str]) -> float:
    tried = counted.total() - counted[NOT_TRIED]
    return sum(counted[fate] for fate in CAUGHT) / tried if tried else 0.0


def _print_row(name: str, counted: Counter[str]) -> None:
    tried = counted.total() - counted[NOT_TRIED]
    caught = sum(counted[fate] for fate in CAUGHT)
    print(f"{name:44}{tried:9}{caught:9}{_share(counted):8.1%}{counted[NOT_TRIED]:11}")


if __name__ == "__main__":
    sys.exit(main())
