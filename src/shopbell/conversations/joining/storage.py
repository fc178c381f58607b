"""Every statement about joins, built once when the module is imported."""

import msgspec
from sqlalchemy import bindparam, insert, select, update

from shopbell.conversations.joining.model import Join, JoinId
from shopbell.conversations.joining.tables import joins
from shopbell.engine.tables import Session
from shopbell.kernel.actor import PersonId

_j = joins.c
_WHOLE = [_j[name] for name in Join.__struct_fields__]
_ADD = insert(joins)
_ONE = select(*_WHOLE).where(_j.id == bindparam("join"))
_ASKED = select(*_WHOLE).where(_j.by == bindparam("person"), _j.key == bindparam("under"))
_UNDO = update(joins).where(_j.id == bindparam("join")).values(undone_at=bindparam("moment"))


def add(tx: Session, join: Join) -> None:
    """Keep a new join."""
    tx.execute(_ADD, msgspec.structs.asdict(join))


def join(tx: Session, join: JoinId) -> Join | None:
    """Return a join, if there is one of this id."""
    row = tx.execute(_ONE, {"join": join}).one_or_none()
    return None if row is None else Join(**row._mapping)  # noqa: SLF001 - the public name


def asked(tx: Session, person: PersonId, key: str) -> Join | None:
    """Return what somebody joined under their own name for it."""
    row = tx.execute(_ASKED, {"person": person, "under": key}).one_or_none()
    return None if row is None else Join(**row._mapping)  # noqa: SLF001 - the public name


def undo(tx: Session, join: JoinId) -> None:
    """Note that a join was taken back just now."""
    tx.execute(_UNDO, {"join": join, "moment": tx.now})
