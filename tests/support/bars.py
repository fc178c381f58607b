"""Reading back what a label bears: the picture in its PDF, and the number in its bars."""

import re
import struct
from io import BytesIO
from itertools import pairwise

from barcode.charsets import code128
from PIL import Image

_WIDTHS = {bars: value for value, bars in enumerate(code128.CODES)}
_SET_B, _SET_C, _TO_B, _TO_C = 104, 105, 100, 99


def picture_in(pdf: bytes) -> Image.Image:
    """Return the one picture of a page, as a printer would draw it."""
    width, height = _number(pdf, b"Width"), _number(pdf, b"Height")
    data = pdf[pdf.index(b"stream\n") + 7 : pdf.rindex(b"endstream")]
    tags = {256: width, 257: height, 258: 1, 259: 4, 262: 1, 273: 122, 278: height, 279: len(data)}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    head = b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + b"\0" * 4
    return Image.open(BytesIO(head.ljust(122, b"\0") + data)).convert("1")


def _number(pdf: bytes, name: bytes) -> int:
    found = re.search(rb"/%s (\d+)" % name, pdf)
    assert found
    return int(found[1])


def number_in(picture: Image.Image) -> str:
    """Return what the bars at the foot of a label say in Code 128, its check character proved."""
    row = [picture.getpixel((x, picture.height - 300)) == 0 for x in range(picture.width)]
    dark = row[row.index(True) : len(row) - row[::-1].index(True)]
    edges = [0, *(n for n in range(1, len(dark)) if dark[n] != dark[n - 1]), len(dark)]
    runs = [after - before for before, after in pairwise(edges)]
    dot = min(runs)
    plain = "".join(("1" if n % 2 == 0 else "0") * (run // dot) for n, run in enumerate(runs))
    values = [_WIDTHS[plain[at : at + 11]] for at in range(0, len(plain) - 13, 11)]
    start, *said, check = values
    assert check == (start + sum(n * value for n, value in enumerate(said, 1))) % 103
    return "".join(_letters(start, said))


def _letters(mode: int, values: list[int]) -> list[str]:
    found = list[str]()
    for value in values:
        if value in {_TO_B, _TO_C} and value != (_TO_C if mode == _SET_C else _TO_B):
            mode = _SET_B if value == _TO_B else _SET_C
        elif mode == _SET_C:
            found.append(f"{value:02}")
        else:
            found.append(chr(value + 32))
    return found
