"""What a pattern needs: rows of signs of which any text that fits it holds at least one.

They are read out of the pattern itself, as the compiler of patterns reads it. Pure.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from itertools import product
from math import prod
from string import ascii_lowercase
from typing import Any

from shopbell.language.folding import skeleton

ops: Any = import_module("re._constants")
parser: Any = import_module("re._parser")

Rows = frozenset[str]
Part = tuple[Any, Any]
"""A part of a pattern, as the compiler of patterns reads it."""

_LETTERS = frozenset(skeleton(ascii_lowercase + "".join(map(chr, range(0x430, 0x450)))))
_NOTHING: Rows = frozenset({""})
_VARIANTS_MOST, _BESIDE_MOST, _CLASS_MOST = 400, 60, 24
ANY_SIGN = "\0"
"""It stands for any one sign that is no letter."""

_ROWS = "rows"
"""A part of which all that it can be is known."""


class _Apart(dict[int, str]):
    """Letters stand together; every other sign stands alone, between blanks."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        self[code] = alone = sign if sign in _LETTERS else " " if sign.isspace() else f" {sign} "
        return alone


_APART = _Apart()


def apart(words: str) -> str:
    """Return a skeleton as signs are looked for: whatever is no letter stands alone."""
    return f" {' '.join(words.translate(_APART).split())} "


@cache
def needed_by(pattern: str) -> Rows:
    """Return rows of signs of which any text that fits a pattern holds at least one."""
    needed = _needed([*parser.parse(skeleton(pattern))])
    if not needed or "" in needed or " " in needed:
        raise ValueError(pattern)
    return needed


# ── what a part of a pattern needs ──────────────────────────────────────────────────────────────


def _needed(parts: Sequence[Part]) -> Rows:
    """Find the rows that tell most of what a sequence of parts needs."""
    return min(_candidates(parts), key=_commonness, default=frozenset())


def _candidates(parts: Sequence[Part]) -> Iterator[Rows]:
    row: Rows = _NOTHING
    for at, part in enumerate(parts):
        op, about = part
        yield _inside(part, parts[:at], parts[at + 1 :])
        if op is ops.ASSERT:
            beside = _all(about[1]) or _NOTHING
            if about[0] > 0:
                yield _joined(row, beside) or row
            else:
                yield row
                row = beside
            continue
        if op in {ops.MAX_REPEAT, ops.MIN_REPEAT} and about[0] and about[1] > 1:
            yield _joined(row, _all(about[2]) or _NOTHING) or row
            row = _tail(part)
            continue
        spelled = _spellings(part)
        longer = _joined(row, spelled) if spelled else None
        yield row
        row = longer or spelled or _NOTHING
    yield row


def _inside(part: Part, before: Sequence[Part], after: Sequence[Part]) -> Rows:
    """Find what is needed of one part, seen together with the simple ones beside it."""
    match part:
        case (ops.SUBPATTERN, (_, _, _, inner)):
            return _needed([*_before(before), *inner, *_after(after)])
        case (ops.BRANCH, (_, branches)):
            left, right = _before(before), _after(after)
            each = [_needed([*left, *branch, *right]) for branch in branches]
            return frozenset[str]().union(*each) if all(each) else frozenset()
        case (ops.MAX_REPEAT | ops.MIN_REPEAT, (least, _, inner)) if least:
            return _needed([*inner])
        case _:
            return frozenset()


def _before(parts: Sequence[Part]) -> list[Part]:
    """Return how the parts before a place end, as one part."""
    row: Rows = _NOTHING
    for part in reversed(parts):
        spelled = _spellings(part)
        longer = _joined(spelled, row, _BESIDE_MOST) if spelled else None
        if longer is None:
            tail = _tail(part)
            row = (_joined(tail, row, _BESIDE_MOST) or row) if tail else row
            break
        row = longer
    return [] if row == _NOTHING else [(_ROWS, row)]


def _tail(part: Part) -> Rows:
    """Return how a part that stands at least once ends."""
    match part:
        case (ops.MAX_REPEAT | ops.MIN_REPEAT, (least, _, inner)) if least:
            tail = _before([*inner])
            return tail[0][1] if tail else _NOTHING
        case _:
            return _NOTHING


def _after(parts: Sequence[Part]) -> list[Part]:
    """Return how the parts after a place begin, as one part."""
    row: Rows = _NOTHING
    for part in parts:
        ahead = part[0] is ops.ASSERT and part[1][0] > 0
        spelled = _all(part[1][1]) if ahead else _spellings(part)
        longer = _joined(row, spelled, _BESIDE_MOST) if spelled else None
        if longer is None:
            break
        row = longer
        if ahead:
            break
    return [] if row == _NOTHING else [(_ROWS, row)]


