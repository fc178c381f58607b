"""The table of blocks: at most one stands on a person or a shop at a time."""

from datetime import datetime

from sqlalchemy import Column, Index, Named, Table, Text, TypedColumns

from shopbell.accounts.blocks.model import BlockId, Ending, Reason, Subject
from shopbell.engine.tables import Choice, Moment, choice, ident, metadata
from shopbell.kernel.actor import PersonId, Reach


class BlockColumns(TypedColumns):
    id = ident(BlockId, primary_key=True)
    subject = ident(str)
    kind = choice(Subject)
    reach = choice(Reach)
    reason = choice(Reason)
    words = Column(Text, nullable=False)
    by = ident(PersonId)
    at = Column(Moment, nullable=False)
    until: Named[datetime | None] = Column(Moment)
    ended_at: Named[datetime | None] = Column(Moment)
    ending: Named[Ending | None] = Column(Choice(Ending))
    appeal: Named[str | None] = Column(Text)
    appealed_by: Named[PersonId | None] = ident(PersonId, nullable=True)
    appealed_at: Named[datetime | None] = Column(Moment)
    decided_by: Named[PersonId | None] = ident(PersonId, nullable=True)
    decided_at: Named[datetime | None] = Column(Moment)
    answer: Named[str | None] = Column(Text)


blocks = Table("block", metadata, BlockColumns)
STANDS = blocks.c.ended_at.is_(None)
Index(
    "uq_block_standing",
    blocks.c.subject,
    unique=True,
    sqlite_where=STANDS,
    postgresql_where=STANDS,
)
Index("ix_block_subject", blocks.c.subject)
