"""The table of what can be found; only this room's storage opens it."""

from sqlalchemy import BigInteger, Column, Integer, Table, TypedColumns, UniqueConstraint

from shopbell.conversations.model import Audience, ConversationId
from shopbell.engine.tables import Moment, choice, ident, metadata


class EntryColumns(TypedColumns):
    number = Column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False
    )
    conversation = ident(ConversationId)
    audience = choice(Audience)
    seq = Column(Integer, nullable=False)
    words = ident(str)
    at = Column(Moment, nullable=False, index=True)


entries = Table(
    "search_entry", metadata, EntryColumns, UniqueConstraint("conversation", "audience", "seq")
)
"""``number`` is its number in the index; ``words`` the event that has its words: itself, or the
last that corrected it. What was taken back stays, and is passed over.
"""
