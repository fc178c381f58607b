"""The journal: every announced fact, written by the transaction that made it true."""

import msgspec
from sqlalchemy import Column, String, Table, Text, TypedColumns, insert

from shopbell.engine.tables import Moment, Session, ident, metadata
from shopbell.kernel.events import Fact
from shopbell.kernel.ids import new_id


class JournalColumns(TypedColumns):
    id = ident(str, primary_key=True)
    at = Column(Moment, nullable=False, index=True)
    fact = Column(String(64), nullable=False)
    body = Column(Text, nullable=False)


journal = Table("journal", metadata, JournalColumns)

_RECORD = insert(journal)


def record(tx: Session, fact: Fact) -> None:
    """Write ``fact`` down."""
    body = msgspec.json.encode(fact).decode()
    tx.execute(_RECORD, {"id": new_id(), "at": tx.now, "fact": type(fact).__name__, "body": body})
