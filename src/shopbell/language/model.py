"""What is found in words, and where. Pure."""

from enum import StrEnum

from msgspec import Struct


class Hidden(StrEnum):
    """What leads people off the marketplace, or to their money."""

    PHONE = "phone"
    EMAIL = "email"
    URL = "url"
    MESSENGER = "messenger"
    CARD = "card"
    SCAM = "scam"


class Span(Struct, frozen=True, order=True):
    """A piece of a text, by places in the text as it was written."""

    start: int
    end: int
    kind: Hidden


class FactKind(StrEnum):
    """What a message may name."""

    ORDER = "order"
    TRACKING = "tracking"
    SKU = "sku"
    LINK = "link"
    MONEY = "money"
    DATE = "date"
    SIZE = "size"


class Fact(Struct, frozen=True, order=True):
    """Something a message names: where it stands, and its value in one form.

    Money is ``1299.99 USD``, a date ``2026-03-15``, a size ``EU 42``, ``XL`` or ``30x40 cm``.
    """

    start: int
    end: int
    kind: FactKind
    value: str


class Need(StrEnum):
    """What a shop must know before it can help."""

    ORDER = "order"
    PRODUCT = "product"
    REASON = "reason"
    PHOTO = "photo"
    VARIANT = "variant"
    ADDRESS = "address"


class Courtesy(StrEnum):
    """How a message speaks to its reader. Upset is not abusive."""

    POLITE = "polite"
    NEUTRAL = "neutral"
    UPSET = "upset"
    ABUSIVE = "abusive"


class Topic(StrEnum):
    """What a message is about, as a shop sorts its mail."""

    PRODUCT = "product"
    LOGISTICS = "logistics"
    RETURN = "return"
    AFTER_SALES = "after_sales"
    OTHER = "other"


class Matter(Struct, frozen=True):
    """A topic, and what of it: ``logistics`` and ``late``."""

    topic: Topic
    sub: str

    @property
    def name(self) -> str:
        """Return both as one word."""
        return f"{self.topic}.{self.sub}"
