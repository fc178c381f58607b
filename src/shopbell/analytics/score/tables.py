"""The tables of the score; only its storage opens them."""

from datetime import datetime

from sqlalchemy import (
    Column,
    Index,
    Integer,
    Named,
    String,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
)

from shopbell.analytics.score.model import Ground, Outcome, Profile
from shopbell.conversations.model import AttachmentId, ConversationId
from shopbell.engine.tables import Json, Moment, choice, ident, metadata
from shopbell.kernel.actor import PersonId, ShopId


class RuleColumns(TypedColumns):
    number = Column(Integer, primary_key=True, autoincrement=False)
    profile: Named[Profile] = Column(Json(Profile), nullable=False)
    since = Column(Moment, nullable=False)
    by = ident(PersonId)
    at = Column(Moment, nullable=False)


class AppealColumns(TypedColumns):
    id = Column(String(36), primary_key=True)
    conversation = ident(ConversationId)
    n = Column(Integer, nullable=False)
    shop = ident(ShopId)
    ground = choice(Ground)
    words = Column(Text, nullable=False)
    by = ident(PersonId)
    at = Column(Moment, nullable=False)
    outcome: Named[Outcome | None] = choice(Outcome, nullable=True)
    answer = Column(Text, nullable=False)
    decided_by: Named[PersonId | None] = ident(PersonId, nullable=True)
    decided_at: Named[datetime | None] = Column(Moment)
    files: Named[list[AttachmentId]] = Column(
        Json(list[AttachmentId]), nullable=False, server_default="[]"
    )


class FallColumns(TypedColumns):
    shop = ident(ShopId, primary_key=True)
    at = Column(Moment, nullable=False)


falls = Table("score_fall", metadata, FallColumns)
"""The shops that are below their promise and were told so."""

rules = Table("score_rule", metadata, RuleColumns)
"""Every rule that was ever laid down, whole: it is known for ever what judged."""

appeals = Table(
    "score_appeal",
    metadata,
    AppealColumns,
    UniqueConstraint("conversation", "n"),
    Index("ix_score_appeal_shop", "shop", "at"),
    Index("ix_score_appeal_open", "outcome", "at"),
)
