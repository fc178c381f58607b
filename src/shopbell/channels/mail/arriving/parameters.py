"""The parameters of Content-Type and Content-Disposition, in linear time (RFC 2045, 2231). Pure."""

import re
from urllib.parse import unquote_to_bytes

from shopbell.channels.mail.arriving import decoding

SIGNS_MOST = 8 * 1024
MOST = 100
_PARAMETER = re.compile(r";\s*([^\s=;\"]{1,80})\s*=\s*(\"(?:[^\"\\]|\\.)*\"|[^;]*)")
_PART = re.compile(r"(?P<name>[^*]+)(?:\*(?P<number>\d{1,3}))?(?P<coded>\*)?")


def read(value: str) -> tuple[str, dict[str, str]]:
    """Return the first word of a header in lower case, and its parameters."""
    cut = " ".join(decoding.wire(value[:SIGNS_MOST]).split())
    found = dict[str, dict[int, tuple[str, bool]]]()
    for given in list(_PARAMETER.finditer(cut))[:MOST]:
        if part := _PART.fullmatch(given[1].lower()):
            pieces = found.setdefault(part["name"], {})
            pieces.setdefault(int(part["number"] or 0), (_unquoted(given[2]), bool(part["coded"])))
    return cut.partition(";")[0].strip().lower(), {
        name: _joined(pieces) for name, pieces in found.items()
    }


def _unquoted(given: str) -> str:
    bare = given.strip()
    if bare.startswith('"') and bare.endswith('"') and len(bare) > 1:
        return re.sub(r"\\(.)", r"\1", bare[1:-1])
    return bare


def _joined(pieces: dict[int, tuple[str, bool]]) -> str:
    """Put a value together whose parts are numbered; only coded ones name a charset."""
    first, coded = pieces.get(0, ("", False))
    if not any(coded for _part, coded in pieces.values()):
        return decoding.header("".join(pieces[number][0] for number in sorted(pieces)))
    charset = ""
    if coded and first.count("'") >= 2:  # noqa: PLR2004 - charset'language'value
        charset, _language, first = first.split("'", 2)
        pieces = {**pieces, 0: (first, True)}
    data = b"".join(_bytes(*pieces[number]) for number in sorted(pieces))
    return decoding.header(decoding.words(data, charset))


def _bytes(part: str, coded: bool) -> bytes:
    return unquote_to_bytes(part) if coded else decoding.raw(part)
