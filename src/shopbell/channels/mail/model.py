"""What a letter is, and what becomes of it. No database, no network."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from shopbell.contact.model import Reach
from shopbell.conversations.model import ConversationId
from shopbell.kernel.events import Job
from shopbell.kernel.refusals import Conflict, NotFound
from shopbell.kernel.texts import Locale

GIVE_UP = timedelta(days=5)
"""How long a letter is tried (RFC 5321, 4.5.4.1)."""

KEPT_FOR = timedelta(hours=24)
"""Letters kept for want of a mail server go out when there is one, unless they are older."""

SOFT_MOST, SOFT_WITHIN = 5, timedelta(hours=72)
"""So many letters that come back for a passing reason suspend an address."""

TO_ONE_MOST, FUSE_WINDOW = 60, timedelta(hours=1)
"""How many letters one address gets in an hour at most."""

FUSE_WAIT = timedelta(minutes=5)
SENDING = timedelta(seconds=40)
"""How long a worker may take over one letter; then another may try."""

AWAY = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 300))
"""Waits while the mail server cannot be reached: it keeps all letters waiting, so not long."""

SAYS_MOST = 500


class NoSuchLetter(NotFound):
    """No letter has this id, or it is to somebody else."""


class LetterTakesNoAnswer(Conflict):
    """It is about an account, or tells of something only: nobody reads what comes back."""


class LetterState(StrEnum):
    """What has become of a letter."""

    KEPT = "kept"
    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    RETURNED = "returned"
    GIVEN_UP = "given_up"
    CANCELLED = "cancelled"

    @property
    def failed(self) -> bool:
        """Tell whether it will reach nobody any more, though somebody waits for it."""
        return self in {LetterState.REFUSED, LetterState.RETURNED, LetterState.GIVEN_UP}

    @property
    def in_vain(self) -> bool:
        """Tell whether it will reach nobody any more, for whatever reason."""
        return self.failed or self is LetterState.CANCELLED


class Manner(StrEnum):
    """Why a letter is written: a step of an account, an inquiry, or what somebody said."""

    ACCOUNT = "account"
    INQUIRY = "inquiry"
    TALK = "talk"
    ALARM = "alarm"

    @property
    def automatic(self) -> bool:
        """Tell whether no person's words are in it, so that no machine should answer it."""
        return self in {Manner.ACCOUNT, Manner.ALARM}


class Posted(Struct, frozen=True, kw_only=True):
    """What is known of a letter from outside, and what became of it.

    Attributes:
        message_id: the same however often it is tried, so that a reader's server knows it again.
        recipient: who it is for, as tags name them; ``address``: where that is.
        upto: the number of the last entry of the conversation that it tells of.
        reach: the step it was written for, if it tells what waits in a conversation.
        says: what the mail server said last, or why the letter waits.
        tries: how often it was tried in vain.
    """

    id: str
    message_id: str
    manner: Manner
    conversation: ConversationId | None = None
    recipient: str
    address: str
    subject: str
    locale: Locale
    upto: int = 0
    reach: Reach | None = None
    state: LetterState = LetterState.WAITING
    says: str = ""
    tries: int = 0
    created_at: datetime
    tried_at: datetime | None = None
    sent_at: datetime | None = None
    sending_until: datetime | None = None


class Letter(Posted, frozen=True, kw_only=True):
    """A letter as it is mailed; ``raw`` are all its bytes, unsigned: up to 1 MB with pictures."""

    raw: bytes


class Earlier(Struct, frozen=True):
    """What a letter that was written before tells its reader."""

    message_id: str
    upto: int
    reach: Reach | None
    state: LetterState

    def tells(self, seq: int) -> bool:
        """Tell whether the reader was told of an entry by it, or still will be."""
        since = self.reach.since if self.reach else 0
        return not self.state.failed and since <= seq <= self.upto


class SendLetter(Job, frozen=True):
    """Hand a letter to the mail server."""

    letter: str


class Suspended(Struct, frozen=True):
    """An address that is not written to, since when and why; ``soft`` letters came back before."""

    address: str
    soft: int
    soft_since: datetime | None
    suspended_at: datetime | None
    says: str


class Returned(Struct, frozen=True):
    """Since when letters to the buyer of a conversation come back; none is written to them then."""

    since: datetime | None


class Inquiry(Protocol):
    """A question to a carrier as its own room leaves it; the answer comes to its token."""

    @property
    def trace(self) -> str: ...
    @property
    def to(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def locale(self) -> Locale: ...
    @property
    def token(self) -> str: ...
