"""The label of a parcel that goes back: one sheet for any printer, with a code to scan.

It is drawn, not typeset: names in any script print with the one font the machine has for all of
them, and the bars stand on whole dots.
"""

from bisect import bisect_right
from collections.abc import Iterator
from io import BytesIO
from math import ceil
from pathlib import Path

from barcode import Code128
from msgspec import Struct
from PIL import Image, ImageDraw, ImageFont

from shopbell.cases.refusals import NoLabelFont
from shopbell.kernel.texts import Locale, text

DPI = 300
WIDTH, HEIGHT = 1_181, 1_772
"""100 × 150 mm, the usual label."""

MARGIN, BAR_HEIGHT = 60, 240
SMALL, NORMAL, LARGE = 34, 46, 64
LINES_MOST = 40
FONTS = (
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"),
    Path("/System/Library/Fonts/Hiragino Sans GB.ttc"),
    Path("/Windows/Fonts/msyh.ttc"),
)
"""Where systems keep a font that has Latin, Cyrillic and Chinese letters."""


class Label(Struct, frozen=True):
    """What stands on a label."""

    sender: str
    shop: str
    address: str
    order: str
    case: int
    number: str
    inside: list[str]
    drop_off_code: str = ""


def find_font(chosen: str) -> Path:
    """Return the font to draw with: the operator's, else the system's; or refuse."""
    found = (path for path in ((Path(chosen),) if chosen else FONTS) if path.is_file())
    font = next(found, None)
    if font is None:
        raise NoLabelFont
    return font


def draw(label: Label, locale: Locale, font: Path) -> bytes:
    """Return the label as a PDF."""
    sheet = _Sheet(font)
    sheet.write(text(locale, "label.title"), LARGE)
    for name, said in _blocks(label, locale):
        sheet.write(text(locale, f"label.{name}"), SMALL)
        sheet.write(said, NORMAL)
    sheet.bars(label.number)
    return sheet.pdf(f"{label.number} {label.shop}")


def _blocks(label: Label, locale: Locale) -> Iterator[tuple[str, str]]:
    yield "from", label.sender
    yield "to", f"{label.shop}\n{label.address}"
    yield "about", text(locale, "label.numbers", order=label.order, case=label.case)
    yield "inside", "\n".join(label.inside)
    if label.drop_off_code:
        yield "code", label.drop_off_code


class _Sheet:
    """Paper that is written on from top to bottom."""

    def __init__(self, font: Path) -> None:
        self._paper = Image.new("1", (WIDTH, HEIGHT), 1)
        self._pen, self._font, self._y = ImageDraw.Draw(self._paper), font, MARGIN

    def write(self, words: str, size: int) -> None:
        """Write words, broken where the paper ends; what would reach the bars is left out."""
        font = ImageFont.truetype(self._font, size)
        for line in list(broken(words, font, WIDTH - 2 * MARGIN))[:LINES_MOST]:
            if self._y + size > HEIGHT - BAR_HEIGHT - 4 * MARGIN:
                return
            self._pen.text((MARGIN, self._y), line, font=font, fill=0)
            self._y += round(size * 1.3)
        self._y += size // 3

    def bars(self, number: str) -> None:
        """Draw a number as bars at the foot, and below them in letters."""
        modules = Code128(number).build()[0]
        wide = (WIDTH - 2 * MARGIN) // len(modules)
        left, top = (WIDTH - wide * len(modules)) // 2, HEIGHT - BAR_HEIGHT - 3 * MARGIN
        for n, module in enumerate(modules):
            if module == "1":
                at = left + n * wide
                self._pen.rectangle((at, top, at + wide - 1, top + BAR_HEIGHT), fill=0)
        font = ImageFont.truetype(self._font, NORMAL)
        self._pen.text((left, top + BAR_HEIGHT + SMALL // 2), number, font=font, fill=0)

    def pdf(self, title: str) -> bytes:
        """Return the sheet as a PDF of one page."""
        out = BytesIO()
        self._paper.save(out, "PDF", resolution=DPI, title=title)
        return out.getvalue()


def broken(words: str, font: ImageFont.FreeTypeFont, width: int) -> Iterator[str]:
    """Break words into lines; between words where there are any, else between letters."""
    for part in words.splitlines():
        yield from _lines(part, font, width)


def _lines(words: str, font: ImageFont.FreeTypeFont, width: int) -> Iterator[str]:
    while words:
        fits = _fitting(words[:width], font, width)  # no letter is narrower than a point
        space = words.rfind(" ", 0, fits + 1)
        cut = space if fits < len(words) and space > 0 else fits
        yield words[:cut]
        words = words[cut:].lstrip()


def _fitting(line: str, font: ImageFont.FreeTypeFont, width: int) -> int:
    """Return for how many letters of a line there is room: for one at least."""

    def wide(letters: int) -> int:
        return ceil(font.getlength(line[:letters]))

    return max(1, bisect_right(range(1, len(line) + 1), width, key=wide))
