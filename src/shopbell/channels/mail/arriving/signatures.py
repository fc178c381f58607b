"""Signatures: what a program or a person puts under every letter alike. Pure, linear."""

import re
from collections.abc import Sequence

_DELIMITER = re.compile(r"^(?:-- ?|--\u2003|— ?|__)$")
_PROGRAM = re.compile(
    r"^[\[(*_]{0,2}(?:"
    r"sent (?:from|with|via|using) (?:my |the )?(?!here\b|there\b)[\w.:/<>()' -]{2,80}"
    r"|get outlook for (?:ios|android)[\w.:/<> -]{0,60}"
    r"|отправлено (?:с|со|из|через) [^.!?]{2,70}"
    r"|отправлено с помощью [^!?]{2,70}"
    r"|发自我的[^。！？]{1,40}|發自我的[^。！？]{1,40}|发自[^。！？,，]{1,30}(?:邮箱|手机|客户端|大师)"
    r"|从(?:我的)?[^。！？]{1,30}(?:发送|发出)|來自我的[^。！？]{1,30}"
    r"|来自[^。！？,，]{1,30}(?:邮箱|手机|客户端|大师)[^。！？]{0,20}"
    r"|从 ?windows[^。！？]{0,20}发送"
    r"|使用[^。！？,，]{1,30}(?:发送|邮箱)"
    r")[.\])*_]{0,3}$",
    re.IGNORECASE,
)
_LINK = re.compile(r"\s?[<(]https?://[^\s<>]{1,200}[>)]")
_BLANK = re.compile(r"^[\s\-_—*=]*$")
LINES_LOOKED_AT = 6
SIGNATURE_LINES_MOST = 20


def without_signature(lines: Sequence[str]) -> list[str]:
    """Leave out what stands below the signature's own line, and programs' praise of themselves."""
    kept = _without_praise(_above_delimiter(list(lines)))
    return kept if any(line.strip() for line in kept) else list(lines)


def _above_delimiter(lines: list[str]) -> list[str]:
    """Cut at the last "-- " that has words above it, and not too many below."""
    for number in range(len(lines) - 1, max(-1, len(lines) - 2 - SIGNATURE_LINES_MOST), -1):
        if _DELIMITER.match(lines[number].rstrip("\r")) and any(
            line.strip() for line in lines[:number]
        ):
            return lines[:number]
    return lines


def _without_praise(lines: list[str]) -> list[str]:
    """Cut "Sent from my telephone" where it ends the letter, with the rule above it."""
    last = _last_word(lines)
    looked = 0
    while last >= 0 and looked < LINES_LOOKED_AT and _praises(lines[last]):
        lines = lines[:last]
        last = _last_word(lines)
        looked += 1
    return lines[: last + 1] if looked else lines


def _praises(line: str) -> bool:
    return _PROGRAM.match(_LINK.sub("", line[:400]).strip()) is not None


def _last_word(lines: Sequence[str]) -> int:
    """Return the number of the last line with a word on it, or -1."""
    number = len(lines) - 1
    while number >= 0 and _BLANK.match(lines[number]):
        number -= 1
    return number
