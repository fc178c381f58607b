"""The table of complaints; only this room's storage opens it."""

from datetime import datetime

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    Named,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
)

from shopbell.conversations.conduct.model import ComplaintId, Grievance, Outcome
from shopbell.conversations.model import ConversationId
from shopbell.engine.tables import Moment, choice, ident, metadata
from shopbell.kernel.actor import PersonId, ShopId, Side


class ComplaintColumns(TypedColumns):
    id = ident(ComplaintId, primary_key=True)
    conversation = ident(ConversationId, ForeignKey("conversation.id"))
    seq = Column(Integer, nullable=False)
    author = ident(PersonId)
    author_side = choice(Side)
    shop = ident(ShopId)
    reporter = ident(PersonId)
    reporter_side = choice(Side)
    reason = choice(Grievance)
    words = Column(Text, nullable=False)
    at = Column(Moment, nullable=False)
    outcome = choice(Outcome, nullable=True)
    decided_by: Named[str | None] = ident(str, nullable=True)
    decided_at: Named[datetime | None] = Column(Moment)


complaints = Table(
    "complaint",
    metadata,
    ComplaintColumns,
    UniqueConstraint("conversation", "seq", "reporter"),
    Index("ix_complaint_author", "author", "at"),
    Index("ix_complaint_open", "outcome", "at"),
)
