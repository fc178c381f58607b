"""A quick look that spares most messages the slow one: whether a text could be abusive at all.

Every pattern of `rudeness` needs certain letters in a row. They are read out of the patterns
themselves, and looked for in the text without blanks, signs and disguises. Where none of them
stands, no insult can be found; where one does, `courtesy` reads the text. So nothing is missed.
"""

import re
from collections.abc import Collection, Iterable
from functools import cache
from importlib import import_module
from itertools import product
from typing import Any

from shopbell.language import rudeness
from shopbell.language.folding import fold, gist, skeleton

ops: Any = import_module("re._constants")
parser: Any = import_module("re._parser")

LEET = str.maketrans("01345@$", "oieasas")
"""Digits and signs as the letters they stand for inside a word."""

_STAR = "*"
"""It stands for any letter: whoever writes one is read in full."""

_TELLS_MUCH, _TELLS_LITTLE = {_STAR: 9}, {"you": 1}
_VARIANTS_MOST = 96
Letters = frozenset[str]
Part = tuple[Any, Any]
"""A part of a pattern, as the compiler of patterns reads it."""

_NOTHING: Letters = frozenset({""})


class _Bare(dict[int, str]):
    def __missing__(self, code: int) -> str:
        self[code] = bare = _bare(chr(code))
        return bare


def _bare(sign: str) -> str:
    plain = skeleton(fold(sign).plain).translate(LEET)
    return "".join(letter for letter in plain if letter.isalnum() or letter == _STAR)


_BARE = _Bare()


def may_hurt(text: str) -> bool:
    """Tell whether a text could be abusive; if not, `courtesy` never calls it so."""
    return _letters_of_harm().search(gist(text).translate(_BARE)) is not None


@cache
def _letters_of_harm() -> re.Pattern[str]:
    needed = {_STAR}
    for kind in ("insult", "attack", "harmless"):
        for written in rudeness.table()[kind].values():
            needed |= set[str]().union(*map(needed_by, written))
    return re.compile(_as_tree(needed))


def needed_by(pattern: str) -> Letters:
    """Return rows of bare letters of which any text that fits a pattern holds at least one."""
    needed = _needed(parser.parse(skeleton(pattern)))
    if not needed:
        raise ValueError(pattern)
    return needed


def _needed(parts: Iterable[Any]) -> Letters:
    """Find the rows that tell most: the shortest of them is as long as can be."""
    best: Letters = frozenset()
    row: Letters = _NOTHING
    for part in parts:
        spelled = _spellings(part)
        longer = _joined(row, spelled) if spelled else None
        if longer is None:
            best = max(best, row, _needed_inside(part), key=_worth)
            row = spelled or _NOTHING
        else:
            row = longer
    return max(best, row, key=_worth)


def _needed_inside(part: Part) -> Letters:
    match part:
        case (ops.SUBPATTERN, (_, _, _, inner)):
            return _needed(inner)
        case (ops.BRANCH, (_, branches)):
            each = [_needed(branch) for branch in branches]
            return frozenset().union(*each) if all(map(_worth, each)) else frozenset()
        case (ops.MAX_REPEAT | ops.MIN_REPEAT, (least, _, inner)) if least:
            return _needed(inner)
        case _:
            return frozenset()


def _spellings(part: Part) -> Letters | None:
    """Return all that a part can be, as bare letters; None: too much to tell."""
    found: Letters | None = None
    match part:
        case (ops.LITERAL, code):
            found = frozenset({_BARE[code]})
        case (ops.ASSERT | ops.ASSERT_NOT | ops.AT, _):
            found = _NOTHING
        case (ops.CATEGORY, ops.CATEGORY_NOT_WORD | ops.CATEGORY_SPACE):
            found = _NOTHING
        case (ops.IN, choices):
            found = _any_of(map(_spellings, choices))
        case (ops.BRANCH, (_, branches)):
            found = _any_of(map(_all, branches))
        case (ops.SUBPATTERN, (_, _, _, inner)):
            found = _all(inner)
        case (ops.MAX_REPEAT | ops.MIN_REPEAT, (least, most, inner)):
            found = _repeated(_all(inner), int(least), int(most))
        case _:
            pass
    return found


def _any_of(each: Iterable[Letters | None]) -> Letters | None:
    found: Letters = frozenset()
    for one in each:
        if one is None:
            return None
        found |= one
    return found


def _all(parts: Iterable[Any]) -> Letters | None:
    row: Letters | None = _NOTHING
    for part in parts:
        spelled = _spellings(part)
        row = _joined(row, spelled) if row is not None and spelled is not None else None
    return row


def _repeated(once: Letters | None, least: int, most: int) -> Letters | None:
    if once is None or once == _NOTHING:
        return once
    if most > 1:
        return None
    return once if least else once | {""}


def _joined(row: Letters, spelled: Letters) -> Letters | None:
    if len(row) * len(spelled) > _VARIANTS_MOST:
        return None
    return frozenset("".join(both) for both in product(row, spelled))


def _worth(rows: Letters) -> int:
    """Tell how rare the commonest of some rows is."""
    return min(map(_rarity, rows), default=0)


def _rarity(row: str) -> int:
    """Tell how rare a row is: a Chinese sign says as much as three letters do."""
    known = _TELLS_MUCH.get(row) or _TELLS_LITTLE.get(row)
    return known or sum(3 if sign >= "\u4e00" else 1 for sign in row)


def _as_tree(rows: Collection[str]) -> str:
    """Write rows as one pattern in which no two branches begin alike."""
    if "" in rows:
        return ""
    heads = sorted({row[0] for row in rows})
    branches = [
        re.escape(head) + _as_tree({row[1:] for row in rows if row[0] == head}) for head in heads
    ]
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
