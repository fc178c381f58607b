"""The words of an entry, by its type: what it can be found by."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from shopbell.conversations.model import CASE, Card
from shopbell.kernel.ids import is_id

_CODE = re.compile("[a-z]+(_[a-z0-9]+)*")
_decode = msgspec.json.Decoder().decode


def words_of(kind: str, data: str, first: str | None = None) -> str:
    """Return what an entry says; nothing, if it says nothing that anybody wrote.

    A correction changes the words alone: the files are those of the ``first``.
    """
    read = _READ.get(kind)
    if read is None:
        return ""
    given = _decode(data)
    if first is not None:
        given = {**given, "attachments": _decode(first).get("attachments", ())}
    return read(given)


def taken_back(data: str) -> int:
    """Return which entry a withdrawal took back."""
    return int(_decode(data)["target"])


def _said(data: Any) -> str:  # noqa: ANN401 - the data of an entry
    names = [file["name"] for file in data.get("attachments", ())]
    return "\n".join([data["text"], *names])


def _subject(data: Any) -> str:  # noqa: ANN401
    card = msgspec.convert(data, Card)
    numbers = [number for number in (card.number, card.tracking) if number]
    return " · ".join([*numbers, *dict.fromkeys(card.title.values())])


def _case(data: Any) -> str:  # noqa: ANN401
    files = [file["name"] for file in data.get("files", ())]
    return " · ".join([*_sentences(data.get("given")), *files])


def _sentences(given: object) -> Iterator[str]:
    """Give the texts and numbers that people wrote into a form; codes and ids are no texts."""
    match given:
        case str() if not (_CODE.fullmatch(given) or is_id(given)):
            yield given
        case dict():
            for value in given.values():
                yield from _sentences(value)
        case list():
            for value in given:
                yield from _sentences(value)
        case _:
            pass


_READ: dict[str, Callable[[Any], str]] = {
    "message": _said,
    "note": _said,
    "edit": _said,
    "subject": _subject,
    CASE: _case,
}
INDEXED = tuple(_READ)
