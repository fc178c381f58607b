"""The tables of acts on many; only this room's storage opens them."""

from sqlalchemy import (
    Boolean,
    Column,
    Integer,
    LargeBinary,
    Named,
    PrimaryKeyConstraint,
    String,
    Table,
    TypedColumns,
    UniqueConstraint,
)

from shopbell.conversations.model import ConversationId, Tended, Wound
from shopbell.desk.bulk.model import BulkId, DoAll
from shopbell.engine.tables import Json, Moment, ident, metadata
from shopbell.kernel.actor import PersonId, ShopId


class BulkColumns(TypedColumns):
    id = ident(BulkId, primary_key=True)
    shop = ident(ShopId)
    person = ident(PersonId)
    key = Column(String(40), nullable=False)
    asked: Named[DoAll] = Column(Json(DoAll), nullable=False)
    fingerprint = Column(LargeBinary(32), nullable=False)
    at = Column(Moment, nullable=False)


class ItemColumns(TypedColumns):
    bulk = ident(BulkId)
    talk = ident(ConversationId)
    was: Named[Wound] = Column(Json(Wound), nullable=False)
    was_tended: Named[Tended] = Column(Json(Tended), nullable=False)
    left: Named[Wound] = Column(Json(Wound), nullable=False)
    last_seq = Column(Integer, nullable=False)
    undone = Column(Boolean, nullable=False)


bulks = Table("desk_bulk", metadata, BulkColumns, UniqueConstraint("person", "key"))
items = Table("desk_bulk_item", metadata, ItemColumns, PrimaryKeyConstraint("bulk", "talk"))
