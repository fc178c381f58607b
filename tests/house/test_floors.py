"""What import-linter's contracts in ``.importlinter`` leave to be checked of the floor plan."""

import ast
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path
from statistics import median

from tests.house import ROOT, SOURCE

UNNAMED = {"base", "common", "core", "handlers", "helpers", "lib", "manager", "misc", "utils"}
"""Names that say nothing; the thing has a better one."""

LONGEST, USUAL = 600, 150
"""How many lines a file may have, and how many half of them may not pass."""


def test_only_routes_and_the_web_door_know_the_web_framework() -> None:
    knowing = {file.relative_to(SOURCE) for file in _python() if "litestar" in _imported(file)}
    assert not {file for file in knowing if file.name != "routes.py" and file.parts[0] != "web"}


def test_every_storage_is_private_by_contract() -> None:
    contracts = ConfigParser()
    contracts.read(ROOT / ".importlinter")
    rooms = {file.parent.name for file in SOURCE.rglob("storage.py")}
    assert rooms == {name.rpartition("storage-")[2] for name in contracts if "storage-" in name}


def test_every_package_says_what_it_is_for() -> None:
    silent = [file for file in SOURCE.rglob("__init__.py") if not ast.get_docstring(_tree(file))]
    assert silent == []


def test_nothing_has_a_name_that_says_nothing() -> None:
    assert [file for file in _python() if file.stem in UNNAMED or file.parent.name in UNNAMED] == []


def test_files_stay_small() -> None:
    """Longer usually means a concept without a name: find the name."""
    lengths = {str(file.relative_to(SOURCE)): _lines(file) for file in _python()}
    assert {file for file, lines in lengths.items() if lines > LONGEST} == set()
    assert median(lengths.values()) <= USUAL


def _python() -> Iterator[Path]:
    return SOURCE.rglob("*.py")


def _lines(file: Path) -> int:
    return len(file.read_text().splitlines())


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


def _imported(file: Path) -> set[str]:
    """Return the packages that a file imports, by their first name."""
    found = set[str]()
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found
