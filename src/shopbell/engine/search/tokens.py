"""What a text is found by: stems of words, characters and pairs of them, fragments of numbers.

One tokeniser serves both databases, so that both find the same. Marks of a room, such as whose a
text is, begin with ``_``; no word of a text does.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple
from unicodedata import normalize

import Stemmer

TEXT_MOST = 10_000
"""So many characters of a text are looked at."""

FRAGMENT = 4
NUMBER_MOST = 200
TOKEN_MOST = 40
_AT_ONCE = 200
_KNOWN_MOST = 50_000

_CJK = (
    "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_WORD = re.compile(r"[^\W_]+")
_PART = re.compile(rf"(?P<cjk>[{_CJK}]+)|(?P<digits>\d+)|(?P<word>[^\d{_CJK}]+)")
_NUMBER = re.compile(rf"[^\W_{_CJK}]+(?:[-_/.#][^\W_{_CJK}]+)*")
_GROUPS = re.compile(r"(?<![^\W_])(?:[a-z]{2} )?\d+(?: \d+)+(?: [a-z]{2})?(?![^\W_])")
_JOINTS = re.compile(r"[-_/.#]+")
_DIGIT = re.compile(r"\d")
_LATIN, _CYRILLIC = re.compile("[a-z]+"), re.compile("[а-я]+")
_SPACES = re.compile(r"(\s+)")


class Token(NamedTuple):
    """Something a text is found by, and where in the folded text it stands."""

    text: str
    start: int
    end: int


def fold(text: str) -> str:
    """Return ``text`` as it is compared: compatible forms made one, no capitals, ``ё`` as ``е``.

    Long texts are folded a stretch at a time: a thousand accents on one letter would cost a
    thousand times as much.
    """
    text = text[:TEXT_MOST]
    if len(text) <= _AT_ONCE:
        return _fold(text)
    words = _SPACES.split(text)
    stretches = (word[at : at + _AT_ONCE] for word in words for at in range(0, len(word), _AT_ONCE))
    return "".join(map(_fold, stretches))[:TEXT_MOST]


@lru_cache(_KNOWN_MOST)
def _fold_letter(letter: str) -> str:
    return _fold(letter)


def _fold(text: str) -> str:
    plain = text if text.isascii() else normalize("NFKC", text)
    return plain.lower().replace("ё", "е")


def fold_each(text: str) -> tuple[str, Sequence[int]]:
    """Return ``text`` folded, and of each folded character whence it came."""
    text = text[:TEXT_MOST]
    folded = fold(text)
    if len(folded) == len(text):
        return folded, range(len(text))
    letters = [_fold_letter(letter) for letter in text]
    whence = [at for at, letter in enumerate(letters) for _part in letter]
    return "".join(letters), whence


def tokens(folded: str) -> Iterator[Token]:
    """Give what a folded text is found by."""
    yield from words(folded)
    yield from fragments(folded)


def words(folded: str) -> Iterator[Token]:
    """Give stems of words, whole numbers, and characters with every pair of neighbours."""
    for word in _WORD.finditer(folded):
        for part in _PART.finditer(word[0]):
            start = word.start() + part.start()
            if part.lastgroup == "cjk":
                yield from _characters(part[0], start)
            elif part.lastgroup == "digits":
                yield Token(part[0][:TOKEN_MOST], start, start + len(part[0]))
            else:
                yield Token(stem(part[0][:TOKEN_MOST]), start, start + len(part[0]))


def runs(folded: str) -> Iterator[tuple[str, str]]:
    """Give what a text consists of: runs of ``cjk`` characters, ``digits``, and each ``word``."""
    for word in _WORD.finditer(folded):
        for part in _PART.finditer(word[0]):
            yield part.lastgroup or "", part[0]


def fragments(folded: str) -> Iterator[Token]:
    """Give what parts of numbers are found by: every four of their letters and digits.

    Groups with one blank between them, as carriers print them, are a number too.
    """
    for found in chain(_NUMBER.finditer(folded), _GROUPS.finditer(folded)):
        if not _DIGIT.search(found[0]):
            continue
        number = compact(found[0].replace(" ", ""))[:NUMBER_MOST]
        for at in range(len(number) - FRAGMENT + 1):
            yield Token(f"_n{number[at : at + FRAGMENT]}", found.start(), found.end())


def numbers(folded: str) -> list[str]:
    """Return what has a digit in it, with the letters and joints that belong to it."""
    return [found for found in _NUMBER.findall(folded) if _DIGIT.search(found)]


def compact(number: str) -> str:
    """Return a number without what joins its parts: ``2026-51873`` and ``202651873`` are one."""
    return _JOINTS.sub("", number)


def _characters(run: str, start: int) -> Iterator[Token]:
    last = len(run) - 1
    for at, character in enumerate(run):
        yield Token(character, start + at, start + at + 1)
        if at < last:
            yield Token(run[at : at + 2], start + at, start + at + 2)


def spelling(folded: str) -> set[str]:
    """Return the words of a text as they are spelled, for finding those a letter apart."""
    return {
        run for kind, run in runs(folded) if kind == "word" and FRAGMENT <= len(run) <= TOKEN_MOST
    }


@lru_cache(_KNOWN_MOST)
def stem(word: str) -> str:
    """Return the stem of a Russian or English word; a word of another script is its own."""
    if _CYRILLIC.fullmatch(word):
        return str(_OURS.russian.stemWord(word))
    if _LATIN.fullmatch(word):
        return str(_OURS.english.stemWord(word))
    return word


class _Stemmers(threading.local):
    """The stemmers of one thread: they must not be shared."""

    def __init__(self) -> None:
        self.russian = Stemmer.Stemmer("russian")
        self.english = Stemmer.Stemmer("english")


_OURS = _Stemmers()
