"""What an arrived letter is to us, and what may become of it. No database, no network."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from msgspec import Struct

from shopbell.channels.mail.arriving.authentic import Proof
from shopbell.channels.mail.arriving.mailboxes import Mailbox
from shopbell.channels.mail.arriving.reading import Reading
from shopbell.conversations.model import ConversationId
from shopbell.engine.blobs import Blob
from shopbell.kernel.events import Job
from shopbell.kernel.refusals import Conflict, Invalid, NotFound

MailId = NewType("MailId", str)

LETTER_BYTES = 25 * 1024 * 1024
"""The largest letter taken."""

HOPS_MOST = 25
FLOOD_MOST, FLOOD_WITHIN = 20, timedelta(minutes=10)
"""More letters into one conversation than that are held for a person to look at."""

STRANGERS_MOST, STRANGERS_WITHIN = 20, timedelta(hours=1)
"""More new people of one domain who write to a shop than that are held, too."""

TOLD_WITHIN = timedelta(hours=1)
"""How long a team that was told of a held letter is not told of the next."""

LATE_AFTER = timedelta(hours=2)
"""A letter that waits to be read for longer is in trouble, and a person has to look at it."""

SAME_WITHIN = timedelta(days=7)
"""How long a letter without a Message-ID is known again by its content alone."""

PROVEN_WITHIN = timedelta(hours=1)
"""How long we wait for the names of the Internet to be there; then a person decides."""


class NoSuchMail(NotFound):
    """No letter that arrived has this id, or it is none of the actor's business."""


class MailSettled(Conflict):
    """Something became of this letter already."""


class MailHasNoPlace(Conflict):
    """It names no conversation and nobody in it, so there is nowhere to let it through to."""


class MailUnreadable(Invalid):
    """It is too much to read even as plain text; its bytes are kept."""


class MailLeftThere(Conflict):
    """Only its headers were taken: the letter itself lies in the mailbox that it came to."""


class Way(StrEnum):
    """How a letter came to us: from a mail server, a mailbox, or the demonstration's own."""

    LMTP = "lmtp"
    IMAP = "imap"
    DEMO = "demo"


class Fate(StrEnum):
    """What has become of a letter that arrived."""

    WAITING = "waiting"
    SHOWN = "shown"
    AUTOMATIC = "automatic"
    RETURNED = "returned"
    CARRIER = "carrier"
    NOTICE = "notice"
    REPEATED = "repeated"
    HELD = "held"
    FAILED = "failed"
    DROPPED = "dropped"

    @property
    def open(self) -> bool:
        """Tell whether a person has to look at it."""
        return self in {Fate.HELD, Fate.FAILED}


class Why(StrEnum):
    """Why a letter is held back."""

    OTHER_SENDER = "other_sender"
    DENIED = "denied"
    NOT_PROVEN = "not_proven"
    NO_SENDER = "no_sender"
    TWO_SENDERS = "two_senders"
    NAME_CLAIMS_ANOTHER = "name_claims_another"
    AMBIGUOUS = "ambiguous"
    ADDRESSED_ELSEWHERE = "addressed_elsewhere"
    TAG_WRONG = "tag_wrong"
    LOOP = "loop"
    FLOOD = "flood"
    NAMES_AWAY = "names_away"
    UNREADABLE = "unreadable"
    REFUSED = "refused"
    NOBODY = "nobody"
    LOOKS_AUTOMATIC = "looks_automatic"
    TOO_LARGE = "too_large"
    NOT_FETCHED = "not_fetched"


class Extent(StrEnum):
    """How much of a letter could be read: what was too much once is not tried at each look."""

    UNTRIED = "untried"
    WHOLE = "whole"
    TEXT = "text"
    NOTHING = "nothing"


class ReadMail(Job, frozen=True):
    """Read a letter that arrived, and put it where it belongs."""

    mail: MailId


class Arrival(Struct, frozen=True, kw_only=True):
    """A letter at the door, its bytes kept already under ``raw``.

    ``sender`` is the envelope's.
    """

    raw: str
    size: int
    way: Way
    sender: str | None
    recipient: str
    client: str = ""
    helo: str = ""


class Left(Struct, frozen=True):
    """A letter that stays in the mailbox it came to; ``headers`` is all that was kept of it."""

    headers: Arrival
    why: Why
    sender: Mailbox
    subject: str


class Mail(Struct, frozen=True, kw_only=True):
    """A letter that arrived, and what became of it; see `Arrival` for how it came."""

    id: MailId
    raw: str
    size: int
    way: Way
    sender: str | None
    recipient: str
    client: str
    helo: str
    arrived_at: datetime
    fate: Fate
    why: str
    trouble: str
    key: str
    from_address: str
    from_name: str
    subject: str
    verdict: str
    extent: Extent
    conversation: ConversationId | None
    event: str | None
    settled_at: datetime | None

    @property
    def left_there(self) -> bool:
        """Tell whether it lies in the mailbox that it came to, and only its headers here."""
        return self.why in {Why.TOO_LARGE, Why.NOT_FETCHED}


class Kept(Struct, frozen=True):
    """A file of a letter that is kept already, and the name it is shown by."""

    blob: Blob
    name: str


class Opened(Struct, frozen=True):
    """A letter that was read, what it proves, and its files."""

    reading: Reading
    proof: Proof
    files: list[Kept]


class Settled(Struct, frozen=True):
    """What became of a letter: its fate, why it is held, and the entry that it became."""

    fate: Fate
    why: str = ""
    talk: ConversationId | None = None
    event: str | None = None
    trouble: str = ""
