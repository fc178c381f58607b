"""The journal: every announced fact, written by the transaction that made it true."""

import msgspec
from sqlalchemy import Column, String, Table, Text, TypedColumns

from shopbell.engine.rows import Insert
from shopbell.engine.tables import Moment, Session, ident, metadata
from shopbell.kernel.events import Fact
from shopbell.kernel.ids import new_id


class JournalColumns(TypedColumns):
    id = ident(str, primary_key=True)
    at = Column(Moment, nullable=False, index=True)
    fact = Column(String(64), nullable=False)
    body = Column(Text, nullable=False)


journal = Table("journal", metadata, JournalColumns)

_RECORD = Insert(journal)


def record(tx: Session, fact: Fact) -> None:
    """Write ``fact`` down."""
    entry = new_id()
    body = msgspec.json.encode(fact).decode()
    tx.put(_RECORD, entry, (entry, tx.now, type(fact).__name__, body))
