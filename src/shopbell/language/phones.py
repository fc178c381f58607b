"""Telephone numbers and payment cards in a text, also spoken, spaced and spelled.

A run of digits is read as people read it: by what is said before it (a phone, an order?), by how it
is grouped, and by the shapes of numbers that people have.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from shopbell.language.checks import fits_luhn
from shopbell.language.folding import pattern
from shopbell.language.labels import Labels
from shopbell.language.model import Hidden, Span
from shopbell.language.runs import A_NUMBER, Group, Run, runs

_MEASURED = pattern(
    r"\s{0,2}(?:руб|р\b|₽|\$|€|£|¥|元|块|usd\b|eur\b|rub\b|см\b|мм\b|м\b|cm\b|mm\b"
    r"|kg\b|кг\b|шт|pcs\b"
    r"|гб\b|gb\b|тб\b|tb\b|мл\b|ml\b|вт\b|w\b|v\b|hz\b|гц\b|mah\b|мач\b|毫|公|厘|克|%)"
)
_MONEY_SIGNS = "$€£¥₽"
_SHAPE = re.compile(r"[78](?:9\d|[348]\d)\d{8}|(?:(?:00)?86)?1[3-9]\d{9}|07[4-9]\d{8}(?!\d)")
_SIGNED = pattern(r"(?:\+|(?<![^\W\d_])(?:плюс|plus)|加)[ ]{0,2}[(]?$")
_GROUPINGS = {
    (3, 3, 4): "[2-9]",
    (1, 3, 3, 4): "1",
    (3, 3, 2, 2): "[3489]",
    (3, 8): "0",
    (4, 7): "0",
    (4, 8): "0",
    (3, 4, 4): "[01]",
    (5, 6): "0",
    (4, 3, 4): "0",
    (4, 4, 4): "0[1-9]",
    (4, 3, 3): "0[1-9]",
    (5, 3, 3): "0[1-9]",
    (1, 2, 4, 4): "0",
    (4, 2, 4, 4): "00",
    (2, 2, 4, 4): "86|00",
}
_OWN_ORDER = re.compile(r"20\d\d-\d{4,7}|\d{7,10}-\d{4}-\d{1,2}(?!\d)|\d{8}-\d{4}(?!\d)")
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}")
_UUID = re.compile(r"[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}")
"""Ids of orders, goods and conversations, in links most of all: digits in them are no card."""
_HEX = re.compile(r"[a-f]")
_SHORTEST, _LONGEST = 7, 15
_CARD = re.compile(r"(?:4\d|5[0-8]|6\d|2[2-7]|35)\d{14}(?:\d{2,3})?|3[47]\d{13}")
_ON_CARD = re.compile(
    r"[ ,;:(]{1,3}(?:exp\w*|valid\w*|till|until|до|срок\w*|действует"
    r"|有效期)?[ .:]{0,3}(?:до )?\d{2}[ ]?[/.][ ]?\d{2,4}(?!\d)"
    r"(?:[ ,;:]{1,3}(?:cv[vc]2?|код)?[ :]{0,2}\d{3}(?!\d))?"
    r"|[ ,;:]{1,3}cv[vc]2?[ :]{0,2}\d{3}(?!\d)"
)
"""What stands on a card beside its number."""
_SPOKEN_AT_LEAST = 3
_FEWEST_SIZES = 4
_DIALLED = 9
_LOCAL = {(3, 4), (3, 2, 2), (2, 2, 3), (4, 4), (4, 3)}
_YEAR = re.compile(r"(?:19|20)\d\d")


def find(text: str) -> Iterator[Span]:
    """Yield the phones and cards of a skeleton."""
    found = [run for run in runs(text) if len(run.digits) >= _SHORTEST]
    labels = Labels(text) if found else None
    ids = [one.span() for one in _UUID.finditer(text) if _HEX.search(one[0])] if found else []
    for run in found:
        if labels and not _lies_in(run, ids) and not _is_something_else(text, run):
            label = labels.of(run.groups[0].start, run.groups[-1].end, len(run.digits))
            yield from _read(text, run, label)


def _lies_in(run: Run, places: Sequence[tuple[int, int]]) -> bool:
    first, last = run.groups[0].start, run.groups[-1].end
    return any(start <= first and last <= end for start, end in places)


def _is_something_else(text: str, run: Run) -> bool:
    """Tell whether a run is a code, a sum, a date, a measure, or one size after the other."""
    first, last = run.groups[0], run.groups[-1]
    before = text[max(0, first.start - 2) : first.start].rstrip()
    if before[-1:] in _MONEY_SIGNS and before:
        return True
    if _MEASURED.match(text, last.end) and len(run.digits) < A_NUMBER + 1:
        return True
    words = text[first.start : last.end]
    if _OWN_ORDER.match(words) or _DATE.match(words):
        return True
    return _counts_up(run.groups)


def _counts_up(groups: Sequence[Group]) -> bool:
    if len(groups) < _FEWEST_SIZES or any(len(group.digits) > 3 for group in groups):  # noqa: PLR2004
        return False
    return all(int(one.digits) < int(other.digits) for one, other in pairwise(groups))


def _read(text: str, run: Run, label: str) -> Iterator[Span]:
    if label == "ours":
        return
    cards = list(_cards(run, known=label == "card"))
    yield from (_whole(text, card) for card in cards)
    if cards:
        return
    yield from _phones(text, run, asked=label == "theirs")


def _cards(run: Run, *, known: bool) -> Iterator[Span]:
    known = known or [len(group.digits) for group in run.groups] == [4] * 4
    for found in _CARD.finditer(run.digits):
        if known or fits_luhn(found[0]):
            card = run.part(*found.span(), Hidden.CARD)
            if card:
                yield card


def _whole(text: str, card: Span) -> Span:
    beside = _ON_CARD.match(text, card.end)
    return Span(card.start, beside.end(), card.kind) if beside else card


def _phones(text: str, run: Run, *, asked: bool) -> Iterator[Span]:
    start = run.groups[0].start
    signed = _SIGNED.search(text, max(0, start - 8), start)
    if _inside_a_code(text, run) and not asked:
        return
    said = sum(group.spoken for group in run.groups)
    asked = asked and _may_be_dialled(text, run)
    if signed or asked or (said >= _SPOKEN_AT_LEAST and said * 2 >= len(run.groups)):
        number = run.beginning(_LONGEST)
        yield Span(signed.start(), number.end, number.kind) if signed else number
        return
    found = [run.part(*shape.span(), Hidden.PHONE) for shape in _SHAPE.finditer(run.digits)]
    phones = [phone for phone in found if phone]
    yield from phones
    if not phones and _is_grouped(run.groups):
        yield run.beginning(_LONGEST)


def _may_be_dialled(text: str, run: Run) -> bool:
    """Tell whether a number beside a word of phones is one: goods have rows of numbers, too."""
    groups = run.groups
    if len(groups) == 1 or any(group.spoken for group in groups):
        return True
    lengths = [len(group.digits) for group in groups]
    if max(lengths) == 1:
        return True
    years = sum(_YEAR.fullmatch(group.digits) is not None for group in groups)
    if years > 1 or "/" in text[groups[0].start : groups[-1].end] or _rises(groups):
        return False
    return len(run.digits) >= _DIALLED or tuple(lengths) in _LOCAL


def _rises(groups: Sequence[Group]) -> bool:
    numbers = [int(group.digits) for group in groups]
    return len(numbers) >= _FEWEST_SIZES and numbers == sorted(set(numbers))


def _is_grouped(groups: Sequence[Group]) -> bool:
    lengths = tuple(len(group.digits) for group in groups)
    begins = _GROUPINGS.get(lengths)
    return begins is not None and re.match(begins, groups[0].digits) is not None


def _inside_a_code(text: str, run: Run) -> bool:
    """Tell whether letters belong to the number, as in SF1234567890123."""
    start, end = run.groups[0].start, run.groups[-1].end
    before = text[max(0, start - 2) : start].rstrip("-")[-1:]
    after = text[end : end + 1]
    return (bool(before) and before.isascii() and before.isalpha()) or ("a" <= after <= "z")
