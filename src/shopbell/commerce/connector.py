"""What a connector to a commerce platform can do for us. Each lives in `connectors/`."""

from enum import StrEnum
from typing import Annotated, Protocol

from msgspec import Meta, Struct

from shopbell.commerce.model import Money, ShortText
from shopbell.kernel.actor import ShopId


class PaymentState(StrEnum):
    """How far a platform is with money it was asked to give back."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class Payback(Struct, frozen=True):
    """Ask a platform to give back money. Under one ``key`` it pays once, however often asked."""

    key: str
    shop: ShopId
    order: str
    part: str
    amount: Money


class Payment(Struct, frozen=True):
    """What a platform says of money it was asked to give back.

    ``bank_days`` is how long the bank may take from now on.
    """

    state: PaymentState
    reference: ShortText = ""
    trouble: Annotated[str, Meta(max_length=500)] = ""
    bank_days: Annotated[int, Meta(ge=0, le=90)] | None = None


class Cashier(Protocol):
    """Something that can give money back: a commerce platform behind a connector."""

    async def pay_back(self, asked: Payback) -> Payment:
        """Ask for a payment, or how far it is; raises if the platform cannot be reached."""
        ...
