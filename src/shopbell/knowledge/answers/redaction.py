"""What is left of words from a thread when everybody may read them. Pure."""

import re
from collections.abc import Collection
from datetime import date

from shopbell.language.facts import find_facts
from shopbell.language.guard import COVER, find_hidden
from shopbell.language.homes import find_homes, has_flat
from shopbell.language.model import FactKind

OWN = frozenset({FactKind.ORDER, FactKind.TRACKING})
"""What a message names that is one buyer's own."""

_EDGES = " \t\n,，、;；:：!！"
_SHORTEST_NAME = 2
_HAN = re.compile(r"[\u3400-\u9fff]+")
_RUSSIAN = re.compile(r"([А-ЯЁ][а-яё]+?)[аяйьо]?")
_ENDINGS = "(?:а|я|у|ю|ы|и|е|о|й|ь|ой|ей|ём|ем|ом|ою|ею)?"
_NUMBERS, _WORDS, _STEM = re.compile(r"\d+"), re.compile(r"[^\W\d_]{4,}"), 5
_BOTH_NAMES = 3
"""A Chinese name of so many signs is a family's first and then the person's own."""


def redacted(
    words: str,
    names: Collection[str],
    today: date,
    own: Collection[str] = (),
    *,
    homes: bool = False,
    heard: Collection[str] | None = None,
) -> str:
    """Return words without contacts, numbers of orders and parcels, and without these names.

    With ``homes``, postal addresses are covered, too: where a buyer lives is nobody's business.
    Without, those still are that were ``heard`` in the buyer's lines, or name a flat.
    """
    spans = [(span.start, span.end) for span in find_hidden(words, own)]
    spans += [(fact.start, fact.end) for fact in find_facts(words, today) if fact.kind in OWN]
    for start, end in find_homes(words):
        if homes or (heard is not None and _is_buyers(words[start:end], heard)):
            spans.append((start, end))
    return _without(_covered(words, _apart(spans)), names)


def _covered(words: str, spans: list[tuple[int, int]]) -> str:
    left, last = list[str](), 0
    for start, end in spans:
        left.append(words[last:start])
        last = end
    return COVER.join([*left, words[last:]])


def _is_buyers(home: str, heard: Collection[str]) -> bool:
    """Tell whether an address is the buyer's: it names a flat, or they named house and street."""
    if has_flat(home):
        return True
    numbers, names = {*_NUMBERS.findall(home)}, _stems(home)
    return any(
        names & _stems(line) and (not numbers or numbers & {*_NUMBERS.findall(line)})
        for line in heard
    )


def _stems(words: str) -> set[str]:
    """Return how words begin, as endings change; of Chinese, each two signs."""
    found = {word[:_STEM].casefold() for word in _WORDS.findall(words)}
    signs = _HAN.findall(words)
    return found | {run[at : at + 2] for run in signs for at in range(len(run) - 1)}


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join spans that overlap."""
    apart: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def _without(words: str, names: Collection[str]) -> str:
    """Leave names out, with the comma that set them apart."""
    for name in _called(names):
        words = re.sub(rf"[,，、]?[^\S\n]*{_shape(name)}", "", words)
    left = words.strip()
    return left if left == words.strip(_EDGES) else _begun(left.lstrip(_EDGES))


def _shape(name: str) -> str:
    """Return what a name looks like where somebody is called by it: in Russian it has endings."""
    if _HAN.search(name):
        return re.escape(name)
    russian = _RUSSIAN.fullmatch(name)
    return rf"\b{russian[1]}{_ENDINGS}\b" if russian else rf"\b{re.escape(name)}\b"


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def _called(names: Collection[str]) -> list[str]:
    """Return names, and their parts, by which somebody is called; the longest first."""
    parts = {part for name in names for part in (name.strip(), *name.split())}
    parts |= {part[-2:] for part in parts if _HAN.fullmatch(part) and len(part) >= _BOTH_NAMES}
    return sorted((part for part in parts if len(part) >= _SHORTEST_NAME), key=len, reverse=True)
