"""What the document says is closed is closed by tests that are there."""

import ast
import re

from tests.house import ROOT

DOCUMENT = ROOT / "docs/operate/security.md"
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_closed_class_has_tests_that_are_there() -> None:
    table = DOCUMENT.read_text().partition("<!-- closed -->")[2].partition("<!-- /closed -->")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 20
    named = {row.split("|")[1].strip(): _TEST.findall(row) for row in rows}
    assert len(named) == len(rows)
    assert [kind for kind, tests in named.items() if not tests] == []
    missing = [
        f"{kind}: {file}::{name}"
        for kind, tests in named.items()
        for file, name in tests
        if name not in _tests_of(file)
    ]
    assert missing == []


def test_every_hostile_test_stands_in_the_document() -> None:
    said = DOCUMENT.read_text()
    files = [*ROOT.glob("tests/*/*hostile*.py"), ROOT / "tests/proof/test_requests.py"]
    assert len(files) >= 4
    left_out = [
        name
        for file in files
        for name in _tests_of(str(file.relative_to(ROOT)))
        if f"::{name}`" not in said
    ]
    assert left_out == []


def _tests_of(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text())
    return {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    }
