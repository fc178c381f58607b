"""Every text a person reads, by key and language.

The texts stand in ``locales/``: one catalogue per language, grouped by room, shared with the
front-end. A key is ``room.name``; ``{n}`` in a text picks its plural by CLDR suffix
(``name_one``, ``name_few``, ``name_many``, ``name_other``).
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, get_args

import msgspec
from babel.core import Locale as Culture

Locale = Literal["zh", "ru", "en"]
LOCALES: tuple[Locale, ...] = get_args(Locale)
FALLBACK: Locale = "en"

Words = Annotated[dict[Locale, str], msgspec.Meta(min_length=1)]
"""One phrase in the languages its author gave; at least one."""

_HOLE = re.compile(r"\{(\w+)\}")
_PACKAGED = Path(__file__).parents[1] / "locales"
_FOLDER = _PACKAGED if _PACKAGED.is_dir() else Path(__file__).parents[3] / "locales"


def text(locale: Locale, key: str, **facts: str | float) -> str:
    """Say ``key`` in ``locale``; a missing key is a bug and raises."""
    words = catalogue(locale)
    phrase = words.get(key)
    if phrase is None and "n" in facts:
        phrase = words.get(f"{key}_{_plural(locale, float(facts['n']))}", words.get(f"{key}_other"))
    if phrase is None:
        raise KeyError(key)
    return _HOLE.sub(lambda hole: str(facts.get(hole[1], hole[0])), phrase)


def say(words: Mapping[Locale, str], locale: Locale) -> str:
    """Return ``words`` in ``locale``, or in the first language they were given in."""
    return words.get(locale) or words.get(FALLBACK) or next(iter(words.values()))


def choose(wanted: str) -> Locale:
    """Pick a language from a tag or an Accept-Language list, as ``ru-RU,ru;q=0.9`` ."""
    for tag in wanted.lower().split(","):
        code = tag.split(";")[0].strip()[:2]
        found: Locale | None = next((locale for locale in LOCALES if locale == code), None)
        if found:
            return found
    return FALLBACK


@cache
def catalogue(locale: Locale) -> dict[str, str]:
    """Return all texts of one language, keyed ``room.name``."""
    rooms = msgspec.json.decode(
        (_FOLDER / f"{locale}.json").read_bytes(), type=dict[str, dict[str, str]]
    )
    return {
        f"{room}.{name}": phrase for room, names in rooms.items() for name, phrase in names.items()
    }


def _plural(locale: Locale, n: float) -> str:
    return str(Culture(locale).plural_form(n))
