"""Where words of others name somebody: not every "long" is Will Long. Pure."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import permutations

from shopbell.kernel.texts import LOCALES, catalogue

SHORTEST = 2
"""A single letter is nobody's name alone."""

_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af]")
_WORD = re.compile(r"(?<![\w@.:])[^\W\d_]+(?![\w@])")
"""A word in a text of ours; examples of addresses have names in them."""

_GREETS = (
    "dear|hello|hi|hey|thanks|thank you|good (?:morning|day|afternoon|evening)"
    "|mr\\.?|mrs\\.?|ms\\.?|miss|здравствуйте|привет|добрый (?:день|вечер)|доброе утро|спасибо"
    "|уважаем(?:ый|ая)|дорог(?:ой|ая)|亲爱的|尊敬的|你好|您好|嗨"
)
_TITLES = "您好|你好|先生|女士|小姐"
_TAKES_LEAVE = "regards|wishes|yours|thanks|best|с уважением|спасибо|此致|祝好"


class Names:
    """What somebody is called, and where it is them who is meant.

    A whole name, or two parts of it side by side, is theirs wherever it stands. So is a part
    alone, or a name of one part, as it is written in the account: "will" is no name, and "Will"
    is one. But if it is a word of everyday, or a name in small letters, it is theirs only where
    one is called by name: in a greeting, before a title, or as a signature. Which words are of
    everyday is told by this program's own texts, in all their languages.
    """

    def __init__(self, names: Iterable[str]) -> None:
        whole = [parts for one in names if (parts := one.split())]
        alone = {part for parts in whole for part in parts if len(part) >= SHORTEST}
        vague = {one for one in alone if is_ordinary(one)}
        pairs = {pair for parts in whole for pair in _side_by_side(parts)}
        self._sure = _any_of([*pairs, *map(bounded, alone - vague)])
        self._vague = _called(vague) if vague else None

    def scrub(self, text: str, stand_in: str) -> str:
        """Return ``text`` with ``stand_in`` where somebody is named."""
        if self._sure:
            text = self._sure.sub(stand_in, text)
        if self._vague:
            text = self._vague.sub(lambda found: _kept_around(found, stand_in), text)
        return text


def is_ordinary(word: str) -> bool:
    """Tell whether a word alone may as well mean something else than a person."""
    if _WIDE.search(word):
        return any(word in phrase for phrase in catalogue("zh").values())
    return not word[0].isupper() or word.casefold() in _everyday()


def bounded(word: str) -> str:
    """Find a word as such; Chinese puts no spaces between words."""
    found = re.escape(word) if word.isalpha() else f"(?i:{re.escape(word)})"
    return found if _WIDE.search(word) else rf"(?<!\w){found}(?!\w)"


@cache
def _everyday() -> frozenset[str]:
    """Return the words that stand in small letters in texts of ours."""
    phrases = (phrase for locale in LOCALES for phrase in catalogue(locale).values())
    return frozenset(word for phrase in phrases for word in _WORD.findall(phrase) if word.islower())


def _side_by_side(parts: list[str]) -> Iterator[str]:
    """Give the patterns of any two parts of a name, in either order."""
    for one, other in permutations(parts, 2):
        yield rf"(?<!\w)(?i:{re.escape(one)},?\s+{re.escape(other)})(?!\w)"


def _called(words: Iterable[str]) -> re.Pattern[str]:
    name = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    return re.compile(
        rf"(?P<greets>(?<!\w)(?i:{_GREETS})[,，]?\s*)(?:{name})(?!\w)"
        rf"|(?P<begins>^\s*)(?:{name})(?=\s*[,，!！:：])"
        rf"|(?P<leave>(?i:{_TAKES_LEAVE})[,，]?\s+)(?:{name})(?=\s*[.!。]?\s*$)"
        rf"|(?P<signs>^[\s–—-]*)(?:{name})(?=\s*[.!。]?\s*$)"
        rf"|(?:{name})(?={_TITLES})",
        re.MULTILINE,
    )


def _kept_around(found: re.Match[str], stand_in: str) -> str:
    return "".join(filter(None, found.groups())) + stand_in


def _any_of(patterns: list[str]) -> re.Pattern[str] | None:
    longest_first = sorted(patterns, key=len, reverse=True)
    return re.compile("|".join(longest_first)) if patterns else None
