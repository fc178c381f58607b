"""What Vite built: which scripts and styles an entry of the front-end needs.

Vite's manifest names every file with its hash, so a page links to them for ever.
"""

from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct

from shopbell.kernel.refusals import Unavailable

STATIC = Path(__file__).parents[1] / "static"
ADDRESS = "/static/"


class FrontEndNotBuilt(Unavailable):
    """The folder ``web/static`` has no manifest, or the manifest lacks the entry."""


class Chunk(Struct, frozen=True, rename="camel"):
    """One row of Vite's manifest."""

    file: str
    imports: list[str] = []
    dynamic_imports: list[str] = []
    css: list[str] = []
    assets: list[str] = []


class Entry(Struct, frozen=True):
    """The addresses a page puts into its head."""

    script: str
    styles: tuple[str, ...]
    preloads: tuple[str, ...]
    fonts: tuple[str, ...]


NOTHING = Entry(script="", styles=(), preloads=(), fonts=())
"""What a page has to do without while the front-end is not built."""


def entry(name: str, folder: Path | None = None) -> Entry:
    """Return what the entry ``name`` needs, such as ``panel/main.ts``."""
    manifest = (folder or STATIC) / "manifest.json"
    try:
        return _entry(name, manifest, manifest.stat().st_mtime_ns)
    except (FileNotFoundError, KeyError):
        raise FrontEndNotBuilt(entry=name) from None


def entry_or_nothing(name: str, folder: Path | None = None) -> Entry:
    """Return what ``name`` needs, or nothing: plain HTML works without."""
    try:
        return entry(name, folder)
    except FrontEndNotBuilt:
        return NOTHING


@lru_cache(maxsize=32)
def _entry(name: str, manifest: Path, _changed: int) -> Entry:
    chunks = msgspec.json.decode(manifest.read_bytes(), type=dict[str, Chunk])
    own, *imported = _with_imports(name, chunks)
    every = (own, *imported)
    return Entry(
        script=ADDRESS + own.file,
        styles=tuple(dict.fromkeys(ADDRESS + css for chunk in every for css in chunk.css)),
        preloads=tuple(ADDRESS + chunk.file for chunk in imported),
        fonts=tuple(
            ADDRESS + file for chunk in every for file in chunk.assets if file.endswith(".woff2")
        ),
    )


def _with_imports(name: str, chunks: dict[str, Chunk]) -> list[Chunk]:
    """Return a chunk and all it imports at once, each one time, itself first."""
    found: dict[str, Chunk] = {}
    waiting = [name]
    while waiting:
        key = waiting.pop(0)
        if key not in found:
            found[key] = chunks[key]
            waiting += found[key].imports
    return list(found.values())
