"""The epoch: a random word kept in the database, changed only when a backup is restored.

Whoever holds a copy of a stream from another epoch must drop it: numbers may have been used
again for other entries.
"""

import secrets

from sqlalchemy import Column, String, Table, TypedColumns, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.engine.tables import Session, metadata


class MarkerColumns(TypedColumns):
    name = Column(String(32), primary_key=True)
    value = Column(String(64), nullable=False)


markers = Table("marker", metadata, MarkerColumns)

_EPOCH = "epoch"
_GET = select(markers.c.value).where(markers.c.name == _EPOCH)
_SET = insert(markers)
_PROBE = "probe"
_BACKUP = "backup"
_NEW = upsert(markers)
_TOUCH = _NEW.on_conflict_do_update(
    index_elements=[markers.c.name], set_={"value": _NEW.excluded.value}
)
_LOOK = select(markers.c.value).where(markers.c.name == bindparam("marker"))
_CHANGE = update(markers).where(markers.c.name == _EPOCH).values(value=bindparam("to"))


def begin_epoch(tx: Session) -> str:
    """Return the epoch, beginning the first one if there is none."""
    found = tx.execute(_GET).scalar_one_or_none()
    if found is None:
        found = secrets.token_urlsafe(12)
        tx.execute(_SET, {"name": _EPOCH, "value": found})
    return found


def backed_up_at(tx: Session) -> float | None:
    """Return when the last backup was made, in seconds since 1970, if ever."""
    made = tx.execute(_LOOK, {"marker": _BACKUP}).scalar_one_or_none()
    return None if made is None else float(made)


def epoch(tx: Session) -> str:
    """Return the epoch."""
    if _EPOCH not in tx.held:
        tx.held[_EPOCH] = tx.execute(_GET).scalar_one()
    return str(tx.held[_EPOCH])


def change_epoch(tx: Session) -> str:
    """Begin another epoch, as `restore` must."""
    fresh = secrets.token_urlsafe(12)
    tx.execute(_CHANGE, {"to": fresh})
    tx.held[_EPOCH] = fresh
    return fresh


def note_backup(tx: Session) -> None:
    """Remember that a whole copy was made now, for the doctor."""
    mark(tx, _BACKUP, str(tx.now.timestamp()))


def last_backup(tx: Session) -> float | None:
    """Return when the last whole copy was made, in seconds since 1970."""
    found = marked(tx, _BACKUP)
    return None if found is None else float(found)


def touch(tx: Session) -> None:
    """Write something without meaning: a probe of whether writes are kept."""
    mark(tx, _PROBE, str(tx.now.timestamp()))


def mark(tx: Session, name: str, value: str) -> None:
    """Keep a short word under a name, in place of an earlier one."""
    tx.execute(_TOUCH, {"name": name, "value": value})


def marked(tx: Session, name: str) -> str | None:
    """Return the word that was kept under a name, if any."""
    found: str | None = tx.execute(_LOOK, {"marker": name}).scalar_one_or_none()
    return found
