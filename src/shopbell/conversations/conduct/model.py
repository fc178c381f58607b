"""What was rude or reported, and what came of it. No database, no web."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, NewType

from msgspec import Meta, Struct

from shopbell.conversations.model import Author, ConversationId, Seq, Topic
from shopbell.kernel.actor import PersonId, ShopId, Side
from shopbell.kernel.ids import Id

ComplaintId = NewType("ComplaintId", str)

WORDS_MOST = 1_000
DECIDED_AT_ONCE = 200


class Grievance(StrEnum):
    """Why somebody reports a message."""

    RUDE = "rude"
    SCAM = "scam"
    SPAM = "spam"
    CONTACTS = "contacts"
    OTHER = "other"


class Outcome(StrEnum):
    """What the operator decides: there was nothing to it, or the author was warned."""

    DISMISSED = "dismissed"
    WARNED = "warned"


class Complaint(Struct, frozen=True, kw_only=True):
    """One message that the house heard as abusive, or that somebody reported.

    Of a message there is one from each ``reporter``; the house's own has the system as such.
    """

    id: ComplaintId
    conversation: ConversationId
    seq: int
    author: PersonId
    author_side: Side
    shop: ShopId
    reporter: PersonId
    reporter_side: Side
    reason: Grievance
    words: str
    at: datetime
    outcome: Outcome | None = None
    decided_by: PersonId | None = None
    decided_at: datetime | None = None


class Report(Struct, frozen=True, forbid_unknown_fields=True):
    """Report message number ``seq`` of the other side; the words are for the operator alone."""

    seq: Seq
    reason: Grievance
    words: Annotated[str, Meta(max_length=WORDS_MOST)] = ""


class Reported(Struct, frozen=True):
    """A message that one reported oneself, and what has come of it so far."""

    seq: int
    reason: Grievance
    at: datetime
    outcome: Outcome | None


class Decide(Struct, frozen=True, forbid_unknown_fields=True):
    """Decide complaints about one author in one conversation: those that were looked at."""

    complaints: Annotated[list[Id], Meta(min_length=1, max_length=DECIDED_AT_ONCE)]
    outcome: Outcome


class Told(Struct, frozen=True):
    """Who complained of a message, why, and in which words."""

    side: Side
    reason: Grievance
    words: str
    at: datetime


class Offence(Struct, frozen=True):
    """One message that is complained of: as it was said, and as it was corrected later."""

    seq: int
    at: datetime
    texts: list[str]
    told: list[Told]


class Matter(Struct, frozen=True):
    """What is open against one author in one conversation.

    ``times`` says how often they were abusive within the days that count, wherever it was.
    """

    conversation: Topic
    author: Author
    times: int
    offences: list[Offence]
    complaints: list[ComplaintId]


class Queue(Struct, frozen=True):
    """What waits for the operator, the oldest first; there may be more."""

    matters: list[Matter]
    more: bool


class Patience(Struct, frozen=True):
    """How often somebody may be abusive in how long before the operator is called."""

    times: int
    within: timedelta
