"""Print what the proofs wrote down, one line each."""

import json
import sys
from pathlib import Path


def lines(sheet: Path) -> list[str]:
    """Return a line for each proof that wrote down figures: how long it took, and what it saw."""
    found = [json.loads(line) for line in sheet.read_text().splitlines()]
    return [_line(figures) for figures in found]


def _line(figures: dict[str, object]) -> str:
    rest = {name: v for name, v in figures.items() if name not in {"proof", "seconds"}}
    seen = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in rest.items())
    return f"| {figures['proof']} | {figures['seconds']} s | {seen} |"


if __name__ == "__main__":
    print("\n| proof | took | seen |\n|---|---|---|", *lines(Path(sys.argv[1])), sep="\n")
