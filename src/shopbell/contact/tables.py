"""The tables of this room; only its storage opens them."""

from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Named,
    PrimaryKeyConstraint,
    String,
    Table,
    TypedColumns,
)

from shopbell.contact.model import Rules, Step, Whom
from shopbell.conversations.model import ConversationId
from shopbell.engine.tables import Json, Moment, choice, ident, metadata
from shopbell.kernel.actor import PersonId


class WaitColumns(TypedColumns):
    conversation = ident(ConversationId, ForeignKey("conversation.id"))
    whom = choice(Whom)
    began: Named[datetime | None] = Column(Moment)
    taken: Named[dict[Step, int]] = Column(Json(dict[Step, int]), nullable=False)
    passed: Named[dict[Step, int]] = Column(Json(dict[Step, int]), nullable=False)
    hasty = Column(Boolean, nullable=False)


class RulesColumns(TypedColumns):
    scope = Column(String(36), nullable=False)
    rules: Named[Rules] = Column(Json(Rules), nullable=False)
    by = ident(PersonId)
    at = Column(Moment, nullable=False)


waits = Table("contact_wait", metadata, WaitColumns, PrimaryKeyConstraint("conversation", "whom"))
"""How far the ladder has come towards each side."""

rules = Table("contact_rules", metadata, RulesColumns, PrimaryKeyConstraint("scope"))
"""The rules of the marketplace, and those of shops that go by their own."""
