"""How far a follower has come that indexes behind what is written."""

from msgspec import Struct
from sqlalchemy import BigInteger, Column, Named, String, Table, TypedColumns, bindparam, select
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.engine.tables import Session, ident, metadata

NOWHERE = "00000000-0000-0000-0000-000000000000"
"""Before every id."""


class Place(Struct, frozen=True):
    """``at`` is the last id that was seen, ``checked`` the last that was looked for again.

    ``number`` is the last that a text was indexed under.
    """

    at: str = NOWHERE
    checked: str = NOWHERE
    number: int = 0


class CursorColumns(TypedColumns):
    name = Column(String(40), primary_key=True)
    at: Named[str] = ident(str)
    checked: Named[str] = ident(str)
    number = Column(BigInteger, nullable=False)


cursors = Table("search_cursor", metadata, CursorColumns)
_c = cursors.c
_GET = select(_c.at, _c.checked, _c.number).where(_c.name == bindparam("of"))
_HOLD = _GET.with_for_update()
_NEW = upsert(cursors)
_KEEP = _NEW.on_conflict_do_update(
    index_elements=[_c.name],
    set_={name: getattr(_NEW.excluded, name) for name in ("at", "checked", "number")},
)


def place(tx: Session, name: str, *, hold: bool = False) -> Place:
    """Return how far a follower has come; ``hold`` keeps others of its name from going on."""
    row = tx.execute(_HOLD if hold else _GET, {"of": name}).one_or_none()
    return Place() if row is None else Place(*row)


def move(tx: Session, name: str, to: Place) -> None:
    """Note how far a follower has come now."""
    given = {"name": name, "at": to.at, "checked": to.checked, "number": to.number}
    tx.execute(_KEEP, given)
