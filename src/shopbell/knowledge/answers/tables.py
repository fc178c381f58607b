"""The tables of this room; only its storage opens them."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Named,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
    false,
)

from shopbell.commerce.model import ProductId
from shopbell.conversations.model import ConversationId
from shopbell.engine.tables import Moment, choice, ident, metadata
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.kernel.texts import Locale
from shopbell.knowledge.answers.model import AnswerId, QuestionId, Source


def _language() -> "Column[Locale]":
    column: Column[Any] = Column(String(2), nullable=False)
    return column


class AnswerColumns(TypedColumns):
    id = ident(AnswerId, primary_key=True)
    shop = ident(ShopId)
    product: Named[ProductId | None] = ident(ProductId, nullable=True)
    variant: Named[str | None] = Column(String(64))
    locale = _language()
    question = Column(Text, nullable=False)
    answer = Column(Text, nullable=False)
    source = choice(Source)
    published_at = Column(Moment, nullable=False)
    valid_until: Named[datetime | None] = Column(Moment)
    helped = Column(Integer, nullable=False)
    misled = Column(Integer, nullable=False)
    reports = Column(Integer, nullable=False)
    hidden: Named[str | None] = Column(String(400))
    changed_at = Column(Moment, nullable=False)
    changed_by = ident(PersonId)
    removed_at: Named[datetime | None] = Column(Moment)
    conversation: Named[ConversationId | None] = ident(ConversationId, nullable=True)
    seq: Named[int | None] = Column(Integer)


class QuestionColumns(TypedColumns):
    id = ident(QuestionId, primary_key=True)
    shop = ident(ShopId)
    product = ident(ProductId)
    variant: Named[str | None] = Column(String(64))
    locale = _language()
    question = Column(Text, nullable=False)
    asked_at = Column(Moment, nullable=False)
    conversation = ident(ConversationId, ForeignKey("conversation.id"))
    seq = Column(Integer, nullable=False)
    done = Column(Boolean, nullable=False)
    answer: Named[AnswerId | None] = ident(AnswerId, nullable=True)


class VoteColumns(TypedColumns):
    answer = ident(AnswerId, ForeignKey("answer.id"))
    person = ident(PersonId)
    helped: Named[bool | None] = Column(Boolean)
    report: Named[str | None] = Column(String(400))
    settled = Column(Boolean, nullable=False, server_default=false())


answers = Table(
    "answer",
    metadata,
    AnswerColumns,
    Index("ix_answer_of", "shop", "product"),
    Index("ix_answer_reported", "reports"),
    UniqueConstraint("conversation", "seq"),
)
questions = Table(
    "public_question",
    metadata,
    QuestionColumns,
    Index("ix_public_question_of", "shop", "done"),
    UniqueConstraint("conversation", "seq"),
)
"""What buyers asked in public; until the shop has answered only it and the asker know."""

votes = Table("answer_vote", metadata, VoteColumns, PrimaryKeyConstraint("answer", "person"))
"""What one person said of an answer: whether it helped, and why it should not stand there.

What was reported is ``settled`` once the operator has let the answer stand; in other words it may
be reported anew.
"""
