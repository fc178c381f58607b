"""Messengers in a text: names to be found by, links, and invitations to talk elsewhere.

A messenger's name alone is no invitation: a watch may show its messages, a sticker its logo.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property

from shopbell.language.folding import Folded
from shopbell.language.messenger_words import (
    ADD_V,
    AFTER_NAME,
    ASKING,
    CALLED_BEFORE,
    CALLED_LATER,
    DENIED,
    DENIED_AFTER,
    ENDS_CALLED,
    ENDS_DENIED,
    ENDS_SAME,
    ENDS_TOLD,
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
    find_denying,
    find_mine,
    find_telling,
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
_CALLED_WITHIN = 25
"""So near behind a name begins what somebody is called there."""


def find(text: Folded) -> Iterator[Span]:
    """Yield what leads to a messenger."""
    words = text.skeleton
    for shape in _WAYS:
        for found in shape.finditer(words):
            yield Span(*found.span(), Hidden.MESSENGER)
    around = Around(words)
    for found in ADD_V.finditer(words):
        if found[0][-1:].isascii() or not around.refuses(found.start()):
            yield Span(*found.span(), Hidden.MESSENGER)
    for name in NAME.finditer(words):
        if handle := _called(words, name):
            yield Span(name.start(), handle.end(), Hidden.MESSENGER)
        elif span := around.pointed_at(name):
            yield Span(*span, Hidden.MESSENGER)


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
    """What is said around a messenger's name, in the same clause.

    What stands in the whole text is looked for once, as there may be thousands of names.
    """

    def __init__(self, words: str) -> None:
        self._words = words

    @cached_property
    def _borders(self) -> list[int]:
        return _places(_CLAUSE, self._words)

    @cached_property
    def _inviting(self) -> list[int]:
        return _places(INVITING, self._words)

    @cached_property
    def _goods(self) -> list[int]:
        return _places(OF_GOODS, self._words)

    @cached_property
    def _asking(self) -> list[int]:
        return _places(ASKING, self._words)

    @cached_property
    def _of_you(self) -> list[int]:
        return _places(OF_YOU, self._words)

    @cached_property
    def _mine(self) -> list[int]:
        return [found.start() for found in find_mine(self._words)]

    @cached_property
    def _denying(self) -> list[int]:
        return [found.start() for found in find_denying(self._words)]

    @cached_property
    def _telling(self) -> list[int]:
        return [found.start() for found in find_telling(self._words)]

    @cached_property
    def _may_invite(self) -> bool:
        return bool(self._inviting or self._asking or " me" in self._words)

    def pointed_at(self, name: re.Match[str]) -> tuple[int, int] | None:
        """Return a name where people are asked to go, with words that say by which name."""
        words = self._words
        start, end = name.span()
        if later := self._called_later(end):
            return start, later
        near = words[max(0, start - _NEAR) : start]
        if near.endswith(ENDS_CALLED) and (called := CALLED_BEFORE.search(near)):
            return start - len(called[0]), end
        same = SAME.match(words, end)
        before = SAME_BEFORE.search(near) if near.endswith(ENDS_SAME) else None
        if same or before:
            return start - (len(before[0]) if before else 0), same.end() if same else end
        if NUMBER_BEFORE.search(near) or NUMBER_AFTER.match(words, end):
            return start, end
        if not self._invites(name) or DENIED_AFTER.match(words, end) or self.refuses(start):
            return None
        return start, end

    def _called_later(self, end: int) -> int | None:
        if not _between(self._mine, end, end + _CALLED_WITHIN):
            return None
        later = CALLED_LATER.match(self._words, end)
        return later.end() if later else None

    def refuses(self, place: int) -> bool:
        """Tell whether people will not go there, or somebody else has asked them to."""
        last = self._words[place - 1 : place]
        return (last in ENDS_DENIED and self._stands(DENIED, self._denying, place)) or (
            last in ENDS_TOLD and self._stands(TOLD, self._telling, place)
        )

    def _stands(self, shape: re.Pattern[str], begins: Sequence[int], place: int) -> bool:
        """Tell whether a shape stands right before a place; it begins at one of ``begins``."""
        near = begins[bisect_left(begins, place - _NEAR) : bisect_left(begins, place)]
        return any(shape.match(self._words, begin, place) for begin in reversed(near))

    def _invites(self, name: re.Match[str]) -> bool:
        """Tell whether people are asked to go there."""
        if not self._may_invite:
            return False
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
    if not places:
        return False
    first = bisect_left(places, start)
    return first < len(places) and places[first] < end
