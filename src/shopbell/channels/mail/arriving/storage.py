"""Every statement about letters that arrived, built once."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import and_, bindparam, distinct, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.channels.mail.arriving.model import Fate, Mail, MailId, Why
from shopbell.channels.mail.arriving.tables import mails
from shopbell.conversations.model import ConversationId
from shopbell.engine.database import Tx

_m = mails.c
_ALL = [_m[name] for name in Mail.__struct_fields__]
_ADD = upsert(mails).on_conflict_do_nothing(index_elements=[_m.raw, _m.recipient])
_GET = select(*_ALL).where(_m.id == bindparam("mail"))
_HOLD = _GET.with_for_update()
_OF_EVENT = select(*_ALL).where(_m.event == bindparam("event")).order_by(_m.id).limit(1)
_ALONE = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("key"), 0)))
_SAME = select(_m.id).where(
    _m.key == bindparam("key"),
    _m.id != bindparam("mail"),
    _m.fate.in_((Fate.SHOWN, Fate.AUTOMATIC, Fate.NOTICE, Fate.RETURNED, Fate.CARRIER)),
    _m.arrived_at > bindparam("since"),
)
_LATELY = select(func.count()).where(
    _m.conversation == bindparam("talk"),
    _m.settled_at > bindparam("since"),
    or_(
        and_(_m.fate.in_((Fate.SHOWN, Fate.AUTOMATIC)), _m.event.is_not(None)),
        and_(_m.fate == Fate.HELD, _m.why == Why.FLOOD),
    ),
)
_TOLD = (
    select(_m.id)
    .where(
        _m.conversation == bindparam("talk"),
        _m.settled_at > bindparam("since"),
        _m.fate == Fate.HELD,
        _m.event.is_not(None),
    )
    .limit(1)
)
_STRANGERS = select(func.count(distinct(_m.from_address))).where(
    _m.fate == Fate.SHOWN,
    _m.arrived_at > bindparam("since"),
    func.lower(_m.recipient) == bindparam("recipient"),
    _m.from_address.like(bindparam("of_domain"), escape="!"),
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
_IS_OPEN = or_(
    _m.fate.in_((Fate.HELD, Fate.FAILED)),
    and_(_m.fate == Fate.WAITING, _m.arrived_at < bindparam("late")),
)
_OPEN = (
    select(*_ALL)
    .where(_IS_OPEN)
    .order_by(_m.arrived_at.desc(), _m.id.desc())
    .limit(bindparam("most"))
)
_OPEN_BEHIND = _OPEN.where(
    or_(
        _m.arrived_at < bindparam("at"),
        and_(_m.arrived_at == bindparam("at"), _m.id < bindparam("mail")),
    )
)
_COUNT = select(func.count()).where(_IS_OPEN)
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


def alone(tx: Tx, key: str) -> None:
    """Keep others from settling a letter with the same key; an embedded database has one writer."""
    if not tx.embedded:
        tx.execute(_ALONE, {"key": key})


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
    """Count the letters that came into a conversation, or were held for there were too many.

    Whoever writes in another's name is not counted: that would have the other one held.
    """
    return int(tx.execute(_LATELY, {"talk": talk, "since": since}).scalar_one())


def was_told(tx: Tx, talk: ConversationId, since: datetime) -> bool:
    """Tell whether the team was told of a letter that is still held."""
    return tx.execute(_TOLD, {"talk": talk, "since": since}).first() is not None


def strangers(tx: Tx, recipient: str, domain: str, since: datetime) -> int:
    """Count the people of a domain whose letters to an address came to be shown."""
    escaped = re.sub("[!%_]", r"!\g<0>", domain)
    given = {"recipient": recipient.lower(), "of_domain": f"%@{escaped}", "since": since}
    return int(tx.execute(_STRANGERS, given).scalar_one())


def has_written(tx: Tx, talk: ConversationId, address: str) -> bool:
    """Tell whether somebody said something in a conversation by a letter from this address."""
    found = tx.execute(_WROTE, {"talk": talk, "address": address.lower()})
    return found.first() is not None


def open_ones(tx: Tx, late: datetime, most: int, behind: Mail | None = None) -> list[Mail]:
    """List the letters that a person has to look at, newest first, from one of them on.

    Those that came before ``late`` and are still to be read are among them.
    """
    given: dict[str, Any] = {"late": late, "most": most}
    if behind:
        given |= {"at": behind.arrived_at, "mail": behind.id}
    found = tx.execute(_OPEN_BEHIND if behind else _OPEN, given)
    return [Mail(**row._mapping) for row in found]  # noqa: SLF001


def count_open(tx: Tx, late: datetime) -> int:
    """Count them."""
    return int(tx.execute(_COUNT, {"late": late}).scalar_one())


def _one(tx: Tx, query: Any, given: dict[str, str]) -> Mail | None:  # noqa: ANN401
    row = tx.execute(query, given).one_or_none()
    return Mail(**row._mapping) if row else None  # noqa: SLF001
