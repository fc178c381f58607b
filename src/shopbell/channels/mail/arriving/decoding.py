"""The bytes of letters as words, by the charset they name and by the one they have. Pure."""

import binascii
import quopri
import re
from collections.abc import Iterator
from itertools import groupby

_ALIASES = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "x-gbk": "gb18030",
    "hz-gb-2312": "hz",
    "big5": "big5hkscs",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "win-1251": "cp1251",
    "windows1251": "cp1251",
    "x-cp1251": "cp1251",
    "utf8": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
}
_NEVER = {
    "utf-7",
    "utf7",
    "unicode-1-1-utf-7",
    "x-unicode-2-0-utf-7",
    "unicode",
    "idna",
    "punycode",
}
"""Charsets in which signs hide behind others, so that no filter sees them; no client needs them."""

_WESTERN = {"cp1252", "iso-8859-15", "iso-8859-9", "cp1250", "cp1254"}
_MANY_BYTES = ("gb", "big5", "cp9", "euc", "iso-2022", "iso2022", "hz", "utf-16", "utf-32", "cp932")
_THREE_BYTES = re.compile(rb"[\xe3-\xef][\x80-\xbf]{2}")
"""How Chinese looks in UTF-8; what is whole in it and holds these is in hardly any other."""

_ENCODED = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?\r\n]*)\?=")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x80-\x9f\u2028\u2029]+")
_LETTERS, _HIGH = re.compile(rb"[A-Za-z\x80-\xff]"), re.compile(rb"[\xa8-\xff]+")
_COMMON = frozenset("оеаинтсрвл")
"""The letters that Russian words are mostly made of."""

_MOSTLY = 0.6
HEADER_MOST = 64 * 1024


def words(data: bytes, named: str = "") -> str:
    """Return ``data`` as text: never fails, and prefers what is whole in some charset."""
    charset = _charset(named)
    if charset and charset.startswith(_MANY_BYTES):
        candidates = ["utf-8", charset] if _THREE_BYTES.search(data) else [charset, "utf-8"]
    else:
        candidates = ["utf-8", *_single(data, charset)]
    for candidate in candidates:
        try:
            return _tidy(data.decode(candidate))
        except (UnicodeError, LookupError, ValueError):
            continue
    return _tidy(_nearest(data, charset))


def header(value: str) -> str:
    """Return the words of a header on one line: encoded words decoded, no control characters.

    Neighbouring encoded words are joined as bytes, for some programs cut letters in two.
    """
    unfolded = re.sub(r"\r?\n(?=[ \t])", "", value[:HEADER_MOST])
    found = "".join(_decoded(unfolded))
    return " ".join(_CONTROL.sub(" ", found).split())


def wire(value: str) -> str:
    """Return a header as it stood on the wire, in letters; encoded words stay encoded."""
    return words(raw(value))


def raw(value: str) -> bytes:
    """Return the bytes of a header as they came over the wire."""
    return value.encode("utf-8", "surrogateescape")


def _decoded(value: str) -> Iterator[str]:
    for encoded, run in groupby(_pieces(value), key=lambda piece: piece[0]):
        if encoded:
            charset = encoded
            yield words(b"".join(data for _charset, data in run), charset)
        else:
            yield from (words(data) for _charset, data in run)


def _pieces(value: str) -> Iterator[tuple[str, bytes]]:
    """Cut a header into encoded words (charset, bytes) and what stands between (no charset)."""
    place = 0
    for found in _ENCODED.finditer(value):
        between = value[place : found.start()]
        if between.strip() or (between and not place):
            yield "", raw(between)
        yield found[1].lower(), _encoded(found[2], found[3])
        place = found.end()
    yield "", raw(value[place:])


def _encoded(way: str, text: str) -> bytes:
    if way in "qQ":
        return quopri.decodestring(raw(text.replace("_", " ")), header=False)
    return base64_bytes(raw(text))


def base64_bytes(data: bytes) -> bytes:
    """Return what stands in base64, however it is broken into lines, and as far as it goes."""
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    kept = kept[: len(kept) - (len(kept) % 4 == 1)]
    try:
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))
    except binascii.Error:
        return b""


def _charset(named: str) -> str:
    name = named.strip().strip("\"'").lower()
    return "" if name in _NEVER else _ALIASES.get(name, name)


def _single(data: bytes, charset: str) -> list[str]:
    """Return the charsets of single bytes to try: the one named, unless the bytes deny it."""
    if not charset or charset in _WESTERN or charset == "utf-8":
        russian = _cyrillic(data)
        return [russian or charset] if russian or charset else []
    return [charset]


def _cyrillic(data: bytes) -> str:
    """Return which Cyrillic charset the bytes are in, if they look like words of one."""
    letters = _LETTERS.findall(data)
    high = sum(len(run) for run in _HIGH.findall(data))
    if not letters or high < _MOSTLY * len(letters):
        return ""
    guesses = ("cp1251", "koi8-r", "iso-8859-5")
    return max(guesses, key=lambda name: _likely(data.decode(name, "replace")))


def _likely(text: str) -> int:
    return sum((letter in _COMMON) - (letter == "\ufffd") for letter in text)


def _nearest(data: bytes, charset: str) -> str:
    for candidate in (charset, "gb18030" if not charset else "", "utf-8", "cp1252"):
        try:
            found = data.decode(candidate, "replace") if candidate else "\ufffd"
        except (LookupError, UnicodeError, ValueError):
            continue
        if found.count("\ufffd") * 10 <= len(found):
            return found
    return data.decode("cp1252", "replace")


def _tidy(text: str) -> str:
    """Leave out what no text holds: NUL, byte order marks, halves of letters."""
    plain = text.replace("\0", "").replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n")
    return plain.encode("utf-8", "replace").decode()
