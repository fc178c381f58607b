"""Many rows in one prepared statement, for the busiest tables, past the statement builder.

SQLite repeats one statement, row by row. PostgreSQL receives all rows in one JSON document, so
that a batch costs one round trip whatever its size. Rows are tuples in the order of the columns.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Boolean, Dialect, LargeBinary, Table
from sqlalchemy.dialects import postgresql

from shopbell.engine.tables import Choice, Ident, Json, Moment, Session

Row = tuple[Any, ...]
Codec = Callable[[Any], Any]
IDENTS_KNOWN = 20_000
PADDED = (1, 4, 16, 64, 256)
"""Numbers of keys a look-up in SQLite is prepared for; shorter lists are filled with nothing."""

_POSTGRES: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]


class Columns:
    """Some columns of a table, and how their values look to each driver."""

    def __init__(self, table: Table, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self.quoted = ", ".join(map(_quoted, names))
        self.typed = ", ".join(
            f"{_quoted(name)} {table.c[name].type.compile(dialect=_POSTGRES)}" for name in names
        )
        self.as_text = ", ".join(
            _quoted(name) + ("::text" if isinstance(table.c[name].type, Ident) else "")
            for name in names
        )
        kinds = [table.c[name].type for name in names]
        self._to_sqlite = _codecs(kinds, _TO_SQLITE)
        self._to_json = _codecs(kinds, _TO_JSON)
        self._from_sqlite = _codecs(kinds, _FROM_SQLITE)
        self._from_postgres = _codecs(kinds, _FROM_POSTGRES)

    def for_sqlite(self, rows: Sequence[Row]) -> list[Row]:
        """Return rows as SQLite's driver takes them."""
        return _through(rows, self._to_sqlite)

    def as_json(self, rows: Sequence[Row]) -> str:
        """Return rows as one document for PostgreSQL."""
        objects = [dict(zip(self.names, row, strict=True)) for row in _through(rows, self._to_json)]
        return msgspec.json.encode(objects).decode()

    def read(self, tx: Session, rows: Sequence[Row]) -> list[Row]:
        """Return what a driver found as values of ours."""
        return _through(rows, self._from_sqlite if tx.embedded else self._from_postgres)


class Insert:
    """Adds rows of all columns; ``tail`` may say what to do with a row that is there already."""

    def __init__(self, table: Table, tail: str = "") -> None:
        self._columns = columns = Columns(table, table.c.keys())
        into = f"INSERT INTO {_quoted(table.name)} ({columns.quoted})"
        marks = ", ".join("?" * len(columns.names))
        self._sqlite = f"{into} VALUES ({marks}) {tail}"
        source = f"json_to_recordset(%s::json) AS given({columns.typed})"
        self._postgres = f"{into} SELECT {columns.quoted} FROM {source} {tail}"

    def __call__(self, tx: Session, rows: Sequence[Row]) -> None:
        """Add them."""
        if tx.embedded:
            tx.run(self._sqlite, self._columns.for_sqlite(rows))
        else:
            tx.run(self._postgres, (self._columns.as_json(rows),))


class Update:
    """Changes rows: the columns ``names`` of those that ``keys``, given last, tell."""

    def __init__(
        self, table: Table, names: Sequence[str], keys: Sequence[str], only_if: str = "true"
    ) -> None:
        self._columns = Columns(table, [*names, *keys])
        name = _quoted(table.name)
        sets = ", ".join(f"{_quoted(column)} = ?" for column in names)
        where = " AND ".join(f"{_quoted(column)} = ?" for column in keys)
        self._sqlite = f"UPDATE {name} SET {sets} WHERE {where} AND {only_if}"
        sets = ", ".join(f"{_quoted(column)} = given.{_quoted(column)}" for column in names)
        where = " AND ".join(
            f"{name}.{_quoted(column)} = given.{_quoted(column)}" for column in keys
        )
        source = f"json_to_recordset(%s::json) AS given({self._columns.typed})"
        self._postgres = f"UPDATE {name} SET {sets} FROM {source} WHERE {where} AND {only_if}"

    def __call__(self, tx: Session, rows: Sequence[Row]) -> None:
        """Change them."""
        if tx.embedded:
            tx.run(self._sqlite, self._columns.for_sqlite(rows))
        else:
            tx.run(self._postgres, (self._columns.as_json(rows),))


