"""Every statement about letters that arrived, built once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import and_, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.channels.mail.arriving.model import Fate, Mail, MailId
from shopbell.channels.mail.arriving.tables import mails
from shopbell.conversations.model import ConversationId
from shopbell.engine.database import Tx

_m = mails.c
_ALL = [_m[name] for name in Mail.__struct_fields__]
_ADD = upsert(mails).on_conflict_do_nothing(index_elements=[_m.raw, _m.recipient])
_GET = select(*_ALL).where(_m.id == bindparam("mail"))
_HOLD = _GET.with_for_update()
_OF_EVENT = select(*_ALL).where(_m.event == bindparam("event"))
_SAME = select(_m.id).where(
    _m.key == bindparam("key"),
    _m.id != bindparam("mail"),
    _m.fate.in_((Fate.SHOWN, Fate.AUTOMATIC, Fate.NOTICE, Fate.RETURNED, Fate.CARRIER)),
    _m.arrived_at > bindparam("since"),
)
_LATELY = select(func.count()).where(
    _m.conversation == bindparam("talk"),
    _m.settled_at > bindparam("since"),
    _m.fate.in_((Fate.SHOWN, Fate.AUTOMATIC)),
)
_WROTE = (
    select(_m.id)
    .where(
        _m.conversation == bindparam("talk"),
        _m.from_address == bindparam("address"),
        _m.fate == Fate.SHOWN,
    )
    .limit(1)
)
_OPEN = (
    select(*_ALL)
    .where(_m.fate.in_((Fate.HELD, Fate.FAILED)))
    .order_by(_m.arrived_at.desc())
    .limit(bindparam("most"))
)
_COUNT = select(func.count()).where(_m.fate.in_((Fate.HELD, Fate.FAILED)))
_LATE = select(func.count()).where(
    and_(_m.fate == Fate.WAITING, _m.arrived_at < bindparam("before"))
)
_CHANGING = (
    "fate",
    "why",
    "trouble",
    "key",
    "from_address",
    "from_name",
    "subject",
    "verdict",
    "extent",
    "conversation",
    "event",
    "settled_at",
)
_CHANGE = (
    update(mails)
    .where(_m.id == bindparam("mail"))
    .values({name: bindparam(f"to_{name}") for name in _CHANGING})
)


def add(tx: Tx, new: Sequence[Mail]) -> None:
    """Keep letters; one that is there already for this recipient stays as it is."""
    if new:
        tx.execute(
            _ADD, [{name: getattr(one, name) for name in Mail.__struct_fields__} for one in new]
        )


def get(tx: Tx, mail: MailId, *, hold: bool = False) -> Mail | None:
    """Return one letter; ``hold`` keeps others from settling it."""
    return _one(tx, _HOLD if hold else _GET, {"mail": mail})


def of_event(tx: Tx, event: str) -> Mail | None:
    """Return the letter that an entry of a conversation came in."""
    return _one(tx, _OF_EVENT, {"event": event})


def change(tx: Tx, mail: Mail, **news: Any) -> Mail:  # noqa: ANN401 - columns of any type
    """Keep what is new about a letter."""
    wanted = msgspec.structs.replace(mail, **news)
    given = {f"to_{name}": getattr(wanted, name) for name in _CHANGING}
    tx.execute(_CHANGE, {**given, "mail": mail.id})
    return wanted


def is_known(tx: Tx, key: str, mail: MailId, since: datetime) -> bool:
    """Tell whether another letter was the same, and something became of it."""
    return tx.execute(_SAME, {"key": key, "mail": mail, "since": since}).first() is not None


def lately(tx: Tx, talk: ConversationId, since: datetime) -> int:
    """Count the letters that came into a conversation."""
    return int(tx.execute(_LATELY, {"talk": talk, "since": since}).scalar_one())


def has_written(tx: Tx, talk: ConversationId, address: str) -> bool:
    """Tell whether somebody said something in a conversation by a letter from this address."""
    found = tx.execute(_WROTE, {"talk": talk, "address": address.lower()})
    return found.first() is not None


def open_ones(tx: Tx, most: int) -> list[Mail]:
    """List the letters that a person has to look at, newest first."""
    return [Mail(**row._mapping) for row in tx.execute(_OPEN, {"most": most})]  # noqa: SLF001


def count_open(tx: Tx) -> int:
    """Count them."""
    return int(tx.execute(_COUNT).scalar_one())


def count_late(tx: Tx, before: datetime) -> int:
    """Count the letters that came before some moment and wait to be read."""
    return int(tx.execute(_LATE, {"before": before}).scalar_one())


def _one(tx: Tx, query: Any, given: dict[str, str]) -> Mail | None:  # noqa: ANN401
    row = tx.execute(query, given).one_or_none()
    return Mail(**row._mapping) if row else None  # noqa: SLF001
