"""Messengers in a text: names to be found by, links, and invitations to talk elsewhere.

A messenger's name alone is no invitation: a watch may show its messages, a sticker its logo.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from shopbell.language.folding import Folded
from shopbell.language.messenger_words import (
    ADD_V,
    AFTER_NAME,
    ASKING,
    CALLED_BEFORE,
    CALLED_LATER,
    DENIED,
    DENIED_AFTER,
    GROUP,
    HANDLE,
    INVITING,
    LINK,
    NAME,
    NO_ID,
    NUMBER_AFTER,
    NUMBER_BEFORE,
    OF_GOODS,
    OF_YOU,
    SAME,
    SAME_BEFORE,
    TOLD,
)
from shopbell.language.model import Hidden, Span

_WAYS = (LINK, HANDLE, GROUP)
SHAPES = (*_WAYS, ADD_V, NAME)
"""All that a messenger is found by."""
_ID_SIGN = re.compile(r"[\d_.@]")
_ODD_ID = re.compile(r"^\d{7}|^\D.*[\d_.@]|^@")
"""What a name must hold beside a word that means other things, too: line, signal, max."""
_CLAUSE = re.compile(r"[.!?;\n。！？；]")
_NEAR = 40


def find(text: Folded) -> Iterator[Span]:
    """Yield what leads to a messenger."""
    words = text.skeleton
    for shape in _WAYS:
        for found in shape.finditer(words):
            yield Span(*found.span(), Hidden.MESSENGER)
    for found in ADD_V.finditer(words):
        if found[0][-1:].isascii() or not (
            _is_denied(words, found.start())
            or TOLD.search(words, max(0, found.start() - _NEAR), found.start())
        ):
            yield Span(*found.span(), Hidden.MESSENGER)
    names = [*NAME.finditer(words)]
    around = Around(words) if names else None
    for name in names:
        if handle := _called(words, name):
            yield Span(name.start(), handle.end(), Hidden.MESSENGER)
        elif around and (span := _pointed_at(words, name, around)):
            yield Span(*span, Hidden.MESSENGER)


def _pointed_at(words: str, name: re.Match[str], around: "Around") -> tuple[int, int] | None:
    """Return a name where people are asked to go, with words that say by which name or number."""
    start, end = name.span()
    near = words[max(0, start - _NEAR) : start]
    if later := CALLED_LATER.match(words, end):
        return start, later.end()
    if called := CALLED_BEFORE.search(near):
        return start - len(called[0]), end
    same, before = SAME.match(words, end), SAME_BEFORE.search(near)
    if same or before:
        return start - (len(before[0]) if before else 0), same.end() if same else end
    if NUMBER_BEFORE.search(near) or NUMBER_AFTER.match(words, end):
        return start, end
    if (
        _is_denied(words, start)
        or DENIED_AFTER.match(words, end)
        or TOLD.search(words, max(0, start - _NEAR), start)
        or not around.invites(name)
    ):
        return None
    return start, end


def _is_denied(words: str, place: int) -> bool:
    return DENIED.search(words, max(0, place - _NEAR), place) is not None


def _called(words: str, name: re.Match[str]) -> re.Match[str] | None:
    """Return what somebody is called there, if it follows the name."""
    found = AFTER_NAME.match(words, name.end())
    if not found or found["id"] in NO_ID:
        return None
    if name["odd"]:
        return found if _ODD_ID.search(found["id"]) else None
    if name["han"] or name["rus"] or found["word"] or found["said"].strip(" -"):
        return found
    return found if _ID_SIGN.search(found["id"]) else None


class Around:
    """What is said around a messenger's name, in the same clause."""

    def __init__(self, words: str) -> None:
        self._words = words
        self._borders = _places(_CLAUSE, words)
        self._inviting, self._goods = _places(INVITING, words), _places(OF_GOODS, words)
        self._asking, self._of_you = _places(ASKING, words), _places(OF_YOU, words)

    def invites(self, name: re.Match[str]) -> bool:
        """Tell whether people are asked to go there."""
        before, after = self._clause(name)
        if _between(self._goods, before, name.start()) or _between(self._goods, name.end(), after):
            return False
        if self._words.startswith(" me", name.end()) or _between(self._inviting, before, after):
            return True
        return _between(self._asking, before, after) and _between(self._of_you, before, after + 1)

    def _clause(self, name: re.Match[str]) -> tuple[int, int]:
        start, end = name.span()
        first, last = bisect_left(self._borders, start), bisect_left(self._borders, end)
        before = self._borders[first - 1] if first else 0
        after = self._borders[last] if last < len(self._borders) else len(self._words)
        return max(before, start - _NEAR), min(after, end + _NEAR)


def _places(shape: re.Pattern[str], words: str) -> list[int]:
    return [found.start() for found in shape.finditer(words)]


def _between(places: Sequence[int], start: int, end: int) -> bool:
    first = bisect_left(places, start)
    return first < len(places) and places[first] < end
