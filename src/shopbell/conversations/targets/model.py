"""What a shop promises by: targets for kinds of conversation, in the open minutes of calendars."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct

from shopbell.commerce.calendars import Calendar
from shopbell.conversations.model import Channel, Conversation, TalkKind
from shopbell.conversations.targets.refusals import ClocksWrong
from shopbell.conversations.targets.running import Target
from shopbell.kernel.actor import PersonId
from shopbell.kernel.texts import Locale

MINUTES_MOST = 60 * 24 * 60
"""Sixty days around the clock: nobody calls a promise what takes longer."""

Minutes = Annotated[int, Meta(ge=1, le=MINUTES_MOST)]
Name = Annotated[str, Meta(min_length=1, max_length=40)]


class Consequence(StrEnum):
    """What a warning or a breach leads to, beside the note that it always leaves for the team."""

    RAISE = "raise"
    REQUEUE = "requeue"
    LETTER = "letter"
    LADDER = "ladder"


class Goals(Struct, frozen=True, forbid_unknown_fields=True):
    """How soon, in open minutes: the first answer, each later one, the end of the matter."""

    first: Minutes | None = None
    next: Minutes | None = None
    resolution: Minutes | None = None

    def of(self, target: Target) -> int | None:
        """Return one of them."""
        found: int | None = getattr(self, target)
        return found

    def within(self, most: "Goals") -> "Goals":
        """Return them where none is slower than ``most`` allows, nor missing where it says one."""
        both = ([self.of(one), most.of(one)] for one in Target)
        return Goals(*(min(filter(None, pair), default=None) for pair in both))


NO_GOALS = Goals()


class Policy(Struct, frozen=True, forbid_unknown_fields=True):
    """Which conversations have which goals; a list that names nothing stands for all.

    ``warn_at`` is the share of a goal, in percent, after which it warns.
    """

    calendar: Name
    goals: Goals
    kinds: Annotated[list[TalkKind], Meta(max_length=6)] = []
    locales: Annotated[list[Locale], Meta(max_length=3)] = []
    channels: Annotated[list[Channel], Meta(max_length=3)] = []
    warn_at: Annotated[int, Meta(ge=1, le=99)] = 75
    on_warning: Annotated[list[Consequence], Meta(max_length=4)] = []
    on_breach: Annotated[list[Consequence], Meta(max_length=4)] = []

    def is_for(self, kind: TalkKind, locale: Locale, channel: Channel) -> bool:
        """Tell whether a conversation of this kind goes by it."""
        return (
            kind in (self.kinds or [kind])
            and locale in (self.locales or [locale])
            and channel in (self.channels or [channel])
        )


class ClockRules(Struct, frozen=True, forbid_unknown_fields=True):
    """The rules of one shop: calendars by name, and policies of which the first that fits counts.

    What none of them fits goes by the promise on the shop's page.
    """

    calendars: Annotated[dict[Name, Calendar], Meta(max_length=20)]
    policies: Annotated[list[Policy], Meta(min_length=1, max_length=50)]

    def __post_init__(self) -> None:
        for place, policy in enumerate(self.policies, 1):
            if policy.calendar not in self.calendars:
                raise ClocksWrong.at(place, "calendar")
            if policy.goals == NO_GOALS:
                raise ClocksWrong.at(place, "goals")

    def never_done(self, now: datetime) -> Iterator[tuple[int, str]]:
        """Say of each policy that cannot be kept why: its calendar has no time, or too little."""
        for place, policy in enumerate(self.policies, 1):
            calendar = self.calendars[policy.calendar]
            longest = max(filter(None, (policy.goals.of(one) for one in Target)))
            if calendar.starts(now) is None:
                yield place, "never_open"
            elif calendar.after(now, timedelta(minutes=longest)) is None:
                yield place, "never_done"


class Maxima(Struct, frozen=True, forbid_unknown_fields=True):
    """How slow the marketplace lets any shop be, by the channel of a question."""

    chat: Goals = NO_GOALS
    message: Goals = NO_GOALS
    email: Goals = NO_GOALS

    def of(self, channel: Channel) -> Goals:
        """Return what counts for questions by one channel."""
        found: Goals = getattr(self, channel)
        return found


class Rule(NamedTuple):
    """What counts for a conversation: a policy, where it stands, its calendar, and its goals."""

    rules: int
    row: int
    policy: Policy
    calendar: Calendar
    goals: Goals

    def length(self, target: Target) -> timedelta | None:
        """Return how long a target gives."""
        minutes = self.goals.of(target)
        return timedelta(minutes=minutes) if minutes else None


class Version(Struct, frozen=True):
    """Rules of a shop that count from ``since`` on; none if it lifted them. Never changed."""

    number: int
    since: datetime
    rules: ClockRules | None
    by: PersonId
    at: datetime

    def rule(self, row: int, most: Goals = NO_GOALS) -> Rule:
        """Return the rule in a row, with goals no slower than ``most``."""
        rules = self.rules
        if rules is None:
            raise LookupError(f"version {self.number} lifts all rules")
        policy = rules.policies[row]
        return Rule(
            self.number, row, policy, rules.calendars[policy.calendar], policy.goals.within(most)
        )

    def row(self, kind: TalkKind, locale: Locale, channel: Channel) -> int | None:
        """Return the first row that is for conversations like this."""
        policies = self.rules.policies if self.rules else []
        rows = (row for row, one in enumerate(policies) if one.is_for(kind, locale, channel))
        return next(rows, None)


class Ceiling(Struct, frozen=True):
    """Maxima that count from ``since`` on."""

    number: int
    since: datetime
    maxima: Maxima
    by: PersonId
    at: datetime


class Book(NamedTuple):
    """The versions of one shop and of the marketplace that count or will, the latest first."""

    versions: Sequence[Version]
    ceilings: Sequence[Ceiling]

    def version(self, at: datetime) -> Version | None:
        """Return the rules of the shop at a moment: of those that had begun, the last word."""
        return next((one for one in self.versions if one.since <= at), None)

    def maxima(self, at: datetime) -> Maxima:
        """Return how slow any shop may be at a moment."""
        return next((one.maxima for one in self.ceilings if one.since <= at), Maxima())

    def rule(self, talk: Conversation, at: datetime) -> Rule | None:
        """Return what counts for a conversation at a moment, if the shop's rules know of it."""
        return self.rule_for(talk.kind or TalkKind.QUESTION, talk.locale, talk.channel, at)

    def rule_for(
        self, kind: TalkKind, locale: Locale, channel: Channel, at: datetime
    ) -> Rule | None:
        """Return what counts for conversations like this at a moment."""
        version = self.version(at)
        row = version.row(kind, locale, channel) if version else None
        if version is None or row is None:
            return None
        return version.rule(row, self.maxima(at).of(channel))
