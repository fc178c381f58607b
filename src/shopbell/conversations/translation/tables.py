"""The table of translations; only this room's storage opens it."""

from sqlalchemy import Column, Integer, PrimaryKeyConstraint, String, Table, Text, TypedColumns

from shopbell.conversations.model import Audience, ConversationId
from shopbell.engine.tables import Moment, choice, ident, metadata


class TranslationColumns(TypedColumns):
    conversation = ident(ConversationId)
    audience = choice(Audience)
    seq = Column(Integer, nullable=False)
    locale = Column(String(2), nullable=False)
    words = ident(str)
    language = Column(String(8), nullable=False)
    text = Column(Text, nullable=False)
    at = Column(Moment, nullable=False)


translations = Table(
    "translation",
    metadata,
    TranslationColumns,
    PrimaryKeyConstraint("conversation", "audience", "seq", "locale"),
)
"""``words`` is the event whose words were translated: the message, or its last correction. An empty
``text`` says that there is none: the original is shown, and nobody is asked again.
"""