# ── all that a part can be ──────────────────────────────────────────────────────────────────────


def _spellings(part: Part) -> Rows | None:  # noqa: PLR0911 - one for each kind of part
    """Return all that a part can be, `apart`; None: too much to tell."""
    match part:
        case (op, rows) if op == _ROWS:
            return frozenset(rows)
        case (ops.LITERAL, code):
            return frozenset({_APART[code]})
        case (ops.ASSERT_NOT, (_, inner)):
            return frozenset({" "}) if _bars_letters([*inner]) else _NOTHING
        case (ops.ASSERT, _):
            return _NOTHING
        case (ops.AT, where):
            return _NOTHING if where is ops.AT_NON_BOUNDARY else frozenset({" "})
        case (ops.IN, choices):
            return _any_of(map(_choice, choices))
        case (ops.BRANCH, (_, branches)):
            return _any_of(map(_all, branches))
        case (ops.SUBPATTERN, (_, _, _, inner)):
            return _all(inner)
        case (ops.MAX_REPEAT | ops.MIN_REPEAT, (least, most, inner)):
            return _repeated(_all(inner), int(least), int(most))
        case _:
            return None


def _choice(choice: Part) -> Rows | None:
    match choice:
        case (ops.RANGE, (first, last)) if last - first < _CLASS_MOST:
            return frozenset(_APART[code] for code in range(first, last + 1))
        case (ops.CATEGORY, ops.CATEGORY_SPACE):
            return frozenset({" "})
        case (ops.CATEGORY, ops.CATEGORY_NOT_WORD):
            return frozenset({" ", f" {ANY_SIGN} "})
        case _:
            return _spellings(choice)


def _bars_letters(inner: Sequence[Part]) -> bool:
    """Tell whether what must not stand here is any letter: a word begins or ends."""
    match inner:
        case [(ops.IN, choices)]:
            within = {letter for letter in _LETTERS if _is_one(letter, choices)}
            return within == _LETTERS
        case _:
            return False


def _is_one(letter: str, choices: Sequence[Part]) -> bool:
    negated = choices[0][0] is ops.NEGATE
    return negated is not any(_fits(ord(letter), choice) for choice in choices[negated:])


def _fits(code: int, choice: Part) -> bool:
    match choice:
        case (ops.LITERAL, other):
            return bool(code == other)
        case (ops.RANGE, (first, last)):
            return bool(first <= code <= last)
        case (ops.CATEGORY, ops.CATEGORY_WORD | ops.CATEGORY_NOT_DIGIT | ops.CATEGORY_NOT_SPACE):
            return True
        case _:
            return False


def _any_of(each: Iterable[Rows | None]) -> Rows | None:
    found: Rows = frozenset()
    for one in each:
        if one is None:
            return None
        found |= one
    return found


def _all(parts: Iterable[Any]) -> Rows | None:
    row: Rows | None = _NOTHING
    for part in parts:
        spelled = _spellings(part)
        row = _joined(row, spelled) if row is not None and spelled is not None else None
    return row


def _repeated(once: Rows | None, least: int, most: int) -> Rows | None:
    if once is None or once == _NOTHING:
        return once
    if once == {" "}:
        return once if least else once | {""}
    if most > 1:
        return None
    return once if least else once | {""}


def _joined(row: Rows, spelled: Rows, most: int = _VARIANTS_MOST) -> Rows | None:
    if len(row) * len(spelled) > most:
        return None
    return frozenset(f"{one}{other}".replace("  ", " ") for one, other in product(row, spelled))


# ── which rows tell most ────────────────────────────────────────────────────────────────────────

_USUAL, _HAN_USUAL = "eotainsrhlвикдмлуп", "我你的了是不有个这一吗到没在好买货"


def _commonness(rows: Rows) -> float:
    """Estimate how many of a thousand texts hold any of some rows."""
    return sum(map(chance, rows)) if rows else 9.0


_EVERYWHERE = {" you ": 0.1, " you": 0.1, "you": 0.1, "ing ": 0.1, "ing": 0.1, " a ": 0.2}


@cache
def chance(row: str) -> float:
    """Estimate how likely a row of signs stands somewhere in a text."""
    if row in _EVERYWHERE:
        return _EVERYWHERE[row]
    return prod(map(_of_sign, row)) if row.strip() else 9.0


def _of_sign(sign: str) -> float:
    if sign == " ":
        return 0.35
    if sign in _USUAL:
        return 0.12
    if sign in _LETTERS:
        return 0.05
    if sign in _HAN_USUAL:
        return 0.03
    return 0.02 if sign in ".,?!-" or sign.isdigit() else 0.004
