"""Which letters the bytes of a file stand for."""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE

from shopbell.connectors.files.model import EncodingUnknown, TableBroken

_CHINESE = re.compile("[\u3000-\u303f\uff01-\uff5e]")
_COMMON_ROWS = range(0xB0, 0xD8)
"""Rows of GB 2312 with the 3,755 characters of everyday; Cyrillic misread lands below them."""

CONVINCING = 0.6


def decode(data: bytes, named: str = "") -> tuple[str, str]:
    """Return the text and the encoding it was in: the one named, or the one that makes sense."""
    for encoding in (named,) if named else _likely(data):
        try:
            words = data.decode(encoding)
        except UnicodeError:
            continue
        except LookupError:
            raise EncodingUnknown(encoding=named[:40]) from None
        return _checked(words.removeprefix("\ufeff")), encoding
    raise EncodingUnknown(encoding=named or "UTF-8, cp1251, GB 18030")


def _likely(data: bytes) -> tuple[str, ...]:
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return ("utf-16",)
    rest = ("gb18030", "cp1251") if _reads_as_chinese(data) else ("cp1251", "gb18030")
    return ("utf-8-sig", *rest)


def _reads_as_chinese(data: bytes) -> bool:
    """Tell whether the bytes, read as Chinese, give mostly characters of everyday."""
    try:
        foreign = [sign for sign in data.decode("gb18030") if not sign.isascii()]
    except UnicodeDecodeError:
        return False
    return sum(map(_is_common, foreign)) > CONVINCING * len(foreign)


def _is_common(sign: str) -> bool:
    return sign.encode("gb18030")[0] in _COMMON_ROWS or bool(_CHINESE.match(sign))


def _checked(words: str) -> str:
    if "\0" in words:
        raise TableBroken(line=words.count("\n", 0, words.index("\0")) + 1)
    return words