class Select:
    """Reads the columns ``names`` of the rows that ``keys`` tell; ``hold`` locks them, in order.

    With ``skip_locked``, those are left out that another transaction holds.
    """

    def __init__(
        self,
        table: Table,
        names: Sequence[str],
        keys: Sequence[str],
        *,
        hold: bool = False,
        skip_locked: bool = False,
    ) -> None:
        self._columns, self._keys = Columns(table, names), Columns(table, keys)
        name, marks = _quoted(table.name), ", ".join("?" * len(keys))
        found = ", ".join(f"{name}.{_quoted(column)}" for column in names)
        self._sqlite = {
            size: f"WITH given ({self._keys.quoted}) AS (VALUES {', '.join([f'({marks})'] * size)})"
            f" SELECT {found} FROM given CROSS JOIN {name} ON {_given(name, keys)}"
            for size in PADDED  # CROSS JOIN: first what is given, then the index
        }
        given = f"json_to_recordset(%s::json) AS given({self._keys.typed})"
        shown = ", ".join(f"{name}.{shown}" for shown in self._columns.as_text.split(", "))
        if hold:
            order = ", ".join(f"{name}.{_quoted(key)}" for key in keys)
            source = f"JOIN {name} ON {_given(name, keys)} ORDER BY {order} FOR UPDATE OF {name}"
            source += " SKIP LOCKED" * skip_locked
        else:
            source = f"CROSS JOIN LATERAL ({_one_by_one(name, keys)}) AS {name}"
        self._postgres = f"SELECT {shown} FROM {given} {source}"

    def __call__(self, tx: Session, keys: Iterable[Row]) -> list[Row]:
        """Read them; what is not there is left out."""
        wanted = list(dict.fromkeys(keys))
        if tx.embedded:
            return self._columns.read(tx, self._read_sqlite(tx, self._keys.for_sqlite(wanted)))
        found = tx.run(self._postgres, (self._keys.as_json(wanted),))
        return self._columns.read(tx, found.fetchall())

    def _read_sqlite(self, tx: Session, keys: list[Row]) -> list[Row]:
        found: list[Row] = []
        for begin in range(0, len(keys), PADDED[-1]):
            part = keys[begin : begin + PADDED[-1]]
            size = next(size for size in PADDED if size >= len(part))
            part += [(None,) * len(self._keys.names)] * (size - len(part))
            given = tuple(value for key in part for value in key)
            found += tx.run(self._sqlite[size], given).fetchall()
        return found


class Every:
    """Reads the columns ``names`` of all rows of a small table, in the order of the first."""

    def __init__(self, table: Table, names: Sequence[str]) -> None:
        self._columns = Columns(table, names)
        first = _quoted(names[0])
        self._sqlite, self._postgres = (
            f"SELECT {shown} FROM {_quoted(table.name)} ORDER BY {first}"
            for shown in (self._columns.quoted, self._columns.as_text)
        )

    def __call__(self, tx: Session) -> list[Row]:
        """Read them."""
        found = tx.run(self._sqlite if tx.embedded else self._postgres)
        return self._columns.read(tx, found.fetchall())


def _quoted(name: str) -> str:
    return f'"{name}"'


def _given(table: str, keys: Sequence[str]) -> str:
    return " AND ".join(f"{table}.{_quoted(key)} = given.{_quoted(key)}" for key in keys)


def _one_by_one(table: str, keys: Sequence[str]) -> str:
    """Have PostgreSQL look up each given row by the index that its first key leads.

    Left to itself it read whole threads, or the whole table, as long as it knew too little of a
    new one. OFFSET 0 keeps the look-ups apart, and IS NOT DISTINCT FROM uses no other index.
    """
    first, *others = (_quoted(key) for key in keys)
    same = "".join(f" AND {table}.{key} IS NOT DISTINCT FROM given.{key}" for key in others)
    return f"SELECT * FROM {table} WHERE {table}.{first} = given.{first}{same} OFFSET 0"


def _codecs(kinds: Sequence[object], known: dict[type, Any]) -> list[tuple[int, Codec]]:
    """Return which places need which translation; most values pass as they are."""
    found: list[tuple[int, Codec]] = []
    for place, kind in enumerate(kinds):
        make = known.get(type(kind))
        if make is not None:
            found.append((place, make(kind)))
    return found


def _through(rows: Sequence[Row], codecs: Sequence[tuple[int, Codec]]) -> list[Row]:
    """Translate column by column: a batch costs one loop for each column, not each value."""
    if not rows:
        return []
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for place, codec in codecs:
        columns[place] = [None if value is None else codec(value) for value in columns[place]]
    return list(zip(*columns, strict=True))


def _always(codec: Codec) -> Callable[[object], Codec]:
    return lambda _kind: codec


@lru_cache(IDENTS_KNOWN)
def _ident_bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("-", ""))


@lru_cache(IDENTS_KNOWN)
def _ident_text(value: bytes) -> str:
    text = value.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _micros(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)


def _moment(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / 1_000_000, UTC)


def _json_text(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _hex(value: bytes) -> str:
    return "\\x" + value.hex()


_BOTH: dict[type, Any] = {Moment: _always(_micros), Json: _always(_json_text)}
_TO_SQLITE: dict[type, Any] = {
    **_BOTH,
    Ident: _always(_ident_bytes),
    Choice: _always(str),
    Boolean: _always(int),
}
_TO_JSON: dict[type, Any] = {**_BOTH, LargeBinary: _always(_hex)}
_FROM_POSTGRES: dict[type, Any] = {
    Moment: _always(_moment),
    Choice: lambda choice: {member.value: member for member in choice.kind}.__getitem__,
    Json: lambda kind: kind.decode,
    LargeBinary: _always(bytes),
}
_FROM_SQLITE: dict[type, Any] = {
    **_FROM_POSTGRES,
    Ident: _always(_ident_text),
    Boolean: _always(bool),
}
