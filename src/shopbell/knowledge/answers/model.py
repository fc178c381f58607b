"""What a public question and an answer to it are. No database, no web."""

from datetime import datetime
from enum import StrEnum
from typing import NewType

from msgspec import Struct

from shopbell.commerce.model import ProductId
from shopbell.kernel.actor import ShopId
from shopbell.kernel.texts import Locale

AnswerId = NewType("AnswerId", str)
QuestionId = NewType("QuestionId", str)


class Source(StrEnum):
    """Where an answer comes from: asked on the product's page, the shop's FAQ, or a thread."""

    QUESTION = "question"
    FAQ = "faq"
    THREAD = "thread"


class Answer(Struct, frozen=True, kw_only=True):
    """What everybody may read: of one product, of one choice of it, or of the whole shop.

    ``helped`` and ``misled`` count the people whom it did, or did not, help.
    """

    id: AnswerId
    shop: ShopId
    product: ProductId | None
    variant: str | None
    locale: Locale
    question: str
    answer: str
    source: Source
    published_at: datetime
    valid_until: datetime | None
    helped: int = 0
    misled: int = 0
