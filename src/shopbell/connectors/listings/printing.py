"""Tables of listings written to files: CSV and XLSX, of which no cell is ever run as a formula."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from shopbell.connectors.listings.escaping import escaped
from shopbell.connectors.listings.shapes import Cell
from shopbell.kernel.texts import Locale, text

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Line = tuple[Sequence[Cell], Mapping[int, str]]
"""The cells of a row, and what is wrong with some of them, by their places."""

CELL_MOST = 32_767
WIDTH = 18


class Kind(StrEnum):
    """What a file is."""

    CSV = "csv"
    XLSX = "xlsx"


MEDIA = {
    Kind.CSV: "text/csv",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def write(
    to: Path, kind: Kind, lines: Iterable[Line], reader: Locale, guide: Iterable[Sequence[str]] = ()
) -> None:
    """Write rows, the headings first; a workbook also gets a sheet that explains them."""
    if kind is Kind.CSV:
        _as_text(to, lines, ";" if reader == "ru" else ",")
    else:
        _as_workbook(to, lines, text(reader, "listings.guide"), list(guide))


def _as_text(to: Path, lines: Iterable[Line], sign: str) -> None:
    with to.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file, delimiter=sign)
        for cells, _ in lines:
            table.writerow(list(map(harmless, cells)))


def harmless(cell: Cell) -> str:
    """Write a cell that a spreadsheet shows and does not run."""
    return escaped(cell) if isinstance(cell, str) else format(cell, ".15g")


def _as_workbook(
    to: Path, lines: Iterable[Line], named: str, guide: Sequence[Sequence[str]]
) -> None:
    import xlsxwriter  # noqa: PLC0415 - a tenth of a start, and memory, for what few ask for

    with xlsxwriter.Workbook(str(to), {"constant_memory": True, "in_memory": False}) as book:
        bold, bad = book.add_format({"bold": True}), book.add_format({"bg_color": "#F8D7D4"})
        sheet = book.add_worksheet("Products")
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 60, WIDTH)
        for n, (cells, wrong) in enumerate(lines):
            for place, cell in enumerate(cells):
                look = bold if n == 0 else bad if place in wrong else None
                _put(sheet, n, place, cell, look)
            for place, words in wrong.items():
                sheet.write_comment(n, place, words[:1_000])
        if guide:
            _explain(book.add_worksheet(named), guide, bold)


def _put(sheet: "Worksheet", row: int, place: int, cell: Cell, look: "Format | None") -> None:
    if not isinstance(cell, str):
        sheet.write_number(row, place, cell, look)
    elif cell:
        sheet.write_string(row, place, cell[:CELL_MOST], look)
    elif look:
        sheet.write_blank(row, place, None, look)


def _explain(sheet: "Worksheet", guide: Sequence[Sequence[str]], bold: "Format | None") -> None:
    sheet.set_column(0, 0, 2 * WIDTH)
    sheet.set_column(2, 2, 4 * WIDTH)
    for n, words in enumerate(guide):
        for place, word in enumerate(words):
            sheet.write_string(n, place, word, bold if place == 0 else None)
