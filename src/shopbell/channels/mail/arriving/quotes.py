"""The new words of an answer, without what it repeats, in time linear in its length. Pure.

Each client has its own line in front of what it repeats. What is found is cut off; words of the
sender between repeated lines stay where they are, with the lines they answer. Should nothing be
left, nothing is cut: the full original is one click away in any case, an empty message is a loss.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from shopbell.channels.mail.arriving.signatures import without_signature

CUT = "\ue000"
BLANK = f" \t\r\f\v{CUT}"
"""Stands alone on a line where HTML says that repeated words begin."""

LINE_MOST = 400
"""A longer line is nobody's introduction; of it this much is looked at."""

LOOKED_AT = 1_000
"""Lines in which an introduction is looked for: nobody writes more above what they repeat."""

INTRODUCTION_MOST = 4
"""Lines over which programs break the line that introduces a quotation."""

_WEEK = (
    r"(?:mon|tue|wed|thu|fri|sat|sun|пн|вт|ср|чт|пт|сб|вс|понед|вторн|сред|четв|пятн|субб|воскр"
    r"|周|星期)"
)
_WHEN = re.compile(
    rf"(?<![A-Za-z0-9-])(?:\d{{1,2}}[:：]\d{{2}}|\d{{4}}[-./年]\s?\d{{1,2}}|\d{{1,2}}[-./]\d{{1,2}}[-./]\d{{2,4}})"
    rf"|\b(?:19|20)\d\d\b|\b{_WEEK}",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r"(?:\bwrote|\bwrites|писал(?:\(а\)|а)?|написал(?:\(а\)|а)?|пишет|写道|寫道|写到"
    r"|来信|在邮件中写道)\s?[:：]?$",
    re.IGNORECASE,
)
_NAMES_SOMEBODY = re.compile(r"[<＜(\[]?[^\s<>()\[\]]{1,80}@[^\s<>()\[\]]{1,80}[>＞)\]]?")
_ENDS_LIKE_ONE = re.compile(r"[>＞)\]\"»”]\s?[:：]$|@[^\s@]{1,80}[:：]$")
ENDING = 90
"""So much of the end of an introduction shows what it is."""

_DIVIDER = re.compile(
    r"^[-—–_=*\s]{2,40}\s*(?:original message|forwarded message|reply message|original"
    r"|исходное сообщение|оригинальное сообщение|пересылаемое сообщение|пересланное сообщение"
    r"|конец пересылаемого сообщения|исходное письмо"
    r"|原始邮件|原始郵件|原邮件|转发的邮件|转发邮件信息|轉寄郵件|回复的原邮件|转发邮件|邮件原件"
    r"|回复的邮件)"
    r"\s*[-—–_=*\s]{2,40}$"
    r"|^(?:begin forwarded message|начало переадресованного сообщения"
    r"|以下是转发的邮件|下面是被转发的邮件)"
    r"\s*[:：]$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^[>\s*_]{0,8}(?P<label>from|sent|date|to|cc|subject|reply-to|от|от кого|отправлено|дата"
    r"|кому|копия|тема|发件人|寄件者|寄件人|发送时间|发送日期|寄件日期|时间|日期|收件人|收件者|抄送"
    r"|抄送人|主题|主旨)[*_]{0,2}\s{0,3}[:：]",
    re.IGNORECASE,
)
_RULE = re.compile(r"^[_\-—=*]{5,80}$")
_MARKS = (">", "＞")
_CARD = re.compile(r"^\|\s*\|\s*$")
CARD_MOST = 8
_WHO = {"from", "от", "от кого", "发件人", "寄件者", "寄件人"}
LABELS_LEAST = 3
"""So many headers in a row make a block of them; with the sender in front."""


def new_words(text: str, markers: Sequence[str] = (), sender: str = "") -> str:
    """Return what the sender wrote themselves; never nothing, if there was something.

    ``markers`` are lines that our own letters begin with, ``sender`` is the sender's address,
    which some programs write above what they repeat.
    """
    lines = text.replace("\u00a0", " ").split("\n")
    own = _tidy(without_signature(_own(lines, markers, sender)))
    return own or _tidy(lines) or text.strip()


def _own(lines: Sequence[str], markers: Sequence[str], sender: str) -> list[str]:
    kept = _before_marker(lines, markers) if markers else lines
    cut = _first_cut(kept)
    if cut is None:
        return _around_quotes(kept)
    above = _around_quotes(kept[: _top(kept, cut.begin, sender)])
    below = _below_quotation(kept[cut.end :]) if cut.by_line else []
    if below and not "".join(above).strip():
        return below
    return [*above, "", *below] if below else above


def _before_marker(lines: Sequence[str], markers: Sequence[str]) -> Sequence[str]:
    """Cut at the line that our own letters begin with, and at what introduces it."""
    for number, line in enumerate(lines[:LOOKED_AT]):
        shown = line[:LINE_MOST]
        if any(marker in shown for marker in markers):
            cut = _first_cut(lines[:number])
            return lines[: cut.begin if cut else number]
    return lines


class _Cut(NamedTuple):
    """Where repeated words are introduced; ``by_line`` if each of their lines may be marked."""

    begin: int
    end: int
    by_line: bool


def _first_cut(lines: Sequence[str]) -> _Cut | None:
    for number, line in enumerate(lines[:LOOKED_AT]):
        shown = line.strip()[:LINE_MOST]
        if not shown or shown.startswith(">"):
            continue
        if line.startswith(CUT):
            return _Cut(number, number + 1, by_line=True)
        if _DIVIDER.match(shown) or _headers_from(lines, number):
            return _Cut(number, number, by_line=False)
        if length := _introduces(lines, number):
            return _Cut(number, number + length, by_line=True)
    return None


