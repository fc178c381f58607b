"""What a question about goods asks for by name: their weight, their battery, their size."""

from shopbell.kernel.texts import Locale, Words
from shopbell.language.answering.lexicon import table
from shopbell.language.answering.reading import read

_COLUMNS: tuple[Locale, ...] = ("en", "ru", "zh")
"""In which order the table says a meaning in each language."""


def aspect_of(question: str) -> str | None:
    """Return what a question asks for most plainly; None where it names nothing we know."""
    said = read(question)
    named = said.of_group("aspects")
    return min(named, key=lambda name: (-said.units[name], name), default=None)


def called(aspect: str) -> Words:
    """Return how an aspect is called in each language: by its first whole phrase."""
    columns = zip(_COLUMNS, table().aspects[aspect], strict=True)
    return {locale: _plainest(said.split(",")) for locale, said in columns}


def said_alike(one: str, other: str) -> float:
    """Return how much of what two questions say is the same, from 0 to 1."""
    ours, theirs = set(read(one).units), set(read(other).units)
    return len(ours & theirs) / len(ours | theirs) if ours and theirs else 0.0


def _plainest(phrases: list[str]) -> str:
    whole = (one for one in phrases if not one.endswith("*"))
    return next(whole, phrases[0]).strip().strip("=*")
