"""A dossier on paper: the same steps, thread, files and seal as in its document.

Like the label it is drawn, so that names in any script print with one font.
"""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path

from babel.dates import format_datetime
from PIL import Image, ImageDraw, ImageFont

from shopbell.cases.dossier import Dossier, DossierCase, DossierEntry, DossierStep
from shopbell.cases.label import broken
from shopbell.cases.wording import did, field_name, say_answer
from shopbell.kernel.texts import Locale, catalogue, text

DPI, WIDTH, HEIGHT = 150, 1_240, 1_754
"""A4."""

MARGIN, SMALL, NORMAL, LARGE = 90, 19, 24, 38
Line = tuple[str, int]


def draw(dossier: Dossier, locale: Locale, font: Path) -> bytes:
    """Return a dossier as a PDF."""
    paper = _Paper(font)
    for words, size in lines(dossier, locale):
        paper.write(words, size)
    return paper.pdf(text(locale, "dossier.title"), f"SHA-256 {dossier.seal}")


def lines(dossier: Dossier, locale: Locale) -> Iterator[Line]:
    """Say what is printed, line after line, each with its size."""
    yield text(locale, "dossier.title"), LARGE
    made = format_datetime(dossier.made_at, "long", locale=locale)
    yield text(locale, "dossier.made", at=made), SMALL
    yield text(locale, "dossier.sealed", seal=dossier.seal), SMALL
    for case in dossier.cases:
        yield from _of_case(case, locale)
    yield text(locale, "dossier.thread"), LARGE
    for entry in dossier.thread:
        yield from _of_entry(entry, locale)
    yield text(locale, "dossier.files"), LARGE
    for file in dossier.files:
        yield f"{file.name} · {file.media_type}", NORMAL
        yield f"SHA-256 {file.sha256}", SMALL


def _of_case(case: DossierCase, locale: Locale) -> Iterator[Line]:
    kind = catalogue(locale).get(f"case.{case.kind}", case.kind)
    yield f"{kind} {case.number}", LARGE
    yield f"{case.id} · {case.policy.profile} {case.policy.version}", SMALL
    for step in case.steps:
        yield from _of_step(case, step, locale)


def _of_step(case: DossierCase, step: DossierStep, locale: Locale) -> Iterator[Line]:
    yield f"{step.seq}. {did(case.kind, step.action, locale)}", NORMAL
    yield f"{_at(step.at, locale)} · {step.name}", SMALL
    for name, answer in step.given.items():
        yield f"{field_name(name, locale)}: {say_answer(name, answer, locale)}", NORMAL
    yield f"SHA-256 {step.hash}", SMALL


def _of_entry(entry: DossierEntry, locale: Locale) -> Iterator[Line]:
    said = _said(entry, locale)
    if said:
        yield f"{entry.seq}. {entry.actor.name} · {_at(entry.at, locale)}", SMALL
        yield said, NORMAL


def _said(entry: DossierEntry, locale: Locale) -> str:
    data = entry.data if isinstance(entry.data, dict) else {}
    if entry.type == "case":
        return did(data["kind"], data["action"], locale)
    return str(data.get("text", ""))


def _at(at: datetime, locale: Locale) -> str:
    return format_datetime(at, "medium", locale=locale)


class _Paper:
    """Sheets that are written on from top to bottom, one after the other."""

    def __init__(self, font: Path) -> None:
        self._fonts = {size: ImageFont.truetype(font, size) for size in (SMALL, NORMAL, LARGE)}
        self._sheets: list[Image.Image] = []
        self._y = HEIGHT

    def write(self, words: str, size: int) -> None:
        """Write words, on a new sheet once this one is full."""
        for line in broken(words, self._fonts[size], WIDTH - 2 * MARGIN):
            if self._y + 2 * size > HEIGHT - MARGIN:
                self._sheets.append(Image.new("1", (WIDTH, HEIGHT), 1))
                self._y = MARGIN
            self._pen.text((MARGIN, self._y), line, font=self._fonts[size], fill=0)
            self._y += round(size * 1.4)
        self._y += size // 4

    @property
    def _pen(self) -> ImageDraw.ImageDraw:
        return ImageDraw.Draw(self._sheets[-1])

    def pdf(self, title: str, foot: str) -> bytes:
        """Return all sheets as a PDF, each with the seal and its number at the foot."""
        for number, sheet in enumerate(self._sheets, 1):
            line = f"{foot} · {number}/{len(self._sheets)}"
            at = (MARGIN, HEIGHT - MARGIN + SMALL)
            ImageDraw.Draw(sheet).text(at, line, font=self._fonts[SMALL], fill=0)
        first, *others = self._sheets
        out = BytesIO()
        first.save(out, "PDF", resolution=DPI, title=title, save_all=True, append_images=others)
        return out.getvalue()
