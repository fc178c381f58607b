"""What a public question and an answer to it are. No database, no web."""

from datetime import datetime
from enum import StrEnum
from typing import NewType

from msgspec import Struct

from shopbell.commerce.model import ProductId
from shopbell.conversations.model import ConversationId
from shopbell.kernel.actor import ShopId
from shopbell.kernel.events import Fact
from shopbell.kernel.texts import Locale, Words

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


class Kept(Struct, frozen=True, kw_only=True):
    """An answer as its shop and the operator see it; ``hidden`` says why nobody else does.

    How many people reported it, and why, is told to the operator alone. ``conversation`` is the
    thread it was given in, where the message ``seq`` says it. Of the whole shop is what has no
    ``about``, the name of its product; ``choice`` is what its variant is called, if it still is.
    """

    answer: Answer
    about: Words | None
    choice: str
    reports: int
    reasons: list[str]
    hidden: str | None
    conversation: ConversationId | None
    seq: int | None


class Waiting(Struct, frozen=True, kw_only=True):
    """What a buyer asked in public and the shop has not answered in public yet.

    It is about one ``variant`` of the product, or about all of them.
    """

    id: QuestionId
    shop: ShopId
    product: ProductId
    variant: str | None
    locale: Locale
    question: str
    asked_at: datetime
    conversation: ConversationId
    seq: int


class Asked(Struct, frozen=True, kw_only=True):
    """A public question that waits, as its shop sees it, with the names of product and variant."""

    waiting: Waiting
    about: Words
    choice: str


class Posed(Struct, frozen=True, kw_only=True):
    """A message of a thread that its buyer asked in public, as the shop sees it.

    It waits until it is ``done``: answered before everybody by ``answer``, or set aside. About one
    ``variant`` alone, it says by ``choice`` what that is called.
    """

    id: QuestionId
    seq: int
    question: str
    done: bool
    answer: AnswerId | None
    variant: str | None
    choice: str = ""


class Proof(Struct, frozen=True, kw_only=True):
    """A question and its answer as everybody would read them, before anybody does."""

    question: str
    answer: str


class Proposed(Struct, frozen=True, kw_only=True):
    """A question and its answer in a thread, without what is nobody else's business.

    ``published`` is the answer that was made of this very message already; ``waiting`` are the
    public questions of the thread, of which it may answer any, the likeliest first. ``asked`` is
    the one of them that was asked right before it, about that ``variant``.
    """

    product: ProductId | None
    variant: str | None
    about: Words | None
    locale: Locale
    question: str
    answer: str
    published: AnswerId | None
    waiting: list[Posed]
    asked: QuestionId | None


class Leaf(Struct, frozen=True, kw_only=True):
    """A part of what is known about a product: so many in all, and where to go on."""

    items: list[Answer]
    total: int
    next: int | None


# --- facts --------------------------------------------------------------------------------


class AnswerPublished(Fact, frozen=True):
    """Everybody may read an answer now."""

    shop: ShopId
    answer: AnswerId


class AnswerHidden(Fact, frozen=True):
    """The operator took an answer from the pages, and said why."""

    shop: ShopId
    answer: AnswerId
    reason: str
