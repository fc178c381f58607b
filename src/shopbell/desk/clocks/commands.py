"""What may be asked about clocks, and what is answered. No database, no web."""

from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta, Struct

from shopbell.commerce.calendars import Calendar
from shopbell.conversations.model import Channel
from shopbell.conversations.targets.model import Ceiling, ClockRules, Maxima, Policy, Version
from shopbell.conversations.targets.running import Target
from shopbell.conversations.turns import Turn
from shopbell.kernel.actor import ShopId


class LayClocks(Struct, frozen=True, forbid_unknown_fields=True):
    """Have a shop go by ``rules`` from ``since`` on, as soon as may be without it.

    ``after``: the version these were written from, 0 if there was none, where that matters.
    """

    rules: ClockRules
    since: datetime | None = None
    after: Annotated[int, Meta(ge=0, le=1 << 31)] | None = None


class Capped(Struct, frozen=True):
    """A goal that is quicker than the shop's rules say: the marketplace allows no more minutes."""

    policy: int
    channel: Channel
    target: Target
    asked: int | None
    given: int


class ClocksShown(Struct, frozen=True):
    """The rules of a shop: those that count, those to come, and what the marketplace makes of them.

    ``latest`` is the number of the last version, 0 without any.
    """

    counting: Version | None
    coming: list[Version]
    latest: int
    maxima: Maxima
    capped: list[Capped]


class MaximaShown(Struct, frozen=True):
    """How slow the marketplace lets a shop be, now and later, and which shops promise less."""

    counting: Ceiling | None
    coming: list[Ceiling]
    slower: list["Slower"]


class Slower(Struct, frozen=True):
    """A shop whose own words are slower than the marketplace allows: they are cut to that."""

    shop: ShopId
    name: str
    channel: Channel
    target: Target
    asked: int
    most: int


class Pause(Struct, frozen=True):
    """A clock stood still for somebody, from when until when."""

    target: Target
    waiting_on: Turn
    since: datetime
    until: datetime | None


class ClockShown(Struct, frozen=True):
    """Why a date is what it is: since when a clock runs, by which rule, and in which calendar."""

    target: Target
    since: datetime
    due_at: datetime | None
    warn_at: datetime | None
    left: timedelta | None
    paused_for: Turn | None
    warned: bool
    breached: bool
    goal: timedelta
    rules: int
    row: int
    policy: Policy
    calendar: Calendar


class TalkClocks(Struct, frozen=True):
    """The clocks that run in a conversation, when they stood still, and how many were missed."""

    running: list[ClockShown]
    pauses: list[Pause]
    missed: int
