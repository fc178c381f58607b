"""What a reader sees in a letter: what was said, about what, and how to answer. In their words."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import dates, numbers
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from msgspec import Struct
from msgspec.structs import replace

from shopbell.channels.mail.pictures import Copy
from shopbell.kernel.texts import LOCALES, Locale, text

WORDS_MOST = 5_000
"""So many signs of what was said stand in a letter; so that it stays below 100 KB."""

MARKER = "##- " + " · ".join(text(locale, "mail.marker") for locale in LOCALES) + " -##"
"""What stands below it in an answer is ours, quoted."""

_JINJA = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Said(Struct, frozen=True):
    """One thing that was said: by whom, when as a reader writes it, and with which files.

    ``pictures`` travel with the letter; ``files`` are the names of what does not. What was
    translated has its ``original`` below.
    """

    by: str
    at: str
    words: str
    files: tuple[str, ...] = ()
    pictures: tuple[Copy, ...] = ()
    original: str = ""


class Shown(Struct, frozen=True):
    """The thing or order it is about, as a card; ``href`` leads to it."""

    title: str
    detail: str
    href: str
    picture: Copy | None = None


class Paper(Struct, frozen=True, kw_only=True):
    """What is written in a letter, before it becomes text and HTML.

    ``lines`` are paragraphs of our own; ``open`` leads to where it can be answered on a page;
    ``answerable``: an answer by mail arrives.
    """

    locale: Locale
    market: str
    heading: str
    lines: tuple[str, ...] = ()
    said: tuple[Said, ...] = ()
    card: Shown | None = None
    open: str = ""
    answerable: bool = False
    stop: str = ""


def plain(paper: Paper) -> str:
    """Write the letter as plain text."""
    parts = [MARKER] if paper.answerable else []
    parts += paper.lines
    parts += [_spoken(one, paper.locale) for one in paper.said]
    if paper.card:
        card = paper.card
        parts.append("\n".join(filter(None, (card.title, card.detail, card.href))))
    if paper.answerable:
        parts.append(text(paper.locale, "mail.answer_here"))
    if paper.open:
        parts.append(f"{text(paper.locale, 'mail.open')}: {paper.open}")
    parts.append(f"-- \n{paper.market}")
    if paper.stop:
        parts.append(f"{text(paper.locale, 'mail.stop')}: {paper.stop}")
    return "\n\n".join(parts) + "\n"


def html(paper: Paper) -> str:
    """Write the letter as HTML that loads nothing and can be read in the dark."""
    return _JINJA.get_template("letter.html").render(
        paper=paper, marker=MARKER, t=lambda key: text(paper.locale, key)
    )


def clipped(said: list[Said], locale: Locale) -> tuple[Said, ...]:
    """Return what was said, cut where it is too much for a letter, saying that there is more."""
    left, shown = WORDS_MOST, list[Said]()
    for one in said:
        words = one.words if len(one.words) <= left else _cut(one.words, left, locale)
        left -= len(one.words)
        original = one.original if len(one.original) <= left else ""
        shown.append(replace(one, words=words, original=original))
        left -= len(original)
        if left <= 0:
            break
    return tuple(shown)


def paragraphs(words: str) -> tuple[str, ...]:
    """Return the paragraphs of a text."""
    return tuple(part.strip("\n") for part in words.split("\n\n") if part.strip())


def moment(at: datetime, locale: Locale, zone: str = "UTC") -> str:
    """Write a moment in a reader's language, with the city whose clock shows it."""
    local = at.astimezone(ZoneInfo(zone))
    day = dates.format_skeleton("MMMMd", local, locale=locale)
    joint = " " if locale == "zh" else ", "
    city = dates.get_timezone_location(ZoneInfo(zone), locale, return_city=True)
    begin, end = ("（", "）") if locale == "zh" else (" (", ")")
    return f"{day}{joint}{dates.format_time(local, 'short', locale=locale)}{begin}{city}{end}"


def money(amount: int, currency: str, locale: Locale) -> str:
    """Write an amount of the smallest unit of its currency."""
    value = Decimal(amount).scaleb(-numbers.get_currency_precision(currency))
    return numbers.format_currency(value, currency, locale=locale)


def _spoken(said: Said, locale: Locale) -> str:
    below = f"\n\n{text(locale, 'mail.translated')}\n{said.original}" if said.original else ""
    names = (*(copy.name for copy in said.pictures), *said.files)
    files = "".join(f"\n[{name}]" for name in names)
    return f"{said.by}, {said.at}:\n\n{said.words}{below}{files}".rstrip()


def _cut(words: str, most: int, locale: Locale) -> str:
    return f"{words[:most].rstrip()} …\n\n({text(locale, 'mail.more')})"
