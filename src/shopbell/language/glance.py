"""One cheap look which tells that nothing in a text can be hidden: most messages need no more.

Whatever the full search finds holds one of its signs; a sign alone says nothing yet.
"""

import re
from enum import IntEnum
from functools import cache

from shopbell.language import addresses, messengers, scams, schemes
from shopbell.language.folding import BETWEEN_HAN, HEARD, alike, is_spelled
from shopbell.language.needs import apart
from shopbell.language.numerals import HAN_DIGITS
from shopbell.language.runs import SAID, SAID_GAP
from shopbell.language.signs import Signs

_GAP = r"[ .()/\\_*~|,=\-\[\]{}、—'\"#;]{0,4}"
_SAID = [*(rf"(?<![^\W\d_]){word}(?![^\W\d_])" for word in SAID), *HAN_DIGITS]
_ONE_SAID = [
    *(rf"{word[:2]}(?<![^\W\d_]..){word[2:]}(?![^\W\d_])" for word in SAID),
    *HAN_DIGITS,
]
"""The same, but what stands before is looked at late, as it takes its time."""

_ANY_SAID = "|".join(_ONE_SAID)
_find_counted = re.compile(rf"(?:{_ANY_SAID}){_GAP}(?:\d|{_ANY_SAID})").search
_find_digits = re.compile(rf"[\doilзб](?:{_GAP}[\doilзб]){{6}}|\d{_GAP}(?:{_ANY_SAID})").search
_find_digit = re.compile(r"\d").search


class Seen(IntEnum):
    """What a glance saw: nothing at all, digits that may be a number to call, or anything."""

    NOTHING = 0
    NUMBERS = 1
    SIGNS = 2


def look(text: str) -> Seen:
    """Return what a text may hold that is to be hidden."""
    words = alike(text[:HEARD])
    if is_spelled(words):
        return Seen.SIGNS
    seen = _seen(words)
    if seen is Seen.SIGNS or words.isascii():
        return seen
    joined = BETWEEN_HAN.sub("", words)
    return seen if joined == words else max(seen, _seen(joined))


def _seen(words: str) -> Seen:
    alone = apart(words)
    if not _signs_of_any().stand_in(alone):
        return Seen.NUMBERS if _find_digit(words) and _find_digits(words) else Seen.NOTHING
    if _signs().stand_in(alone):
        return Seen.SIGNS
    if _signs_of_numbers().stand_in(alone) and _is_counted(words):
        return Seen.NUMBERS
    return Seen.NUMBERS if _find_digit(words) and _find_digits(words) else Seen.NOTHING


def _is_counted(words: str) -> bool:
    return bool(_find_counted(words) or (_find_digit(words) and SAID_GAP.search(words)))


_SHAPES = [
    shape.pattern for room in (addresses, messengers, scams, schemes) for shape in room.SHAPES
]
_NUMBERS = [*_SAID, SAID_GAP.pattern]


@cache
def _signs_of_any() -> Signs:
    return Signs([*_SHAPES, *_NUMBERS])


@cache
def _signs() -> Signs:
    return Signs(_SHAPES)


@cache
def _signs_of_numbers() -> Signs:
    return Signs(_NUMBERS)
