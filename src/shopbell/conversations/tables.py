"""The tables of this room; only its storage opens them."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Named,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
    false,
    text,
)

from shopbell.conversations.model import (
    AttachmentId,
    Audience,
    Card,
    Channel,
    ConversationId,
    SubjectKind,
    TagId,
    TalkKind,
    WakeOn,
)
from shopbell.conversations.targets.running import Clocks
from shopbell.conversations.turns import State, Turn
from shopbell.engine.tables import Json, Moment, choice, ident, metadata
from shopbell.kernel.actor import PersonId, ShopId, Side


class ConversationColumns(TypedColumns):
    id = ident(ConversationId, primary_key=True)
    buyer = ident(PersonId)
    buyer_name = Column(String(200), nullable=False)
    shop = ident(ShopId)
    shop_slug = Column(String(80), nullable=False)
    shop_name = Column(String(200), nullable=False)
    subject_kind = choice(SubjectKind)
    subject_id = ident(str)
    subject: Named[Card] = Column(Json(Card), nullable=False)
    state = choice(State)
    channel = choice(Channel)
    locale = Column(String(2), nullable=False)
    version = Column(Integer, nullable=False)
    head = Column(Integer, nullable=False)
    notes_head = Column(Integer, nullable=False)
    event_at = Column(Moment, nullable=False)
    last_at = Column(Moment, nullable=False)
    last_seq = Column(Integer, nullable=False)
    last_side = choice(Side, nullable=True)
    last_text = Column(String(200), nullable=False)
    buyer_unread = Column(Integer, nullable=False)
    seller_unread = Column(Integer, nullable=False)
    buyer_read = Column(Integer, nullable=False)
    seller_read = Column(Integer, nullable=False)
    buyer_delivered = Column(Integer, nullable=False)
    seller_delivered = Column(Integer, nullable=False)
    due_at: Named[datetime | None] = Column(Moment)
    due_since: Named[datetime | None] = Column(Moment)
    breaches = Column(Integer, nullable=False)
    round_since: Named[datetime | None] = Column(Moment)
    watch_at: Named[datetime | None] = Column(Moment)
    open_cases = Column(Integer, nullable=False, server_default="0")
    seller_cases = Column(Integer, nullable=False, server_default="0")
    awaits = choice(Turn, nullable=True)
    case_due_at: Named[datetime | None] = Column(Moment)
    case_due_since: Named[datetime | None] = Column(Moment)
    clocks: Named[Clocks | None] = Column(Json(Clocks))
    created_at = Column(Moment, nullable=False)
    linked_from: Named[str | None] = ident(str, nullable=True)
    merged_into: Named[str | None] = ident(str, nullable=True)
    visible = Column(Boolean, nullable=False)
    done = Column(Boolean, nullable=False)
    desk_order = Column(BigInteger, nullable=False)
    assignee: Named[PersonId | None] = ident(PersonId, nullable=True)
    assigned_at: Named[datetime | None] = Column(Moment)
    kind = choice(TalkKind, nullable=True)
    snoozed_until: Named[datetime | None] = Column(Moment)
    snoozed_for = choice(WakeOn, nullable=True)
    woken = choice(WakeOn, nullable=True)
    woken_at: Named[datetime | None] = Column(Moment)
    tags: Named[tuple[TagId, ...]] = Column(
        Json(tuple[TagId, ...]), nullable=False, server_default="[]"
    )
    search = Column(Text, nullable=False)


class EventColumns(TypedColumns):
    id = ident(str, primary_key=True)
    conversation = ident(ConversationId, ForeignKey("conversation.id"))
    audience = choice(Audience)
    seq = Column(Integer, nullable=False)
    type = Column(String(40), nullable=False)
    actor = ident(PersonId)
    side = choice(Side)
    name = Column(String(200), nullable=False)
    cmid: Named[str | None] = Column(String(40))
    payload_hash: Named[bytes | None] = Column(LargeBinary(32))
    data = Column(Text, nullable=False)
    at = Column(Moment, nullable=False)
    target: Named[int | None] = Column(Integer)
    withdrawn = Column(Boolean, nullable=False)


class AttachmentColumns(TypedColumns):
    id = ident(AttachmentId, primary_key=True)
    conversation = ident(ConversationId, ForeignKey("conversation.id"))
    person = ident(PersonId)
    sha256 = Column(String(64), nullable=False)
    name = Column(String(255), nullable=False)
    media_type = Column(String(80), nullable=False)
    size = Column(Integer, nullable=False)
    width: Named[int | None] = Column(Integer)
    height: Named[int | None] = Column(Integer)
    at = Column(Moment, nullable=False)
    shown_at: Named[int | None] = Column(Integer)


class DraftColumns(TypedColumns):
    conversation = ident(ConversationId)
    person = ident(PersonId)
    text = Column(Text, nullable=False)
    at = Column(Moment, nullable=False)
    shared = Column(Boolean, nullable=False, server_default=false())


class OriginalColumns(TypedColumns):
    id = ident(str, primary_key=True)
    conversation = ident(ConversationId, ForeignKey("conversation.id"))
    place = Column(String(120), nullable=False)
    person = ident(PersonId)
    text = Column(Text, nullable=False)
    at = Column(Moment, nullable=False)


conversations = Table("conversation", metadata, ConversationColumns)
_c = conversations.c
_OPEN_ONE = _c.state != State.CLOSED
Index(
    "uq_conversation_open",
    _c.buyer,
    _c.shop,
    _c.subject_kind,
    _c.subject_id,
    unique=True,
    sqlite_where=_OPEN_ONE,
    postgresql_where=_OPEN_ONE,
)
Index(
    "ix_conversation_desk",
    _c.shop,
    _c.visible,
    _c.done,
    _c.desk_order,
    _c.id,
    _c.assignee,
    _c.kind,
    _c.locale,
    _c.channel,
    _c.subject_kind,
    _c.subject_id,
    _c.state,
    _c.awaits,
)
Index("ix_conversation_begun", _c.shop, _c.visible, _c.done, _c.id)
FOR_PARCEL = text("conversation.snoozed_for = 'parcel'")


def _partly(name: str, *columns: Column[Any], sqlite: str, postgres: str) -> Index:
    """Return an index over the rows of a list alone, said in the words of that list's query."""
    return Index(
        f"ix_conversation_{name}",
        *columns,
        sqlite_where=text(sqlite),
        postgresql_where=text(postgres),
    )


