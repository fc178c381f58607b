"""Reads a file of listings: row by row, product by product.

What can be used is written down as drafts, a product each, and what there is to say about rows as
findings, both packed; the house compares the drafts with what is listed, and applies them.
"""

import gzip
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from shopbell.connectors.files.cells import Row
from shopbell.connectors.files.model import Options, TableEmpty
from shopbell.connectors.files.sheet import Broken
from shopbell.connectors.listings.album import Album, opened
from shopbell.connectors.listings.goods import Clerk
from shopbell.connectors.listings.model import (
    FINDINGS_MOST,
    Finding,
    Heads,
    Severity,
    Tally,
    Trouble,
)
from shopbell.connectors.listings.noting import Notes
from shopbell.connectors.listings.opening import Line, Table, open_table
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import Locale

LEVEL = 1
DRAFTS, FINDINGS = "drafts", "findings"
T = TypeVar("T")


class Reading(Struct, frozen=True, tag=True):
    """What is to be read, and the folder that drafts and findings are written into.

    ``album`` is the zip of pictures that came beside it.
    """

    file: str
    folder: str
    options: Options
    language: Locale
    categories: list[str] = []
    album: str | None = None


class Read(Struct, frozen=True, kw_only=True):
    """What came of it: the columns and counts, or why the file is refused whole."""

    heads: Heads | None = None
    tally: Tally = Tally()
    trouble: Trouble | None = None


def read(asked: Reading) -> Read:
    """Read a file as asked."""
    try:
        table = open_table(Path(asked.file), asked.options, asked.language)
        return _written(table, asked)
    except Refusal as why:
        return Read(trouble=Trouble(why.code, dict(why.facts)))


def packed(file: Path, kind: type[T]) -> Iterator[T]:
    """Yield what was written down, one by one."""
    decode = msgspec.json.Decoder(kind).decode
    with gzip.open(file) as lines:
        for line in lines:
            yield decode(line)


class _Notebook:
    """Findings as they are written down, counted; what is too much is counted only."""

    def __init__(self, to: gzip.GzipFile) -> None:
        self._to, self._kept = to, 0
        self.counts = dict.fromkeys(Severity, 0)

    def write(self, notes: Notes) -> None:
        """Write down what was noted since."""
        for found in notes.found:
            self.counts[found.severity] += 1
            if self._kept < FINDINGS_MOST:
                self._kept += 1
                write_line(self._to, found)
        notes.found.clear()


def _written(table: Table, asked: Reading) -> Read:
    folder = Path(asked.folder)
    with ExitStack() as open_files:
        album = (
            open_files.enter_context(opened(Path(asked.album), asked.language))
            if asked.album
            else None
        )
        clerk = Clerk(table.heads, asked.categories, album)
        drafts, findings = (
            open_files.enter_context(gzip.open(folder / name, "wb", LEVEL))
            for name in (DRAFTS, FINDINGS)
        )
        notebook, rows = _Notebook(findings), _Rows(table, asked.options, clerk.notes)
        clerk.notes.found += table.found
        products = 0
        for draft in clerk.drafts(rows):
            write_line(drafts, draft)
            products += 1
            notebook.write(clerk.notes)
        clerk.notes.found += _unnamed(table.heads, album)
        notebook.write(clerk.notes)
    if not rows.count:
        raise TableEmpty
    return Read(heads=table.heads, tally=_tally(rows.count, products, clerk, notebook))


def _unnamed(heads: Heads, album: Album | None) -> Iterator[Finding]:
    """Tell of what is in a zip and in no row."""
    if album and (rest := album.unnamed()):
        facts: dict[str, str | int] = {"n": len(rest), "value": rest[0][:60]}
        yield Finding(heads.row, "unnamed", Severity.NOTE, facts=facts)


def _tally(rows: int, products: int, clerk: Clerk, notebook: _Notebook) -> Tally:
    counts = notebook.counts
    return Tally(
        rows=rows,
        products=products,
        refused=clerk.notes.refused,
        errors=counts[Severity.ERROR],
        warnings=counts[Severity.WARNING],
        notes=counts[Severity.NOTE],
    )


class _Rows:
    """The readable rows of a table; those that are not are refused, and all are counted."""

    def __init__(self, table: Table, options: Options, notes: Notes) -> None:
        self._table, self._options, self._notes = table, options, notes
        self._names = [(n, name) for n, name in enumerate(table.heads.columns) if name]
        self.count = 0

    def __iter__(self) -> Iterator[Row]:
        for line in self._table.lines:
            self.count += 1
            if row := self._row(line):
                yield row

    def _row(self, line: Line) -> Row | None:
        number, cells = line
        if isinstance(cells, Broken):
            self._notes.refuse(number, "", "", cells)
            self._notes.refused += 1
            return None
        filled = {name: cells[n] for n, name in self._names if cells[n]}
        return Row(number, {**self._table.implied, **filled, **self._table.fixed}, self._options)


def write_line(to: gzip.GzipFile, what: Struct) -> None:
    """Write one thing down, to be read by `packed`."""
    to.write(msgspec.json.encode(what) + b"\n")