def _top(lines: Sequence[str], begin: int, sender: str) -> int:
    """Go up from a cut over what its program wrote there, too: a rule, a card, an address."""
    for _step in range(3):
        above = _word_above(lines, begin)
        if above < 0:
            return begin
        shown = lines[above].strip()
        if _RULE.match(shown) or (sender and shown.lower() == sender):
            begin = above
        elif shown == "|":
            begin = _card(lines, above) or begin
        else:
            begin = _labels_below_rule(lines, above) or begin
    return begin


def _word_above(lines: Sequence[str], begin: int) -> int:
    above = begin - 1
    while above >= 0 and not lines[above].strip("> \t"):
        above -= 1
    return above


def _card(lines: Sequence[str], last: int) -> int:
    """Return where the card of a sender begins that ends here, or nothing."""
    tops = (n for n in range(last - 1, max(-1, last - CARD_MOST), -1) if _CARD.match(lines[n]))
    return next(tops, 0)


def _labels_below_rule(lines: Sequence[str], last: int) -> int:
    number = last
    while number > 0 and last - number < LABELS_LEAST and _label(lines[number]):
        number -= 1
    return number if number < last and _RULE.match(lines[number].strip()) else 0


def _introduces(lines: Sequence[str], number: int) -> int:
    """Return over how many lines from here "On …, … wrote:" stands, or nothing."""
    parts: list[str] = []
    for line in lines[number : number + INTRODUCTION_MOST]:
        part = line.strip()[: LINE_MOST + 1]
        if parts and (not part or part.startswith(">")):
            return 0
        parts.append(part)
        joined = " ".join(parts)
        if len(joined) > LINE_MOST:
            return 0
        if _is_introduction(joined):
            return len(parts) if _begins_one(parts) else 0
    return 0


def _is_introduction(line: str) -> bool:
    wrote = _WROTE.search(line[-ENDING:])
    if not wrote and not line.endswith((":", "：")):
        return False
    dated, somebody = _WHEN.search(line), "@" in line and _NAMES_SOMEBODY.search(line)
    if wrote:
        return bool(dated or somebody)
    return bool(dated and somebody and _ENDS_LIKE_ONE.search(line[-ENDING:]))


def _begins_one(parts: Sequence[str]) -> bool:
    """Tell whether an introduction over several lines begins with the first, not with a later."""
    if len(parts) == 1:
        return True
    if not (_WHEN.search(parts[0]) or _NAMES_SOMEBODY.search(parts[0])):
        return False
    rests = (" ".join(parts[begin:]) for begin in range(1, len(parts)))
    return not any(
        _is_introduction(rest) and _WHEN.search(rest) and _NAMES_SOMEBODY.search(rest)
        for rest in rests
    )


def _headers_from(lines: Sequence[str], number: int) -> bool:
    """Tell whether a block of headers begins here: From, Sent, To, Subject in some language."""
    if _label(lines[number]) not in _WHO:
        return False
    follow = {_label(line) for line in lines[number : number + 8]}
    return len(follow - {""}) >= LABELS_LEAST


def _label(line: str) -> str:
    found = _LABEL.match(line[:LINE_MOST])
    return found["label"].lower() if found else ""


def _below_quotation(rest: Sequence[str]) -> list[str]:
    """Return what stands below a quotation, if that is marked line by line and words follow.

    Where answers stand between the lines they answer, these stay with them.
    """
    rest = _behind_introduction(rest)
    if not rest or not _is_quoted(rest[0]) or not any(map(_is_own, rest)):
        return []
    return _around_quotes(rest)


def _behind_introduction(lines: Sequence[str]) -> list[str]:
    """Leave out what else introduces a quotation whose beginning was found in the markup."""
    begin = 0
    while begin < len(lines):
        shown = lines[begin].strip()
        length = 1 if not shown or shown.startswith(CUT) else _introduces(lines, begin)
        if not length:
            break
        begin += length
    return list(lines[begin:])


def _around_quotes(lines: Sequence[str]) -> list[str]:
    """Leave out a quotation at the beginning or the end; keep those answered in between.

    Blank lines belong to what stands before them.
    """
    start = _next(_is_own, lines, range(len(lines)))
    if start is None:
        return []
    last = _next(_is_own, lines, range(len(lines) - 1, start - 1, -1)) or start
    stop = _next(str.strip, lines, range(last + 1, len(lines))) or len(lines)
    top = _next(_is_quoted, lines, range(start))
    if top is not None and _next(_is_quoted, lines, range(start, last)) is not None:
        start = top
    return list(lines[start:stop])


def _next(
    fits: Callable[[str], object], lines: Sequence[str], numbers: Iterable[int]
) -> int | None:
    return next((number for number in numbers if fits(lines[number])), None)


def _is_quoted(line: str) -> bool:
    return line.lstrip()[:1] in _MARKS


def _is_own(line: str) -> bool:
    bare = line.lstrip()
    return bool(bare) and bare[0] not in _MARKS


def _tidy(lines: Sequence[str]) -> str:
    """Put lines together: none ends with blanks, at most one is empty in a row."""
    kept: list[str] = []
    for line in lines:
        plain = line.rstrip(BLANK)
        if plain or (kept and kept[-1]):
            kept.append(plain)
    return "\n".join(kept).strip()
