"""Work that a transaction leaves behind: slow, outside our control, or due later.

A job is a row written by the same transaction that changed the data, so it is neither lost
when a process dies nor done for a change that was rolled back. A worker leases it; a result
counts only while the lease's ``attempt`` is still the worker's own (fencing). What fails
``len(BACK_OFF)`` times is dead: kept, shown, and retried by hand.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from sqlalchemy import (
    Column,
    Index,
    Integer,
    Named,
    String,
    Table,
    Text,
    TypedColumns,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.engine.rows import Insert
from shopbell.engine.tables import Moment, Session, choice, ident, metadata
from shopbell.kernel.events import Job
from shopbell.kernel.ids import new_id

LEASE = timedelta(seconds=60)
BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3_600, 21_600, 86_400))
"""Waits between tries, as PROTOCOL section 9 gives them for effects outside."""

TRIES_MOST = len(BACK_OFF) + 1
LOST = "each time the lease ran out: its worker ended, or took too long"


class JobState(StrEnum):
    """Where a job stands; a job that is done is gone."""

    READY = "ready"
    LEASED = "leased"
    DEAD = "dead"


class Lease(msgspec.Struct, frozen=True):
    """One attempt at a job, ours until it runs out."""

    id: str
    kind: str
    body: str
    attempt: int


class WaitingJob(msgspec.Struct, frozen=True):
    """A job as the operator sees it."""

    id: str
    kind: str
    body: str
    state: JobState
    not_before: datetime
    attempt: int
    trouble: str | None


class JobColumns(TypedColumns):
    id = ident(str, primary_key=True)
    kind = Column(String(64), nullable=False)
    body = Column(Text, nullable=False)
    key: Named[str | None] = Column(String(200))
    not_before = Column(Moment, nullable=False)
    state = choice(JobState)
    attempt = Column(Integer, nullable=False)
    lease_until: Named[datetime | None] = Column(Moment)
    trouble: Named[str | None] = Column(Text)


jobs = Table("outbox", metadata, JobColumns, Index("ix_outbox_due", "state", "not_before"))
_WAITS = text("state = 'ready'")
Index("uq_outbox_key", jobs.c.key, unique=True, sqlite_where=_WAITS, postgresql_where=_WAITS)

_ADD = Insert(jobs)
_LEAVE = upsert(jobs).on_conflict_do_nothing(index_elements=[jobs.c.key], index_where=_WAITS)
_CANCEL = delete(jobs).where(jobs.c.key == bindparam("by_key"), jobs.c.state == JobState.READY)
_DUE = (
    select(jobs.c.id)
    .where(
        jobs.c.kind.in_(bindparam("kinds", expanding=True)),
        or_(
            and_(jobs.c.state == JobState.READY, jobs.c.not_before <= bindparam("moment")),
            and_(jobs.c.state == JobState.LEASED, jobs.c.lease_until < bindparam("moment")),
        ),
    )
    .order_by(jobs.c.not_before)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(jobs)
    .where(jobs.c.id.in_(_DUE))
    .values(state=JobState.LEASED, lease_until=bindparam("until"), attempt=jobs.c.attempt + 1)
    .returning(jobs.c.id, jobs.c.kind, jobs.c.body, jobs.c.attempt)
)
_OURS = and_(
    jobs.c.id == bindparam("by_id"),
    jobs.c.attempt == bindparam("by_attempt"),
    jobs.c.state == JobState.LEASED,
)
_DONE = delete(jobs).where(_OURS)
_twin = jobs.alias("twin")
_TWIN_WAITS = exists().where(_twin.c.key == jobs.c.key, _twin.c.state == JobState.READY)
"""While one ran, another was left under its key: then this one goes on without the key."""

_AGAIN = (
    update(jobs)
    .where(_OURS)
    .values(
        state=bindparam("to_state"),
        not_before=bindparam("to_moment"),
        trouble=bindparam("to_trouble"),
        lease_until=None,
        key=case((_TWIN_WAITS, None), else_=jobs.c.key),
    )
)
_LIST = (
    select(
        jobs.c.id,
        jobs.c.kind,
        jobs.c.body,
        jobs.c.state,
        jobs.c.not_before,
        jobs.c.attempt,
        jobs.c.trouble,
    )
    .order_by(jobs.c.id.desc())
    .limit(bindparam("most"))
)
_LIST_DEAD = _LIST.where(jobs.c.state == JobState.DEAD)
_LIST_KIND = _LIST.where(jobs.c.kind == bindparam("of_kind"))
_REVIVE = (
    update(jobs)
    .where(jobs.c.id == bindparam("by_id"), jobs.c.state == JobState.DEAD)
    .values(state=JobState.READY, not_before=bindparam("moment"), attempt=0)
)


_DROP = (
    delete(jobs)
    .where(jobs.c.id == bindparam("by_id"), jobs.c.state == JobState.DEAD)
    .returning(jobs.c.kind)
)
_BACKLOG = select(
    func.count().filter(jobs.c.state == JobState.READY),
    func.min(jobs.c.not_before).filter(jobs.c.state == JobState.READY),
    func.count().filter(jobs.c.state == JobState.DEAD),
).where(or_(jobs.c.state == JobState.DEAD, jobs.c.not_before <= bindparam("moment")))


class Backlog(msgspec.Struct, frozen=True):
    """How many jobs are due and for how long the oldest is, and how many were given up."""

    due: int
    oldest: datetime | None
    dead: int


def backlog(tx: Session) -> Backlog:
    """Count the work that waits."""
    row = tx.execute(_BACKLOG, {"moment": tx.now}).one()
    return Backlog(row[0], row[1], row[2])


def leave(tx: Session, job: Job, due: datetime, key: str | None) -> None:
    """Ask for ``job`` at ``due``; while one with the same ``key`` waits, that one stands."""
    body = msgspec.json.encode(job).decode()
    row = (new_id(), type(job).__name__, body, key, due, JobState.READY, 0, None, None)
    if key:
        tx.execute(_LEAVE, dict(zip(jobs.c.keys(), row, strict=True)))
    else:
        tx.put(_ADD, row[0], row)


def cancel(tx: Session, key: str) -> None:
    """Forget the job left under ``key``, if nobody has begun it."""
    tx.execute(_CANCEL, {"by_key": key})


def claim(tx: Session, kinds: Collection[str], limit: int, lease: timedelta = LEASE) -> list[Lease]:
    """Lease due jobs of ``kinds`` to the caller; a worker that dies lets its lease run out.

    What has no try left, as nobody lived to say that it failed, lies among the dead: it may be
    what ends workers.
    """
    given = {"kinds": list(kinds), "moment": tx.now, "until": tx.now + lease, "most": limit}
    found = [Lease(*row) for row in tx.execute(_CLAIM, given)]
    for lost in found:
        if lost.attempt > TRIES_MOST:
            fail(tx, lost, LOST, final=True)
    return [one for one in found if one.attempt <= TRIES_MOST]


def finish(tx: Session, lease: Lease) -> bool:
    """Forget a job that is done; false if the lease had run out and is another's now."""
    given = {"by_id": lease.id, "by_attempt": lease.attempt}
    return tx.execute(_DONE, given).rowcount == 1


