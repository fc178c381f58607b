"""The table of what buyers said; only this room's storage opens it."""

from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Named,
    String,
    Table,
    Text,
    TypedColumns,
)

from shopbell.conversations.model import ConversationId
from shopbell.conversations.satisfaction.model import RatingId
from shopbell.engine.tables import Moment, ident, metadata
from shopbell.kernel.actor import PersonId, ShopId


class RatingColumns(TypedColumns):
    id = ident(RatingId, primary_key=True)
    conversation = ident(ConversationId, ForeignKey("conversation.id"), unique=True)
    buyer = ident(PersonId)
    shop = ident(ShopId)
    agent: Named[PersonId | None] = ident(PersonId, nullable=True)
    locale = Column(String(2), nullable=False)
    asked_at = Column(Moment, nullable=False)
    helped: Named[bool | None] = Column(Boolean)
    stars: Named[int | None] = Column(Integer)
    words = Column(Text, nullable=False)
    answered_at: Named[datetime | None] = Column(Moment)
    declined_at: Named[datetime | None] = Column(Moment)
    token: Named[str | None] = Column(String(64), unique=True)


ratings = Table(
    "satisfaction",
    metadata,
    RatingColumns,
    Index("ix_satisfaction_buyer", "buyer", "shop", "asked_at"),
    Index("ix_satisfaction_shop", "shop", "answered_at"),
)
"""``token`` is the digest of what the link in the letter shows; it is gone once it was used."""
