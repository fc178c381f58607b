"""Trouble of the machine, told from bugs: what cannot be kept or reached right now is a refusal."""

import errno

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from shopbell.kernel.refusals import Unavailable

FULL = {"SQLITE_FULL", "53100"}
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
AWAY = {"SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN", "SQLITE_READONLY", "55P03"}
AWAY_CLASSES = {"08", "57", "53"}
"""Classes of PostgreSQL states that say the server is away or at its limits."""


class StorageFull(Unavailable):
    """The disk has no room."""


class DatabaseDown(Unavailable):
    """The database cannot be reached or does not answer."""


def explain(error: BaseException) -> BaseException:
    """Turn trouble of the machine into a refusal; anything else is a bug and stays one."""
    if isinstance(error, NoConnectionFree):
        return DatabaseDown(retry_after=2)
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return StorageFull(retry_after=30)
    if not isinstance(error, DBAPIError):
        return error
    name = state(error)
    if name in FULL:
        return StorageFull(retry_after=30)
    gone = error.connection_invalidated or (not name and isinstance(error, OperationalError))
    if gone or name in AWAY or name[:2] in AWAY_CLASSES or name.startswith("SQLITE_IOERR"):
        return DatabaseDown(retry_after=2)
    return error


def state(error: SQLAlchemyError) -> str:
    """Return the database's own name for what went wrong, or nothing."""
    origin = getattr(error, "orig", None)
    found = getattr(origin, "sqlstate", None) or getattr(origin, "sqlite_errorname", None)
    return str(found or "")