def fail(tx: Session, lease: Lease, trouble: str, *, final: bool = False) -> None:
    """Put a job back for later, or among the dead when its tries are used up."""
    dead = final or lease.attempt >= TRIES_MOST
    wait = timedelta() if dead else BACK_OFF[lease.attempt - 1]
    given = {
        "by_id": lease.id,
        "by_attempt": lease.attempt,
        "to_state": JobState.DEAD if dead else JobState.READY,
        "to_moment": tx.now + wait,
        "to_trouble": trouble[:2_000],
    }
    tx.execute(_AGAIN, given)


def dead(tx: Session, limit: int = 200) -> list[WaitingJob]:
    """List the jobs that were given up."""
    return [WaitingJob(*row) for row in tx.execute(_LIST_DEAD, {"most": limit})]


def waiting(tx: Session, kind: type[Job], limit: int = 200) -> list[WaitingJob]:
    """List the jobs of one kind, newest first."""
    given = {"of_kind": kind.__name__, "most": limit}
    return [WaitingJob(*row) for row in tx.execute(_LIST_KIND, given)]


def drop(tx: Session, job_id: str) -> str | None:
    """Forget a dead job for good; returns of which kind it was, or nothing if it is not dead."""
    return tx.execute(_DROP, {"by_id": job_id}).scalar_one_or_none()


def revive(tx: Session, job_id: str) -> bool:
    """Try a dead job again from the start; false if it is not among the dead."""
    return tx.execute(_REVIVE, {"by_id": job_id, "moment": tx.now}).rowcount == 1
