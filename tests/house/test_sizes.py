"""What a page has to load stays small: a shop pays for the launcher on every page."""

import gzip
import json
from pathlib import Path
from typing import NotRequired, TypedDict, cast

import pytest

from tests.house import SOURCE

STATIC = SOURCE / "web/static"
KB = 1024


class Chunk(TypedDict):
    file: str
    imports: NotRequired[list[str]]
    dynamicImports: NotRequired[list[str]]
    css: NotRequired[list[str]]


@pytest.fixture(scope="module")
def manifest() -> dict[str, Chunk]:
    return cast("dict[str, Chunk]", json.loads((STATIC / "manifest.json").read_text()))


def test_launcher_is_tiny() -> None:
    assert _zipped(STATIC / "shopbell.js") <= 3 * KB


@pytest.mark.parametrize(("entry", "most"), [("panel", 45), ("buyer", 90), ("desk", 90)])
def test_first_load_stays_within_its_budget(
    manifest: dict[str, Chunk], entry: str, most: int
) -> None:
    assert _first_load(manifest, entry) <= most * KB


def test_panel_style_is_small(manifest: dict[str, Chunk]) -> None:
    sheets = {
        sheet
        for chunk in _needed(manifest, "panel/main.ts")
        for sheet in manifest[chunk].get("css", [])
    }
    assert sum(_zipped(STATIC / sheet) for sheet in sheets) <= 8 * KB


def _first_load(manifest: dict[str, Chunk], entry: str) -> int:
    """Weigh the scripts a page needs, with its own texts in one language (the longest).

    The texts of parts that come later come later, too.
    """
    needed = _needed(manifest, f"{entry}/main.ts")
    scripts = sum(_zipped(STATIC / manifest[chunk]["file"]) for chunk in needed)
    return scripts + max(map(_zipped, _texts(manifest, needed, entry)))


def _needed(manifest: dict[str, Chunk], entry: str) -> set[str]:
    found, waiting = set[str](), [entry]
    while waiting:
        chunk = waiting.pop()
        if chunk not in found:
            found.add(chunk)
            waiting += manifest[chunk].get("imports", [])
    return found


def _texts(manifest: dict[str, Chunk], chunks: set[str], entry: str) -> list[Path]:
    names = {name for chunk in chunks for name in manifest[chunk].get("dynamicImports", [])}
    return [STATIC / manifest[name]["file"] for name in names if f"words:{entry}/" in name]


def _zipped(file: Path) -> int:
    return len(gzip.compress(file.read_bytes(), 9))
