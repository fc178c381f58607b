"""One cheap look which tells that nothing in a text can be hidden: most messages need no more.

Whatever the full search finds holds one of its signs; a sign alone says nothing yet.
"""

import re
from enum import IntEnum
from functools import cache

from shopbell.language import addresses, messengers, scams
from shopbell.language.folding import BETWEEN_HAN, HEARD, TABLE, is_spelled, skeleton
from shopbell.language.numerals import HAN_DIGITS, SPOKEN
from shopbell.language.phones import SAID_GAP
from shopbell.language.signs import Signs, apart

_GAP = r"[ .()/\\_*~|,=\-\[\]{}、—'\"#;]{0,4}"
_SAID = [
    *(rf"(?<![^\W\d_]){word}(?![^\W\d_])" for word in (*SPOKEN, "double", "triple")),
    *HAN_DIGITS,
]
_ANY_SAID = "|".join(_SAID)
_find_counted = re.compile(rf"(?:{_ANY_SAID}){_GAP}(?:\d|{_ANY_SAID})").search
_find_digits = re.compile(rf"\d(?:{_GAP}[\doilзб]){{6}}|\d{_GAP}(?:{_ANY_SAID})").search
_find_digit = re.compile(r"\d").search


class _Skeletons(dict[int, str]):
    """Each sign's plain form with look-alikes as one letter: `skeleton` of `plain`, at once."""

    def __missing__(self, code: int) -> str:
        self[code] = alike = skeleton(TABLE[code])
        return alike


_SKELETONS = _Skeletons()


class Seen(IntEnum):
    """What a glance saw: nothing at all, digits that may be a number to call, or anything."""

    NOTHING = 0
    NUMBERS = 1
    SIGNS = 2


def look(text: str) -> Seen:
    """Return what a text may hold that is to be hidden."""
    heard = text[:HEARD]
    words = heard.lower() if heard.isascii() else heard.translate(_SKELETONS)
    if is_spelled(words):
        return Seen.SIGNS
    seen = _seen(words)
    if seen is Seen.SIGNS or words.isascii():
        return seen
    joined = BETWEEN_HAN.sub("", words)
    return seen if joined == words else max(seen, _seen(joined))


def _seen(words: str) -> Seen:
    alone = apart(words)
    if _signs().stand_in(alone):
        return Seen.SIGNS
    if _signs_of_numbers().stand_in(alone) and _is_counted(words):
        return Seen.NUMBERS
    return Seen.NUMBERS if _find_digit(words) and _find_digits(words) else Seen.NOTHING


def _is_counted(words: str) -> bool:
    return bool(_find_counted(words) or (_find_digit(words) and SAID_GAP.search(words)))


@cache
def _signs() -> Signs:
    shapes = (*addresses.SHAPES, *messengers.SHAPES, *scams.SHAPES)
    return Signs(shape.pattern for shape in shapes)


@cache
def _signs_of_numbers() -> Signs:
    return Signs([*_SAID, SAID_GAP.pattern])
