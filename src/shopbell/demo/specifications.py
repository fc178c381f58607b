"""Specifications in three languages, from a short table and a vocabulary.

A value is a list divided by commas. Each part is a word of the vocabulary, or a figure whose
unit and decimal mark are put into the reader's language.
"""

import re
from collections.abc import Sequence
from functools import cache

from msgspec import Struct

from shopbell.commerce.model import Attribute
from shopbell.demo.tables import read
from shopbell.kernel.texts import LOCALES, Locale, Words

Fact = tuple[str, str]
"""A name and a value, as in ``["material", "brass, steel"]``."""

_MONTHS = re.compile(r"(\d+) months")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_DECIMAL = re.compile(r"(?<=\d)\.(?=\d)")
_JOINTS: dict[Locale, str] = {"zh": "、", "ru": ", ", "en": ", "}


class _Vocabulary(Struct, frozen=True, forbid_unknown_fields=True):
    names: dict[str, Words]
    values: dict[str, Words]
    units: dict[str, Words]


@cache
def _vocabulary() -> _Vocabulary:
    return read("words.toml", _Vocabulary)


def specification(facts: Sequence[Fact]) -> list[Attribute]:
    """Return the lines of a specification in every language."""
    return [Attribute(_vocabulary().names[name], _value(value)) for name, value in facts]


def warranty_months(facts: Sequence[Fact]) -> int | None:
    """Return for how many months a product is under warranty, if its facts say so."""
    found = _MONTHS.fullmatch(dict(facts).get("warranty", ""))
    return int(found[1]) if found else None


def _value(told: str) -> Words:
    return {locale: _JOINTS[locale].join(_parts(told, locale)) for locale in LOCALES}


def _parts(told: str, locale: Locale) -> list[str]:
    known = _vocabulary().values
    return [
        known[part][locale] if part in known else _measure(part, locale)
        for part in told.split(", ")
    ]


def _measure(figure: str, locale: Locale) -> str:
    number, space, unit = figure.rpartition(" ")
    if not space or unit not in _vocabulary().units:
        return figure
    if locale == "ru":
        number = _DECIMAL.sub(",", _THOUSANDS.sub("\N{NO-BREAK SPACE}", number))
    return f"{number}\N{NO-BREAK SPACE}{_vocabulary().units[unit][locale]}"
