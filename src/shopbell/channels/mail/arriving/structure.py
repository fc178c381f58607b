"""A letter as a tree of parts, within limits, however broken or hostile it is. Pure.

The standard library's oldest policy finds the structure, for it raises least and no header costs
it much; headers are decoded here. What it cannot take apart is read as one plain text.
"""

import quopri
import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from msgspec import Struct

from shopbell.channels.mail.arriving import decoding, parameters

_LETTER = "message/rfc822"
DEPTH_MOST = 20
PARTS_MOST = 500
HEADERS_MOST = 500
HEADERS_BYTES = 64 * 1024
MESSAGE_ID_MOST = 255
AS_TEXT = "read_as_text"
"""The defect of a letter that was too much to be taken apart."""

TORN, CUT = "headers_torn", "headers_cut"
"""Defects of headers that another program might read in another way."""

TEXT_BYTES = 2 * 1024 * 1024
"""So much of one text is read; nobody writes more into a letter."""

_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n|\0")
"""Where some programs end a line and others do not."""

_TROUBLE = (
    RecursionError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
)


class Part(Struct, frozen=True):
    """One leaf of a letter: what it is called, what it says it is, and its bytes."""

    media_type: str
    body: bytes
    charset: str = ""
    name: str = ""
    attached: bool = False
    content_id: str = ""
    inside: str = ""
    depth: int = 0

    @property
    def words(self) -> str:
        """Return its text."""
        return decoding.words(self.body[:TEXT_BYTES], self.charset)


class Structure(Struct, frozen=True):
    """A letter's own headers, in order and undecoded, its leaves, and what was wrong with it.

    ``kinds`` are the types of all parts that hold others, ``enclosed_id`` the Message-ID of a
    letter inside this one.
    """

    headers: list[tuple[str, str]]
    parts: list[Part]
    kinds: list[str]
    defects: list[str]
    enclosed_id: str = ""

    def every(self, name: str) -> list[str]:
        """Return all headers of one name, undecoded."""
        return [value for known, value in self.headers if known == name]

    def first(self, name: str) -> str:
        """Return the first header of a name, undecoded, or nothing."""
        return next(iter(self.every(name)), "")

    @property
    def ambiguous(self) -> bool:
        """Tell whether another program might read other headers, or another one of two."""
        twice = any(len(self.every(name)) > 1 for name in ("to", "cc"))
        return twice or TORN in self.defects or CUT in self.defects

    def said(self, name: str) -> str:
        """Return the first header of a name in words."""
        return decoding.header(self.first(name))


def read(raw: bytes, *, whole: bool = True) -> Structure:
    """Take a letter apart; without ``whole``, only its headers, and the rest as one text."""
    defects = [TORN] if _BARE.search(raw.partition(b"\r\n\r\n")[0]) else []
    checked = _within_limits(raw, defects)
    if not whole:
        return _as_text(checked, [*defects, AS_TEXT])
    try:
        tree = BytesParser(policy=compat32).parsebytes(checked)
        parts = list(_leaves(tree, defects))
        return Structure(_headers(tree), parts, _kinds(tree), defects, _enclosed_id(tree))
    except _TROUBLE as trouble:
        return _as_text(checked, [*defects, f"structure: {type(trouble).__name__}"])


def _within_limits(raw: bytes, defects: list[str]) -> bytes:
    """Cut the letter's own headers to what is looked at, so that a bomb of them costs nothing."""
    end = _END_OF_HEADERS.search(raw)
    head, rest = (raw[: end.start()], raw[end.start() :]) if end else (raw, b"")
    lines = head.split(b"\n", HEADERS_MOST * 4)
    if len(head) <= HEADERS_BYTES and len(lines) <= HEADERS_MOST:
        return raw
    if len(head) > HEADERS_BYTES and not end and b":" not in head[:200]:
        return raw
    kept = _first_headers(head)
    if len(kept) < len(head):
        defects.append(CUT)
    return kept + (rest or b"\r\n\r\n")


def _first_headers(head: bytes) -> bytes:
    begun = 0
    size = 0
    for line in head[: HEADERS_BYTES + 1].splitlines(keepends=True):
        begun += not line.startswith((b" ", b"\t"))
        if begun > HEADERS_MOST or size + len(line) > HEADERS_BYTES:
            break
        size += len(line)
    return head[:size].rstrip(b"\r\n")


