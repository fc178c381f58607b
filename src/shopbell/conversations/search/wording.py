"""The words of an entry, by its type: what it can be found by."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from shopbell.conversations.model import CASE, Card

_decode = msgspec.json.Decoder().decode


def words_of(kind: str, data: str) -> str:
    """Return what an entry says; nothing, if it says nothing that anybody wrote."""
    read = _READ.get(kind)
    return read(_decode(data)) if read else ""


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
    """Give the texts that people wrote into a form; codes are no texts."""
    match given:
        case str() if " " in given or not given.isascii():
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
