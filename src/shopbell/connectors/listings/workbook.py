"""A workbook (XLSX) as rows of text, after a look at what it would unpack to.

Nothing in it is run or followed: of a formula the value is taken that was kept beside it, and of
what a workbook may also hold (links to other files, pictures, other archives) nothing is opened.
"""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET

from msgspec import Struct
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from shopbell.connectors.files.model import TableTooLarge
from shopbell.connectors.listings.refusals import (
    ArchiveTooLarge,
    MacrosInside,
    NotATableFile,
    WorkbookBroken,
)

ENTRIES_MOST = 2_000
UNPACKED_MOST = 512 * 1024 * 1024
RATIO_MOST = 150
"""Bytes that one packed byte may stand for: real sheets of 100,000 rows had 8 to 30."""

SMALL = 16 * 1024 * 1024
"""What unpacks to less than this may be packed as tightly as it likes."""

CELLS_MOST = 2_500_000
"""Each takes some 80 bytes while the workbook is read."""

ROWS_MOST = 500_000
PART = 1024 * 1024
REMEMBERED = 200
"""So many places of formulas, and of merged cells, are told."""

_CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<f\b')
_MERGED = re.compile(rb'<mergeCell\b[^>]*?\bref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_DECIMALS = ".15g"
"""As many digits as a spreadsheet shows: of 19.900000000000002 it shows 19.9."""


class Marks(Struct, frozen=True):
    """What a sheet has beside values: places (row, column from 0) of formulas and merged cells."""

    formulas: list[tuple[int, int]]
    merged: list[tuple[int, int]]


def is_archive(first: bytes) -> bool:
    """Tell whether a file that begins so is packed."""
    return first.startswith(b"PK\x03\x04")


def check_archive(archive: zipfile.ZipFile, size: int) -> None:
    """Refuse what would unpack to too much, before any of it is unpacked."""
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    tight = unpacked > max(SMALL, RATIO_MOST * size)
    if len(entries) > ENTRIES_MOST or unpacked > UNPACKED_MOST or tight:
        raise ArchiveTooLarge(most=UNPACKED_MOST // 1024 // 1024)


def open_archive(file: Path) -> zipfile.ZipFile:
    """Open a packed file, or refuse one that is broken or a bomb."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError):
        raise WorkbookBroken from None
    check_archive(archive, file.stat().st_size)
    return archive


class Workbook:
    """A workbook that may be read: its sheets by name, in their order."""

    def __init__(self, file: Path) -> None:
        with open_archive(file) as archive:
            _check_kind(archive)
            self._parts = _parts_of_sheets(archive)
            self._marks = {name: _look(archive, part) for name, part in self._parts.items()}
        try:
            self._book = CalamineWorkbook.from_path(str(file))
        except CalamineError:
            raise WorkbookBroken from None

    @property
    def names(self) -> list[str]:
        """List the sheets that hold cells."""
        return [name for name in self._book.sheet_names if name in self._parts]

    def marks(self, name: str) -> Marks:
        """Tell what a sheet has beside values."""
        return self._marks[name]

    def rows(self, name: str, most: int | None = None) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows of a sheet, with the numbers that a spreadsheet shows."""
        sheet = self._sheet(name)
        begins = (sheet.start or (0, 0))[0] + 1
        left = [""] * (sheet.start or (0, 0))[1]
        for number, row in enumerate(sheet.iter_rows(), begins):
            if most is not None and number >= begins + most:
                return
            yield number, left + [_written(cell) for cell in row]

    def _sheet(self, name: str) -> CalamineSheet:
        try:
            return self._book.get_sheet_by_name(name)
        except CalamineError:
            raise WorkbookBroken from None


def _check_kind(archive: zipfile.ZipFile) -> None:
    names = {name.lower() for name in archive.namelist()}
    if "xl/workbook.xml" not in names or "[content_types].xml" not in names:
        raise NotATableFile
    kinds = _small(archive, "[Content_Types].xml")
    if b"macroEnabled" in kinds or any(name.endswith("vbaproject.bin") for name in names):
        raise MacrosInside


def _parts_of_sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return which part of the archive each sheet of cells is."""
    targets = {
        relation.get("Id", ""): relation.get("Target", "")
        for relation in _xml(archive, "xl/_rels/workbook.xml.rels")
    }
    sheets = _xml(archive, "xl/workbook.xml").iter(f"{_MAIN}sheet")
    named = {sheet.get("name", ""): targets.get(sheet.get(_REL, ""), "") for sheet in sheets}
    found = {name: _inside(target) for name, target in named.items()}
    return {name: part for name, part in found.items() if part in archive.namelist()}


def _inside(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _xml(archive: zipfile.ZipFile, name: str) -> ET.Element:
    words = _small(archive, name)
    if b"<!DOCTYPE" in words or b"<!ENTITY" in words:
        raise WorkbookBroken
    try:
        return ET.fromstring(words)  # noqa: S314 - without a document type there are no entities
    except ET.ParseError:
        raise WorkbookBroken from None


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as part:
            return part.read(PART)
    except (KeyError, zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        raise WorkbookBroken from None


def _look(archive: zipfile.ZipFile, name: str) -> Marks:
    """Read a sheet once as mere bytes: count its rows and cells, and find what is marked."""
    formulas: list[tuple[int, int]] = []
    merged: list[tuple[int, int]] = []
    rows = cells = 0
    for words in _through(archive, name):
        rows, cells = rows + words.count(b"<row"), cells + words.count(b"<c ")
        if rows > ROWS_MOST or cells > CELLS_MOST:
            raise TableTooLarge(most=ROWS_MOST if rows > ROWS_MOST else CELLS_MOST)
        formulas += [_place(*found) for found in _CELL.findall(words)][: REMEMBERED - len(formulas)]
        merged += [_place(*found[:2]) for found in _MERGED.findall(words)][
            : REMEMBERED - len(merged)
        ]
    return Marks(formulas, merged)


def _through(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Yield a part of an archive in pieces that end where an element does."""
    try:
        with archive.open(name) as part:
            yield from _pieces(part)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        raise WorkbookBroken from None


def _pieces(part: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while read := part.read(PART):
        whole, end, rest = (rest + read).rpartition(b"</c>")
        yield whole + end
        if len(rest) > PART:
            yield rest
            rest = b""
    yield rest


def _place(column: bytes, row: bytes) -> tuple[int, int]:
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return int(row), number - 1


def _written(cell: object) -> str:
    """Write a cell as its owner sees it."""
    match cell:
        case bool():
            return "true" if cell else "false"
        case float() | int():
            return format(cell, _DECIMALS) if isinstance(cell, float) else str(cell)
        case datetime() | date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case _:
            return str(cell).strip()
