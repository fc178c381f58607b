"""Figures as files to take along: CSV and XLSX, in which no cell is ever a formula."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from shopbell.analytics.model import Behind, Dimension, Figure, FigureReport
from shopbell.kernel.texts import Locale, say

Cell = str | float | None
SHEET = "report"
_COMMANDS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A spreadsheet may take a text that begins so for something to be done."""

_NAMED = {Dimension.SHOP, Dimension.AGENT, Dimension.PRODUCT}


class Sheet(Struct, frozen=True):
    """A table with its head, and lines that say what it is."""

    head: list[str]
    rows: list[list[Cell]]
    notes: list[list[Cell]] = []

    @property
    def lines(self) -> list[list[Cell]]:
        return [[*self.head], *self.rows]


def of_report(report: FigureReport, locale: Locale) -> Sheet:
    """Return a figure as a table: the very rows of the screen, and the total in the last."""
    by = [head for one in report.by for head in _heads(one)]
    head = [*by, "counted", "hits", f"value_{report.unit}", "percentile_90"]
    rows = [[*_names(report, row, locale), *_figure(row)] for row in report.rows]
    total = [*["total"][: len(by)], *[None] * (len(by) - 1), *_figure(report.total)]
    notes: list[list[Cell]] = [
        [say(report.title, locale)],
        [say(report.definition, locale)],
        [f"{report.since} – {report.until}", report.zone],
    ]
    return Sheet(head, [*rows, total], notes)


def of_behind(found: Sequence[Behind], locale: Locale) -> Sheet:
    """Return what stands behind a figure as a table, with times of both kinds."""
    head = [name for name in Behind.__struct_fields__ if name != "subject"]
    rows = [
        [say(one.subject, locale), *(as_cell(getattr(one, name)) for name in head)] for one in found
    ]
    return Sheet(["subject", *head], rows)


def as_csv(sheet: Sheet) -> bytes:
    """Write a table as CSV in UTF-8 with the mark that spreadsheets know it by."""
    out = io.StringIO()
    csv.writer(out).writerows([harmless(cell) for cell in row] for row in sheet.lines)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(sheet: Sheet) -> bytes:
    """Write a table as a workbook: texts are texts, whatever they begin with."""
    out = io.BytesIO()
    import xlsxwriter  # noqa: PLC0415 - a tenth of a start, and memory, for what few ask for

    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet(SHEET)
        page.freeze_panes(1, 0)
        for at, row in enumerate([*sheet.lines, [], *sheet.notes]):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    page.write_string(at, place, cell)
                elif cell is not None:
                    page.write_number(at, place, cell)
    return out.getvalue()


def harmless(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(cell, str) and cell.startswith(_COMMANDS):
        return f"'{cell}"
    return cell


def _heads(dimension: Dimension) -> list[str]:
    return [dimension, f"{dimension}_name"] if dimension in _NAMED else [dimension]


def _names(report: FigureReport, row: Figure, locale: Locale) -> list[Cell]:
    cells: list[Cell] = []
    for dimension, value in zip(report.by, row.by, strict=True):
        cells.append(value)
        if dimension in _NAMED:
            cells.append(say(report.names[value], locale) if value in report.names else "")
    return cells


def _figure(row: Figure) -> list[Cell]:
    return [row.n, row.hits, row.value, row.high]


def as_cell(value: object) -> Cell:
    """Return what a cell holds of a value: a moment as text, yes and no as numbers."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, bool):
        return int(value)
    return value if isinstance(value, float | int) else str(value or "")
