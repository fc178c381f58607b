"""The tables of this channel; only its storage opens them."""

from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    Named,
    PrimaryKeyConstraint,
    String,
    Table,
    TypedColumns,
)

from shopbell.accounts.model import SessionId
from shopbell.channels.push.model import ENDPOINT_MOST, DeviceId
from shopbell.contact.model import Whom
from shopbell.conversations.model import ConversationId
from shopbell.engine.tables import Moment, choice, ident, metadata
from shopbell.kernel.actor import PersonId, Side


class DeviceColumns(TypedColumns):
    id = ident(DeviceId, primary_key=True)
    person = ident(PersonId, ForeignKey("person.id"), index=True)
    side = choice(Side)
    session = ident(SessionId)
    name = Column(String(100), nullable=False)
    endpoint = Column(String(ENDPOINT_MOST), nullable=False, unique=True)
    p256dh = Column(String(120), nullable=False)
    auth = Column(String(120), nullable=False)
    created_at = Column(Moment, nullable=False)
    ok_at: Named[datetime | None] = Column(Moment)
    tested_at: Named[datetime | None] = Column(Moment)
    failures = Column(Integer, nullable=False)


class WishColumns(TypedColumns):
    person = ident(PersonId, ForeignKey("person.id"), primary_key=True)
    on = Column(Boolean, nullable=False)
    quiet_from = Column(String(5), nullable=False)
    quiet_until = Column(String(5), nullable=False)
    zone = Column(String(60), nullable=False)


class ToldColumns(TypedColumns):
    device = ident(DeviceId, ForeignKey("push_device.id"))
    conversation = ident(ConversationId, ForeignKey("conversation.id"))
    whom = choice(Whom)
    upto = Column(Integer, nullable=False)


devices = Table("push_device", metadata, DeviceColumns)
wishes = Table("push_wish", metadata, WishColumns)
told = Table(
    "push_told", metadata, ToldColumns, PrimaryKeyConstraint("device", "conversation", "whom")
)
"""Up to which entry a device was told of a conversation, so that it is told once of each."""
