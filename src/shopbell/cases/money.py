"""The words for money that goes back. Pure."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NewType

from msgspec import Struct

from shopbell.cases.fields import TakenLine
from shopbell.commerce.model import Money, Order

RefundId = NewType("RefundId", str)


class Part(StrEnum):
    """What a refund is for."""

    ITEM = "item"
    OUTBOUND_SHIPPING = "outbound_shipping"
    RETURN_SHIPPING = "return_shipping"
    COMPENSATION = "compensation"


class RefundState(StrEnum):
    """How far one refund has come."""

    REQUESTED = "requested"
    APPROVED = "approved"
    SUBMITTED = "submitted"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RefundShown(Struct, frozen=True, kw_only=True):
    """A refund as the two sides see it, with what the reader may do about it."""

    id: RefundId
    part: Part
    amount: Money
    lines: list[TakenLine]
    state: RefundState
    requested_at: datetime
    submitted_at: datetime | None
    done_at: datetime | None
    reference: str
    bank_days: int
    actions: list[str]


def price_of(order: Order, lines: Iterable[TakenLine]) -> int:
    """Return what was paid for so many of these lines, in the smallest unit.

    If less was paid than the lines cost, each of them takes its part of what was taken off.
    """
    prices = {line.id: line.price.amount for line in order.lines}
    price = sum(prices.get(one.line, 0) * one.quantity for one in lines)
    listed = sum(line.price.times(line.quantity).amount for line in order.lines)
    return price * order.total.amount // listed if order.total.amount < listed else price
