"""The tables of saved views and of tags; only this room's storage opens it."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Named,
    PrimaryKeyConstraint,
    String,
    Table,
    TypedColumns,
)

from shopbell.conversations.listing.model import NAME_MOST, Filter, ViewId
from shopbell.conversations.model import ConversationId, TagId
from shopbell.engine.tables import Json, Moment, ident, metadata
from shopbell.kernel.actor import PersonId, ShopId


class ViewColumns(TypedColumns):
    id = ident(ViewId, primary_key=True)
    shop = ident(ShopId)
    owner: Named[PersonId | None] = ident(PersonId, nullable=True)
    name = Column(String(NAME_MOST), nullable=False)
    filter: Named[Filter] = Column(Json(Filter), nullable=False)
    at = Column(Moment, nullable=False)


class TaggedColumns(TypedColumns):
    tag = ident(TagId, ForeignKey("desk_tag.id"))
    conversation = ident(ConversationId, ForeignKey("conversation.id"))


views = Table("desk_view", metadata, ViewColumns, Index("ix_desk_view_shop", "shop", "owner"))
tagged = Table(
    "conversation_tag",
    metadata,
    TaggedColumns,
    PrimaryKeyConstraint("tag", "conversation"),
    Index("ix_conversation_tag_on", "conversation"),
)
"""Which conversations bear which tag, for lists; what one bears stands in its own row, too."""
