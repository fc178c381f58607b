"""The tables of this room; only its storage opens them."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    Named,
    String,
    Table,
    TypedColumns,
)

from shopbell.conversations.model import ConversationId
from shopbell.engine.tables import Json, Moment, choice, ident, metadata
from shopbell.kernel.actor import PersonId
from shopbell.privacy.model import ErasureId, ExportId, Making, Standing


class ErasureColumns(TypedColumns):
    id = ident(ErasureId, primary_key=True)
    number = Column(String(20), nullable=False, unique=True)
    person = ident(PersonId, ForeignKey("person.id"), index=True)
    asked_at = Column(Moment, nullable=False)
    due_at = Column(Moment, nullable=False)
    standing = choice(Standing)
    done_at: Named[datetime | None] = Column(Moment)
    counts: Named[dict[str, int]] = Column(Json(dict[str, int]), nullable=False)


class ExportColumns(TypedColumns):
    id = ident(ExportId, primary_key=True)
    person = ident(PersonId, ForeignKey("person.id"), index=True)
    locale = Column(String(2), nullable=False)
    asked_at = Column(Moment, nullable=False)
    state = choice(Making)
    size = Column(BigInteger, nullable=False)
    ready_at: Named[datetime | None] = Column(Moment)


class RetentionColumns(TypedColumns):
    kind = Column(String(32), primary_key=True)
    days = Column(Integer, nullable=False)
    changed_by = ident(PersonId)
    changed_at = Column(Moment, nullable=False)


class RunOutColumns(TypedColumns):
    conversation = ident(ConversationId, ForeignKey("conversation.id"), primary_key=True)
    at = Column(Moment, nullable=False)


erasures = Table("erasure", metadata, ErasureColumns)
exports = Table("data_export", metadata, ExportColumns)
retentions = Table("retention", metadata, RetentionColumns)
"""How many days what is kept; a kind without a row is kept for good."""

run_out = Table("talk_run_out", metadata, RunOutColumns)
"""The conversations of which nothing is left but that there was one."""

_GOING = erasures.c.standing == Standing.ASKED
Index(
    "uq_erasure_asked",
    erasures.c.person,
    unique=True,
    sqlite_where=_GOING,
    postgresql_where=_GOING,
)
_RUNNING = exports.c.state == Making.WAITING
Index(
    "uq_data_export_waiting",
    exports.c.person,
    unique=True,
    sqlite_where=_RUNNING,
    postgresql_where=_RUNNING,
)
