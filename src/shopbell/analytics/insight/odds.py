"""Shares with how sure they are, and which are too few to be told. Pure."""

from collections.abc import Sequence
from math import sqrt

from shopbell.analytics.insight.model import Bought, Lane, LaneShown, Rate

FEW = 10
"""No figure is told of fewer orders than these: THE rule for screens, API and files."""

Z = 1.959964
"""The 97.5th percentile of the normal distribution: 95 % lie within."""


def rate(hits: int, of: int) -> Rate:
    """Return a share with its Wilson interval (E. B. Wilson, 1927); nothing of too few."""
    if of < FEW:
        return Rate()
    share, square = hits / of, Z * Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = Z / (1 + square / of) * sqrt(share * (1 - share) / of + square / (4 * of * of))
    return Rate(hits, of, share, max(0.0, middle - half), min(1.0, middle + half))


def both(one: Bought, other: Bought) -> tuple[Rate, Rate]:
    """Return two shares that are to be compared; neither, if one of them is of too few."""
    if min(one.asked, other.asked) < FEW:
        return Rate(), Rate()
    return rate(one.ordered, one.asked), rate(other.ordered, other.asked)


def lanes(counted: Sequence[Lane]) -> list[LaneShown]:
    """Return lanes, the busiest first, with small ones put together.

    What is together must not be few either, so a larger one may have to join.
    """
    large = sorted(
        (one for one in counted if one.orders >= FEW), key=lambda one: (-one.orders, one.carrier)
    )
    small = [one for one in counted if one.orders < FEW]
    while small and large and sum(one.orders for one in small) < FEW:
        small.append(large.pop())
    shown = [_lane(one.carrier, one) for one in large]
    return shown + ([_together(small)] if sum(one.orders for one in small) >= FEW else [])


def _lane(carrier: str, one: Lane) -> LaneShown:
    return LaneShown(carrier, one.way, rate(one.late, one.orders), rate(one.stalled, one.orders))


def _together(small: Sequence[Lane]) -> LaneShown:
    orders = sum(one.orders for one in small)
    late, stalled = sum(one.late for one in small), sum(one.stalled for one in small)
    return LaneShown("", None, rate(late, orders), rate(stalled, orders))
