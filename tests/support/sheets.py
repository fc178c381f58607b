"""Workbooks as people have them, and as those make them who mean harm."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter

OZON = (
    *("Артикул*", "Название товара*", "Цена, руб.*", "Вес в упаковке, г*", "Ширина упаковки, мм*"),
    *("Высота упаковки, мм*", "Длина упаковки, мм*", "Тип*", "Материал"),
)
EXPLAINED = ("Ваш код товара", "До 200 знаков", "Цена с учётом скидки", "Число", *["Число"] * 3)


def workbook(
    file: Path,
    rows: Sequence[Sequence[object]],
    *,
    merged: str = "",
    first: Mapping[str, Sequence[Sequence[object]]] | None = None,
) -> Path:
    """Write rows into a workbook; text that begins with ``=`` is a formula worth 7."""
    with xlsxwriter.Workbook(str(file)) as book:
        for name, cells in {**(first or {}), "Шаблон": rows}.items():
            sheet = book.add_worksheet(name)
            for n, row in enumerate(cells):
                for place, cell in enumerate(row):
                    if isinstance(cell, str) and cell.startswith("="):
                        sheet.write_formula(n, place, cell, value=7)
                    else:
                        sheet.write(n, place, cell)
            if merged and cells is rows:
                sheet.merge_range(merged, "")
    return file


def repacked(file: Path, to: Path, parts: Mapping[str, bytes]) -> Path:
    """Copy a workbook, with these parts in place of its own or beside them."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return to


SHEET = "xl/worksheets/sheet1.xml"


def bombs(folder: Path) -> dict[str, tuple[Path, str]]:
    """Return workbooks that no shop means well, and how each is refused."""
    plain = workbook(folder / "plain.xlsx", [["offer_id"], ["x"]])
    types = zipfile.ZipFile(plain).read("[Content_Types].xml")
    rows = b"<row/>" * 500_001
    made = {
        "macros": ({"xl/vbaProject.bin": b"x"}, "macros_inside"),
        "macro kind": (
            {"[Content_Types].xml": types.replace(b"sheet.main", b"sheet.macroEnabled.main")},
            "macros_inside",
        ),
        "zeros": ({SHEET: bytes(40 * 1024 * 1024)}, "archive_too_large"),
        "many parts": ({f"xl/media/{n}": b"" for n in range(2_100)}, "archive_too_large"),
        "rows": ({SHEET: b"<worksheet><sheetData>" + rows}, "table_too_large"),
        "entities": (
            {"xl/workbook.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><workbook>&b;</workbook>'},
            "workbook_broken",
        ),
    }
    found = {
        name: (repacked(plain, folder / f"{name}.xlsx", parts), code)
        for name, (parts, code) in made.items()
    }
    torn = folder / "torn.xlsx"
    torn.write_bytes(plain.read_bytes()[:-200])
    old = folder / "old.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1_000))
    other = folder / "other.xlsx"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("nested.zip", plain.read_bytes())
    return {
        **found,
        "torn": (torn, "workbook_broken"),
        "old": (old, "workbook_old"),
        "nested": (other, "not_a_table_file"),
    }
