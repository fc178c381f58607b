"""Every statement about wishes to go and copies of data, built once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    FromClause,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.cases.money import RefundState
from shopbell.conversations.turns import State
from shopbell.engine.tables import Session, metadata
from shopbell.kernel.actor import SYSTEM, PersonId
from shopbell.privacy.model import Erasure, ErasureId, Export, ExportId, Making, Standing
from shopbell.privacy.tables import erasures, exports, retentions, run_out

_e, _x, _r = erasures.c, exports.c, retentions.c
_ADD_ERASURE = insert(erasures)
_ERASURES = select(*(_e[name] for name in Erasure.__struct_fields__))
_ERASURE = _ERASURES.where(_e.id == bindparam("erasure"))
_ASKED = _ERASURES.where(_e.person == bindparam("of"), _e.standing == Standing.ASKED)
_DUE = (
    select(_e.id)
    .where(_e.standing == Standing.ASKED, _e.due_at <= bindparam("moment"))
    .order_by(_e.due_at)
)
_NEWEST = _ERASURES.order_by(_e.id.desc()).limit(bindparam("most"))
_SETTLE = (
    update(erasures)
    .where(_e.id == bindparam("erasure"), _e.standing == Standing.ASKED)
    .values(
        standing=bindparam("to_standing"),
        done_at=bindparam("moment"),
        counts=bindparam("to_counts"),
    )
)
_ADD_EXPORT = insert(exports)
_EXPORTS = select(*(_x[name] for name in Export.__struct_fields__))
_EXPORT = _EXPORTS.where(_x.id == bindparam("export"))
_EXPORTS_OF = _EXPORTS.where(_x.person == bindparam("of")).order_by(_x.id.desc()).limit(5)
_WAITS = _EXPORTS.where(_x.person == bindparam("of"), _x.state == Making.WAITING)
_READY = (
    update(exports)
    .where(_x.id == bindparam("export"))
    .values(state=Making.READY, size=bindparam("bytes"), ready_at=bindparam("moment"))
)
_EXPIRED = select(_x.id).where(_x.ready_at <= bindparam("before"))


_PERIODS = select(_r.kind, _r.days)
_CHOSEN_AT = select(_r.changed_at).where(_r.kind == bindparam("kind"))
_NEW_PERIOD = upsert(retentions)
_PUT_PERIOD = _NEW_PERIOD.on_conflict_do_update(
    index_elements=[_r.kind],
    set_={name: _NEW_PERIOD.excluded[name] for name in ("days", "changed_by", "changed_at")},
)
_NOTE_RUN_OUT = insert(run_out)


def add_erasure(tx: Session, new: Erasure) -> None:
    """Keep a wish to go."""
    tx.execute(_ADD_ERASURE, msgspec.structs.asdict(new))


def erasure(tx: Session, wanted: ErasureId) -> Erasure | None:
    """Return one wish to go, or its receipt."""
    return _erasure(tx.execute(_ERASURE, {"erasure": wanted}).one_or_none())


def asked(tx: Session, person: PersonId) -> Erasure | None:
    """Return the wish to go that somebody may still take back."""
    return _erasure(tx.execute(_ASKED, {"of": person}).one_or_none())


def due(tx: Session) -> list[ErasureId]:
    """List the wishes whose grace is over."""
    return [row[0] for row in tx.execute(_DUE, {"moment": tx.now})]


def newest(tx: Session, most: int) -> list[Erasure]:
    """List the last wishes and receipts, newest first."""
    found = tx.execute(_NEWEST, {"most": most})
    return [Erasure(**row._mapping) for row in found]  # noqa: SLF001 - its columns


def settle(
    tx: Session, wanted: ErasureId, standing: Standing, at: datetime | None, counts: dict[str, int]
) -> None:
    """Note what became of a wish to go."""
    given = {"erasure": wanted, "to_standing": standing, "moment": at, "to_counts": counts}
    tx.execute(_SETTLE, given)


def add_export(tx: Session, new: Export) -> None:
    """Keep that somebody asked for a copy."""
    tx.execute(_ADD_EXPORT, msgspec.structs.asdict(new))


def export(tx: Session, wanted: ExportId) -> Export | None:
    """Return one copy."""
    return _export(tx.execute(_EXPORT, {"export": wanted}).one_or_none())


def exports_of(tx: Session, person: PersonId) -> list[Export]:
    """List the last copies of somebody, newest first."""
    found = tx.execute(_EXPORTS_OF, {"of": person})
    return [Export(**row._mapping) for row in found]  # noqa: SLF001 - its columns


def export_waiting(tx: Session, person: PersonId) -> Export | None:
    """Return the copy that is being written for somebody."""
    return _export(tx.execute(_WAITS, {"of": person}).one_or_none())


def make_ready(tx: Session, wanted: ExportId, size: int) -> None:
    """Note that a copy can be fetched."""
    tx.execute(_READY, {"export": wanted, "bytes": size, "moment": tx.now})


def expired(tx: Session, before: datetime) -> list[ExportId]:
    """List the copies that were ready before then."""
    return [row[0] for row in tx.execute(_EXPIRED, {"before": before})]


def periods(tx: Session) -> dict[str, int]:
    """Return how many days what is kept; what is missing, or 0, is kept for good."""
    return dict(map(tuple, tx.execute(_PERIODS)))


def chosen_at(tx: Session, kind: str) -> datetime | None:
    """Return when it was chosen for how many days something is kept."""
    found: datetime | None = tx.execute(_CHOSEN_AT, {"kind": kind}).scalar_one_or_none()
    return found


def put_period(tx: Session, kind: str, days: int, by: PersonId) -> None:
    """Keep for how many days something is kept; 0: for good."""
    given = {"kind": kind, "days": days, "changed_by": by, "changed_at": tx.now}
    tx.execute(_PUT_PERIOD, given)


def note_run_out(tx: Session, talks: Sequence[str]) -> None:
    """Keep that nothing is left of some conversations."""
    tx.execute(_NOTE_RUN_OUT, [{"conversation": one, "at": tx.now} for one in talks])


def _erasure(row: Any) -> Erasure | None:  # noqa: ANN401 - a row of `_ERASURES`
    return None if row is None else Erasure(**row._mapping)  # noqa: SLF001 - its columns


def _export(row: Any) -> Export | None:  # noqa: ANN401 - a row of `_EXPORTS`
    return None if row is None else Export(**row._mapping)  # noqa: SLF001 - its columns


# --- conversations that run out ------------------------------------------------------------

SETTLED = (RefundState.SUCCEEDED, RefundState.CANCELLED)


def ended(tx: Session, before: datetime, *, held: bool = False) -> int:
    """Count conversations that ended before a moment and still have words: held ones or others."""
    talk = metadata.tables["conversation"]
    query = select(func.count()).select_from(talk).where(*_ended(before, held=held))
    return int(tx.execute(query).scalar_one())


def first_end(tx: Session) -> datetime | None:
    """Return when the first of those that will go came to its end."""
    end = metadata.tables["conversation"].c.event_at
    found: datetime | None = tx.execute(select(func.min(end)).where(*_ended())).scalar_one()
    return found


def hold_ended(tx: Session, before: datetime, most: int) -> list[str]:
    """Hold the conversations that may go and ended first, but those that somebody works on.

    What is still needed is asked again once they are held: until then a case could be opened.
    """
    talk = metadata.tables["conversation"].c
    oldest = select(talk.id).where(*_ended(before)).order_by(talk.event_at).limit(most)
    free = select(talk.id).where(talk.id.in_(list(tx.execute(oldest).scalars())))
    held = list(tx.execute(free.order_by(talk.id).with_for_update(skip_locked=True)).scalars())
    return list(tx.execute(select(talk.id).where(talk.id.in_(held), *_ended(before))).scalars())


def _ended(before: datetime | None = None, *, held: bool = False) -> list[ColumnElement[bool]]:
    talk = metadata.tables["conversation"]
    long_ago = [] if before is None else [talk.c.event_at < before]
    needed = _is_needed(talk) | _goes_on(talk)
    return [talk.c.state == State.CLOSED, ~_has_gone(talk), needed if held else ~needed, *long_ago]


def _has_gone(talk: FromClause) -> ColumnElement[bool]:
    return exists(select(run_out.c.conversation).where(run_out.c.conversation == talk.c.id))


def _is_needed(talk: FromClause) -> ColumnElement[bool]:
    """Tell whether somebody may still need what was said: it is not settled, or not decided."""
    case, refund = metadata.tables["cases"].c, metadata.tables["refund"].c
    unpaid = (
        select(refund.id)
        .join(metadata.tables["cases"], case.id == refund.case)
        .where(case.conversation == talk.c.id, refund.state.not_in(SETTLED))
    )
    open_case = select(case.id).where(case.conversation == talk.c.id, case.closed_at.is_(None))
    report, appeal = metadata.tables["complaint"].c, metadata.tables["score_appeal"].c
    reported = select(report.id).where(
        report.conversation == talk.c.id,
        report.outcome.is_(None),
        report.reporter != SYSTEM.id,  # what the house itself heard may stay undecided for good
    )
    appealed = select(appeal.id).where(appeal.conversation == talk.c.id, appeal.outcome.is_(None))
    return or_(*(exists(found) for found in (open_case, unpaid, reported, appealed)))


def _goes_on(talk: FromClause) -> ColumnElement[bool]:
    """Tell whether a conversation was merged, and where it went on is not over or still needed."""
    merged, into = (metadata.tables["conversation"].alias() for _ in range(2))
    first = select(merged.c.id, merged.c.merged_into.label("later")).where(
        merged.c.merged_into.is_not(None), ~_has_gone(merged)
    )
    onward = first.cte("onward", recursive=True)
    onward = onward.union(
        select(onward.c.id, into.c.merged_into)
        .join(into, into.c.id == onward.c.later)
        .where(into.c.merged_into.is_not(None))
    )
    there = metadata.tables["conversation"].alias()
    is_alive = (there.c.state != State.CLOSED) | _is_needed(there)
    alive = select(onward.c.id).join(there, there.c.id == onward.c.later).where(is_alive)
    return talk.c.id.in_(alive)
