"""The journal: every announced fact, written by the transaction that made it true."""

from datetime import datetime
from typing import NamedTuple

import msgspec
from sqlalchemy import Column, String, Table, Text, TypedColumns, bindparam, select

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

_j = journal.c
_RECORD = Insert(journal)
_TOLD = (
    select(_j.id, _j.at, _j.body)
    .where(_j.at >= bindparam("since"), _j.fact == bindparam("of_fact"))
    .where(_j.body.contains(bindparam("about")))
    .order_by(_j.at.desc())
    .limit(bindparam("most"))
)


class Entry(NamedTuple):
    """A fact as it was written down."""

    id: str
    at: datetime
    body: str


def record(tx: Session, fact: Fact) -> None:
    """Write ``fact`` down."""
    entry = new_id()
    body = msgspec.json.encode(fact).decode()
    tx.put(_RECORD, entry, (entry, tx.now, type(fact).__name__, body))


def told(tx: Session, fact: type[Fact], about: str, since: datetime, most: int) -> list[Entry]:
    """Return the latest facts of one kind since then whose words contain an id, ``about``."""
    given = {"of_fact": fact.__name__, "about": about, "since": since, "most": most}
    return [Entry(*row) for row in tx.execute(_TOLD, given)]
