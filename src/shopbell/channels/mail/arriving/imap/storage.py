"""Every statement about how far mailboxes were read, built once."""

from datetime import datetime

from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.channels.mail.arriving.imap.model import Cursor
from shopbell.channels.mail.arriving.imap.tables import cursors
from shopbell.engine.database import Tx

_c = cursors.c
_BEGIN = upsert(cursors).on_conflict_do_nothing(index_elements=[_c.mailbox])
_GET = select(*(_c[name] for name in Cursor.__struct_fields__)).where(
    _c.mailbox == bindparam("of_mailbox")
)
_THIS = update(cursors).where(_c.mailbox == bindparam("of_mailbox"))
_HELD = _THIS.where(_c.holder == bindparam("by_holder"))
_HOLD = _THIS.where(
    or_(_c.holder == bindparam("by_holder"), _c.held_until <= bindparam("moment"))
).values(holder=bindparam("by_holder"), held_until=bindparam("until"))
_LET_GO = _HELD.values(held_until=bindparam("moment"))
_LOOKED = _HELD.values(looked_at=bindparam("moment"), trouble="")
_TROUBLE = _HELD.values(trouble=bindparam("to_trouble"))
_ANEW = _THIS.where(_c.uidvalidity != bindparam("to_uidvalidity")).values(
    uidvalidity=bindparam("to_uidvalidity"), uid=0
)
_MOVE = _THIS.where(
    and_(_c.uidvalidity == bindparam("of_uidvalidity"), _c.uid < bindparam("to_uid"))
).values(uid=bindparam("to_uid"))


def begin(tx: Tx, cursor: Cursor) -> None:
    """Remember a mailbox; one that is known stays as it is."""
    tx.execute(_BEGIN, {name: getattr(cursor, name) for name in Cursor.__struct_fields__})


def get(tx: Tx, mailbox: str) -> Cursor | None:
    """Return how far a mailbox was read."""
    row = tx.execute(_GET, {"of_mailbox": mailbox}).one_or_none()
    return Cursor(**row._mapping) if row else None  # noqa: SLF001


def hold(tx: Tx, mailbox: str, holder: str, until: datetime) -> bool:
    """Keep other readers away until then; false while another one keeps us away."""
    given = {"of_mailbox": mailbox, "by_holder": holder, "moment": tx.now, "until": until}
    return tx.execute(_HOLD, given).rowcount == 1


def let_go(tx: Tx, mailbox: str, holder: str) -> None:
    """Let others read at once."""
    tx.execute(_LET_GO, {"of_mailbox": mailbox, "by_holder": holder, "moment": tx.now})


def note_look(tx: Tx, mailbox: str, holder: str) -> None:
    """Note that all that lay there was read."""
    tx.execute(_LOOKED, {"of_mailbox": mailbox, "by_holder": holder, "moment": tx.now})


def note_trouble(tx: Tx, mailbox: str, holder: str, trouble: str) -> None:
    """Note what keeps the reader from reading."""
    tx.execute(_TROUBLE, {"of_mailbox": mailbox, "by_holder": holder, "to_trouble": trouble})


def begin_anew(tx: Tx, mailbox: str, uidvalidity: int) -> None:
    """Go back to the first letter, as the numbers of before say nothing any more."""
    tx.execute(_ANEW, {"of_mailbox": mailbox, "to_uidvalidity": uidvalidity})


def move(tx: Tx, mailbox: str, uidvalidity: int, uid: int) -> None:
    """Go on to a letter; never back, whoever is slower."""
    given = {"of_mailbox": mailbox, "of_uidvalidity": uidvalidity, "to_uid": uid}
    tx.execute(_MOVE, given)
