"""What Outlook wraps letters up in (MS-OXTNEF): files, and words as markup or plain."""

import struct
from collections.abc import Mapping

_LETTER, _ATTACHMENT = 1, 2


def wrapped(files: Mapping[str, bytes], *, html: str = "", plain: str = "") -> bytes:
    """Return a winmail.dat with these files and words in it."""
    parts = [_part(_LETTER, 0x9007, 6, struct.pack("<II", 65001, 0))]
    if plain:
        parts.append(_part(_LETTER, 0x800C, 2, plain.encode() + b"\0"))
    if html:
        parts.append(_part(_LETTER, 0x9003, 6, struct.pack("<I", 1) + _property(0x1013, html)))
    for name, data in files.items():
        parts += [
            _part(_ATTACHMENT, 0x9002, 6, b"\1\0" + b"\0" * 12),
            _part(_ATTACHMENT, 0x800F, 6, data),
            _part(_ATTACHMENT, 0x9005, 6, struct.pack("<I", 1) + _long_name(name)),
        ]
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(parts)


def _part(level: int, name: int, kind: int, data: bytes) -> bytes:
    check = sum(data) & 0xFFFF
    return struct.pack("<BHHI", level, name, kind, len(data)) + data + struct.pack("<H", check)


def _property(name: int, words: str) -> bytes:
    return _value(0x0102, name, words.encode())


def _long_name(name: str) -> bytes:
    return _value(0x001F, 0x3707, f"{name}\0".encode("utf-16-le"))


def _value(kind: int, name: int, data: bytes) -> bytes:
    padded = data + b"\0" * (-len(data) % 4)
    return struct.pack("<HHII", kind, name, 1, len(data)) + padded
