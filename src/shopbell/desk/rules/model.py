"""What a rule is: when it is called, what must be so, what it does then. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, NewType

from msgspec import Meta, Struct

from shopbell.conversations.model import ConversationId
from shopbell.desk.macros.model import Deed
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.kernel.events import Fact, Job

RuleId = NewType("RuleId", str)

DEPTH_MOST = 3
"""So many rules may follow from one another; what the last of them changes calls none."""

OFTEN_MOST, OFTEN_WITHIN = 10, timedelta(minutes=1)
"""So often rules act on one conversation; more is a loop, or a storm that a person should see."""

FAILURES_MOST = 5
"""A rule that failed so often running is switched off."""

KEPT = timedelta(days=90)
"""So long it is kept what a rule did."""

SILENCE_MOST = timedelta(days=365)


class Trigger(StrEnum):
    """What calls a rule."""

    BUYER_WROTE = "buyer_wrote"
    SHOP_WROTE = "shop_wrote"
    OPENED = "opened"
    CASE_MOVED = "case_moved"
    SORTED = "sorted"
    TAGGED = "tagged"
    CLOCK_WARNED = "clock_warned"
    CLOCK_BREACHED = "clock_breached"
    PARCEL_LATE = "parcel_late"
    PARCEL_STALLED = "parcel_stalled"
    PARCEL_DELIVERED = "parcel_delivered"
    WOKEN = "woken"
    RATED = "rated"
    SILENCE = "silence"


class Group(StrEnum):
    """How conditions of one list are joined."""

    ALL = "all"
    ANY = "any"
    NONE = "none"


class Outcome(StrEnum):
    """What came of a rule that was called and whose conditions held."""

    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class Stop(StrEnum):
    """Why a guard stopped a rule, or kept one of its messages back."""

    ITSELF = "itself"
    DEEP = "deep"
    OFTEN = "often"
    SPOKEN = "spoken"
    BLOCKED = "blocked"


Said = Annotated[str, Meta(min_length=1, max_length=80)]


class Condition(Struct, frozen=True, forbid_unknown_fields=True):
    """One condition: the ``field`` is one of these, or is at least or at most so much."""

    field: Annotated[str, Meta(min_length=1, max_length=20)]
    one_of: Annotated[list[Said], Meta(max_length=50)] = []
    at_least: Annotated[int, Meta(ge=0, le=1_000_000_000)] | None = None
    at_most: Annotated[int, Meta(ge=0, le=1_000_000_000)] | None = None


Conditions = Annotated[list[Condition], Meta(max_length=20)]


class RuleBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What people write of a rule.

    Attributes:
        value: what the trigger is narrowed to: a tag, a kind, a step of a case; for silence the
            span, as ``72h`` or ``3d``. Empty: any.
        place: rules of one trigger run in this order.
        all, any, none: conditions; an empty list asks nothing.
    """

    name: Annotated[str, Meta(min_length=1, max_length=80)]
    trigger: Trigger
    acts: Annotated[list[Deed], Meta(min_length=1, max_length=10)]
    value: Annotated[str, Meta(max_length=40)] = ""
    on: bool = True
    place: Annotated[int, Meta(ge=0, le=1_000)] = 100
    all: Conditions = []
    any: Conditions = []
    none: Conditions = []

    def conditions(self) -> list[tuple[Group, int, Condition]]:
        """List the conditions with the list and the place in it of each."""
        return [(group, at, one) for group in Group for at, one in enumerate(self.of(group))]

    def of(self, group: Group) -> list[Condition]:
        """Return the conditions of one list."""
        return {Group.ALL: self.all, Group.ANY: self.any, Group.NONE: self.none}[group]


class Rule(Struct, frozen=True, kw_only=True):
    """A rule of a shop, or without ``shop`` of the marketplace for all; an edit is a ``version``.

    ``failures`` counts how often it failed running; ``stopped_at``: when it was switched off so.
    """

    id: RuleId
    shop: ShopId | None
    by: PersonId
    version: int
    body: RuleBody
    changed_at: datetime
    failures: int = 0
    stopped_at: datetime | None = None


class Verdict(Struct, frozen=True):
    """Whether one condition held, and what was ``seen`` instead or indeed."""

    group: Group
    condition: Condition
    seen: str
    holds: bool


class Did(Struct, frozen=True):
    """What came of one action: done, kept back by a guard, or refused by its room's ``code``."""

    act: Deed
    kept_back: Stop | None = None
    refused: str = ""


class Story(Struct, frozen=True):
    """How a run went; ``took`` in milliseconds."""

    verdicts: list[Verdict] = []
    did: list[Did] = []
    stop: Stop | None = None
    took: float = 0.0


class Run(Struct, frozen=True, kw_only=True):
    """One run of a rule: what called it, in which conversation, and what came of it."""

    rule: RuleId
    version: int
    call: str
    trigger: Trigger
    conversation: ConversationId
    shop: ShopId
    at: datetime
    outcome: Outcome
    story: Story


class Trial(Struct, frozen=True):
    """What a rule would make of a conversation now: each condition's verdict, and them together."""

    holds: bool
    verdicts: list[Verdict]


class WouldAct(Struct, frozen=True):
    """Where a rule would have acted, and at what moment."""

    conversation: ConversationId
    buyer_name: str
    at: datetime


class Rehearsal(Struct, frozen=True):
    """What a rule would have done; ``whole`` is false where there was more than was looked at."""

    days: int
    looked_at: int
    count: int
    whole: bool
    hits: list[WouldAct]
    acts: list[Deed]


# ── facts and jobs ──────────────────────────────────────────────────────────────────────────


class AutomationChanged(Fact, frozen=True, tag="automation_changed"):
    """A rule was written, written anew, switched, or taken away."""

    shop: ShopId | None
    rule: RuleId
    version: int
    by: PersonId
    removed: bool = False


class AutomationStopped(Fact, frozen=True, tag="automation_stopped"):
    """A rule failed so often running that it was switched off."""

    shop: ShopId | None
    rule: RuleId
    failures: int


class CallRules(Job, frozen=True):
    """Something happened that rules wait for.

    Attributes:
        call: names what happened, for once and all.
        chain: the rules whose doing it was, the first of them first.
        seq: the message that was written, where it was one.
        value: what the trigger may be narrowed to.
    """

    call: str
    trigger: Trigger
    shop: ShopId
    conversation: ConversationId
    seq: int = 0
    value: str = ""
    chain: tuple[RuleId, ...] = ()
