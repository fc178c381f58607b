"""Taking words out of rows for good, of any table by its name: what a person's wish to go needs.

Statements are made from the one catalogue of tables, so what they name is checked when they are
made. A file of SQLite forgets the bytes of these rows, too: freed cells are overwritten
(``secure_delete``). Copies that lay in it before, from rows that grew and jobs long done, go when
it is written anew (`sweep`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnClause,
    Engine,
    LargeBinary,
    Select,
    String,
    TableClause,
    Text,
    Update,
    and_,
    bindparam,
    column,
    delete,
    select,
    table,
    update,
)

from shopbell.engine.connect import is_embedded
from shopbell.engine.tables import Choice, Ident, Json, Session, metadata

Row = dict[str, Any]
Change = Callable[[Row], Row]
"""Says which columns of a row shall read what instead; nothing, if it may stay as it is."""

AT_ONCE = 500


def begin(tx: Session) -> None:
    """Have what this transaction takes out of a file of SQLite overwritten there."""
    if tx.embedded:
        tx.run("PRAGMA secure_delete=ON")


def end(tx: Session) -> None:
    """Let others write as fast as before."""
    if tx.embedded:
        tx.run("PRAGMA secure_delete=FAST")


def sweep(engine: Engine) -> None:
    """Write the database anew without what was freed in it; nobody else writes meanwhile."""
    embedded = is_embedded(engine)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM" if embedded else "VACUUM FULL")
        if embedded:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def worded(name: str) -> list[str]:
    """Return the columns of a table that may hold what somebody said: texts, JSON and bytes."""
    return [one.name for one in metadata.tables[name].columns if _may_hold_words(one)]


def delete_rows(tx: Session, name: str, by: str, keys: Sequence[object]) -> int:
    """Drop the rows whose column ``by`` is one of ``keys``; return how many those were."""
    of = _bare(name)
    return sum(tx.execute(delete(of).where(of.c[by].in_(part))).rowcount for part in _parts(keys))


def delete_each(tx: Session, name: str, keys: Sequence[Row]) -> None:
    """Drop rows by their whole keys."""
    of = _bare(name)
    for key in keys:
        tx.execute(delete(of).where(and_(*(of.c[one] == value for one, value in key.items()))))


def set_columns(
    tx: Session, name: str, by: str, keys: Sequence[object], to: Mapping[str, object]
) -> int:
    """Write ``to`` into the rows whose column ``by`` is one of ``keys``; return how many."""
    of = _bare(name)
    return sum(
        tx.execute(update(of).where(of.c[by].in_(part)).values(dict(to))).rowcount
        for part in _parts(keys)
    )


def rewrite(tx: Session, name: str, by: str, keys: Sequence[object], change: Change) -> int:
    """Let ``change`` say what the rows of ``keys`` shall read instead; return how many changed."""
    primary = [one.name for one in metadata.tables[name].primary_key]
    alike = defaultdict[tuple[str, ...], list[Row]](list)
    for row in rows(tx, name, by, keys):
        if news := change(row):
            own = {f"own_{one}": row[one] for one in primary}
            alike[tuple(news)].append(own | {f"to_{one}": value for one, value in news.items()})
    for columns, given in alike.items():
        tx.execute(_change_of(name, columns), given)
    return sum(map(len, alike.values()))


def pick(tx: Session, name: str, wanted: str, by: str, keys: Sequence[object]) -> list[Any]:
    """Return one column of the rows whose column ``by`` is one of ``keys``."""
    of = _bare(name)
    return [
        value
        for part in _parts(keys)
        for value in tx.execute(select(of.c[wanted]).where(of.c[by].in_(part))).scalars()
    ]


def rows(tx: Session, name: str, by: str, keys: Sequence[object]) -> Iterator[Row]:
    """Read the rows whose column ``by`` is one of ``keys``."""
    of = _bare(name)
    for part in _parts(keys):
        found = tx.execute(_in_turn(select(of).where(of.c[by].in_(part))))
        yield from (dict(row._mapping) for row in found)  # noqa: SLF001 - a row's own columns


def every_row(tx: Session, name: str, *also: str) -> Iterator[Row]:
    """Read a table through: what may hold words, and what ``also`` is asked for."""
    of = _bare(name)
    found = tx.execute(_in_turn(select(*(of.c[one] for one in (*also, *worded(name))))))
    yield from (dict(row._mapping) for row in found)  # noqa: SLF001


def _in_turn(query: "Select[*tuple[Any, ...]]") -> "Select[*tuple[Any, ...]]":
    """Have rows come a few hundred at a time, however many there are."""
    return query.execution_options(yield_per=AT_ONCE)


@cache
def _change_of(name: str, columns: tuple[str, ...]) -> Update:
    """Return the statement that changes some columns of one row."""
    of, primary = _bare(name), [one.name for one in metadata.tables[name].primary_key]
    return (
        update(of)
        .where(
            and_(*(of.c[one] == bindparam(f"own_{one}", type_=of.c[one].type) for one in primary))
        )
        .values({one: bindparam(f"to_{one}", type_=of.c[one].type) for one in columns})
    )


@cache
def _bare(name: str) -> TableClause:
    """Return a table whose JSON is read and written as the text it is kept as."""
    return table(name, *map(_as_kept, metadata.tables[name].columns))


def _as_kept(one: "Column[Any]") -> "ColumnClause[Any]":
    return column(one.name, Text() if isinstance(one.type, (Json, Choice)) else one.type)


def _may_hold_words(one: "Column[Any]") -> bool:
    return isinstance(one.type, String | LargeBinary | Json) and not isinstance(
        one.type, Choice | Ident
    )


def _parts(keys: Sequence[object]) -> Iterator[Sequence[object]]:
    return (keys[at : at + AT_ONCE] for at in range(0, len(keys), AT_ONCE))
