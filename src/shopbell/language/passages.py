"""Passages that must come through a translation as they are: numbers, codes, names, links.

They travel as marks in braces, ``{0}``. What comes back counts only if every mark is there once and
nothing else was put in that only a mark may stand for.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from datetime import date

from msgspec import Struct

from shopbell.language.facts import find_facts
from shopbell.language.guard import COVER
from shopbell.language.model import FactKind

_WHOLE = {FactKind.ORDER, FactKind.TRACKING, FactKind.SKU, FactKind.LINK, FactKind.SIZE}
_ANY_DAY = date(2026, 1, 1)
_LINK = r"(?:https?://|www\.)[^\s<>\"，。；）)】\u4e00-\u9fff]{1,2000}+"
_MAILBOX = r"(?<![\w.+-])[\w.+-]{1,64}+@[\w.-]{1,190}+|(?<![^\W_])@[A-Za-z0-9_]{2,40}+"
_BEFORE = r"(?:[A-ZА-ЯЁ]{1,6}-|(?:EU|US|UK|RU|FR|IT|JP|CN)[ \u00a0])?[A-Za-z_№#+-]{0,40}+"
_GROUPS = r"(?:[.,:/×*'°%][A-Za-z0-9_-]{1,40}+|[ \u00a0](?=\d{3}(?!\d))\d{3}){0,8}+[%°]?"
_CODE = r"(?<![A-Za-z0-9_А-Яа-яё№#+-])" + _BEFORE + r"\d[A-Za-z0-9_№#+-]{0,60}+" + _GROUPS
_DIGITS = r"\d{1,40}+(?:[.,:/ \u00a0]\d{1,40}+){0,8}+[%°]?"
_CAPITALS = r"(?<![^\W_])[A-Z]{2,10}+(?:-[A-Z]{1,10}+){1,5}+(?![^\W_-])"
_CODES = re.compile(f"{_LINK}|{_MAILBOX}|{_CODE}|{_DIGITS}|{_CAPITALS}|{re.escape(COVER)}")
_MARK = re.compile(r"[{｛]\s{0,2}(\d{1,4})\s{0,2}[}｝]")
_ADDED = re.compile(r"\d|https?:|www\.|@|://", re.IGNORECASE)
_LONGER = 6
"""So many times as long as its original a translation may be, and some words more."""

_WORDS_MORE = 200
_READ = 6_000
"""So many signs of a text are read to see whether it says something."""

_KEPT_FORMAT = {"\u200d"}
_NAMES_FROM = 2


class Wrapped(Struct, frozen=True):
    """A text with marks, and the passages they stand for, in their order."""

    text: str
    passages: tuple[str, ...]


def wrap(text: str, names: Collection[str] = ()) -> Wrapped:
    """Put marks in the place of what no translation may touch; ``names`` are protected, too."""
    parts, passages, at = list[str](), list[str](), 0
    for start, end in _spans(text, names):
        parts += [text[at:start], f"{{{len(passages)}}}"]
        passages.append(text[start:end])
        at = end
    return Wrapped("".join([*parts, text[at:]]), tuple(passages))


def unwrap(translated: str, wrapped: Wrapped) -> str | None:
    """Put the passages back; None if any is missing or doubled, or if something was added."""
    if len(translated) > _LONGER * len(wrapped.text) + _WORDS_MORE:
        return None
    words = _plain(translated)
    found = [int(mark) for mark in _MARK.findall(words)]
    if sorted(found) != list(range(len(wrapped.passages))):
        return None
    between = _MARK.sub(" ", words)
    if _ADDED.search(between):
        return None
    if says_something(_MARK.sub(" ", wrapped.text)) and not says_something(between):
        return None
    return _MARK.sub(lambda mark: wrapped.passages[int(mark[1])], words)


def says_something(text: str) -> bool:
    """Tell whether there are words left to translate beside numbers, codes and signs."""
    left = _CODES.sub(" ", text[:_READ])
    return sum(map(str.isalpha, left)) > 1 or any("\u3400" <= sign <= "\u9fff" for sign in left)


def _spans(text: str, names: Collection[str]) -> Iterator[tuple[int, int]]:
    """Yield what is protected, in order, none within another."""
    found = [span.span() for span in _CODES.finditer(text)]
    found += [(one.start, one.end) for one in find_facts(text, _ANY_DAY) if one.kind in _WHOLE]
    for name in names:
        if len(name.strip()) >= _NAMES_FROM:
            found += [one.span() for one in re.finditer(_named(name.strip()), text)]
    end = 0
    for start, stop in _joined(sorted(found)):
        if start >= end and stop > start:
            yield start, stop
            end = stop


def _joined(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield spans, those that overlap as one."""
    start, end = -1, -1
    for begin, stop in spans:
        if begin < end:
            end = max(end, stop)
            continue
        if end > start:
            yield start, end
        start, end = begin, stop
    if end > start:
        yield start, end


def _named(name: str) -> str:
    """Return what finds a name; one of letters only where no letter stands beside it."""
    found = re.escape(name)
    return rf"(?<!\w){found}(?!\w)" if name.isascii() else found


def _plain(translated: str) -> str:
    """Return what can be shown: nothing unseen, nothing that turns the direction of writing."""
    tidied = translated.replace("\r\n", "\n").replace("\r", "\n").strip()
    return "".join(sign for sign in tidied if sign in "\n\t" or _is_seen(sign))


def _is_seen(sign: str) -> bool:
    return sign in _KEPT_FORMAT or unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
