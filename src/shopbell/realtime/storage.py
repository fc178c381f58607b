"""Where tickets wait to be used."""

from datetime import datetime

from sqlalchemy import Column, LargeBinary, Named, Table, TypedColumns, bindparam, delete, insert

from shopbell.engine.tables import Json, Moment, Session, metadata
from shopbell.realtime.model import Bearer


class TicketColumns(TypedColumns):
    hash = Column(LargeBinary(32), primary_key=True)
    bearer: Named[Bearer] = Column(Json(Bearer), nullable=False)
    expires_at = Column(Moment, nullable=False, index=True)


tickets = Table("ticket", metadata, TicketColumns)

_ADD = insert(tickets)
_TAKE = (
    delete(tickets)
    .where(tickets.c.hash == bindparam("of_hash"))
    .returning(tickets.c.bearer, tickets.c.expires_at)
)
_CLEAN = delete(tickets).where(tickets.c.expires_at < bindparam("moment"))


def add(tx: Session, hash_: bytes, bearer: Bearer, expires_at: datetime) -> None:
    """Keep a ticket, and sweep away those nobody used."""
    tx.execute(_CLEAN, {"moment": tx.now})
    tx.execute(_ADD, {"hash": hash_, "bearer": bearer, "expires_at": expires_at})


def take(tx: Session, hash_: bytes) -> Bearer | None:
    """Use a ticket up; None if there is none, or it is too old."""
    row = tx.execute(_TAKE, {"of_hash": hash_}).one_or_none()
    return row.bearer if row is not None and row.expires_at > tx.now else None
