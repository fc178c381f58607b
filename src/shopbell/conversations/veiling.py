"""What buyer and shop write is hidden from each other where it leads off the marketplace.

The covered copy is what everybody reads, everywhere; the original is kept aside for its author and
the operator. What the operator says, the system, and the team among itself is left alone.
"""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from msgspec import UNSET, UnsetType

from shopbell.accounts import operating
from shopbell.conversations import originals, storage
from shopbell.conversations.model import Audience, ConversationId, Original, Stream
from shopbell.conversations.refusals import NoSuchEntry, OnlyAuthorUncovers
from shopbell.engine.database import Tx
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import Actor, Side
from shopbell.language.glance import Seen, look
from shopbell.language.guard import COVER, find_hidden
from shopbell.language.model import Hidden, Span

_STAMP = re.compile(r"(?<!\d)(?:20\d\d[01]\d[0-3]\d[_-]?\d{4,9}|1[5-9]\d{11})(?!\d)")
"""When a picture was taken, in the names that cameras and messengers give to files."""

_CODE = re.compile(r"[A-Za-z0-9 ._:/#-]+")
_WORD = re.compile(r"(?<!\S)(?!(?:imei|serial|ref)\b)[a-z]{3,}[:.]?(?!\S)", re.IGNORECASE)
_LIKE_CODES = frozenset({Hidden.PHONE, Hidden.CARD})
"""What a number of goods or parcels may look like."""

_NUMBERS = 1 << 31
"""Entries have numbers below."""


class Veiled(NamedTuple):
    """A text as the others read it, and what of it is covered, by places in it, if anything is."""

    text: str
    hidden: list[Span] | UnsetType = UNSET


def veil(tx: Tx, author: Actor, text: str) -> Veiled:
    """Cover in a text what its reader should not see."""
    if look(text) is Seen.NOTHING or not _guarded(tx, author):
        return Veiled(text)
    return _covered(text, find_hidden(text, own_hosts(tx.settings)))


def veil_name(tx: Tx, author: Actor, name: str) -> str:
    """Cover in the name of a file what its reader should not see; its kind stays."""
    stem, dot, kind = name.rpartition(".")
    if not dot:
        stem, kind = name, ""
    heard = _STAMP.sub(lambda stamp: " " * len(stamp[0]), stem)
    if look(heard) is Seen.NOTHING or not _guarded(tx, author):
        return name
    return _covered(stem, find_hidden(heard, own_hosts(tx.settings))).text + dot + kind


def veil_code(tx: Tx, author: Actor, code: str) -> str:
    """Cover in a number of goods or parcels what is no such number; a bare one is left alone."""
    if look(code) is Seen.NOTHING or not _guarded(tx, author):
        return code
    spared = _LIKE_CODES if _is_bare(code) else frozenset[Hidden]()
    found = find_hidden(code, own_hosts(tx.settings))
    return _covered(code, [span for span in found if span.kind not in spared]).text


def said(tx: Tx, author: Actor, stream: Stream, seq: int, text: str) -> Veiled:
    """Cover what message ``seq`` says, now or after a correction, and keep the original."""
    veiled = veil(tx, author, text)
    if veiled.hidden:
        originals.keep(tx, stream.conversation, author.id, str(seq), text)
    return veiled


def keep_aside(tx: Tx, author: Actor, talk: ConversationId, place: str, said: str) -> None:
    """Keep the original of something else in a conversation: a file's name, a field of a case."""
    originals.keep(tx, talk, author.id, place, said)


def original(tx: Tx, actor: Actor, stream: Stream, seq: int) -> list[Original]:
    """Return what an entry said before a part was hidden, each wording, oldest first.

    That the operator looked is written down. Notes have numbers of their own and no originals.
    """
    is_kept = stream.audience is Audience.PUBLIC and 0 < seq < _NUMBERS
    found = storage.by_seq(tx, stream, seq) if is_kept else None
    if found is None:
        raise NoSuchEntry(seq=seq)
    if actor.side is Side.OPERATOR:
        operating.note_originals_seen(tx, actor, stream.conversation)
    elif found[0].actor.id != actor.id:
        raise OnlyAuthorUncovers
    return originals.kept(tx, stream.conversation, [str(seq)])


def all_originals(tx: Tx, actor: Actor, talk: ConversationId) -> list[Original]:
    """Return for the operator all that is hidden in a conversation; the look is written down."""
    operating.note_originals_seen(tx, actor, talk)
    return originals.kept(tx, talk)


def own_hosts(settings: Settings) -> frozenset[str]:
    """Return the hosts that are the marketplace's own: nobody is led away to them."""
    mail = settings.mail_from.rpartition("@")[2]
    return _own_hosts(settings.allowed_origins, settings.mail_domain, mail)


@lru_cache(16)
def _own_hosts(origins: frozenset[str], *domains: str) -> frozenset[str]:
    sites = (urlsplit(origin).hostname or "" for origin in origins)
    return frozenset(host.lower() for host in (*sites, *domains) if host)


def _guarded(tx: Tx, author: Actor) -> bool:
    return tx.settings.hide_contacts and author.side in {Side.BUYER, Side.SELLER}


def _is_bare(code: str) -> bool:
    """Tell whether something is a number and nothing besides: no words, no ``+``."""
    return bool(_CODE.fullmatch(code)) and not _WORD.search(code)


def _covered(text: str, spans: list[Span]) -> Veiled:
    """Return a text with its spans covered, and where the covers stand."""
    pieces, covers, end, length = list[str](), list[Span](), 0, 0
    for span in spans:
        before = text[end : span.start]
        start = length + len(before)
        length = start + len(COVER)
        pieces += (before, COVER)
        covers.append(Span(start, length, span.kind))
        end = span.end
    return Veiled("".join([*pieces, text[end:]]), covers or UNSET)
