"""What words mean when somebody asks about goods: phrases in three languages, by their stems.

The phrases stand in ``concepts.toml``. They are compared word by word, the longest first; Chinese
character by character.
"""

import re
import threading
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec
import Stemmer

_WORD = re.compile(r"[a-z]+|[а-я]+|[\u3400-\u9fff]|\d+|[^\W\da-zа-я\u3400-\u9fff_]+")
_SHORTEST = 2
_KNOWN_MOST = 20_000
_WORDS_MOST = 400
"""So many words of a text are read: it is a question, not a novel."""

Phrase = tuple[str, ...]


class Concept(NamedTuple):
    """A meaning: its class (``aspects``, ``parts`` …), and what it is a kind of."""

    name: str
    group: str
    of: str = ""


class Word(NamedTuple):
    """One word of a text, by its stem, and as it was written."""

    unit: str
    text: str
    start: int
    end: int


class Table(msgspec.Struct, frozen=True):
    """``concepts.toml`` as it stands."""

    aspects: dict[str, list[str]]
    service: dict[str, list[str]]
    frames: dict[str, list[str]]
    parts: dict[str, list[str]]
    deeds: dict[str, list[str]]
    things: dict[str, list[str]]
    of: dict[str, dict[str, list[str]]]
    troubles: dict[str, list[str]]
    goods: dict[str, list[str]]
    implies: dict[str, list[str]]
    small: dict[str, list[str]]
    asking: dict[str, list[str]]

    def concepts(self) -> Iterator[tuple[Concept, Sequence[str]]]:
        """Yield every concept with its phrases."""
        for group in (
            "aspects",
            "service",
            "frames",
            "parts",
            "deeds",
            "things",
            "troubles",
            "goods",
        ):
            for name, phrases in getattr(self, group).items():
                yield Concept(name, group), phrases
        for of, kinds in self.of.items():
            for name, phrases in kinds.items():
                yield Concept(name, "kinds", of), phrases


@cache
def _dictionary() -> Sequence[tuple[Concept, Sequence[str]]]:
    """Return the plain words of ``words.txt``: one meaning a line, three languages."""
    lines = Path(__file__).with_name("words.txt").read_text("utf-8").splitlines()
    told = [line.split("|") for line in lines]
    return [(Concept(f"{one[0].split(',')[0].strip()}.", "things"), one) for one in told]


class Lexicon(msgspec.Struct, frozen=True):
    """All phrases by their first word, longest first; words that say nothing; what follows."""

    phrases: Mapping[str, Sequence[tuple[Phrase, Sequence[Concept]]]]
    concepts: Mapping[str, Concept]
    implies: Mapping[str, frozenset[str]]
    small: frozenset[str]
    small_han: Sequence[str]
    asking: frozenset[str]
    asking_han: Sequence[str]


@cache
def table() -> Table:
    """Read the table."""
    told = tomllib.loads(Path(__file__).with_name("concepts.toml").read_text("utf-8"))
    return msgspec.convert(told, Table)


@cache
def lexicon() -> Lexicon:
    """Make the phrases ready to be looked up."""
    read = table()
    concepts = [*read.concepts()]
    goods, others = (
        [one for one in concepts if (one[0].group == "goods") is of] for of in (True, False)
    )
    known = _by_phrase(others)
    plain_words = [(_named(concept, known), phrases) for concept, phrases in _dictionary()]
    found = _by_phrase(goods) | _by_phrase(plain_words) | known
    by_first: dict[str, list[tuple[Phrase, Sequence[Concept]]]] = {}
    for units in sorted(found, key=len, reverse=True):
        by_first.setdefault(units[0], []).append((units, found[units]))
    han = sorted(" ".join(read.small["zh"]).split(), key=len, reverse=True)
    return Lexicon(
        phrases=by_first,
        concepts={concept.name: concept for concept, _phrases in (*concepts, *plain_words)},
        implies={name: frozenset(others) for name, others in read.implies.items()},
        small=_words(read.small),
        small_han=han,
        asking=_words(read.asking),
        asking_han=" ".join(read.asking["zh"]).split(),
    )


def _named(concept: Concept, known: Mapping[Phrase, Sequence[Concept]]) -> Concept:
    """Return a meaning of the dictionary; where the table has its first word, the table's."""
    there = known.get(units_of(concept.name), ())
    return there[0] if len(there) == 1 else concept


def _by_phrase(told: Iterable[tuple[Concept, Sequence[str]]]) -> dict[Phrase, list[Concept]]:
    found: dict[Phrase, list[Concept]] = {}
    for concept, by_language in told:
        for units in {units_of(one) for phrases in by_language for one in phrases.split(",")}:
            if units:
                found.setdefault(units, []).append(concept)
    return found


def _words(by_language: Mapping[str, Sequence[str]]) -> frozenset[str]:
    latin = (" ".join(by_language[language]) for language in ("en", "ru"))
    return frozenset(" ".join(latin).replace("ё", "е").split())


def words(plain: str) -> list[Word]:
    """Return the words of a plain text; of Chinese, its characters."""
    found = zip(range(_WORDS_MOST), _WORD.finditer(plain), strict=False)
    return [Word(unit(one[0]), one[0], *one.span()) for _count, one in found]


def units_of(phrase: str) -> Phrase:
    """Return the units of a phrase of the table."""
    plain = phrase.strip().lower().replace("ё", "е")
    return tuple(
        f"{one}*" if plain[end : end + 1] == "*" else unit(one)
        for one, end in ((found[0], found.end()) for found in _WORD.finditer(plain))
    )


@cache
def _exact() -> frozenset[str]:
    """Return the words of the table that are meant as they stand."""
    return frozenset(re.findall(r"=([a-zа-я]+)", _told()))


@cache
def _beginnings() -> frozenset[str]:
    """Return the words of the table that may end in any way."""
    return frozenset(re.findall(r"([a-zа-я]+)\*", _told()))


@cache
def _told() -> str:
    told = (
        phrase for _concept, phrases in (*table().concepts(), *_dictionary()) for phrase in phrases
    )
    return ",".join(told).replace("ё", "е")


@lru_cache(_KNOWN_MOST)
def unit(word: str) -> str:
    """Return what a word is compared by: a beginning of the table, or its stem."""
    if not word.isalpha() or "\u3400" <= word[0] <= "\u9fff":
        return word
    if word in _exact():
        return f"={word}"
    known = _beginnings()
    for length in range(len(word), _SHORTEST, -1):
        if word[:length] in known:
            return f"{word[:length]}*"
    return stem(word)


def stem(word: str) -> str:
    """Return the stem of a word."""
    stemmer = _OURS.russian if "а" <= word[0] <= "я" else _OURS.english
    return str(stemmer.stemWord(word))


class _Stemmers(threading.local):
    """The stemmers of one thread: they must not be shared."""

    def __init__(self) -> None:
        self.russian = Stemmer.Stemmer("russian", 0)
        self.english = Stemmer.Stemmer("english", 0)


_OURS = _Stemmers()
