"""A mailbox elsewhere, how far it was read, and what may keep us from it. No network."""

from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

from msgspec import Struct

PORTS = {"imap": 143, "imaps": 993}
LEASE = timedelta(seconds=10)
"""A reader that has not been heard of for so long is gone, and another one reads."""


class MailboxAway(Exception):
    """Its server is not to be reached, or the line to it is broken."""


class MailboxSaysNo(Exception):
    """Its server is there and will not do what it was asked."""


class NotLetIn(MailboxSaysNo):
    """It does not take our name and password."""


class NoSuchFolder(MailboxSaysNo):
    """It has no folder of this name."""


class Place(Struct, frozen=True):
    """Which folder of whose mailbox on which server."""

    host: str
    port: int
    user: str
    password: str
    folder: str
    tls: bool

    @classmethod
    def at(cls, url: str) -> "Place":
        """Read the setting ``imap_url``."""
        parts = urlsplit(url)
        return cls(
            host=parts.hostname or "",
            port=parts.port or PORTS[parts.scheme],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            folder=unquote(parts.path.lstrip("/")) or "INBOX",
            tls=parts.scheme == "imaps",
        )

    @property
    def name(self) -> str:
        """Return what it is called where people read it; the password is no part of it."""
        return f"{self.user}@{self.host}:{self.port}/{self.folder}"


class Cursor(Struct, frozen=True, kw_only=True):
    """How far a mailbox was read: all letters up to ``uid`` are kept.

    ``uidvalidity`` changes when the server has numbered its letters anew (RFC 3501, 2.3.1.1).
    Until ``held_until`` only ``holder`` reads; ``trouble`` is what keeps it from that.
    """

    mailbox: str
    uidvalidity: int
    uid: int
    holder: str
    held_until: datetime
    looked_at: datetime | None
    trouble: str


class Fetched(Struct, frozen=True):
    """A letter in a mailbox: the bytes of its headers, and all of it, if it was not too large."""

    size: int
    head: bytes
    raw: bytes | None
