"""What words of a shop's mail mean, in three languages: one meaning, many words.

The words stand in ``meanings.toml``.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from shopbell.language.folding import gist, plain


def meanings(text: str) -> frozenset[str]:
    """Return what the words of a text mean."""
    words = plain(gist(text))
    return frozenset(meaning for meaning, shape in _shapes().items() if shape.search(words))


@cache
def _shapes() -> Mapping[str, re.Pattern[str]]:
    table = tomllib.loads(Path(__file__).with_name("meanings.toml").read_text("utf-8"))
    return {meaning: _shape(**words) for meaning, words in table.items()}


def _shape(en: Sequence[str], ru: Sequence[str], zh: Sequence[str]) -> re.Pattern[str]:
    english, russian = "|".join(en), "|".join(ru)
    return re.compile(
        rf"(?<![a-z0-9])(?:{english})(?![a-z])|(?<![а-яa-z0-9])(?:{russian})|{'|'.join(zh)}"
    )
