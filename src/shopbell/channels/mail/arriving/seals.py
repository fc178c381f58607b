"""Which signatures still hold: of the sender's servers (DKIM), and of those on the way (ARC)."""

import re
from collections.abc import Callable, Collection
from typing import Any

import dkim
from dkim.util import parse_tag_value

from shopbell.channels.mail.arriving.asking import Ask, NamesAway
from shopbell.channels.mail.arriving.structure import HEADERS_BYTES

SIGNATURES_MOST = 10
_SIGNATURE = re.compile(rb"^dkim-signature:", re.IGNORECASE | re.MULTILINE)
_SEAL = re.compile(rb"^arc-seal:", re.IGNORECASE | re.MULTILINE)
_WEAK = (b"rsa-sha1",)
_ASIDE = re.compile(r'"(?:[^"\\]|\\.)*"|\((?:[^()\\]|\\.)*\)')
"""What stands in quotes or in a comment: words of anybody, which say nothing of the result."""

_FROM = re.compile(r"\bheader\.from\s*=\s*(?:[^\s@;]*@)?([\w.-]+)")


def signed(raw: bytes, ask: Ask) -> tuple[list[str], set[str]]:
    """Return the domains whose signatures hold, and those that have only broken ones."""
    held, broken = list[str](), set[str]()
    count = len(_SIGNATURE.findall(raw[:HEADERS_BYTES]))
    for place in range(min(count, SIGNATURES_MOST)):
        domain, holds = _signature(raw, place, ask)
        if holds:
            held.append(domain)
        else:
            broken.add(domain)
    return held, broken - set(held)


def vouched(raw: bytes, domain: str, sealers: Collection[str], ask: Ask) -> str:
    """Return the trusted server that saw ``domain`` proven before it changed the letter, or none.

    All servers after it must be trusted, too: each could have written something else into it.
    """
    if not sealers or not 0 < len(_SEAL.findall(raw[:HEADERS_BYTES])) <= SIGNATURES_MOST:
        return ""
    for seal in _chain(raw, ask):
        by = _name(seal["as-domain"])
        if by not in sealers:
            return ""
        if _saw_proven(_name(seal["aar-value"]), domain):
            return by
    return ""


def _signature(raw: bytes, place: int, ask: Ask) -> tuple[str, bool]:
    """Return whose signature stands at a place, and whether it holds."""
    signer = None
    try:
        signer = dkim.DKIM(raw)
        holds = signer.verify(place, dnsfunc=_key_through(ask)) and _covers(signer.signature_fields)
    except NamesAway:
        raise
    except Exception:  # noqa: BLE001 - whatever it stumbles over, it is no proof
        holds = False
    return _name(bytes((signer and signer.domain) or b"")), bool(holds)


def _chain(raw: bytes, ask: Ask) -> list[dict[str, Any]]:
    """Return the seals of a letter, the latest first, if all of them hold."""
    try:
        verdict, seals, _why = dkim.ARC(raw).verify(dnsfunc=_key_through(ask))
        whole = verdict == dkim.CV_Pass and _covers(_latest_signature(raw, seals[0]["instance"]))
    except NamesAway:
        raise
    except Exception:  # noqa: BLE001 - whatever it stumbles over, it is no proof
        return []
    return list(seals) if whole else []


def _latest_signature(raw: bytes, instance: int) -> dict[bytes, bytes]:
    headers, _body = dkim.rfc822_parse(raw)
    values = (value for name, value in headers if name.lower() == b"arc-message-signature")
    signatures = map(parse_tag_value, values)
    return next(fields for fields in signatures if fields.get(b"i") == b"%d" % instance)


def _covers(fields: dict[bytes, bytes]) -> bool:
    """Tell whether a signature covers the sender and the whole body, in a way still trusted."""
    names = {name.strip().lower() for name in fields.get(b"h", b"").split(b":")}
    return b"from" in names and b"l" not in fields and fields.get(b"a") not in _WEAK


def _saw_proven(results: str, domain: str) -> bool:
    """Tell whether a server wrote down that it found a domain proven, once and plainly."""
    bare = _ASIDE.sub(" ", results)
    told = [one.strip() for one in bare.split(";") if re.match(r"\s*dmarc\s*=", one)]
    if len(told) != 1 or set('"()') & set(bare) or not re.match(r"dmarc\s*=\s*pass\b", told[0]):
        return False
    return _FROM.findall(told[0]) == [domain]


def _name(given: bytes) -> str:
    return given.decode("utf-8", "replace").lower()


def _key_through(ask: Ask) -> Callable[..., bytes | None]:
    def key(name: bytes, timeout: int = 5) -> bytes | None:  # noqa: ARG001 - asked with it
        found = ask(name.decode("ascii", "replace").rstrip("."), "TXT")
        return b"".join(found[0].strings) if found else None

    return key
