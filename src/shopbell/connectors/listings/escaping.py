"""Text that a spreadsheet would run is written behind an apostrophe, and read without it."""

import re

_RISKY = re.compile(r"'*[=+\-@\t\r]")
"""Spreadsheets take text that begins so for a formula, in files of text (OWASP, CSV injection)."""


def escaped(cell: str) -> str:
    """Write a cell so that a spreadsheet shows it, whatever it begins with."""
    return f"'{cell}" if _RISKY.match(cell) else cell


def meant(cell: str) -> str:
    """Read a cell that was written so."""
    return cell[1:] if cell.startswith("'") and _RISKY.match(cell) else cell
