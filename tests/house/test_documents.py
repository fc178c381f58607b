"""What the documents say of the code is what the code says of itself."""

import re
from pathlib import Path

import pytest

from scripts import docs
from shopbell.cases.kinds import KINDS
from tests.house import ROOT

_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
_CODE = re.compile(r"```.*?```", re.DOTALL)


def _named(file: Path) -> str:
    return str(file.relative_to(ROOT))


@pytest.mark.parametrize("file", docs.documents(), ids=_named)
def test_made_parts_are_as_the_code_has_them(file: Path) -> None:
    """Run ``python -m scripts.docs`` after a change."""
    assert file.read_text() == docs.as_the_code_has_it(file.read_text())


def test_everything_that_can_be_made_is_shown_somewhere() -> None:
    shown = {
        name
        for file in docs.documents()
        for name in re.findall(r"<!-- made: (\w+) -->", file.read_text())
    }
    assert shown == docs.MADE.keys()


def test_a_kind_tells_its_deadlines_in_words() -> None:
    lost, goes_back = (docs.case_kind(KINDS[name]) for name in ("logistics_inquiry", "return"))
    assert "| open | seller | 1 minute | `assign` |" in lost
    assert "| the end of the promised days | `eta_passed` | the buyer, every " in lost
    assert "| `inquiry_answer` of the policy | `escalate` | who must act, after " in lost
    assert "; `escalate` where the policy says `operator_decides` |" in goes_back


def test_links_lead_somewhere() -> None:
    broken = {
        f"{_named(file)} -> {link}"
        for file in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))
        for link in _LINK.findall(_CODE.sub("", file.read_text()))
        if "://" not in link and not (file.parent / link).exists()
    }
    assert broken == set()


def test_every_room_has_its_page() -> None:
    rooms = {file.parent.name for file in (ROOT / "src/shopbell").glob("*/service.py")}
    assert rooms <= {file.stem for file in (ROOT / "docs/rooms").glob("*.md")}
