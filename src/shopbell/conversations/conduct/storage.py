"""Every statement about complaints, built once when the module is imported."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, bindparam, func, insert, or_, select, update

from shopbell.conversations.conduct.model import Complaint, ComplaintId, Outcome, Patience
from shopbell.conversations.conduct.tables import complaints
from shopbell.conversations.model import Audience, ConversationId
from shopbell.conversations.tables import events
from shopbell.engine.tables import Moment, Session
from shopbell.kernel.actor import SYSTEM, PersonId

_c, _e = complaints.c, events.c
_WHOLE = [_c[name] for name in Complaint.__struct_fields__]
_ADD = insert(complaints)
_ONE = select(*_WHOLE).where(
    _c.conversation == bindparam("talk"),
    _c.seq == bindparam("number"),
    _c.reporter == bindparam("by"),
)
_OWN = (
    select(*_WHOLE)
    .where(_c.conversation == bindparam("talk"), _c.reporter == bindparam("by"))
    .order_by(_c.seq)
)
_ABOUT = (
    select(*_WHOLE)
    .where(_c.author == bindparam("author"))
    .order_by(_c.at.desc(), _c.id.desc())
    .limit(bindparam("most"))
)
_NAMED = select(*_WHOLE).where(_c.id.in_(bindparam("named", expanding=True)))
_STANDS = (
    select(_c.id)
    .where(
        _c.conversation == bindparam("talk"),
        or_(_c.outcome.is_(None), _c.outcome != Outcome.DISMISSED),
    )
    .limit(1)
)
_DECIDE = (
    update(complaints)
    .where(_c.id.in_(bindparam("named", expanding=True)), _c.outcome.is_(None))
    .values(outcome=bindparam("so"), decided_by=bindparam("by"), decided_at=bindparam("moment"))
)
_r = complaints.alias("rude").c
_RUDE = and_(
    _r.reporter == SYSTEM.id,
    _r.at >= bindparam("since", type_=Moment),
    or_(_r.outcome.is_(None), _r.outcome != Outcome.DISMISSED),
)
_RUDE_OFTEN = (
    select(_r.author).where(_RUDE).group_by(_r.author).having(func.count() >= bindparam("times"))
)
_WAITS: ColumnElement[bool] = and_(
    _c.outcome.is_(None), or_(_c.reporter != SYSTEM.id, _c.author.in_(_RUDE_OFTEN))
)
_WAITING = select(*_WHOLE).where(_WAITS).order_by(_c.at, _c.id).limit(bindparam("most"))
_COUNT = select(func.count()).select_from(
    select(_c.conversation, _c.author).where(_WAITS).distinct().subquery()
)
_TIMES = (
    select(_r.author, func.count())
    .where(_RUDE, _r.author.in_(bindparam("authors", expanding=True)))
    .group_by(_r.author)
)
_SAID = (
    select(_e.at, _e.name, _e.data)
    .where(_e.conversation == bindparam("talk"), _e.audience == Audience.PUBLIC)
    .where(or_(_e.seq == bindparam("number"), _e.target == bindparam("number")))
    .where(_e.type.in_(("message", "edit")))
    .order_by(_e.seq)
)


def add(tx: Session, complaint: Complaint) -> None:
    """Keep a new complaint."""
    tx.execute(_ADD, msgspec.structs.asdict(complaint))


def of_reporter(
    tx: Session, talk: ConversationId, seq: int, reporter: PersonId
) -> Complaint | None:
    """Return somebody's complaint about a message, if there is one."""
    row = tx.execute(_ONE, {"talk": talk, "number": seq, "by": reporter}).one_or_none()
    return None if row is None else _complaint(row)


def own(tx: Session, talk: ConversationId, reporter: PersonId) -> list[Complaint]:
    """Return what somebody reported in a conversation."""
    return [_complaint(row) for row in tx.execute(_OWN, {"talk": talk, "by": reporter})]


def about(tx: Session, author: PersonId, most: int) -> list[Complaint]:
    """Return what was ever said against somebody, newest first."""
    return [_complaint(row) for row in tx.execute(_ABOUT, {"author": author, "most": most})]


def named(tx: Session, ids: Iterable[ComplaintId]) -> list[Complaint]:
    """Return some complaints by their ids; those that do not exist are left out."""
    return [_complaint(row) for row in tx.execute(_NAMED, {"named": list(ids)})]


def stands(tx: Session, talk: ConversationId) -> bool:
    """Tell whether there is a complaint about a conversation that was not dismissed."""
    return tx.execute(_STANDS, {"talk": talk}).first() is not None


def decide(
    tx: Session, ids: Sequence[ComplaintId], outcome: Outcome, by: PersonId, at: datetime
) -> None:
    """Note the outcome of complaints that are open."""
    tx.execute(_DECIDE, {"named": list(ids), "so": outcome, "by": by, "moment": at})


def waiting(tx: Session, patience: Patience, now: datetime, most: int) -> list[Complaint]:
    """Return what waits for the operator: every report, and of the house's own the repeated."""
    return [_complaint(row) for row in tx.execute(_WAITING, _since(patience, now) | {"most": most})]


def count(tx: Session, patience: Patience, now: datetime) -> int:
    """Count the matters that wait for the operator."""
    return int(tx.execute(_COUNT, _since(patience, now)).scalar_one())


def times(
    tx: Session, authors: Iterable[PersonId], patience: Patience, now: datetime
) -> dict[PersonId, int]:
    """Return how often each of some people was abusive, within the days that count."""
    given = {"authors": list(authors), "since": now - patience.within}
    return dict(map(tuple, tx.execute(_TIMES, given)))


def said(tx: Session, talk: ConversationId, seq: int) -> list[tuple[datetime, str, str]]:
    """Return a message and its corrections: when, by what name, and their data."""
    rows = tx.execute(_SAID, {"talk": talk, "number": seq})
    return [(row.at, row.name, row.data) for row in rows]


def _since(patience: Patience, now: datetime) -> dict[str, Any]:
    return {"times": patience.times, "since": now - patience.within}


def _complaint(row: Any) -> Complaint:  # noqa: ANN401 - a row of `_WHOLE`
    return Complaint(**row._mapping)  # noqa: SLF001 - the public name of a row's columns
