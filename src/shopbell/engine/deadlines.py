"""Durable timers: one row per matter, checked by version, fired once.

A deadline that is armed anew replaces the old one and gets the next version. Firing compares
and sets in the same transaction as its effect, so that two workers cannot both fire it.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import (
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    TypedColumns,
    bindparam,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.engine.tables import Moment, Session, choice, ident, metadata


class DeadlineState(StrEnum):
    """Whether a deadline still waits."""

    ARMED = "armed"
    FIRED = "fired"
    OFF = "off"


class Deadline(Struct, frozen=True):
    """``kind`` of ``entity`` is due at ``due_at``; ``version`` tells this arming from others."""

    kind: str
    entity: str
    version: int
    due_at: datetime


class DeadlineColumns(TypedColumns):
    kind = Column(String(48), nullable=False)
    entity = ident(str)
    version = Column(Integer, nullable=False)
    due_at = Column(Moment, nullable=False)
    state = choice(DeadlineState)


deadlines = Table(
    "deadline",
    metadata,
    DeadlineColumns,
    PrimaryKeyConstraint("kind", "entity"),
    Index("ix_deadline_due", "state", "due_at"),
)

_NEW = upsert(deadlines)
_ARM = _NEW.on_conflict_do_update(
    index_elements=[deadlines.c.kind, deadlines.c.entity],
    set_={
        "version": deadlines.c.version + 1,
        "due_at": _NEW.excluded.due_at,
        "state": DeadlineState.ARMED,
    },
)
_ONE = [deadlines.c.kind == bindparam("by_kind"), deadlines.c.entity == bindparam("by_entity")]
_ARMED = deadlines.c.state == DeadlineState.ARMED
_DISARM = update(deadlines).where(*_ONE, _ARMED).values(state=DeadlineState.OFF)
_FIRE = (
    update(deadlines)
    .where(*_ONE, _ARMED, deadlines.c.version == bindparam("by_version"))
    .values(state=DeadlineState.FIRED)
)
_POSTPONE = (
    update(deadlines)
    .where(*_ONE, _ARMED, deadlines.c.version == bindparam("by_version"))
    .values(due_at=bindparam("to_moment"))
)
_DUE = (
    select(deadlines.c.kind, deadlines.c.entity, deadlines.c.version, deadlines.c.due_at)
    .where(
        _ARMED,
        deadlines.c.due_at <= bindparam("moment"),
        deadlines.c.kind.in_(bindparam("kinds", expanding=True)),
    )
    .order_by(deadlines.c.due_at)
    .limit(bindparam("most"))
)


def arm(tx: Session, kind: str, entity: str, due: datetime) -> None:
    """Wait until ``due``, instead of whatever ``kind`` of ``entity`` waited for before."""
    row = {"kind": kind, "entity": entity, "version": 1, "due_at": due}
    tx.execute(_ARM, {**row, "state": DeadlineState.ARMED})


def disarm(tx: Session, kind: str, entity: str) -> None:
    """Wait no longer."""
    tx.execute(_DISARM, {"by_kind": kind, "by_entity": entity})


def due(tx: Session, kinds: Collection[str], limit: int) -> list[Deadline]:
    """List what is due, earliest first."""
    given = {"moment": tx.now, "kinds": list(kinds), "most": limit}
    return [Deadline(*row) for row in tx.execute(_DUE, given)]


def fire(tx: Session, deadline: Deadline) -> bool:
    """Take a due deadline; false if it was armed anew, switched off or fired by another."""
    given = {
        "by_kind": deadline.kind,
        "by_entity": deadline.entity,
        "by_version": deadline.version,
    }
    return tx.execute(_FIRE, given).rowcount == 1


def postpone(tx: Session, deadline: Deadline, to: datetime) -> None:
    """Try a deadline that failed again later, unless it was armed anew or switched off."""
    given = {
        "by_kind": deadline.kind,
        "by_entity": deadline.entity,
        "by_version": deadline.version,
        "to_moment": to,
    }
    tx.execute(_POSTPONE, given)
