"""The words around what was looked for, and where in them it stands."""

from collections.abc import Collection, Sequence
from itertools import chain

from shopbell.conversations.search.model import Part
from shopbell.engine.search.tokens import Token, compact, fold, fold_each, tokens

AROUND, AHEAD = 160, 40
"""How many characters are shown, and how many of them in front of the first that was found."""

Marks = list[tuple[int, int]]


def holds(text: str, parts: Collection[Part]) -> bool:
    """Tell whether longer runs and numbers stand in ``text`` as they were looked for.

    The index knows their pairs and fragments, which may also stand apart.
    """
    needles = [part for part in parts if part.needle]
    if not needles:
        return True
    folded = fold(text)
    joined = compact("".join(folded.split()))
    return all(part.needle in (joined if part.number else folded) for part in needles)


def excerpt(text: str, wanted: Collection[str]) -> tuple[str, Marks]:
    """Cut out of ``text`` what stands around the first of the ``wanted`` tokens, and mark them."""
    line = " ".join(text.split())
    folded, whence = fold_each(line)
    marks = _joined([_place(token, whence) for token in tokens(folded) if token.text in wanted])
    first = marks[0][0] if marks else 0
    begin = 0 if first <= AROUND - AHEAD else _word_begin(line, first - AHEAD, first)
    end = min(len(line), begin + AROUND)
    before, behind = "…" if begin else "", "…" if end < len(line) else ""
    shift = len(before) - begin
    shown = [(start + shift, min(stop, end) + shift) for start, stop in marks if start < end]
    return before + line[begin:end] + behind, shown


def _place(token: Token, whence: Sequence[int]) -> tuple[int, int]:
    return whence[token.start], whence[token.end - 1] + 1


def _joined(places: Marks) -> Marks:
    found: Marks = []
    for start, stop in sorted(places):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(stop, found[-1][1])
        else:
            found.append((start, stop))
    return found


def _word_begin(line: str, at: int, most: int) -> int:
    space = line.find(" ", at, most)
    return at if space < 0 else space + 1


def all_marks(parts: Collection[Part]) -> set[str]:
    """Return the tokens to be marked of all parts."""
    return set(chain.from_iterable(part.marks for part in parts))
