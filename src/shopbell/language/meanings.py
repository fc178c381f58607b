"""What words of a shop's mail mean, in three languages: one meaning, many words.

The words stand in ``meanings.toml``.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from shopbell.language.folding import gist, plain
from shopbell.language.scripts import needs_sign


def meanings(text: str) -> frozenset[str]:
    """Return what the words of a text mean."""
    words = plain(gist(text))
    written = [language for language, sign in _SIGNS.items() if sign.search(words)]
    return frozenset(
        meaning
        for meaning, shapes in _shapes().items()
        if any(shapes[one].search(words) for one in written if one in shapes)
    )


_ANY = "any"
_SIGNS = {
    "en": re.compile("[a-z]"),
    "ru": re.compile("[а-я]"),
    "zh": re.compile("[\u4e00-\u9fff]"),
    _ANY: re.compile(""),
}
"""A sign of each language: where none stands, its words need not be looked for."""

_AROUND = {"en": "(?<![a-z0-9])(?:{})(?![a-z])", "ru": "(?<![а-яa-z0-9])(?:{})", "zh": "{}"}


@cache
def _shapes() -> Mapping[str, Mapping[str, re.Pattern[str]]]:
    table = tomllib.loads(Path(__file__).with_name("meanings.toml").read_text("utf-8"))
    return {meaning: _by_language(words) for meaning, words in table.items()}


def _by_language(words: Mapping[str, Sequence[str]]) -> Mapping[str, re.Pattern[str]]:
    shapes: dict[str, list[str]] = defaultdict(list)
    for language, around in _AROUND.items():
        holds = _SIGNS[language].fullmatch
        own = [one for one in words[language] if needs_sign(one, holds)]
        for kind, some in (
            (language, own),
            (_ANY, [one for one in words[language] if one not in own]),
        ):
            if some:
                shapes[kind].append(around.format("|".join(some)))
    return {language: re.compile("|".join(each)) for language, each in shapes.items()}
