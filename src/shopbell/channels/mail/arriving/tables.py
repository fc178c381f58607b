"""The table of letters that arrived. Their bytes are among the kept files, by their SHA-256."""

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

from shopbell.channels.mail.arriving.model import Extent, Fate, MailId, Way
from shopbell.conversations.model import ConversationId
from shopbell.engine.tables import Moment, choice, ident, metadata


class MailColumns(TypedColumns):
    id = ident(MailId, primary_key=True)
    raw = Column(String(64), nullable=False)
    size = Column(Integer, nullable=False)
    way = choice(Way)
    sender: Named[str | None] = Column(String(320))
    recipient = Column(String(320), nullable=False)
    client = Column(String(64), nullable=False)
    helo = Column(String(255), nullable=False)
    arrived_at = Column(Moment, nullable=False)
    fate = choice(Fate)
    why = Column(String(40), nullable=False)
    trouble = Column(Text, nullable=False)
    key = Column(String(64), nullable=False, index=True)
    from_address = Column(String(320), nullable=False)
    from_name = Column(String(200), nullable=False)
    subject = Column(String(500), nullable=False)
    verdict = Column(String(200), nullable=False)
    extent = choice(Extent)
    conversation: Named[ConversationId | None] = ident(ConversationId, nullable=True)
    event: Named[str | None] = ident(str, nullable=True, index=True)
    settled_at: Named[datetime | None] = Column(Moment)


mails = Table(
    "mail_arrived",
    metadata,
    MailColumns,
    UniqueConstraint("raw", "recipient"),
    Index("ix_mail_arrived_fate", "fate", "arrived_at"),
    Index("ix_mail_arrived_talk", "conversation", "settled_at"),
)
