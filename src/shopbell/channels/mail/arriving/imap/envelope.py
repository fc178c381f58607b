"""What an IMAP letter has instead of an envelope: what is believed of its headers, and why. Pure.

Nobody tells us who handed the letter over and to whom: there are only its headers, and whoever
wrote it may have put any of them there. So none of them gives a letter authority:

* Its recipient is any address of ours that it names. Such an address is a secret bound to whom it
  was made for, and could be written to by SMTP as well: naming it gains nothing more than that.
  That the letter is from whom the address was made for is still to be proven.
* The sender of its envelope (Return-Path) only ever makes it an automatic letter, which is less.
* There is no client, so SPF cannot be looked at, and without DKIM nothing is proven. Only what the
  mailbox's own server has written down of it is believed, under the name that the settings give
  it, and only the topmost such header: a server removes those that came with a letter and have its
  name (RFC 8601, section 5).
"""

import re
from collections.abc import Iterable, Iterator

from shopbell.channels.mail.arriving import mailboxes, structure
from shopbell.channels.mail.arriving.servers import UNSEEN
from shopbell.channels.mail.arriving.structure import HEADERS_BYTES, Structure

DELIVERED = ("delivered-to", "x-original-to", "envelope-to")
ADDRESSED = ("to", "cc")
RESULTS = "authentication-results"

_RETURN = re.compile(r"\s*<?([!-;=?-~]{0,320})>?\s*")
_ASIDE = re.compile(r"\((?:[^()\\]|\\.)*\)|\"(?:[^\"\\]|\\.)*\"")
_SPF = re.compile(r"\s*spf\s*=\s*([a-z]{1,20})\b", re.IGNORECASE)
_MAILFROM = re.compile(r"\bsmtp\.mailfrom\s*=\s*(?:[^\s;]{0,320}@)?([\w.-]{1,253})", re.IGNORECASE)


def headers(raw: bytes) -> Structure:
    """Read the headers of a letter, no more of them than are looked at."""
    return structure.read(raw[:HEADERS_BYTES].partition(b"\r\n\r\n")[0] + b"\r\n\r\n", whole=False)


def return_path(head: Structure) -> str | None:
    """Return the envelope's sender as the delivering server wrote it; "" is the null sender."""
    found = _RETURN.fullmatch(head.first("return-path"))
    return found[1] if found and head.every("return-path") else None


def delivered_to(head: Structure, domain: str) -> list[str]:
    """Return the addresses at ``domain`` that servers wrote down as they delivered the letter."""
    return _at(domain, head, DELIVERED)


def addressed_to(head: Structure, domain: str) -> list[str]:
    """Return the addresses at ``domain`` that its writer put on it."""
    return _at(domain, head, ADDRESSED)


def spf(head: Structure, server: str) -> tuple[str, str]:
    """Return what the mailbox's server found of SPF, and the domain that it found it for.

    Comments and quoted words are left out: in them stand signs that the letter's writer chose.
    """
    named, _, results = _ASIDE.sub(" ", head.first(RESULTS)).partition(";")
    if not server or named.lower().split()[:1] != [server.lower()] or set('()"') & set(results):
        return UNSEEN
    found = ((_SPF.match(one), _MAILFROM.search(one)) for one in results.split(";"))
    told = ((said[1].lower(), whose[1].lower()) for said, whose in found if said and whose)
    return next(told, UNSEEN)


def _at(domain: str, head: Structure, names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(one for one in _named(head, names) if one.endswith(f"@{domain}")))


def _named(head: Structure, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        for value in head.every(name):
            yield from (one.address for one in mailboxes.read(value).mailboxes)
