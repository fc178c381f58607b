"""What a rule of responsiveness is, what it says of a round, and what that comes to. Pure."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from shopbell.commerce.hours import ClockTime
from shopbell.conversations.model import AttachmentId, Channel, ConversationId
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.kernel.events import Job

Share = Annotated[float, Meta(ge=0, le=1)]
MINUTES_MOST, LEAST_MOST = 31 * 24 * 60, 10_000
REASON_MOST = 1_000
"""So many characters say why a round should not count, or why it does."""

Why = Annotated[str, Meta(min_length=1, max_length=REASON_MOST)]


class ProfileClock(Struct, frozen=True, forbid_unknown_fields=True):
    """When time counts: on weekdays (0 is Monday) between two hours, of a zone or the shop's own.

    ``only_inside``: what is asked at other hours is not judged at all.
    """

    opens: ClockTime
    closes: ClockTime
    days: list[int]
    zone: str = ""
    only_inside: bool = False


class Profile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule by which shops are judged, whole.

    ``within`` is in minutes; None: the shop's own promise, broken when both sides were told so.
    Below ``least`` questions nothing is said. From ``target`` on a shop keeps its promise; below
    ``danger`` it is far from that. ``half_life_days`` 0: old questions weigh as much as new ones.
    ``own``: the operator has set numbers of it, and its version counts theirs.
    """

    name: str
    version: int
    first_only: bool = False
    within: int | None = None
    clock: ProfileClock | None = None
    machines_count: bool = False
    no_reply_counts: bool = False
    window_days: Annotated[int, Meta(ge=1, le=366)]
    half_life_days: Annotated[int, Meta(ge=0)] = 0
    least: Annotated[int, Meta(ge=1)]
    target: Share
    danger: Share
    own: bool = False


class Numbers(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What an operator sets otherwise in a profile; what is left out stays as it comes.

    ``within`` null: the shop's own promise. A window is of a year at most, and so is a half-life.
    """

    within: Annotated[int, Meta(ge=1, le=MINUTES_MOST)] | UnsetType | None = UNSET
    window_days: Annotated[int, Meta(ge=1, le=366)] | UnsetType = UNSET
    half_life_days: Annotated[int, Meta(ge=0, le=366)] | UnsetType = UNSET
    least: Annotated[int, Meta(ge=1, le=LEAST_MOST)] | UnsetType = UNSET
    target: Share | UnsetType = UNSET
    danger: Share | UnsetType = UNSET


class Rule(Struct, frozen=True):
    """A profile that judges from ``since`` on, until a later rule does. Never changed."""

    number: int
    profile: Profile
    since: datetime
    by: PersonId | None
    at: datetime


class Verdict(StrEnum):
    """What is made of a round: it was kept or not, or is left out, and why."""

    KEPT = "kept"
    LATE = "late"
    UNANSWERED = "unanswered"
    WAITING = "waiting"
    NO_REPLY_NEEDED = "no_reply_needed"
    SETTLED = "settled"
    NOT_FIRST = "not_first"
    OUTSIDE = "outside_hours"
    EXCUSED = "appeal_granted"

    @property
    def counts(self) -> bool:
        return self in {Verdict.KEPT, Verdict.LATE, Verdict.UNANSWERED}


class RoundTold(Struct, frozen=True):
    """A round as it was counted; ``machine`` is after how many milliseconds a machine spoke."""

    conversation: ConversationId
    n: int
    at: datetime
    channel: Channel | None
    agent: PersonId | None
    detail: str
    took: int | None
    good: bool | None
    machine: int | None = None

    @property
    def key(self) -> tuple[ConversationId, int]:
        return self.conversation, self.n


class Judged(Struct, frozen=True):
    """A round, what is made of it, and how many seconds of the rule's clock it took."""

    round: RoundTold
    verdict: Verdict
    seconds: float | None


class Tally(Struct, frozen=True):
    """Of the rounds that began on one day: how many counted, and how many were kept."""

    counted: int = 0
    kept: int = 0


class Standing(Struct, frozen=True, kw_only=True):
    """How a shop stands: ``score`` from 0 to 1, None as long as too few questions are judged.

    ``minutes``: half of its answers came as soon as that, by the clock on the wall.
    """

    score: float | None
    counted: int
    kept: int
    minutes: int | None
    days: int
    target: float
    own_promise: bool

    @property
    def is_below(self) -> bool:
        return self.score is not None and self.score < self.target


class WatchScores(Job, frozen=True):
    """Look which shops have fallen below their promise, or come back up to it."""


class Trend(Struct, frozen=True):
    """The score as it was at the end of a day, judged by the rule of today."""

    day: date
    score: float | None
    counted: int


# ── appeals ─────────────────────────────────────────────────────────────────────────────────


class Ground(StrEnum):
    """Why a shop says that a round should not count."""

    SPAM = "spam"
    OUTAGE = "outage"
    NOT_OURS = "not_ours"
    OTHER = "something_else"


class Outcome(StrEnum):
    """What the operator has decided about an appeal."""

    GRANTED = "granted"
    DENIED = "denied"


class Appeal(Struct, frozen=True, kw_only=True):
    """That a shop does not want to be judged by a round, and what came of it.

    ``files`` are those of the conversation that whoever appeals has added as proof; nobody else
    may open them but the operator.
    """

    id: str
    conversation: ConversationId
    n: int
    shop: ShopId
    ground: Ground
    words: str
    by: PersonId
    at: datetime
    outcome: Outcome | None = None
    answer: str = ""
    decided_by: PersonId | None = None
    decided_at: datetime | None = None
    files: list[AttachmentId] = []
