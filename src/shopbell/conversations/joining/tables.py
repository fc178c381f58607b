"""The table of joins; only this room's storage opens it."""

from datetime import datetime

from sqlalchemy import Column, Integer, Named, String, Table, TypedColumns, UniqueConstraint

from shopbell.conversations.joining.model import Glance, JoinId, JoinKind
from shopbell.conversations.model import ConversationId, Wound
from shopbell.engine.tables import Json, Moment, choice, ident, metadata
from shopbell.kernel.actor import PersonId, ShopId


class JoinColumns(TypedColumns):
    id = ident(JoinId, primary_key=True)
    kind = choice(JoinKind)
    shop = ident(ShopId)
    source = ident(ConversationId)
    target = ident(ConversationId)
    by = ident(PersonId)
    key = Column(String(40), nullable=False)
    at = Column(Moment, nullable=False)
    first = Column(Integer, nullable=False)
    last = Column(Integer, nullable=False)
    source_was: Named[Wound] = Column(Json(Wound), nullable=False)
    target_was: Named[Wound] = Column(Json(Wound), nullable=False)
    source_left: Named[Glance] = Column(Json(Glance), nullable=False)
    target_left: Named[Glance] = Column(Json(Glance), nullable=False)
    undone_at: Named[datetime | None] = Column(Moment)


joins = Table("talk_join", metadata, JoinColumns, UniqueConstraint("by", "key"))
