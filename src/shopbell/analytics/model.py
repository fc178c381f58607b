"""What is counted, and what a figure is. No database, no web."""

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from shopbell.conversations.model import Channel, ConversationId
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.kernel.texts import Locale, Words

# ── what is counted ─────────────────────────────────────────────────────────────────────────


class What(StrEnum):
    """What a point stands for."""

    CONTACT = "contact"
    ROUND = "round"
    MACHINE = "machine"
    SOLVED = "solved"
    RUNG = "rung"
    CASE = "case"
    DATE = "date"
    LOOK = "look"
    RATING = "rating"


class Point(Struct, frozen=True, kw_only=True):
    """One thing that can be counted, as the journal tells it.

    ``owner`` and ``n`` name it among its kind: the second round of a conversation, for one.
    ``took`` is in milliseconds; ``good`` says whether it went as it should, if that is known.
    ``detail`` is how it ended, or which it was.
    """

    owner: str
    what: What
    n: int
    conversation: ConversationId
    shop: ShopId
    at: datetime
    kind: str
    channel: Channel | None
    language: Locale
    product: str | None
    agent: PersonId | None = None
    detail: str = ""
    took: int | None = None
    good: bool | None = None

    @property
    def key(self) -> tuple[str, What, int]:
        return self.owner, self.what, self.n


class Ended(StrEnum):
    """How a round has ended: the ``detail`` of its point."""

    OPEN = "open"
    ANSWERED = "answered"
    WAVED = "no_reply_needed"
    SETTLED = "settled"


class Solver(StrEnum):
    """Who resolved a conversation, or that it was taken up again: the ``detail`` of its point."""

    BUYER = "buyer"
    SELLER = "seller"
    OPERATOR = "operator"
    SYSTEM = "silence"
    REOPENED = "reopened"


# ── what is asked ───────────────────────────────────────────────────────────────────────────


class Manner(StrEnum):
    """How points become a figure: how many, which share of them, or how long they took."""

    COUNT = "count"
    SHARE = "share"
    TIME = "time"


class Better(StrEnum):
    """Which way a figure should go."""

    MORE = "more"
    LESS = "less"
    NEITHER = "neither"


class Dimension(StrEnum):
    """By what figures are told apart."""

    DAY = "day"
    WEEK = "week"
    WEEKDAY = "weekday"
    HOUR = "hour"
    SHOP = "shop"
    KIND = "kind"
    CHANNEL = "channel"
    LANGUAGE = "language"
    PRODUCT = "product"
    AGENT = "agent"
    DETAIL = "detail"


OF_TIME = (Dimension.DAY, Dimension.WEEK, Dimension.WEEKDAY, Dimension.HOUR)
FILTERS = tuple(one for one in Dimension if one not in {Dimension.DAY, Dimension.WEEK})

Only = tuple[str, tuple[str | int, ...]]
"""A condition on points: a column, and the values that count."""


class Metric(Struct, frozen=True, kw_only=True):
    """A figure: of which points it is made, and how.

    ``where`` says which of them count at all. Of a share, ``hits`` says which are on its upper
    side; of a time, those count that took any. A figure's title and definition stand in
    ``locales/`` under its name.
    """

    name: str
    of: tuple[What, ...]
    measure: Manner
    better: Better
    where: tuple[Only, ...] = ()
    hits: tuple[Only, ...] = ()
    known: bool = False
    by: tuple[Dimension, ...]


class Asked(Struct, frozen=True, kw_only=True):
    """What is asked: from the day ``since`` to the day ``until``, both included, in a zone.

    The figure is told apart ``by`` dimensions; ``only`` says which of their values count.
    """

    since: date
    until: date
    zone: str
    by: tuple[Dimension, ...] = ()
    only: tuple[tuple[Dimension, str], ...] = ()

    def as_one(self) -> "Asked":
        """Return the same question, told apart by nothing."""
        return replace(self, by=())


class Figure(Struct, frozen=True):
    """A figure for one value of each dimension.

    It is made of ``n`` points, ``hits`` of them on its upper side. ``value`` is a count, a share
    from 0 to 1, or a median in seconds, ``high`` then the 90th percentile; None without points.
    """

    by: list[str]
    n: int
    hits: int
    value: float | None
    high: float | None = None


class FigureReport(Struct, frozen=True, kw_only=True):
    """A figure as it was asked for; ``behind`` is how many seconds it may lag behind the threads.

    ``names`` are those of the shops, people and goods among its rows. ``more``: there are more rows
    than are given.
    """

    metric: str
    title: Words
    definition: Words
    measure: Manner
    better: Better
    unit: Literal["count", "share", "seconds"]
    since: date
    until: date
    zone: str
    by: list[Dimension]
    total: Figure
    rows: list[Figure]
    names: dict[str, Words]
    more: bool
    behind: float


class FigureDefinition(Struct, frozen=True, kw_only=True):
    """What a figure means, and by what it can be told apart."""

    metric: str
    title: Words
    definition: Words
    measure: Manner
    better: Better
    unit: Literal["count", "share", "seconds"]
    dimensions: list[Dimension]


class Behind(Struct, frozen=True, kw_only=True):
    """One of the points that a figure is made of, with the conversation it happened in.

    ``hit`` says on which side of a share it stands, ``seconds`` how long it took, if it is of one.
    """

    conversation: ConversationId | None
    subject: Words
    buyer: str
    shop: str
    at: datetime
    local: str
    kind: str
    channel: Channel | None
    agent: str
    detail: str
    seconds: float | None
    hit: bool | None


class BehindPage(Struct, frozen=True):
    """A page of what stands behind a figure, the newest first."""

    items: list[Behind]
    next: str | None


UNITS: dict[Manner, Literal["count", "share", "seconds"]] = {
    Manner.COUNT: "count",
    Manner.SHARE: "share",
    Manner.TIME: "seconds",
}
