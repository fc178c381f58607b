"""The tables of the team's own matters; only their storage opens them."""

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
    TypedColumns,
    UniqueConstraint,
)

from shopbell.conversations.model import ConversationId
from shopbell.desk.together.model import Unless
from shopbell.engine.tables import Json, Moment, choice, ident, metadata
from shopbell.kernel.actor import PersonId, ShopId


class ReminderColumns(TypedColumns):
    id = ident(str, primary_key=True)
    person = ident(PersonId)
    conversation = ident(ConversationId, ForeignKey("conversation.id"))
    shop = ident(ShopId)
    at = Column(Moment, nullable=False)
    unless = choice(Unless)
    text = Column(String(200), nullable=False)
    head = Column(Integer, nullable=False)
    set_at = Column(Moment, nullable=False)
    fired_at: Named[datetime | None] = Column(Moment)


class MentionColumns(TypedColumns):
    id = ident(str, primary_key=True)
    person = ident(PersonId)
    conversation = ident(ConversationId, ForeignKey("conversation.id"))
    shop = ident(ShopId)
    seq = Column(Integer, nullable=False)
    by = Column(String(200), nullable=False)
    at = Column(Moment, nullable=False)
    read_at: Named[datetime | None] = Column(Moment)
    told_at: Named[datetime | None] = Column(Moment)


class KeysColumns(TypedColumns):
    person = ident(PersonId, primary_key=True)
    letters = Column(Boolean, nullable=False)
    places: Named[dict[str, str]] = Column(Json(dict[str, str]), nullable=False)


reminders = Table(
    "desk_reminder", metadata, ReminderColumns, UniqueConstraint("person", "conversation")
)
mentions = Table(
    "desk_mention",
    metadata,
    MentionColumns,
    UniqueConstraint("person", "conversation", "seq"),
    Index("ix_desk_mention_newest", "person", "at"),
)
keys = Table("desk_keys", metadata, KeysColumns)
