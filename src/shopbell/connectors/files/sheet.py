"""A table of text: its columns under our names, its rows by number."""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from shopbell.connectors.files.cells import Row
from shopbell.connectors.files.encoding import decode
from shopbell.connectors.files.model import (
    ColumnsMissing,
    NoSuchTable,
    Options,
    QuoteOpen,
    RowBroken,
    TableEmpty,
    TableTooLarge,
)

MOST_BYTES = 64 * 1024 * 1024
MOST_ROWS = 500_000
HEADINGS = 64 * 1024
DELIMITERS = ",;\t"

Source = Path | str | BinaryIO
Broken = RowBroken | QuoteOpen


@dataclass(frozen=True)
class Columns:
    """The columns a kind of table must have (any of several), and what others call ours."""

    needed: Collection[str]
    known_as: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Sheet:
    """The readable rows of a table, and the numbers of those that are not."""

    rows: Sequence[Row]
    broken: Sequence[tuple[int, Broken]]
    encoding: str


def read(source: Source, columns: Columns, options: Options) -> Sheet:
    """Read a whole table, or refuse it."""
    words, encoding = decode(contents(source), options.encoding)
    lines = list(lines_of(io.StringIO(words, newline=""), delimiter(words)))
    if len(lines) > MOST_ROWS:
        raise TableTooLarge(most=MOST_ROWS)
    headings = lines[0][1] if lines else []
    if isinstance(headings, Broken) or not any(headings):
        raise TableEmpty
    places = _places(headings, columns, options)
    rows, broken = [], []
    for number, cells in lines[1:]:
        found = checked(cells, len(headings))
        if isinstance(found, Broken):
            broken.append((number, found))
        elif any(found):
            rows.append(_row(number, found, places, options))
    if not rows and not broken:
        raise TableEmpty
    return Sheet(rows, broken, encoding)


def contents(source: Source) -> bytes:
    """Return all bytes of a table, or refuse one that is too large."""
    if isinstance(source, str | Path):
        try:
            with Path(source).open("rb") as file:
                return contents(file)
        except OSError:
            raise NoSuchTable(file=str(source)[-200:]) from None
    data = source.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise TableTooLarge(most=f"{MOST_BYTES // 1024 // 1024} MB")
    return data


def delimiter(words: str) -> str:
    """Choose the sign that cuts the headings into the most columns."""
    first = words[:HEADINGS].partition("\n")[0]
    return max(DELIMITERS, key=lambda sign: len(next(csv.reader([first], delimiter=sign), [])))


def lines_of(words: Iterable[str], sign: str) -> Iterator[tuple[int, list[str] | Broken]]:
    """Yield every row with its number, the headings being row 1, as a spreadsheet counts."""
    reader = csv.reader(words, delimiter=sign, strict=True)
    number = 0
    while True:
        number += 1
        first = reader.line_num + 1
        try:
            yield number, [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            yield number, QuoteOpen(first=first, last=reader.line_num)


def checked(cells: list[str] | Broken, width: int) -> list[str] | Broken:
    """Refuse a row with more filled cells than there are headings; a short one ends in blanks."""
    if isinstance(cells, Broken):
        return cells
    if any(cells[width:]):
        return RowBroken()
    return cells[:width] + [""] * (width - len(cells))


def _places(headings: Sequence[str], columns: Columns, options: Options) -> dict[str, int]:
    """Find where each of our columns stands in the table."""
    theirs = {heading.casefold(): n for n, heading in reversed(list(enumerate(headings)))}
    own = {_ours(heading): heading for heading in headings}
    wanted = {**columns.known_as, **own, **options.columns}
    called = {ours: name.casefold() for ours, name in wanted.items()}
    places = {ours: theirs[name] for ours, name in called.items() if name in theirs}
    absent = [name for name in options.columns.values() if name.casefold() not in theirs]
    given = {*places, *options.values}
    absent += [names[0] for names in map(str.split, columns.needed) if not given & {*names}]
    if absent:
        raise ColumnsMissing(columns=", ".join(dict.fromkeys(absent)))
    return places


def _ours(heading: str) -> str:
    """Return a heading as we write ours: what follows a colon is the author's own word."""
    kind, colon, word = heading.partition(":")
    return kind.casefold() + colon + word.strip()


def _row(number: int, cells: list[str], places: Mapping[str, int], options: Options) -> Row:
    found = {name: cells[place] for name, place in places.items() if cells[place]}
    return Row(number, {**found, **options.values}, options)
