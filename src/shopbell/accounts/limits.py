"""How often somebody may try: one row per bucket, counted under its lock.

A bucket is an account, a network address, a device or whatever else is to be slowed down.
"""

from sqlalchemy import Column, Integer, String, Table, TypedColumns, bindparam, case, or_, update
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.accounts.model import Limit
from shopbell.accounts.refusals import TooManyTries
from shopbell.engine.database import Tx
from shopbell.engine.tables import Moment, metadata


class AttemptColumns(TypedColumns):
    bucket = Column(String(100), primary_key=True)
    tries = Column(Integer, nullable=False)
    quiet_at = Column(Moment, nullable=False, index=True)


attempts = Table("attempt", metadata, AttemptColumns)

_QUIET = attempts.c.quiet_at <= bindparam("moment")
_FREE = attempts.c.tries < bindparam("most")
_TRY = (
    upsert(attempts)
    .values(bucket=bindparam("bucket"), tries=1, quiet_at=bindparam("until"))
    .on_conflict_do_update(
        index_elements=[attempts.c.bucket],
        set_={
            "tries": case((_QUIET, 1), else_=attempts.c.tries + 1),
            "quiet_at": case((or_(_QUIET, _FREE), bindparam("until")), else_=attempts.c.quiet_at),
        },
    )
    .returning(attempts.c.tries, attempts.c.quiet_at)
)
_GIVE_BACK = (
    update(attempts)
    .where(attempts.c.bucket == bindparam("by_bucket"), attempts.c.tries > 0)
    .values(tries=attempts.c.tries - 1)
)
_FORGET = attempts.delete().where(attempts.c.quiet_at < bindparam("moment"))


def count(tx: Tx, bucket: str, limit: Limit) -> None:
    """Count one try, or refuse it and say how long to wait.

    The wait begins anew with each try that is still allowed, so no stretch of ``limit.window``
    ever holds more than ``limit.tries``; a refused try does not prolong it.
    """
    until = tx.now + limit.window
    given = {"bucket": bucket, "moment": tx.now, "until": until, "most": limit.tries}
    tries, quiet_at = tx.execute(_TRY, given).one()
    if tries > limit.tries:
        raise TooManyTries(retry_after=max(1, round((quiet_at - tx.now).total_seconds())))


def give_back(tx: Tx, bucket: str) -> None:
    """Take one try back: it was no failure."""
    tx.execute(_GIVE_BACK, {"by_bucket": bucket})


def forget(tx: Tx) -> int:
    """Drop what nobody has to wait for any more; returns how much that was."""
    return tx.execute(_FORGET, {"moment": tx.now}).rowcount
