"""Which signatures still hold: of the sender's servers (DKIM), and of those on the way (ARC)."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import dkim
from dkim.util import InvalidTagValueList, parse_tag_value
from msgspec import Struct

from shopbell.channels.mail.arriving.structure import HEADERS_BYTES

SIGNATURES_MOST = 10
_OF_SIGNATURES = (b"dkim-signature",)
_OF_SEALS = (b"arc-seal", b"arc-message-signature")
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_WEAK = (b"rsa-sha1",)
_ASIDE = re.compile(r'"(?:[^"\\]|\\.)*"|\((?:[^()\\]|\\.)*\)')
"""What stands in quotes or in a comment: words of anybody, which say nothing of the result."""

_FROM = re.compile(r"\bheader\.from\s*=\s*(?:[^\s;]*@)?([\w.-]+)")

Keys = Mapping[str, bytes]
"""What stands at the names of keys, as far as anything does."""


class Seal(Struct, frozen=True):
    """A seal of a server on the way: whose, and what that server wrote down."""

    by: str
    results: str


class Examined(Struct, frozen=True):
    """The domains whose signatures hold, those with broken ones only, and the seals if all hold."""

    held: list[str] = []
    broken: list[str] = []
    seals: list[Seal] = []


Examine = Callable[[bytes, Keys, bool], Examined]
"""Looks at a letter's signatures, or at its seals: `examined`, or one who has that done."""


def names(raw: bytes, *, seals: bool) -> list[str]:
    """Return the names of the keys it takes to examine a letter: so few that they may be asked for.

    Of a letter with more headers than are looked at, nothing is examined.
    """
    kinds = _OF_SEALS if seals else _OF_SIGNATURES
    found = [value for name, value in _headers(raw) if name.lower() in kinds]
    if seals and len(found) > SIGNATURES_MOST * len(kinds):
        return []
    keys = map(_key_name, found[: SIGNATURES_MOST * len(kinds)])
    return list(dict.fromkeys(filter(None, keys)))


def examined(raw: bytes, keys: Keys, seals: bool) -> Examined:
    """Look at a letter's signatures, or at its seals; what this costs is for its writer to choose.

    So do it where it may be ended.
    """
    if seals:
        return Examined(seals=_chain(raw, keys))
    held, broken = list[str](), list[str]()
    try:
        letter = dkim.DKIM(raw)
    except Exception:  # noqa: BLE001 - whatever it stumbles over, it is no proof
        return Examined()
    present = {name.lower() for name, _value in letter.headers}
    for place in range(min(_count(letter.headers, b"dkim-signature"), SIGNATURES_MOST)):
        domain, holds = _signature(letter, place, present, keys)
        (held if holds else broken).append(domain)
    return Examined(held, [one for one in broken if one not in held])


def vouched(seals: Sequence[Seal], domain: str, sealers: Collection[str]) -> str:
    """Return the trusted server that saw ``domain`` proven before it changed the letter, or none.

    All servers after it must be trusted, too: each could have written something else into it.
    """
    for seal in seals:
        if seal.by not in sealers:
            return ""
        if _saw_proven(seal.results, domain):
            return seal.by
    return ""


def _headers(raw: bytes) -> list[tuple[bytes, bytes]]:
    end = _END_OF_HEADERS.search(raw[: HEADERS_BYTES + 4])
    try:
        found, _body = dkim.rfc822_parse(raw[: end.end()] if end else b"")
    except (dkim.DKIMException, IndexError):
        return []
    return [(name, value) for name, value in found]


def _count(headers: Iterable[tuple[bytes, bytes]], kind: bytes) -> int:
    return sum(name.lower() == kind for name, _value in headers)


def _key_name(signature: bytes) -> str:
    try:
        fields = parse_tag_value(signature)
        return _name(b"%s._domainkey.%s" % (fields[b"s"], fields[b"d"])).rstrip(".")
    except (InvalidTagValueList, KeyError, IndexError):
        return ""


def _signature(letter: dkim.DKIM, place: int, present: set[bytes], keys: Keys) -> tuple[str, bool]:
    """Return whose signature stands at a place, and whether it holds."""
    letter.domain = b""
    try:
        holds = letter.verify(place, dnsfunc=_among(keys))
        holds = holds and _covers(letter.signature_fields, present)
    except Exception:  # noqa: BLE001 - whatever it stumbles over, it is no proof
        holds = False
    return _name(bytes(letter.domain or b"")), bool(holds)


def _chain(raw: bytes, keys: Keys) -> list[Seal]:
    """Return the seals of a letter, the latest first, if all of them hold."""
    try:
        letter = dkim.ARC(raw)
        verdict, seals, _why = letter.verify(dnsfunc=_among(keys))
        present = {name.lower() for name, _value in letter.headers}
        latest = _latest_signature(letter, seals[0]["instance"])
        whole = verdict == dkim.CV_Pass and _covers(latest, present)
    except Exception:  # noqa: BLE001 - whatever it stumbles over, it is no proof
        return []
    told = [Seal(_name(one["as-domain"]), _name(one["aar-value"])) for one in seals]
    return told if whole else []


def _latest_signature(letter: dkim.ARC, instance: int) -> dict[bytes, bytes]:
    values = (value for name, value in letter.headers if name.lower() == b"arc-message-signature")
    signatures = map(parse_tag_value, values)
    return next(fields for fields in signatures if fields.get(b"i") == b"%d" % instance)


def _covers(fields: dict[bytes, bytes], present: set[bytes]) -> bool:
    """Tell whether a signature covers the whole body, from whom and to whom, in a way trusted.

    To whom, for else a letter that somebody got could be handed on as one to somebody else.
    """
    names = {name.strip().lower() for name in fields.get(b"h", b"").split(b":")}
    needed = {b"from"} | (present & {b"to", b"cc"})
    return needed <= names and b"l" not in fields and fields.get(b"a") not in _WEAK


def _saw_proven(results: str, domain: str) -> bool:
    """Tell whether a server wrote down that it found a domain proven, once and plainly."""
    bare = _ASIDE.sub(" ", results)
    told = [one.strip() for one in bare.split(";") if re.match(r"\s*dmarc\s*=", one)]
    if len(told) != 1 or set('"()') & set(bare) or not re.match(r"dmarc\s*=\s*pass\b", told[0]):
        return False
    return _FROM.findall(told[0]) == [domain]


def _name(given: bytes) -> str:
    return given.decode("utf-8", "replace").lower()


def _among(keys: Keys) -> Callable[..., bytes | None]:
    def key(name: bytes, timeout: int = 5) -> bytes | None:  # noqa: ARG001 - asked with it
        return keys.get(_name(name).rstrip("."))

    return key
