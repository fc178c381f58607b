"""The laws of the house, checked: floors, words, refusals, rules, secrets, tables, documents."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/shopbell"
_PICTURES = {".png", ".woff2", ".ico", ".jpg", ".webp"}

_FILES_OF_OTHERS = "tests/samples/listings/"
"""Files as offices write them, in encodings of their own."""


@cache
def in_the_tree() -> tuple[str, ...]:
    """Return the names of all files that belong to the tree, also of those not committed yet."""
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(asked, cwd=ROOT, capture_output=True, check=True)
    names = sorted(set(listed.stdout.decode().split("\0")))
    return tuple(name for name in names if name and (ROOT / name).is_file())


def texts() -> dict[str, str]:
    """Return every file of the tree that people can read, by its name."""
    return {
        name: (ROOT / name).read_text()
        for name in in_the_tree()
        if (ROOT / name).suffix not in _PICTURES and not name.startswith(_FILES_OF_OTHERS)
    }
