"""Who tends what, who is there, by which rule work is given out. Pure."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID, uuid5

from msgspec import Meta, Struct

from shopbell.conversations.model import ConversationId, TagId, TalkKind, WakeOn
from shopbell.kernel.actor import PersonId, Rank, ShopId
from shopbell.kernel.events import Fact, Job
from shopbell.kernel.texts import Locale

ATTENDED = timedelta(minutes=5)
"""Somebody without an open page for longer is given nothing new, whatever they chose to be."""

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When those chose to be what they are who have chosen nothing."""

SNOOZE_MOST = timedelta(days=365)
"""Nothing sleeps longer; what waits for an event comes back by then."""

CAPACITY_MOST = 200
TAGS_MOST, TAGS_OF_ONE_MOST, TAG_LETTERS_MOST = 200, 10, 40


class Attendance(StrEnum):
    """What somebody of the team chose to be. A browser that is closed does not change it."""

    AVAILABLE = "available"
    BUSY = "busy"
    AWAY = "away"
    OFF = "off"


class Mode(StrEnum):
    """How a shop gives out what waits and is nobody's."""

    MANUAL = "manual"
    ROUND_ROBIN = "round_robin"
    LOAD = "load"
    SKILL = "skill"


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a shop gives out work.

    Attributes:
        limit: so many conversations that wait for the shop a machine gives to one person.
        patience: seconds that somebody with the skill is waited for before anybody will do.
        grace: seconds after which what somebody had who went off is given to others.
    """

    mode: Mode = Mode.MANUAL
    limit: Annotated[int, Meta(ge=1, le=CAPACITY_MOST)] = 5
    patience: Annotated[int, Meta(ge=0, le=86_400)] = 120
    grace: Annotated[int, Meta(ge=0, le=86_400)] = 600

    @property
    def automatic(self) -> bool:
        """Tell whether a machine gives out work."""
        return self.mode is not Mode.MANUAL


def seat_id(shop: ShopId, person: PersonId) -> str:
    """Return by what a seat is known, to the clock too: each shop has one for each of its team."""
    return str(uuid5(UUID(shop), person))


class Seat(Struct, frozen=True, kw_only=True):
    """Somebody's place at the desk of a shop: what they chose to be, and what they can do.

    Attributes:
        since: when they became what they are; `NEVER`, if they have not chosen yet.
        capacity: so many conversations at a time, if not as many as the shop's rule says.
        languages: those they answer in; none named, any.
        kinds: kinds of conversation they know; none named, any.
        last_given_at: when they were last given something.
        seen_at: when they last had a page open, to about a minute.
    """

    person: PersonId
    shop: ShopId
    presence: Attendance = Attendance.OFF
    since: datetime
    capacity: int | None = None
    languages: list[Locale] = []
    kinds: list[TalkKind] = []
    shift_ends_at: datetime | None = None
    last_given_at: datetime | None = None
    seen_at: datetime

    @property
    def id(self) -> str:
        """Return by what this seat is known."""
        return seat_id(self.shop, self.person)

    @property
    def chosen(self) -> bool:
        """Tell whether they ever chose what to be; until then, they have not gone off."""
        return self.since > NEVER

    def attended(self, now: datetime) -> bool:
        """Tell whether they have a page open, and so see what comes to them."""
        return now - self.seen_at <= ATTENDED

    def takes_new(self, now: datetime) -> bool:
        """Tell whether a machine may give them something now."""
        return self.presence is Attendance.AVAILABLE and self.attended(now)

    def knows(self, locale: Locale, kind: TalkKind | None) -> bool:
        """Tell whether they can answer in this language about this."""
        speaks = not self.languages or locale in self.languages
        return speaks and (not self.kinds or kind in self.kinds)


class OwnShop(Struct, frozen=True, kw_only=True):
    """A shop somebody works for, and how much waits there; ``here``: they act for it now."""

    shop: ShopId
    slug: str
    name: str
    rank: Rank
    waiting: int
    here: bool


class Teammate(Struct, frozen=True, kw_only=True):
    """Somebody of the team, as the others see them.

    ``load``: what of theirs waits for the shop; ``limit``: so much a machine gives them.
    """

    person: PersonId
    name: str
    presence: Attendance
    here: bool
    load: int
    limit: int
    capacity: int | None
    languages: list[Locale]
    kinds: list[TalkKind]
    shift_ends_at: datetime | None


class Colour(StrEnum):
    """What colour a tag has; each is readable on light and dark."""

    GREY = "grey"
    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    BLUE = "blue"
    VIOLET = "violet"


class Tag(Struct, frozen=True):
    """A word that a shop's team puts on conversations."""

    id: TagId
    name: str
    colour: Colour


