"""What a letter says, read whole: who, to what, which words, which files. Pure, and never fails."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256

from msgspec import Struct

from shopbell.channels.mail.arriving import (
    automatic,
    enclosed,
    mailboxes,
    markup,
    quotes,
    structure,
)
from shopbell.channels.mail.arriving.automatic import Bounce, Kind
from shopbell.channels.mail.arriving.mailboxes import Mailbox
from shopbell.channels.mail.arriving.structure import Part, Structure
from shopbell.channels.mail.marks import is_ours
from shopbell.kernel.texts import LOCALES, catalogue

FILES_MOST = 50
WORDS_MOST = 200_000
"""So many signs of a letter are kept as its full words."""

MARKER = "mail.marker"
IDS_MOST = 50
_ID = re.compile(r"<[!-;=?-~]{3,250}>")
_SECRET = ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")
_UNSEEN = {
    "application/pgp-signature",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-encrypted",
}
"""Signatures of programs: they stay in the original, and are no files of anybody."""


class Found(Struct, frozen=True):
    """A file in a letter, by the name it was given."""

    name: str
    data: bytes


class Reading(Struct, frozen=True, kw_only=True):
    """What was read.

    Attributes:
        from_lines: how many From headers there are; a real letter has one.
        group: whether From used the form of a group.
        words: what the sender wrote now; ``whole`` is all the text, ``html`` its harmless markup.
        ambiguous: whether its headers can be read in two ways: whoever signed it may have read
            another sender there, or that it was for somebody else.
        hops: through how many servers it says that it came.
        body: SHA-256 of what follows the headers.
        encrypted: whether its words can only be read by whoever has the key.
    """

    message_id: str
    answers: list[str]
    subject: str
    date: datetime | None
    senders: list[Mailbox]
    from_lines: int
    group: bool
    reply_to: list[Mailbox]
    to: list[Mailbox]
    words: str
    whole: str
    html: str
    files: list[Found]
    kind: Kind
    bounce: Bounce | None
    ambiguous: bool
    hops: int
    body: str
    encrypted: bool
    defects: list[str]

    @property
    def as_text(self) -> bool:
        """Tell whether it was too much to be read as more than plain text."""
        return structure.AS_TEXT in self.defects

    @property
    def sender(self) -> Mailbox:
        """Return who it says it is from."""
        return self.senders[0] if self.senders else Mailbox("", "")


def read(raw: bytes, sender: str | None = None, *, whole: bool = True) -> Reading:
    """Read a letter; ``sender`` is its envelope's. Unless ``whole``, it is taken for plain text."""
    letter = structure.read(raw, whole=whole)
    named = mailboxes.read(letter.first("from"))
    kind = automatic.kind_of(letter, sender)
    words, full, html = _words(letter, named.mailboxes)
    return Reading(
        message_id=next(iter(_ids(letter, "message-id")), ""),
        answers=[*_ids(letter, "in-reply-to"), *_ids(letter, "references")[::-1]][:IDS_MOST],
        subject=letter.said("subject")[:500],
        date=_date(letter),
        senders=named.mailboxes,
        from_lines=len(letter.every("from")),
        group=named.group,
        reply_to=mailboxes.read(letter.first("reply-to")).mailboxes,
        to=mailboxes.read(", ".join(letter.every("to") + letter.every("cc"))).mailboxes,
        words=words,
        whole=full,
        html=html,
        files=_files(letter.parts),
        kind=kind,
        bounce=automatic.bounce_of(letter, kind) if kind in {Kind.BOUNCE, Kind.COMPLAINT} else None,
        ambiguous=letter.ambiguous,
        hops=len(letter.every("received")),
        body=_body_hash(raw),
        encrypted=any(kind in _SECRET for kind in letter.kinds)
        or any(part.media_type in _SECRET for part in letter.parts),
        defects=letter.defects,
    )


def markers() -> list[str]:
    """Return the line above which our letters ask to be answered, in each language."""
    lines = (catalogue(locale).get(MARKER, "") for locale in LOCALES)
    return [line for line in lines if line]


def _ids(letter: Structure, name: str) -> list[str]:
    return _ID.findall(" ".join(letter.every(name)))


def _date(letter: Structure) -> datetime | None:
    """Return when it says that it was written, if that is a date at all."""
    try:
        said = parsedate_to_datetime(letter.said("date")[:100])
        return (said if said.tzinfo else said.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _body_hash(raw: bytes) -> str:
    end = re.search(rb"\r?\n\r?\n", raw)
    return sha256(raw[end.end() :] if end else b"").hexdigest()


def _words(letter: Structure, senders: Sequence[Mailbox]) -> tuple[str, str, str]:
    """Return the new words, all words, and the markup of a letter."""
    plain, html = _text(letter, "text/plain"), _text(letter, "text/html")
    address = senders[0].address if senders else ""
    if not html:
        html = enclosed.html_of(letter.parts)
        plain = plain if plain.strip() else enclosed.words_of(letter.parts)
    shown = markup.words_of(html) if html else ""
    marked = quotes.CUT in shown
    source = shown if marked or not plain.strip() else plain
    own = quotes.new_words(source, markers(), address)
    full = (plain if plain.strip() else shown).replace(quotes.CUT, "").strip()
    return own, full[:WORDS_MOST], markup.harmless(html) if html else ""


def _text(letter: Structure, kind: str) -> str:
    """Return the letter's own text of a kind: not that of letters inside it, nor of files."""
    own = [part for part in letter.parts if _is_text(part, kind)]
    if kind == "text/plain" and any("alternative" in part.inside for part in own):
        own = own[:1]
    return "\n".join(part.words for part in own[:20])[:WORDS_MOST]


def _is_text(part: Part, kind: str) -> bool:
    return (
        part.media_type == kind
        and not part.attached
        and not part.name
        and "message/rfc822" not in part.inside
    )


def _files(parts: Sequence[Part]) -> list[Found]:
    found: list[Found] = []
    for part in parts:
        if len(found) >= FILES_MOST or part.media_type in _UNSEEN or not _is_file(part):
            continue
        inside = enclosed.files_of(part)
        if inside is None:
            found.append(Found(_name(part), part.body))
        else:
            found += [Found(name, data) for name, data in inside]
    return [one for one in found if one.data and not is_ours(one.data)][:FILES_MOST]


def _is_file(part: Part) -> bool:
    """Tell whether somebody sent it as a file, or shows it in the text as one."""
    if part.attached or part.name:
        return True
    text = part.media_type in {"text/plain", "text/html"}
    if "message/rfc822" in part.inside:
        return not text or part.depth > 1
    return not text and not part.media_type.startswith(("message/", "multipart/"))


def _name(part: Part) -> str:
    return part.name or part.media_type.replace("/", ".")
