"""Every statement this room runs, built once when the module is imported."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec.structs import astuple
from sqlalchemy import Boolean, bindparam, delete, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.contact.model import Laid, Rules, Waited, Whom
from shopbell.contact.tables import rules, waits
from shopbell.conversations.model import ConversationId
from shopbell.engine.rows import Insert, Select
from shopbell.engine.tables import Moment, Session
from shopbell.kernel.actor import PersonId

_KEY = ["conversation", "whom"]
_WAITED = Select(waits, [*_KEY, *Waited.__struct_fields__], _KEY)
_KEEP = Insert(
    waits,
    "ON CONFLICT (conversation, whom) DO UPDATE SET began = excluded.began,"
    " taken = excluded.taken, passed = excluded.passed, hasty = excluded.hasty",
)
_RULES = select(rules.c.rules, rules.c.by, rules.c.at).where(rules.c.scope == bindparam("of_scope"))
_SCOPES = select(rules.c.scope).order_by(rules.c.scope)
_LAY = upsert(rules)
_LAY_DOWN = _LAY.on_conflict_do_update(
    index_elements=[rules.c.scope],
    set_={name: _LAY.excluded[name] for name in ("rules", "by", "at")},
    where=or_(bindparam("anyway", type_=Boolean()), rules.c.at == bindparam("after", type_=Moment)),
).returning(rules.c.scope)
_LIFT = delete(rules).where(rules.c.scope == bindparam("of_scope"))


def read_ahead(tx: Session, talks: Iterable[ConversationId]) -> None:
    """Read at once what `waited` will be asked for, of each of some conversations."""
    keys = [(talk, whom) for talk in talks for whom in (Whom.TEAM, Whom.BUYER)]
    tx.held.update({("waited", *key): Waited() for key in keys})
    tx.held.update({("waited", *row[:2]): Waited(*row[2:]) for row in _WAITED(tx, keys)})


def waited(tx: Session, talk: ConversationId, whom: Whom) -> Waited:
    """Return how far the ladder came when it last looked after what waits for somebody."""
    if ("waited", talk, whom) not in tx.held:
        read_ahead(tx, [talk])
    found: Waited = tx.held["waited", talk, whom]
    return found


def keep(tx: Session, talk: ConversationId, whom: Whom, waited: Waited) -> None:
    """Note how far it has come."""
    tx.put(_KEEP, (talk, whom), (talk, whom, *astuple(waited)))
    tx.held["waited", talk, whom] = waited


def laid(tx: Session, scope: str) -> Laid | None:
    """Return the rules that were laid down for a scope, if any."""
    row: Any = tx.execute(_RULES, {"of_scope": scope}).one_or_none()
    return None if row is None else Laid(*row)


def scopes(tx: Session) -> list[str]:
    """List the scopes that have rules of their own."""
    return list(tx.execute(_SCOPES).scalars())


def lay_down(
    tx: Session, scope: str, by: PersonId, laid: Rules, after: datetime | None, *, anyway: bool
) -> bool:
    """Have rules count in a scope from now on; false if others than those of ``after`` do."""
    row = {"scope": scope, "rules": laid, "by": by, "at": tx.now}
    done = tx.execute(_LAY_DOWN, {**row, "after": after, "anyway": anyway}).one_or_none()
    tx.held.pop(("rules", scope), None)
    return done is not None


def lift(tx: Session, scope: str) -> None:
    """Have a scope go by the rules above it again."""
    tx.execute(_LIFT, {"of_scope": scope})
    tx.held.pop(("rules", scope), None)
