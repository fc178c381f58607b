"""Who a header names: mailboxes read sign by sign, in linear time, whatever was sent. Pure."""

import re
from collections.abc import Iterator

from msgspec import Struct

from shopbell.channels.mail.arriving import decoding

MOST = 50
"""Mailboxes of one header that are looked at; nobody needs more, and bombs have thousands."""

SIGNS_MOST = 16 * 1024
_ADDRESS = re.compile(r"[^\s@<>\"(),:;]{1,200}@[^\s@<>\"(),:;\[\]]{1,250}")
_LOOKALIKES = str.maketrans({"\uff20": "@", "\ufe6b": "@", "\uff0e": ".", "\u3002": "."})


class Mailbox(Struct, frozen=True):
    """A name to show, and an address in lower case; no address if none could be read."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """Return what follows the @."""
        return self.address.rpartition("@")[2]

    @property
    def claims_another(self) -> bool:
        """Tell whether the name shows an address that is not the one it comes from."""
        shown = _ADDRESS.findall(self.name.translate(_LOOKALIKES))
        return any(one.lower().rstrip(".") != self.address for one in shown)


class Named(Struct, frozen=True):
    """What a header names; ``group`` if it used the form of a group, as no client does."""

    mailboxes: list[Mailbox]
    group: bool = False


def read(value: str) -> Named:
    """Read one header of addresses."""
    entries, group = _entries(decoding.wire(value[:SIGNS_MOST]))
    found = [_mailbox(display, angle, bare) for display, angle, bare in entries]
    return Named([one for one in found if one.address or one.name][:MOST], group)


class _Reader:
    """One pass over a header: what stands in quotes, comments, and between < and >."""

    def __init__(self) -> None:
        self.name: list[str] = []
        self.angle: list[str] = []
        self.comment: list[str] = []
        self.group = self.quoted = self.escaped = self.in_angle = False
        self.depth = 0

    def take(self, sign: str) -> bool:
        """Read one sign; return whether it ends a mailbox."""
        if self.escaped:
            self.escaped = False
            self._put(sign)
        elif sign == "\\" and (self.quoted or self.depth):
            self.escaped = True
        elif self.quoted:
            self._in_quotes(sign)
        elif sign in "()" or self.depth:
            self._in_comment(sign)
        else:
            return self._outside(sign)
        return False

    def _in_quotes(self, sign: str) -> None:
        if sign == '"':
            self.quoted = False
        else:
            self._put(sign)

    def _in_comment(self, sign: str) -> None:
        self.depth = max(0, self.depth + {"(": 1, ")": -1}.get(sign, 0))
        if sign not in "()":
            self._put(sign)

    def _outside(self, sign: str) -> bool:
        if sign == '"':
            self.quoted = True
        elif sign in "<>":
            self.in_angle = sign == "<"
        elif sign in ",;" and not self.in_angle:
            return True
        elif sign == ":" and not self.in_angle:
            self.group = True
            self.name.clear()
        else:
            self._put(sign)
        return False

    def _put(self, sign: str) -> None:
        (self.comment if self.depth else self.angle if self.in_angle else self.name).append(sign)

    def entry(self) -> tuple[str, str, str]:
        """Return name, address in angles, and comment read so far; begin anew."""
        parts = "".join(self.name), "".join(self.angle), "".join(self.comment)
        self.name, self.angle, self.comment = [], [], []
        self.in_angle = False
        return parts


def _entries(value: str) -> tuple[list[tuple[str, str, str]], bool]:
    reader = _Reader()
    found = [reader.entry() for sign in value if reader.take(sign)]
    return [*found, reader.entry()][: MOST * 2], reader.group


def _mailbox(display: str, angle: str, comment: str) -> Mailbox:
    bare = display.strip()
    if angle.strip():
        return Mailbox(decoding.header(bare), _address(angle))
    if "@" in bare:
        return Mailbox(decoding.header(comment), _address(bare))
    return Mailbox(decoding.header(bare), "")


def _address(given: str) -> str:
    found = _ADDRESS.fullmatch("".join(given.split()))
    return found[0].lower().rstrip(".") if found else ""


def addresses(value: str) -> Iterator[str]:
    """Find whatever looks like an address in words."""
    yield from (found.lower().rstrip(".") for found in _ADDRESS.findall(value))
