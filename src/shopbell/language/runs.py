"""Runs of digits in a text, however they are written: spaced, spelled, said, in look-alikes."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate

from msgspec import Struct

from shopbell.language.folding import pattern
from shopbell.language.model import Hidden, Span
from shopbell.language.numerals import HAN_DIGITS, SPOKEN, joins

_REPEATS = {"double": 2, "triple": 3}
_HUNDRED = "hundred"
SAID = (*SPOKEN, *_REPEATS, _HUNDRED)
"""Words that numbers are said in."""
_WORDS = "|".join(sorted(SAID, key=len, reverse=True))
_NUMBER = re.compile(
    r"(?P<digits>(?:\d|(?<![^\W\d_])[oilзб]{1,2}(?=\d))(?:[oilзб]{1,2}[- ]?\d|\d)*)"
    rf"|(?P<han>[{''.join(HAN_DIGITS)}])"
    rf"|(?<![^\W\d_])(?P<word>{_WORDS})(?![^\W\d_])"
)
_DIGITS_ALIKE = str.maketrans("oilзб", "01136", "- ")
_GAPS = " .()/\\_*~|,=-[]{}、—'\"#;"
_WIDEST_GAP, _WIDEST_SAID = 4, 16
SAID_GAP = pattern(
    r"(?<![^\W\d_])(?:dash|hyphen|minus|space|dot|(?:and )?then|area code|ext|followed by|тире"
    r"|дефис"
    r"|минус|пробел|точка|скобка|(?:а )?потом|(?:а )?дальше|далее|затем|доб|код города)"
    r"(?![^\W\d_])|横?杠|空格|然后|后面|再来?|减|转|区号"
)
"""Words people say between the digits of a number."""
A_NUMBER = 10
"""So many digits in one piece end a run: what follows is another number."""


class Group(Struct, frozen=True):
    """Digits that stand together, or are said in one word."""

    start: int
    end: int
    digits: str
    spoken: bool = False


class Run(Struct, frozen=True, dict=True):
    """Groups with nothing but gaps between them."""

    groups: Sequence[Group]

    @cached_property
    def digits(self) -> str:
        """Return the digits of all its groups."""
        return "".join(group.digits for group in self.groups)

    @cached_property
    def bounds(self) -> dict[int, int]:
        """Return which group begins, or would begin, after so many digits."""
        sums = accumulate((len(group.digits) for group in self.groups), initial=0)
        return {digits: group for group, digits in enumerate(sums)}

    def part(self, begin: int, end: int, kind: Hidden) -> Span | None:
        """Return the groups between two places in its digits, if groups begin and end there."""
        first, last = self.bounds.get(begin), self.bounds.get(end)
        if first is None or last is None:
            return None
        return Span(self.groups[first].start, self.groups[last - 1].end, kind)

    def beginning(self, most: int) -> Span:
        """Return as many groups from its beginning as have so many digits."""
        last = max((bound for bound in self.bounds if bound <= most), default=0)
        return Span(self.groups[0].start, self.groups[self.bounds[last] - 1].end, Hidden.PHONE)


def runs(text: str) -> Iterator[Run]:
    """Yield groups with nothing but gaps between them, one after the other."""
    groups: list[Group] = []
    for group in _groups(text):
        if groups and not _continues(text, groups[-1], group):
            yield Run(groups)
            groups = []
        groups.append(group)
    if groups:
        yield Run(groups)


def _continues(text: str, before: Group, after: Group) -> bool:
    gap = after.start - before.end
    if gap > _WIDEST_SAID or len(before.digits) >= A_NUMBER:
        return False
    between = text[before.end : after.start]
    if gap > _WIDEST_GAP or between.strip(_GAPS):
        between = SAID_GAP.sub("", between, count=2)
    return len(between) <= _WIDEST_GAP and not between.strip(_GAPS)


def _groups(text: str) -> Iterator[Group]:
    """Yield groups of digits; said numbers that are one number are one group."""
    held: Group | None = None
    repeats: re.Match[str] | None = None
    for found in _NUMBER.finditer(text):
        if found[0] in _REPEATS:
            repeats = found
            continue
        group = _repeated(repeats, _group(found)) if repeats else _group(found)
        repeats = None
        if held and found[0] == _HUNDRED:
            held = Group(held.start, group.end, f"{held.digits}00", spoken=True)
            continue
        if held and _is_one(text, held, group):
            digits = str(int(held.digits) + int(group.digits))
            held = Group(held.start, group.end, digits, spoken=True)
            continue
        if held:
            yield held
        held = group
    if held:
        yield held


def _repeated(repeats: re.Match[str], group: Group) -> Group:
    """Return *double zero* as two zeros."""
    if not group.spoken or group.start - repeats.end() != 1:
        return group
    digits = group.digits * _REPEATS[repeats[0]]
    return Group(repeats.start(), group.end, digits, spoken=True)


def _group(found: re.Match[str]) -> Group:
    said = found[0]
    if found["digits"]:
        return Group(*found.span(), said.translate(_DIGITS_ALIKE))
    digits = HAN_DIGITS[said] if found["han"] else str(SPOKEN.get(said, 100))
    return Group(*found.span(), digits, spoken=True)


def _is_one(text: str, held: Group, group: Group) -> bool:
    if not held.spoken or not group.spoken or group.start - held.end != 1:
        return False
    return text[held.end] in " -" and joins(int(held.digits), int(group.digits))
