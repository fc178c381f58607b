"""Telephone numbers and payment cards in a text, also spoken, spaced and spelled.

A run of digits is read as people read it: by what is said before it (a phone, an order?), by how it
is grouped, and by the shapes of numbers that people have.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate, pairwise

from msgspec import Struct

from shopbell.language.checks import fits_luhn
from shopbell.language.folding import pattern
from shopbell.language.model import Hidden, Span
from shopbell.language.numerals import HAN_DIGITS, SPOKEN, joins

_REPEATS = {"double": 2, "triple": 3}
_WORDS = "|".join(sorted((*SPOKEN, *_REPEATS), key=len, reverse=True))
_NUMBER = re.compile(
    r"(?P<digits>\d(?:[oilзб][- ]?\d|\d)*)"
    rf"|(?P<han>[{''.join(HAN_DIGITS)}])"
    rf"|(?<![^\W\d_])(?P<word>{_WORDS})(?![^\W\d_])"
)
_DIGITS_ALIKE = str.maketrans("oilзб", "01136", "- ")
_GAPS = " .()/\\_*~|,=-[]{}、—'\"#;"
_WIDEST_GAP, _WIDEST_SAID = 4, 16
SAID_GAP = pattern(
    r"(?<![^\W\d_])(?:dash|hyphen|minus|space|dot|then|тире|дефис|минус|пробел|точка|потом"
    r"|дальше|далее|затем)"
    r"(?![^\W\d_])|横?杠|空格|然后|再来?|减|转"
)
"""Words people say between the digits of a number."""
_A_NUMBER = 10
"""So many digits in one piece end a run: what follows is another number."""

_LABEL = pattern(
    r"(?P<ours>заказ|трек|накладн|отправлен|посылк|артикул|\bарт\b|штрих|серийн"
    r"|\bкод|\bинн\b|\bкпп\b"
    r"|огрн|детал|модел|верси|сч[её]т|imei|\bean\b|\bsku\b|\bs/?n\b|order|track|parcel|shipment"
    r"|invoice|serial|barcode|\bpart\b|article|\bitem|model|version|\bupc\b|\bref\b|gtin|isbn"
    r"|\bvin\b|\blot\b|batch|licen[cs]e|certificate|имей|парти[яию]|договор|сертиф"
    r"|почт\w+ росс|сдэк"
    r"|cdek|\bdhl|\bups\b|fedex|订单|单号|快递|运单|物流|货号|条形?码|序列|编号|发票|串号"
    r"|机身[码号]|识别码|批号|批次|合同|证书|产品码"
    r"|税号|型号|零件|编码"
    r"|顺丰|圆通|中通|申通|韵达|邮政|极兔)"
    r"|(?P<theirs>звон|\bтел\b|\bмоб\b|my digits|телефон|мобил|сотов|набер|набир|смс|phone"
    r"|\bcall|\btext\b|\btel\b"
    r"|\bcell\b|mobile|\bring\b|\bdial|\bsms\b|\breach|my number|мой номер|whats ?app|ватсап"
    r"|вотсап"
    r"|вайбер|viber|電話|电话|手机|打给|打这|座机|联系我|请打|来电|致电|短信|拨|微信)"
    r"|(?P<card>карт[аеуы]|\bcard\b|卡号|银行卡|卡[:： ]?(?=\d)|\bперев[оe]д"
    r"|transfer|打款|转账|\bсбер|тинькоф)"
)
_APART = re.compile(r"[,.!?;\n。！？；，]")
_NEAR, _NEAR_ACROSS, _RIGHT_AFTER = 24, 45, 8
_MEASURED = pattern(
    r"\s{0,2}(?:руб|р\b|₽|\$|€|£|¥|元|块|usd\b|eur\b|rub\b|см\b|мм\b|м\b|cm\b|mm\b"
    r"|kg\b|кг\b|шт|pcs\b"
    r"|мл\b|ml\b|вт\b|w\b|v\b|hz\b|гц\b|mah\b|мач\b|毫|公|厘|克|%)"
)
_MONEY_SIGNS = "$€£¥₽"
_SHAPE = re.compile(r"[78](?:9\d|[348]\d)\d{8}|(?:(?:00)?86)?1[3-9]\d{9}")
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
    (1, 2, 4, 4): "0",
    (4, 2, 4, 4): "00",
    (2, 2, 4, 4): "86|00",
}
_OWN_ORDER = re.compile(r"20\d\d-\d{4,7}|\d{7,10}-\d{4}-\d{1,2}(?!\d)|\d{8}-\d{4}(?!\d)")
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}")
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


def find(text: str) -> Iterator[Span]:
    """Yield the phones and cards of a skeleton."""
    runs = [run for run in _runs(text) if len(run.digits) >= _SHORTEST]
    labels = Labels(text) if runs else None
    for run in runs:
        if labels and not _is_something_else(text, run):
            label = labels.before(run.groups[0].start) or labels.after(run.groups[-1].end)
            yield from _read(text, run, label)


class Labels:
    """What the words of a text say that numbers are."""

    def __init__(self, text: str) -> None:
        self._text = text
        labels = [*_LABEL.finditer(text)]
        self._found = [(label.end(), label.lastgroup or "") for label in labels]
        self._starts = [label.start() for label in labels]
        self._ends = [label.end() for label in labels]

    def before(self, place: int) -> str:
        """Return what the words right before a number say that it is, or nothing."""
        if not (found := bisect_right(self._ends, place)):
            return ""
        end, kind = self._found[found - 1]
        between = self._text[end:place]
        if kind == "ours":
            near = len(between) <= _NEAR and not _APART.search(between)
        else:
            near = len(between) <= _NEAR_ACROSS
        return kind if near else ""

    def after(self, place: int) -> str:
        """Return what the words right after a number say: call it, pay to it."""
        found = bisect_left(self._starts, place)
        if found == len(self._found) or self._starts[found] - place > _RIGHT_AFTER:
            return ""
        return "" if (kind := self._found[found][1]) == "ours" else kind


def _runs(text: str) -> Iterator[Run]:
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
    if gap > _WIDEST_SAID or len(before.digits) >= _A_NUMBER:
        return False
    between = text[before.end : after.start]
    if gap > _WIDEST_GAP or between.strip(_GAPS):
        between = SAID_GAP.sub("", between, count=1)
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
    digits = HAN_DIGITS[said] if found["han"] else str(SPOKEN[said])
    return Group(*found.span(), digits, spoken=True)


def _is_one(text: str, held: Group, group: Group) -> bool:
    if not held.spoken or not group.spoken or group.start - held.end != 1:
        return False
    return text[held.end] in " -" and joins(int(held.digits), int(group.digits))


def _is_something_else(text: str, run: Run) -> bool:
    """Tell whether a run is a code, a sum, a date, a measure, or one size after the other."""
    first, last = run.groups[0], run.groups[-1]
    before = text[max(0, first.start - 2) : first.start].rstrip()
    if before[-1:] in _MONEY_SIGNS and before:
        return True
    if _MEASURED.match(text, last.end) and len(run.digits) < _A_NUMBER + 1:
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
    signed = "+" in text[max(0, start - 2) : start]
    if _inside_a_code(text, run) and not asked:
        return
    said = sum(group.spoken for group in run.groups)
    asked = asked and _may_be_dialled(text, run)
    if signed or asked or (said >= _SPOKEN_AT_LEAST and said * 2 >= len(run.groups)):
        yield run.beginning(_LONGEST)
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
