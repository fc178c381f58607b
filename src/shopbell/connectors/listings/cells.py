"""What cells of a listing say: prices, texts, barcodes, measures, addresses of pictures."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from shopbell.commerce.model import Money
from shopbell.connectors.files.cells import Row
from shopbell.connectors.files.model import ValueMissing
from shopbell.connectors.files.plain import plain_text
from shopbell.connectors.listings import units
from shopbell.connectors.listings.album import Album
from shopbell.connectors.listings.picturing import is_reference
from shopbell.connectors.listings.refusals import (
    BadBarcode,
    NotALink,
    NotAMeasure,
    PriceNegative,
    UnknownUnit,
)
from shopbell.kernel.texts import LOCALES, Words, text

LONG = 20_000
LINK_MOST = 2_000
BARCODES = (8, 12, 13, 14)
SIDES = ("depth", "width", "height")
_ADDRESS = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)
_DIVIDERS = (r"[;|\n]+|,(?=https?://)", r"\s+", ",")
"""Between pictures; the later ones also stand within names of files."""

_TAGS = re.compile("[,;，；]")


def called(key: str) -> Words:
    """Name an attribute of ours in every language."""
    return {locale: text(locale, key) for locale in LOCALES}


BRAND, BARCODE = called("imports.brand"), called("listings.barcode")
WEIGHT, SIZE = called("listings.weight"), called("listings.size")


def title(row: Row, column: str) -> Words:
    """Read a title in the languages it is given in; it must be given in one."""
    if (found := _words(row, "title", 200)) is None:
        raise ValueMissing(row=row.number, column=column)
    return found


def about(row: Row, _column: str) -> Words | None:
    """Read a description in the languages it is given in."""
    return _words(row, "about", LONG)


def _words(row: Row, column: str, most: int) -> Words | None:
    found: Words = {
        locale: words
        for locale in LOCALES
        if (words := plain_text(row.text(f"{column}_{locale}", most)))
    }
    return found or None


def price(row: Row, column: str) -> Money:
    """Read a price; it must be there."""
    written = row.text(column)
    if written.startswith(("-", "−")) and any(map(str.isdigit, written)):
        raise PriceNegative(row=row.number, column=column, value=written[:40])
    if (found := row.money(column)) is None:
        raise ValueMissing(row=row.number, column=column)
    return found


def tags(row: Row, column: str) -> list[str]:
    """Read words that somebody looks for the product by."""
    return [tag for one in _TAGS.split(row.text(column, LONG)) if (tag := one.strip())]


def barcode(row: Row, column: str) -> str:
    """Read an EAN, UPC or GTIN: its last digit checks the others (GS1 General Specifications)."""
    written = row.text(column)
    code = written.replace(" ", "").replace("-", "").removesuffix(".0")
    if code and not (code.isascii() and code.isdigit() and len(code) in BARCODES and _fits(code)):
        raise BadBarcode(row=row.number, column=column, value=written[:40])
    return code


def _fits(code: str) -> bool:
    digits = [int(digit) for digit in reversed(code)]
    return (sum(digits[0::2]) + 3 * sum(digits[1::2])) % 10 == 0


def weight(row: Row, column: str) -> Decimal | None:
    """Read a weight in grams; without a unit it is in those."""
    return _measure(row, column, row.text("weight_unit") or "g", "g")


def length(row: Row, column: str) -> Decimal | None:
    """Read a length in millimetres; without a unit it is in those."""
    return _measure(row, column, row.text("dimension_unit") or "mm", "mm")


def _measure(row: Row, column: str, unit: str, kind: str) -> Decimal | None:
    if not (written := row.text(column)):
        return None
    try:
        found = units.measured(written, unit, kind)
    except KeyError:
        raise UnknownUnit(row=row.number, column=column, value=unit[:40]) from None
    if found is None:
        raise NotAMeasure(row=row.number, column=column, value=written[:40])
    return found


def pictures(row: Row, column: str, album: Album | None) -> list[str]:
    """Read addresses of pictures, and names of those in a zip, however they are divided."""
    return [_picture(one, album) for one in _divided(row.text(column, LONG), album)]


def _divided(
    written: str, album: Album | None, dividers: Sequence[str] = _DIVIDERS
) -> Iterator[str]:
    for one in filter(None, map(str.strip, re.split(dividers[0], written))):
        if len(dividers) == 1 or _is_address(one) or (album and one in album):
            yield one
        else:
            yield from _divided(one, album, dividers[1:])


def _picture(said: str, album: Album | None) -> str:
    if _is_address(said) or is_reference(said):
        return said
    if album is None:
        raise NotALink(value=said[:40])
    return album.find(said)


def _is_address(said: str) -> bool:
    return len(said) <= LINK_MOST and _ADDRESS.fullmatch(said) is not None
