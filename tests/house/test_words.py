"""Every text a person reads is there in every language, fits its plural, and is used."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from babel.core import Locale as Culture

from shopbell.kernel.texts import LOCALES, Locale
from tests.house import ROOT, SOURCE

PLURALS = ("zero", "one", "two", "few", "many", "other")
_VARIANT = re.compile(rf"(.+)_({'|'.join(PLURALS)})")
_PLACE = re.compile(r"\{(\w+)\}")
_WORD = re.compile(r"\w+")
_BUILT = re.compile(r"[\"'`]([a-z]+\.\w*)(?:\$?\{|(?<=[._])[\"'])")
"""The beginning of a key that the code completes: ``f"pages.state_{state}"``."""


def load(locale: Locale) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((ROOT / f"locales/{locale}.json").read_text())
    return found


def flat(locale: Locale) -> dict[str, str]:
    return {
        f"{section}.{key}": phrase
        for section, keys in load(locale).items()
        for key, phrase in keys.items()
    }


def plurals(locale: Locale) -> dict[str, dict[str, str]]:
    """Return the phrases that have plural variants: ``key -> variant -> phrase``."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for key, phrase in flat(locale).items():
        if variant := _VARIANT.fullmatch(key):
            found[variant[1]][variant[2]] = phrase
    return {key: variants for key, variants in found.items() if "other" in variants}


def phrases(locale: Locale) -> dict[str, list[str]]:
    """Return every key without its plural suffix, with all its phrases."""
    variants = plurals(locale)
    found = {key: list(forms.values()) for key, forms in variants.items()}
    single = {key: [phrase] for key, phrase in flat(locale).items() if _base(key) not in variants}
    return found | single


@pytest.mark.parametrize(("one", "other"), tuple(combinations(LOCALES, 2)))
def test_every_language_has_the_same_keys(one: Locale, other: Locale) -> None:
    assert phrases(one).keys() ^ phrases(other).keys() == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_no_phrase_is_empty_or_hangs_over(locale: Locale) -> None:
    """A terminal's lines may be set apart or in: the command line's texts keep their spaces."""
    loose = {key for key, phrase in flat(locale).items() if phrase.strip() != (phrase or None)}
    assert {key for key in loose if not key.startswith("cli.")} == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_plurals_have_the_forms_of_their_language(locale: Locale) -> None:
    """``other`` is always there: it also serves fractions."""
    needed = {Culture(locale).plural_form(n) for n in range(200)} | {"other"}
    wrong = {key: set(forms) for key, forms in plurals(locale).items() if set(forms) != needed}
    assert wrong == {}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_language_tells_the_same_facts(locale: Locale) -> None:
    """A plural form may leave the number out: "one message"."""
    model = {key: _facts(forms) for key, forms in phrases("en").items()}
    said = {key: _facts(forms) for key, forms in phrases(locale).items()}
    assert {key: facts for key, facts in said.items() if facts != model.get(key)} == {}


def test_every_key_that_is_named_exists() -> None:
    known, sections = phrases("en"), load("en")
    named = re.compile(rf"[\"'`]((?:{'|'.join(sections)})\.[a-z0-9_]+(?:\.[a-z]+)?)[\"'`]")
    missing = {
        f"{file.relative_to(ROOT)}: {key}"
        for file in _code()
        for key in named.findall(file.read_text())
        if key not in known and not key.endswith("_") and not _is_a_name(key)
    }
    assert missing == set()


def test_no_key_is_forgotten() -> None:
    """A key is used when its name stands in the code, or a key is built that it may complete."""
    texts = [file.read_text() for file in _code()]
    words = {word for text in texts for word in _WORD.findall(text)}
    built = tuple(
        {start for text in texts for start in _BUILT.findall(text)} | {"refusals.", "case."}
    )
    unused = [
        key
        for key in phrases("en")
        if key.partition(".")[2] not in words and not key.startswith(built)
    ]
    assert unused == []


def _base(key: str) -> str:
    variant = _VARIANT.fullmatch(key)
    return variant[1] if variant else key


def _facts(forms: list[str]) -> set[str]:
    return {fact for form in forms for fact in _PLACE.findall(form)} - {"n"}


def _is_a_name(key: str) -> bool:
    """Tell whether a key-like literal is the name of a file or of an entry point."""
    return key.endswith((".css", ".html", ".js", ".json", ".svelte", ".toml", ".ts"))


def _code() -> Iterator[Path]:
    yield from SOURCE.rglob("*.py")
    yield from SOURCE.rglob("*.html")
    for kind in ("ts", "svelte"):
        for file in (ROOT / "frontend").rglob(f"*.{kind}"):
            if "node_modules" not in file.parts and ".test." not in file.name:
                yield file