class Way(StrEnum):
    """By which way a conversation came to somebody."""

    TAKEN = "taken"
    GIVEN = "given"
    ROUND_ROBIN = "round_robin"
    LOAD = "load"
    SKILL = "skill"


class Why(StrEnum):
    """Why a conversation is nobody's any more."""

    HAND = "hand"
    SHIFT = "shift"
    LEFT = "left"
    CLOCK = "clock"


# ── what the team reads of it among the notes ───────────────────────────────────────────────


class Assigned(Struct, frozen=True):
    """The data of an ``assigned`` note: to whom, by which way, and whose it was."""

    to: PersonId
    name: str
    way: Way
    before: PersonId | None = None


class Unassigned(Struct, frozen=True):
    """The data of an ``unassigned`` note: whose it was, and why it is no more."""

    before: PersonId
    name: str
    why: Why


class Tagged(Struct, frozen=True):
    """The data of a ``tagged`` note: which tag was put on, or taken off."""

    tag: TagId
    name: str
    on: bool


class Sorted(Struct, frozen=True):
    """The data of a ``sorted`` note: what kind it is, as somebody said."""

    kind: TalkKind


class Snoozed(Struct, frozen=True):
    """The data of a ``snoozed`` note: until when, and for what it waits."""

    until: datetime
    waits_for: WakeOn


class Woken(Struct, frozen=True):
    """The data of a ``woken`` note: what woke it."""

    by: WakeOn


# ── facts ───────────────────────────────────────────────────────────────────────────────────


class TalkAssigned(Fact, frozen=True, tag="talk_assigned"):
    """A conversation is somebody's now; ``load`` counts what of theirs waits, with this."""

    conversation: ConversationId
    shop: ShopId
    to: PersonId
    before: PersonId | None
    by: PersonId
    way: Way
    load: int


class TalkUnassigned(Fact, frozen=True, tag="talk_unassigned"):
    """A conversation is nobody's any more."""

    conversation: ConversationId
    shop: ShopId
    before: PersonId
    by: PersonId
    why: Why


class PresenceChosen(Fact, frozen=True, tag="presence_chosen"):
    """Somebody of a team is available, busy, away or off now; ``by`` them, or by their shift."""

    shop: ShopId
    person: PersonId
    before: Attendance
    after: Attendance
    by: PersonId


class TalkTagged(Fact, frozen=True, tag="talk_tagged"):
    """A tag was put on a conversation, or taken off."""

    conversation: ConversationId
    shop: ShopId
    tag: TagId
    on: bool
    by: PersonId


class TalkSorted(Fact, frozen=True, tag="talk_sorted"):
    """Somebody said what kind a conversation is, or its first words did."""

    conversation: ConversationId
    shop: ShopId
    kind: TalkKind
    by: PersonId


class TalkSnoozed(Fact, frozen=True, tag="talk_snoozed"):
    """A conversation was put aside until a time, or until something happens."""

    conversation: ConversationId
    shop: ShopId
    until: datetime
    waits_for: WakeOn
    by: PersonId


class TalkWoken(Fact, frozen=True, tag="talk_woken"):
    """A conversation that was put aside is back before the team."""

    conversation: ConversationId
    shop: ShopId
    on: WakeOn
    by: PersonId


class DeskRuled(Fact, frozen=True, tag="desk_ruled"):
    """A shop gives out its work by another rule now."""

    shop: ShopId
    rule: Rule
    by: PersonId


class ServeLine(Job, frozen=True):
    """What waits at a shop's desk is to be given out, as another was doing so at that moment."""

    shop: ShopId
