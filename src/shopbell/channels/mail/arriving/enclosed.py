"""What Outlook wraps up in its own way, as winmail.dat, and nobody else can open. Pure."""

import struct
from collections.abc import Sequence

from tnefparse import TNEF

from shopbell.channels.mail.arriving import decoding
from shopbell.channels.mail.arriving.structure import Part

TNEF_BYTES_MOST = 10 * 1024 * 1024
_TROUBLE = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    UnboundLocalError,
    struct.error,
    RecursionError,
    OverflowError,
)


def is_wrapped(part: Part) -> bool:
    """Tell whether a part is such a file."""
    return part.media_type.endswith("/ms-tnef") or part.name.lower() == "winmail.dat"


def files_of(part: Part) -> list[tuple[str, bytes]] | None:
    """Return the files in one, by name; nothing if it is no such file or cannot be opened."""
    opened = _opened(part)
    if opened is None:
        return None
    return [(_name(one), bytes(one.data)) for one in opened.attachments if one.data]


def html_of(parts: Sequence[Part]) -> str:
    """Return the markup of a letter whose words are in such a file, or nothing."""
    for opened in filter(None, map(_opened, parts)):
        if opened.htmlbody:
            return _words(opened.htmlbody)
    return ""


def words_of(parts: Sequence[Part]) -> str:
    """Return the plain words of a letter that are in such a file, or nothing."""
    bodies = (opened.body for opened in filter(None, map(_opened, parts)) if opened.body)
    return next((_words(body).strip("\0") for body in bodies), "")


def _opened(part: Part) -> TNEF | None:
    if not is_wrapped(part) or len(part.body) > TNEF_BYTES_MOST:
        return None
    try:
        return TNEF(part.body, do_checksum=False)
    except _TROUBLE:
        return None


def _name(attachment: object) -> str:
    try:
        return decoding.header(_words(getattr(attachment, "long_filename", lambda: "")()))
    except _TROUBLE:
        return ""


def _words(found: object) -> str:
    return decoding.words(found) if isinstance(found, bytes) else str(found or "")