def _headers(tree: "Message[str, str]") -> list[tuple[str, str]]:
    pairs = list(tree.raw_items())[:HEADERS_MOST]
    return [(name.strip().lower(), str(value)[:HEADERS_BYTES]) for name, value in pairs]


def _kinds(tree: "Message[str, str]") -> list[str]:
    found: list[str] = []
    for message, _inside, _depth in _every(tree):
        if message.is_multipart() or _type(message)[0].startswith("message/"):
            found.append(_type(message)[0])
    return found


def _enclosed_id(tree: "Message[str, str]") -> str:
    for message, inside, _depth in _every(tree):
        if inside.endswith("message/rfc822"):
            return _raw_header(message, "message-id").strip()[:MESSAGE_ID_MOST]
    return ""


def _every(tree: "Message[str, str]") -> Iterator[tuple["Message[str, str]", str, int]]:
    """Walk through all parts in order, without recursion; one letter inside is opened, not two."""
    waiting = [(tree, "", 0)]
    for _count in range(PARTS_MOST):
        if not waiting:
            return
        message, inside, depth = waiting.pop()
        yield message, inside, depth
        kind = _type(message)[0]
        if not _is_leaf(message, inside, depth):
            within = f"{inside} {kind}".strip()
            children = list(message.get_payload())[:PARTS_MOST]
            waiting += [
                (child, within, depth + 1)
                for child in reversed(children)
                if isinstance(child, Message)
            ]


def _is_leaf(message: "Message[str, str]", inside: str, depth: int) -> bool:
    """Tell whether a part is taken as one: it holds no others, or they are not looked at."""
    if not message.is_multipart() or depth >= DEPTH_MOST:
        return True
    kind = _type(message)[0]
    return kind == "message/delivery-status" or (kind == _LETTER and _LETTER in inside)


def _leaves(tree: "Message[str, str]", defects: list[str]) -> Iterator[Part]:
    count = 0
    for message, inside, depth in _every(tree):
        count += 1
        if _is_leaf(message, inside, depth):
            yield _leaf(message, inside, depth)
    if count >= PARTS_MOST:
        defects.append("too_many_parts")


def _type(message: "Message[str, str]") -> tuple[str, dict[str, str]]:
    kind, given = parameters.read(_raw_header(message, "content-type"))
    return (kind if kind.count("/") == 1 else message.get_default_type()), given


def _raw_header(message: "Message[str, str]", name: str) -> str:
    return next((str(value) for key, value in message.raw_items() if key.lower() == name), "")


def _leaf(message: "Message[str, str]", inside: str, depth: int) -> Part:
    kind, given = _type(message)
    how, placed = parameters.read(_raw_header(message, "content-disposition"))
    return Part(
        media_type=kind,
        body=_body(message),
        charset=given.get("charset", ""),
        name=placed.get("filename") or given.get("name", ""),
        attached=how == "attachment",
        content_id=_raw_header(message, "content-id").strip().strip("<>")[:200],
        inside=inside,
        depth=depth,
    )


def _body(message: "Message[str, str]") -> bytes:
    if message.is_multipart():
        return b"".join(_wire(child) for child in message.get_payload() if child is not message)
    payload = message.get_payload()
    if not isinstance(payload, str):
        return b""
    data = decoding.raw(payload)
    way = _raw_header(message, "content-transfer-encoding").strip().strip(";").lower()
    if way == "base64":
        return decoding.base64_bytes(data)
    if way == "quoted-printable" or way.startswith("quoted-printable"):
        return quoted(data)
    if way in {"x-uuencode", "uuencode", "uue", "x-uue"}:
        found = message.get_payload(decode=True)
        return found if isinstance(found, bytes) else data
    return data


def quoted(data: bytes) -> bytes:
    """Decode quoted-printable."""
    return quopri.decodestring(data)


def _wire(message: object) -> bytes:
    """Return a letter inside as a file."""
    return bytes(message) if isinstance(message, Message) else b""


def _as_text(raw: bytes, defects: list[str]) -> Structure:
    """Take a letter that cannot be taken apart for headers and one text."""
    end = _END_OF_HEADERS.search(raw)
    head, body = (raw[: end.end()], raw[end.end() :]) if end else (raw, b"")
    tree = BytesParser(policy=compat32).parsebytes(head[: 2 * HEADERS_BYTES], headersonly=True)
    return Structure(_headers(tree), [Part("text/plain", body[:TEXT_BYTES])], [], defects)
