"""Durable timers: one row per matter, checked by version, fired once.

A deadline that is armed anew replaces the old one and gets the next version. Firing compares
and sets in the same transaction as its effect, so that two workers cannot both fire it.
"""

from collections.abc import Collection, Sequence
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
    func,
    select,
    update,
)

from shopbell.engine.rows import Insert, Select, Update
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

_ARM = Insert(
    deadlines,
    "ON CONFLICT (kind, entity) DO UPDATE SET version = deadline.version + 1,"
    " due_at = excluded.due_at, state = excluded.state",
)
_DISARM = Update(deadlines, ["state"], ["kind", "entity"], only_if="deadline.state = 'armed'")
_ONE = [deadlines.c.kind == bindparam("by_kind"), deadlines.c.entity == bindparam("by_entity")]
_ARMED = deadlines.c.state == DeadlineState.ARMED
_STANDING = Select(
    deadlines,
    ["kind", "entity", "version", "state"],
    ["kind", "entity"],
    hold=True,
    skip_locked=True,
)
_FIRE = Update(deadlines, ["state"], ["kind", "entity"])
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


_IS_ARMED = select(deadlines.c.version).where(*_ONE, _ARMED)
_LATE = select(func.count(), func.min(deadlines.c.due_at)).where(
    _ARMED, deadlines.c.due_at <= bindparam("moment")
)


def late(tx: Session) -> tuple[int, datetime | None]:
    """Count the deadlines that should have fired, and say since when the oldest should."""
    row = tx.execute(_LATE, {"moment": tx.now}).one()
    return row[0], row[1]


def arm(tx: Session, kind: str, entity: str, due: datetime) -> None:
    """Wait until ``due``, instead of whatever ``kind`` of ``entity`` waited for before."""
    tx.put(_write, (kind, entity), (kind, entity, due))


def is_armed(tx: Session, kind: str, entity: str) -> bool:
    """Tell whether ``kind`` of ``entity`` waits, or is overdue."""
    given = {"by_kind": kind, "by_entity": entity}
    return tx.execute(_IS_ARMED, given).one_or_none() is not None


def disarm(tx: Session, kind: str, entity: str) -> None:
    """Wait no longer."""
    tx.put(_write, (kind, entity), (kind, entity, None))


def _write(tx: Session, wishes: list[tuple[str, str, datetime | None]]) -> None:
    """Write what is to wait until when, or no longer."""
    armed = [(kind, of, 1, due, DeadlineState.ARMED) for kind, of, due in wishes if due]
    off = [(DeadlineState.OFF, kind, of) for kind, of, due in wishes if due is None]
    if armed:
        _ARM(tx, armed)
    if off:
        _DISARM(tx, off)


def due(tx: Session, kinds: Collection[str], limit: int) -> list[Deadline]:
    """List what is due, earliest first."""
    given = {"moment": tx.now, "kinds": list(kinds), "most": limit}
    return [Deadline(*row) for row in tx.execute(_DUE, given)]


def take(tx: Session, due: Sequence[Deadline]) -> list[Deadline]:
    """Hold due deadlines; those armed anew, switched off or in another's hands are left out."""
    rows = _STANDING(tx, [(one.kind, one.entity) for one in due])
    standing = {(kind, entity): (version, state) for kind, entity, version, state in rows}
    return [
        one
        for one in due
        if standing.get((one.kind, one.entity)) == (one.version, DeadlineState.ARMED)
    ]


def fire(tx: Session, due: Sequence[Deadline]) -> list[Deadline]:
    """Take due deadlines, to do what they are for."""
    taken = take(tx, due)
    note_fired(tx, taken)
    return taken


def note_fired(tx: Session, taken: Sequence[Deadline]) -> None:
    """Note that deadlines which were taken have had their effect."""
    if taken:
        _FIRE(tx, [(DeadlineState.FIRED, one.kind, one.entity) for one in taken])


def postpone(tx: Session, deadline: Deadline, to: datetime) -> None:
    """Try a deadline that failed again later, unless it was armed anew or switched off."""
    given = {
        "by_kind": deadline.kind,
        "by_entity": deadline.entity,
        "by_version": deadline.version,
        "to_moment": to,
    }
    tx.execute(_POSTPONE, given)
