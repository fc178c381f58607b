"""One plain form of what people type: no disguises, small letters, and the way back.

Full-width, circled and emoji letters and digits become plain ones, what cannot be seen goes.
Each sign becomes one sign or none, so places in the original are found again.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cached_property
from itertools import compress
from string import ascii_lowercase

from msgspec import Struct

_UNSEEN = {"Cf", "Mn", "Me"}
_BLANK = {"Cs", "Cc", "Zs", "Zl", "Zp"}
_DASHES = dict.fromkeys("‐‑‒–—―−﹣－─", "-")
_QUOTES = dict.fromkeys("’‘`´ʼ＇", "'")
_LIKE = {
    **_DASHES,
    **_QUOTES,
    "ё": "е",
    "➕": "+",
    "➖": "-",
    "×": "x",
    "✖": "x",
    "·": ".",
    "•": ".",
}
_LETTER_ROWS = (0x1F130, 0x1F150, 0x1F170, 0x1F1E6)
"""Where rows of the letters A to Z begin that Unicode does not call alike: 🄰 🅐 🅰 🇦."""

_PAIRS = (
    "аa вb еe кk мm нh оo рp сc тt уy хx іi їi јj ѕs ԁd һh ԛq ԝw"
    " αa βb εe ιi κk νv οo ρp τt υu χx ηn ωw ɡg ʟl ɪi"
)
_LOOK_ALIKES = str.maketrans({pair[0]: pair[1] for pair in _PAIRS.split()})


_LETTER = r"[^\W_\u4e00-\u9fff]"
_LETTER_BY_LETTER = re.compile(rf"(?<!{_LETTER})(?:{_LETTER}[ .*_-]){{2,}}{_LETTER}(?!{_LETTER})")

_find_spelled = re.compile(
    r"[ .*_-][^\W_\u4e00-\u9fff][ .*_-][^\W_\u4e00-\u9fff](?![^\W_\u4e00-\u9fff])"
).search

BETWEEN_HAN = re.compile(r"(?<=[\u4e00-\u9fff])[ .*_|~-]{1,2}(?=[\u4e00-\u9fff])")


class Folded(Struct, frozen=True, dict=True):
    """A text in its plain form.

    ``places`` are those of its signs in the original, if any sign moved.
    """

    plain: str
    places: Sequence[int] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a piece stands in the original."""
        if not self.places or start >= end:
            return start, end
        return self.places[start], self.places[end - 1] + 1

    @cached_property
    def skeleton(self) -> str:
        """Return the text with letters of other alphabets as the Latin ones they look like."""
        return skeleton(self.plain)

    @cached_property
    def closed(self) -> "Folded":
        """Return the text with what was written l e t t e r by letter, or 字 字, as words."""
        kept = bytearray(b"\1") * len(self.plain)
        for found in _LETTER_BY_LETTER.finditer(self.plain):
            start, end = found.span()
            kept[start + 1 : end : 2] = bytes(len(range(start + 1, end, 2)))
        for found in BETWEEN_HAN.finditer(self.plain):
            kept[slice(*found.span())] = bytes(len(found[0]))
        if all(kept):
            return self
        places = self.places or range(len(self.plain))
        return Folded("".join(compress(self.plain, kept)), [*compress(places, kept)])


class _Table(dict[int, str]):
    def __missing__(self, code: int) -> str:
        self[code] = plain = _plain(chr(code))
        return plain


def _plain(sign: str) -> str:
    if sign in _LIKE:
        return _LIKE[sign]
    category = unicodedata.category(sign)
    if category in _UNSEEN:
        return ""
    if category in _BLANK:
        return "\n" if sign in "\n\r\u2028\u2029" else " "
    alike = _letter(sign)
    return " " if category == "So" and not alike.isalnum() else alike


def _letter(sign: str) -> str:
    """Return the plain small letter or digit that a sign stands for, or the sign."""
    if (digit := unicodedata.digit(sign, None)) is not None:
        return str(digit)
    for first in _LETTER_ROWS:
        if first <= ord(sign) < first + len(ascii_lowercase):
            return ascii_lowercase[ord(sign) - first]
    alike = unicodedata.normalize("NFKC", sign)
    small = (alike if len(alike) == 1 else sign).lower()
    return _LIKE.get(small, small) if len(small) == 1 else sign


TABLE = _Table()


def fold(text: str) -> Folded:
    """Return the plain form of a text."""
    if text.isascii():
        return Folded(text.lower())
    plain = text.translate(TABLE)
    if len(plain) == len(text):
        return Folded(plain)
    return Folded(plain, [at for at, sign in enumerate(text) if TABLE[ord(sign)]])


def plain(text: str) -> str:
    """Return the plain form of a text, where its places do not matter."""
    return fold(text).plain


def skeleton(text: str) -> str:
    """Return a plain text, or a pattern for such, with look-alikes as one letter."""
    return text if text.isascii() else text.translate(_LOOK_ALIKES)


class _Skeletons(dict[int, str]):
    """Each sign's plain form with look-alikes as one letter: `skeleton` of `TABLE`, at once."""

    def __missing__(self, code: int) -> str:
        self[code] = alike = skeleton(TABLE[code])
        return alike


_SKELETONS = _Skeletons()


def alike(text: str) -> str:
    """Return the skeleton of a text, where its places do not matter."""
    return text.lower() if text.isascii() else text.translate(_SKELETONS)


def pattern(words: str) -> re.Pattern[str]:
    """Return a pattern for skeletons, written in whatever alphabet."""
    return re.compile(skeleton(words))


def is_spelled(words: str) -> bool:
    """Tell whether anything may be written l e t t e r by letter."""
    return _find_spelled(words) is not None


HEARD = 12_000
"""So many signs are read of one text: more than a message may have."""

_HEAD, _TAIL = 3_000, 1_000


def gist(text: str) -> str:
    """Return as much of a text as tells what it is about: how it begins and how it ends."""
    return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]}\n{text[-_TAIL:]}"
