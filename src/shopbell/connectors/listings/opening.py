"""A file as a table of listings: its headings under our names, and its rows one by one."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from shopbell.connectors.files import sheet
from shopbell.connectors.files.encoding import decode
from shopbell.connectors.files.model import (
    ColumnsMissing,
    Options,
    TableEmpty,
    TableTooLarge,
)
from shopbell.connectors.files.sheet import Broken, checked, contents, delimiter, lines_of
from shopbell.connectors.listings.columns import (
    CURRENCY_SIGNS,
    form_of,
    ours,
    spoken,
    unit_in,
)
from shopbell.connectors.listings.escaping import meant
from shopbell.connectors.listings.model import Finding, Form, Heads, Severity
from shopbell.connectors.listings.refusals import WorkbookOld
from shopbell.connectors.listings.workbook import Workbook, is_archive
from shopbell.kernel.texts import LOCALES, Locale

HEAD_ROWS = 10
"""So far down the headings are looked for: above them, templates explain themselves."""

EXPLAINED = 3
"""So many rows below the headings may explain them."""

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UNITS = {"weight": "weight_unit", **dict.fromkeys(("depth", "width", "height"), "dimension_unit")}
FIGURES = ("price", "was", "stock", "weight", "depth", "width", "height")
Line = tuple[int, list[str] | Broken]


@dataclass
class Table:
    """What stands in a file. ``implied`` holds where a row is silent, ``fixed`` for every row."""

    heads: Heads
    lines: Iterator[Line]
    implied: dict[str, str]
    fixed: dict[str, str]
    found: list[Finding] = field(default_factory=list[Finding])


def open_table(file: Path, options: Options, language: Locale) -> Table:
    """Open a file of any kind we read, or refuse it whole."""
    with file.open("rb") as begins:
        first = begins.read(len(OLD))
    if first == OLD:
        raise WorkbookOld
    return (
        _of_workbook(file, options, language)
        if is_archive(first)
        else _of_text(file, options, language)
    )


def _of_text(file: Path, options: Options, language: Locale) -> Table:
    data = contents(file)
    words, encoding = decode(data, options.encoding)
    sign = delimiter(words)
    del words
    text = io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
    return _table(_bounded(_unmarked(lines_of(text, sign))), options, language, encoding)


def _unmarked(lines: Iterator[Line]) -> Iterator[Line]:
    """Drop what is no part of a cell: a mark of byte order, a sign that keeps it from being run."""
    for number, cells in lines:
        if isinstance(cells, list):
            if number == 1 and cells:
                cells[0] = cells[0].removeprefix("\ufeff")
            cells = list(map(meant, cells))  # noqa: PLW2901
        yield number, cells


def _bounded(lines: Iterator[Line]) -> Iterator[Line]:
    for number, cells in lines:
        if number > sheet.MOST_ROWS:
            raise TableTooLarge(most=sheet.MOST_ROWS)
        yield number, cells


def _of_workbook(file: Path, options: Options, language: Locale) -> Table:
    book = Workbook(file)
    name = next((one for one in book.names if _is_listing(book, one, options, language)), "")
    if not name and not book.names:
        raise TableEmpty
    name = name or book.names[0]
    table = _table(book.rows(name), options, language, "")
    table.heads = _of_sheet(table.heads, name)
    marks = book.marks(name)
    table.found += _marked(table.heads, marks.formulas, "formula")
    table.found += _marked(table.heads, marks.merged, "merged")
    return table


def _of_sheet(heads: Heads, name: str) -> Heads:
    return Heads(heads.form, heads.language, "", heads.row, heads.columns, heads.headings, name)


def _is_listing(book: Workbook, name: str, options: Options, language: Locale) -> bool:
    rows = [cells for _, cells in book.rows(name, HEAD_ROWS)]
    return any("offer_id" in _named(cells, options, language)[1] for cells in rows)


def _marked(heads: Heads, places: Sequence[tuple[int, int]], code: str) -> Iterator[Finding]:
    """Tell of cells that hold more than a value, once for a column."""
    told = set[int]()
    for row, place in places:
        if row > heads.row and place not in told and place < len(heads.headings):
            told.add(place)
            facts: dict[str, str | int] = {"column": heads.headings[place], "row": row}
            yield Finding(row, code, Severity.WARNING, heads.headings[place], place, facts=facts)


def _table(lines: Iterator[Line], options: Options, language: Locale, encoding: str) -> Table:
    above = list(islice(lines, HEAD_ROWS))
    at, form, columns = _head(above, options, language)
    number, cells = above[at]
    headings = list(cells) if isinstance(cells, list) else []
    heads = Heads(form, language, encoding, number, columns, headings)
    _check_complete(heads, options)
    below = _explained(chain(above[at + 1 :], lines), heads)
    fixed = {spoken(name, language): value for name, value in options.values.items()}
    return Table(heads, below, _implied(heads), fixed, list(_unused(heads)))


def _head(above: list[Line], options: Options, language: Locale) -> tuple[int, Form, list[str]]:
    """Find the row of headings: the first that names codes of products, else the first filled."""
    filled = [
        (n, cells) for n, (_, cells) in enumerate(above) if isinstance(cells, list) and any(cells)
    ]
    if not filled:
        raise TableEmpty
    for at, cells in filled:
        form, columns = _named(cells, options, language)
        if "offer_id" in columns:
            return at, form, columns
    at, cells = filled[0]
    if at:
        raise TableEmpty
    return at, *_named(cells, options, language)


def _named(cells: list[str], options: Options, language: Locale) -> tuple[Form, list[str]]:
    """Return whose columns these are, and what each is to us; the first of a name counts."""
    form, wanted = form_of(cells), _wanted(options, language)
    columns: list[str] = []
    for heading in cells:
        name = wanted.get(heading.casefold()) or ours(heading, form, language)
        given_up = name in wanted.values() and heading.casefold() not in wanted
        columns.append("" if name in columns or given_up else name)
    return form, columns


def _wanted(options: Options, language: Locale) -> dict[str, str]:
    """Return what columns are by the options, whatever their headings would say."""
    return {theirs.casefold(): spoken(name, language) for name, theirs in options.columns.items()}


def _check_complete(heads: Heads, options: Options) -> None:
    known = {heading.casefold() for heading in heads.headings}
    absent = [theirs for theirs in options.columns.values() if theirs.casefold() not in known]
    given = {*heads.columns, *(spoken(name, heads.language) for name in options.values)}
    titled = given & {f"title_{locale}" for locale in LOCALES}
    needed = {"offer_id": "offer_id" in given, "title": titled, "price": "price" in given}
    needed["currency"] = "currency" in given or _currency(heads)
    absent += [name for name, there in needed.items() if not there]
    if absent:
        raise ColumnsMissing(columns=", ".join(dict.fromkeys(absent)))


def _implied(heads: Heads) -> dict[str, str]:
    """Return what the headings say of every row: units, and the currency."""
    said = dict(zip(heads.columns, heads.headings, strict=False))
    units = {
        UNITS[name]: unit for name, h in said.items() if name in UNITS and (unit := unit_in(h))
    }
    currency = {"currency": found} if (found := _currency(heads)) else {}
    return {**units, **currency}


def _currency(heads: Heads) -> str:
    place = heads.columns.index("price") if "price" in heads.columns else -1
    unit = unit_in(heads.headings[place]) if place >= 0 else ""
    return CURRENCY_SIGNS.get(unit, "")


def _unused(heads: Heads) -> Iterator[Finding]:
    for place, heading in enumerate(heads.headings):
        if heading and not heads.columns[place]:
            facts: dict[str, str | int] = {"column": heading[:60]}
            yield Finding(heads.row, "unused", Severity.NOTE, heading, place, facts=facts)


def _explained(lines: Iterator[Line], heads: Heads) -> Iterator[Line]:
    """Leave out rows that explain the headings, and blank ones; check the width of the others."""
    width = len(heads.headings)
    for number, cells in lines:
        found = checked(cells, width)
        if isinstance(found, list):
            near = number <= heads.row + EXPLAINED
            if not any(found) or (near and _explains(found, heads)):
                continue
        yield number, found


def _explains(cells: list[str], heads: Heads) -> bool:
    """Tell a row of explanations: where figures belong stand words, and the code is no code."""
    said = dict(zip(heads.columns, cells, strict=True))
    figures = [said[name] for name in FIGURES if said.get(name)]
    code = said.get("offer_id", "")
    worded = bool(figures) and not any(any(map(str.isdigit, one)) for one in figures)
    return worded and (not code or " " in code)
