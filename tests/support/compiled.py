"""Statements compiled once for all installations that a test process builds.

Each test has an engine of its own, and an engine compiles every statement anew: that was a third
of the suite's time. What is compiled depends on the kind of database alone.
"""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

_COMPILED: LRUCache[Any, Any] = LRUCache(5_000)


def share() -> None:
    """Let all engines of this process look for their statements in one place."""
    for kind in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        setattr(kind, "__eq__", lambda one, other: type(one) is type(other))  # noqa: B010
        setattr(kind, "__hash__", lambda one: hash(type(one)))  # noqa: B010
    setattr(Engine, "_compiled_cache", property(lambda _one: _COMPILED, lambda _one, _own: None))  # noqa: B010
