"""What of the counted is shown, and which listing comes first. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from shopbell.analytics.insight.model import (
    Cluster,
    ClusterShown,
    Listing,
    ListingShown,
    Mend,
    Rate,
    Since,
    Why,
)
from shopbell.analytics.insight.odds import FEW, rate

WORST = 10
RETURN_COUNTS = 5
"""What comes back because of its listing costs a shop about as much as so many questions: two
ways of a parcel and a refund against minutes of somebody's time. It is a choice, and printed."""

BY_LISTING = (Why.SIZE, Why.DESCRIPTION)
"""What came back for these reasons, another listing might have kept."""

FOUR_WEEKS, A_WEEK = timedelta(weeks=4), timedelta(weeks=1)


def ranked(listings: Iterable[Listing], mended: Collection[tuple[str, str]]) -> list[ListingShown]:
    """Return listings as they are shown, the one to fix first at the head.

    The score is open questions and, where ten were ordered, returns because of the listing,
    each for `RETURN_COUNTS` questions.
    """
    shown = [listing_shown(one, mended) for one in listings]
    return sorted(shown, key=lambda one: (-one.score, -one.open, -one.contacts, one.product))


def listing_shown(one: Listing, mended: Collection[tuple[str, str]]) -> ListingShown:
    """Return what is told of a listing; nothing that is made of fewer than ten orders."""
    enough = one.orders >= FEW
    waiting = [it for it in one.clusters if not it.answered and (one.product, it.key) not in mended]
    unanswered = sum(len(it.asks) for it in waiting)
    back = sum(one.returns.get(why, 0) for why in BY_LISTING) if enough else 0
    return ListingShown(
        product=one.product,
        slug=one.slug,
        title=one.title,
        score=unanswered + RETURN_COUNTS * back,
        orders=one.orders if enough else None,
        contacts=one.contacts,
        per_100=100 * one.contacts / one.orders if enough else None,
        asked=sum(len(it.asks) for it in one.clusters),
        open=unanswered,
        about=waiting[0].named if waiting else {},
        returns={why: rate(one.returns.get(why, 0), one.orders) for why in Why},
        disputed=rate(one.disputed, one.orders),
    )


def disputed(shown: Sequence[ListingShown]) -> Rate:
    """Return how many orders of listings that are told of were disputed; of the others, nothing."""
    told = [one.disputed for one in shown if one.disputed.of]
    return rate(sum(one.hits or 0 for one in told), sum(one.of or 0 for one in told))


def cluster_shown(
    one: Cluster, mends: Mapping[str, Mend], now: datetime, example: str
) -> ClusterShown:
    """Return what is told of a cluster, and what came of what was done about it."""
    mend = mends.get(one.key)
    return ClusterShown(
        key=one.key,
        named=one.named,
        asked=len(one.asks),
        languages=one.languages,
        answered=one.answered or (mend.manner if mend else ""),
        answered_since=mend.at if mend else one.since,
        example=example,
        mended=since(one, mend, now) if mend else None,
    )


def since(one: Cluster, mend: Mend, now: datetime) -> Since:
    """Return how often something was asked a week, before it stood in the listing and after."""
    end = min(now, mend.at + FOUR_WEEKS)
    weeks = (end - mend.at) / A_WEEK
    return Since(
        mend=mend.id,
        manner=mend.manner,
        at=mend.at,
        before=mend.before / (FOUR_WEEKS / A_WEEK),
        after=between(one, mend.at, end) / weeks if weeks >= 1 else None,
    )


def between(one: Cluster, begin: datetime, end: datetime) -> int:
    """Count how often something was asked after one moment, up to another."""
    return sum(begin < ask.at <= end for ask in one.asks)
