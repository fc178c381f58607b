"""What is known of listings from contact alone. No database, no web."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from shopbell.commerce.lateness import Way
from shopbell.commerce.model import Attribute, ProductId
from shopbell.conversations.model import ConversationId
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.kernel.texts import Locale, Words
from shopbell.knowledge.answers.model import AnswerId

# ── what is counted ─────────────────────────────────────────────────────────────────────────


class Why(StrEnum):
    """Why something came back, as far as a listing can have to do with it."""

    SIZE = "size"
    DEFECT = "defect"
    DESCRIPTION = "description"
    OTHER = "other"


class Ask(Struct, frozen=True):
    """That something was asked: where it stands, and which message answered it.

    The words are not kept here: they are read where they stand, as they read then.
    """

    talk: ConversationId
    seq: int
    at: datetime
    answer: int | None


class Cluster(Struct, frozen=True, kw_only=True):
    """Questions that one line of a listing would answer, the newest last.

    ``named`` says what they ask for, if that has a name. ``answered`` tells what answers them
    already: an ``attribute``, a ``question`` (the FAQ) or a ``clause``; empty: nothing does.
    """

    key: str
    named: Words
    asks: list[Ask]
    languages: list[Locale]
    answered: str
    since: datetime | None


class Listing(Struct, frozen=True, kw_only=True):
    """Of one product: orders, conversations about it or such an order, and orders that came back.

    An order counts once for each reason, and once as disputed.
    """

    product: ProductId
    slug: str
    title: Words
    orders: int = 0
    contacts: int = 0
    returns: dict[Why, int] = {}
    disputed: int = 0
    clusters: list[Cluster] = []


class Lane(Struct, frozen=True):
    """Orders sent by one carrier at home or abroad; with a parcel late, or silent for too long."""

    carrier: str
    way: Way
    orders: int
    late: int
    stalled: int


class Bought(Struct, frozen=True):
    """Of so many buyers who asked about a product, so many ordered it within seven days."""

    asked: int
    ordered: int


class Sheet(Struct, frozen=True, kw_only=True):
    """All that is counted of a shop: orders placed from ``since`` to ``until``, a whole week's end.

    Nothing of it is shown as it stands: `shown` leaves out what is too few to tell.
    """

    since: datetime
    until: datetime
    made_at: datetime
    listings: list[Listing]
    lanes: list[Lane]
    in_time: Bought
    too_late: Bought


# ── what was done about it ──────────────────────────────────────────────────────────────────


class Manner(StrEnum):
    """What was added so that nobody has to ask again."""

    ATTRIBUTE = "attribute"
    ANSWER = "answer"


class Mend(Struct, frozen=True, kw_only=True):
    """A line added to a listing because of a cluster, asked ``before`` times in the 28 days."""

    id: str
    shop: ShopId
    product: ProductId
    key: str
    manner: Manner
    attribute: Attribute | None
    answer: AnswerId | None
    before: int
    at: datetime
    by: PersonId
    undone_at: datetime | None = None


# ── what is shown ───────────────────────────────────────────────────────────────────────────


class Rate(Struct, frozen=True):
    """So many of so many, with the 95 % interval of Wilson; all None where there are too few."""

    hits: int | None = None
    of: int | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None


class Since(Struct, frozen=True, kw_only=True):
    """What came of a line that was added: questions a week before and after; that is not causal.

    ``after`` is None until a week has passed.
    """

    mend: str
    manner: Manner
    at: datetime
    before: float
    after: float | None


class ClusterShown(Struct, frozen=True, kw_only=True):
    """What was asked of a listing, how often, and whether anything answers it.

    ``example`` is a buyer's words with contacts covered, for the shop alone.
    """

    key: str
    named: Words
    asked: int
    languages: list[Locale]
    answered: str
    answered_since: datetime | None
    example: str
    mended: Since | None


class ListingShown(Struct, frozen=True, kw_only=True):
    """A listing as it stands in the ranking; ``open`` questions are answered by nothing in it.

    ``per_100`` are contacts for each hundred orders; None, as all rates, below ten orders.
    """

    product: ProductId
    slug: str
    title: Words
    score: int
    orders: int | None
    contacts: int
    per_100: float | None
    asked: int
    open: int
    about: Words
    returns: dict[Why, Rate]
    disputed: Rate


class LaneShown(Struct, frozen=True):
    """How a carrier kept its days at home or abroad; without a ``carrier``: small ones together."""

    carrier: str
    way: Way | None
    late: Rate
    stalled: Rate


class InsightBoard(Struct, frozen=True, kw_only=True):
    """What a shop's contacts tell: the ``worst`` ten listings, all listings, and the lanes.

    ``in_time`` and ``too_late`` say how many ordered within seven days of asking, by whether they
    were answered in time. That is not causal.
    """

    shop: ShopId
    name: str
    since: datetime
    until: datetime
    made_at: datetime
    worst: list[ListingShown]
    listings: list[ListingShown]
    lanes: list[LaneShown]
    disputed: Rate
    in_time: Rate
    too_late: Rate


class ListingInsight(Struct, frozen=True, kw_only=True):
    """All that is told of one listing; ``may_mend``: the reader may add to it."""

    shop: ShopId
    listing: ListingShown
    clusters: list[ClusterShown]
    since: datetime
    until: datetime
    made_at: datetime
    may_mend: bool


class Draft(Struct, frozen=True):
    """An entry of the FAQ made ready of the best answer given so far."""

    question: str
    answer: str
    locale: Locale