_partly(
    "assignee",
    _c.shop,
    _c.visible,
    _c.done,
    _c.assignee,
    _c.desk_order,
    _c.id,
    sqlite="done IS 0",
    postgres="done IS false",
)
_partly(
    "unsorted",
    _c.visible,
    _c.kind,
    _c.id,
    sqlite="kind IS NULL",
    postgres="kind IS NULL",
)
_partly(
    "parcel",
    _c.shop,
    _c.subject_kind,
    _c.subject_id,
    sqlite="snoozed_for = 'parcel' AND done IS 0",
    postgres="snoozed_for = 'parcel' AND done IS false",
)
Index("ix_conversation_buyer", _c.buyer, _c.visible, _c.last_at)
Index("ix_conversation_last", _c.visible, _c.last_at)

events = Table(
    "event",
    metadata,
    EventColumns,
    UniqueConstraint("conversation", "audience", "seq"),
    UniqueConstraint("cmid", "conversation", "audience", "actor"),
)
attachments = Table(
    "attachment",
    metadata,
    AttachmentColumns,
    UniqueConstraint("conversation", "person", "sha256", "name"),
)
drafts = Table("draft", metadata, DraftColumns, PrimaryKeyConstraint("conversation", "person"))
originals = Table(
    "original", metadata, OriginalColumns, Index("ix_original_place", "conversation", "place")
)
