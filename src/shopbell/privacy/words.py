"""What is left of words when their writer goes: the numbers, the codes and the moments. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import msgspec

from shopbell.cases.fields import FieldKind
from shopbell.cases.kinds import KINDS
from shopbell.kernel.ids import is_id
from shopbell.language.guard import find_hidden
from shopbell.privacy.naming import SHORTEST, Names, bounded

STAND_IN = "•••"
"""Stands where the name, an address or a number of somebody stood who went."""

CODES = frozenset(
    {
        FieldKind.CHOICE,
        FieldKind.SOME,
        FieldKind.DAYS,
        FieldKind.DAY,
        FieldKind.MONEY,
        FieldKind.CHECKS,
        FieldKind.ITEM,
        FieldKind.LINES,
        FieldKind.SHIPMENT,
        FieldKind.MOMENT,
        FieldKind.YES,
    }
)
"""Fields that are answered by choosing or counting, and hold no words."""

_SAID = ("text", "attachments", "files", "tone", "hidden", "facts")

Given = dict[str, Any]


def emptied(data: str) -> str:
    """Return the data of an entry without what its writer said, typed into a form or enclosed."""
    given: Given = msgspec.json.decode(data)
    kept = {name: value for name, value in given.items() if name not in _SAID}
    if "text" in given:
        kept["text"] = ""
    for files in given.keys() & {"attachments", "files"}:
        kept[files] = []
    if isinstance(answers := given.get("given"), dict):
        kept["given"] = without_words(given.get("kind", ""), answers)
    return msgspec.json.encode(kept).decode()


def without_words(kind: str, answers: Mapping[str, Any]) -> Given:
    """Return those answers to the forms of a kind of case that hold no words."""
    words = set(worded(kind, answers))
    return {name: answer for name, answer in answers.items() if name not in words}


def worded(kind: str, answers: Mapping[str, Any]) -> Iterator[str]:
    """Name the answers in which somebody may have written something."""
    for name, answer in answers.items():
        if name not in _codes(kind) and _has_text(answer):
            yield name


@cache
def _codes(kind: str) -> frozenset[str]:
    known = KINDS.get(kind)
    return (
        frozenset(one.name for one in known.fields if one.kind in CODES) if known else frozenset()
    )


def _has_text(answer: object) -> bool:
    match answer:
        case str():
            return bool(answer) and not is_id(answer)
        case dict():
            return any(map(_has_text, answer.values()))
        case list():
            return any(map(_has_text, answer))
        case _:
            return False


class Marks:
    """By what somebody can be told in words of others: names, addresses, and numbers they gave.

    Addresses and numbers are covered wherever they stand; a name where it is used as one, and
    not where its parts are words of everyday (`Names`).
    """

    def __init__(self, names: Iterable[str], exact: Iterable[str]) -> None:
        told = sorted({one for one in exact if len(one) >= SHORTEST}, key=len, reverse=True)
        self._exact = re.compile("|".join(map(bounded, told))) if told else None
        self._names = Names(names)

    def scrub(self, text: str) -> str:
        """Return ``text`` with each of them covered."""
        left = self._exact.sub(STAND_IN, text) if self._exact else text
        return self._names.scrub(left, STAND_IN)

    def scrub_json(self, kept: str) -> str:
        """Return JSON with each of them covered where words stand: names of fields are nobody's."""
        given = msgspec.json.decode(kept)
        covered = _words_changed(given, self.scrub)
        return kept if covered == given else msgspec.json.encode(covered).decode()

    def are_in(self, text: str) -> bool:
        """Tell whether one of them stands in ``text``."""
        return self.scrub(text) != text

    def are_told(self, answer: object) -> bool:
        """Tell whether one of them stands in the words of an answer, whatever its fields are."""
        return bool(_words_changed(answer, self.scrub) != answer)


def contacts_in(data: str) -> set[str]:
    """Return the addresses and numbers that somebody wrote into an entry."""
    text = msgspec.json.decode(data).get("text") or ""
    return {text[span.start : span.end] for span in find_hidden(text)}


def _words_changed(given: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401 - any JSON
    """Return what was read from JSON with its words changed, its ids and fields as they are."""
    match given:
        case str():
            return given if is_id(given) else change(given)
        case dict():
            return {name: _words_changed(one, change) for name, one in given.items()}
        case list():
            return [_words_changed(one, change) for one in given]
        case _:
            return given
