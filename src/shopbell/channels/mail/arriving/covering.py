"""What of a whole letter the other side may not read: the same as in any message. Pure."""

import html
import re
from collections.abc import Collection

import msgspec

from shopbell.channels.mail.arriving.markup import plain
from shopbell.channels.mail.arriving.reading import Reading
from shopbell.language.folding import HEARD
from shopbell.language.guard import cover, find_hidden

_AT_ONCE = HEARD // 2
_TAG = re.compile(r"<[^<>]*>")
_LINK = re.compile(r'href="([^"]*)"')


def covered(reading: Reading, own: Collection[str]) -> Reading:
    """Return a letter as the other side may read it.

    Its markup is left out if it shows or links to anything that is hidden: the words stay.
    """
    sender, markup = reading.sender, plain(reading.html)
    named = msgspec.structs.replace(sender, name=cover_all(sender.name, own))
    return msgspec.structs.replace(
        reading,
        senders=[named, *reading.senders[1:]],
        subject=cover_all(reading.subject, own),
        words=cover_all(reading.words, own),
        whole=cover_all(reading.whole, own),
        html="" if _shows(markup, own) else markup,
        files=[
            msgspec.structs.replace(one, name=cover_name(one.name, own)) for one in reading.files
        ],
    )


def cover_all(text: str, own: Collection[str]) -> str:
    """Return a text of any length covered, piece by piece; no piece ends within a line."""
    return "".join(cover(piece, find_hidden(piece, own)) for piece in _pieces(text))


def cover_name(name: str, own: Collection[str]) -> str:
    """Return a file's name covered, with the ending that tells its kind."""
    stem, dot, kind = name.rpartition(".")
    kept = cover_all(stem or kind, own) + (dot + kind if stem else "")
    return cover_all(name, own) if kept == name and _leads(name, own) else kept


def _leads(name: str, own: Collection[str]) -> bool:
    """Tell whether the whole of a name is an address: what looks like its kind is a part of it."""
    return any(span.end == len(name) for span in find_hidden(name, own))


def _shows(markup: str, own: Collection[str]) -> bool:
    said = (html.unescape(_TAG.sub(gap, markup)) for gap in ("", " "))
    links = "\n".join(map(html.unescape, _LINK.findall(markup)))
    return any(find_hidden(piece, own) for text in (*said, links) for piece in _pieces(text))


def _pieces(text: str) -> list[str]:
    """Cut a text at line ends into pieces that are heard whole; a longer line is cut in itself."""
    pieces = [""]
    for line in text.splitlines(keepends=True):
        for begin in range(0, len(line), _AT_ONCE):
            part = line[begin : begin + _AT_ONCE]
            if len(pieces[-1]) + len(part) > _AT_ONCE:
                pieces.append("")
            pieces[-1] += part
    return pieces
