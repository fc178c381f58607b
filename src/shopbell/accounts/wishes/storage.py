"""Every statement about what people want to be told, built once."""

from collections.abc import Iterable

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.accounts.wishes.model import Kind, Way
from shopbell.accounts.wishes.tables import unwanted
from shopbell.engine.tables import Session
from shopbell.kernel.actor import PersonId

_u = unwanted.c
_OF = select(_u.kind, _u.way).where(_u.person == bindparam("of"))
_ADD = upsert(unwanted).on_conflict_do_nothing()
_CLEAR = delete(unwanted).where(_u.person == bindparam("of"))
_DROP = _CLEAR.where(_u.kind == bindparam("of_kind"), _u.way == bindparam("by_way"))


def unwanted_by(tx: Session, person: PersonId) -> set[tuple[Kind, Way]]:
    """Return what somebody switched off."""
    return {(kind, way) for kind, way in tx.execute(_OF, {"of": person})}


def put(tx: Session, person: PersonId, off: Iterable[tuple[Kind, Way]]) -> None:
    """Keep what somebody switched off, and nothing else."""
    tx.execute(_CLEAR, {"of": person})
    for kind, way in off:
        add(tx, person, kind, way)


def add(tx: Session, person: PersonId, kind: Kind, way: Way) -> None:
    """Keep that somebody switched one thing off; said again, it is the same."""
    tx.execute(_ADD, {"person": person, "kind": kind, "way": way})


def drop(tx: Session, person: PersonId, kind: Kind, way: Way) -> None:
    """Keep that somebody switched one thing on again."""
    tx.execute(_DROP, {"of": person, "of_kind": kind, "by_way": way})
