"""A transaction that asks less: for a year, in which the same is asked many times a second.

The rooms ask as ever and are answered the same. What nobody changes in a year (shops, products,
rules, devices) is read once in a transaction, until somebody does change it; and what is asked of
SQLite in the same words goes straight to its driver.
"""

import gc
import sqlite3
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Column, Dialect, Select, Table
from sqlalchemy.engine import FrozenResult, IteratorResult, Result
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.visitors import iterate

from shopbell.engine.database import Tx

STILL = frozenset(
    {
        "automation_rule",
        "clock_ceiling",
        "clock_rules",
        "contact_rules",
        "desk_rule",
        "news_unwanted",
        "person",
        "product",
        "push_device",
        "push_wish",
        "shop",
        "variant",
    }
)
"""Tables that are read all the time and seldom changed; no room `put`s rows into them."""

ASKED_MOST = 1_000
"""So many statements are known; those that are built for each question are forgotten again."""

COLLECTED = (50_000, 50, 50)
"""How seldom the collector looks: what a year leaves behind is hardly ever a ring."""

Processor = Callable[[Any], Any]


@dataclass(frozen=True)
class Wording:
    """A statement in the driver's words, for values of certain lengths; how to give them."""

    sql: str
    given: Sequence[tuple[str, int | None, Processor | None]]

    def values(self, given: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the values in the order of the statement, as the driver takes them."""
        found = ((given[name], place, to) for name, place, to in self.given)
        return tuple(_value(value, place, to) for value, place, to in found)


@dataclass
class Question:
    """A statement that is asked again and again."""

    statement: Select[*tuple[Any, ...]]
    dialect: Dialect
    still: bool = False
    lists: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict[str, Any])
    answer: SimpleResultMetaData | None = None
    wordings: dict[tuple[int, ...], Wording] = field(default_factory=dict[tuple[int, ...], Wording])

    def __post_init__(self) -> None:
        self.still = _is_still(self.statement)
        compiled = self._compiled = cast("Any", self.statement.compile(dialect=self.dialect))
        self.lists = tuple(name for name, bind in compiled.binds.items() if bind.expanding)
        self.fixed = {
            name: bind.value for name, bind in compiled.binds.items() if not bind.required
        }
        columns = list(self.statement.selected_columns)
        kinds = [self._impl(column.type) for column in columns]
        readers = [kind.result_processor(self.dialect, None) for kind in kinds]
        names = [str(column.key) for column in columns]
        self.answer = SimpleResultMetaData(names, _processors=readers)

    def worded(self, given: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
        """Return the driver's words and values."""
        every = {**self.fixed, **given}
        sizes = tuple(len(every[name]) for name in self.lists)
        if sizes not in self.wordings:
            self.wordings[sizes] = self._word(every)
        wording = self.wordings[sizes]
        return wording.sql, wording.values(every)

    def _word(self, given: Mapping[str, Any]) -> Wording:
        expanded = self._compiled.construct_expanded_state(dict(given))
        places: dict[str, tuple[str, int | None]] = {name: (name, None) for name in given}
        for name, parts in expanded.parameter_expansion.items():
            places.update((part, (name, n)) for n, part in enumerate(parts))
        order = [places[name] for name in expanded.positiontup]
        binds = self._compiled.binds
        return Wording(
            expanded.statement,
            [(n, at, self._impl(binds[n].type).bind_processor(self.dialect)) for n, at in order],
        )

    def _impl(self, kind: Any) -> Any:  # noqa: ANN401 - any type of a column
        return kind.dialect_impl(self.dialect)


class Known:
    """What was asked lately, and how it is asked."""

    def __init__(self) -> None:
        self._once: dict[int, Any] = {}
        self._often: dict[int, Question] = {}

    def question(self, statement: Any, dialect: Dialect) -> Question | None:  # noqa: ANN401
        """Return a statement as a question, if it was asked before, in this very object."""
        key = id(statement)
        if key in self._often:
            return self._often[key]
        if key in self._once:
            asked = self._often[key] = Question(statement, dialect)
            return asked
        self._once[key] = statement
        if len(self._once) > ASKED_MOST:
            oldest = next(one for one in self._once if one not in self._often)
            del self._once[oldest]
        return None


class Swift(Tx):
    """A transaction, and what was read in it of tables that hardly change."""

    known: Known
    read: dict[object, FrozenResult[Any]]

    @classmethod
    def of(cls, tx: Tx, known: Known) -> "Swift":
        """Return the same transaction, asking less."""
        swift = cls.__new__(cls)
        swift.__dict__.update(tx.__dict__)
        swift.known, swift.read = known, {}
        return swift

    def execute(self, statement: Any, given: Any = None, /) -> Any:  # noqa: ANN401
        """Run one statement, or answer it from what was read."""
        if not isinstance(statement, Select) or isinstance(given, list):
            self._forget(statement)
            return super().execute(statement, given)
        question = self.known.question(statement, self._connection.dialect)
        if question is None or not (self.embedded or question.still):
            return super().execute(statement, given)
        if not question.still:
            return self._ask(question, given or {})
        key = (id(statement), _as_key(question, given or {}))
        if key not in self.read:
            self.read[key] = self._ask(question, given or {}).freeze()
        return self.read[key]()

    def _ask(self, question: Question, given: Mapping[str, Any]) -> Result[Any]:
        if not self.embedded:
            return super().execute(question.statement, given)
        self.flush()
        rows = self._driver(*question.worded(given)).fetchall()
        return IteratorResult(cast("Any", question.answer), iter(rows))

    def run(self, sql: str, given: Any = None, /) -> Any:  # noqa: ANN401
        """Run one statement in the driver's own words."""
        if not sql.startswith(("SELECT", "WITH")) and sql.partition('"')[2].split('"')[0] in STILL:
            self.read.clear()
        if not self.embedded:
            return super().run(sql, given)
        self.flush()
        return self._driver(sql, given)

    def _driver(self, sql: str, given: Any) -> sqlite3.Cursor:  # noqa: ANN401
        driver = cast("sqlite3.Connection", self._connection.connection.driver_connection)
        try:
            if isinstance(given, list):
                return driver.executemany(sql, given)
            return driver.execute(sql, given or ())
        except sqlite3.Error as error:
            raise DBAPIError.instance(sql, None, error, sqlite3.Error) from error

    def _forget(self, statement: Any) -> None:  # noqa: ANN401
        """Read anew what somebody changes."""
        table = getattr(statement, "table", None)
        if table is None or table.name in STILL:
            self.read.clear()


@contextmanager
def collecting_seldom() -> Generator[None]:
    """Keep the collector from looking again and again through all that is still to come."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*COLLECTED)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _is_still(statement: Any) -> bool:  # noqa: ANN401
    """Tell whether a statement reads only what hardly changes, and locks nothing."""
    return statement._for_update_arg is None and _tables(statement) <= STILL  # noqa: SLF001


def _as_key(question: Question, given: Mapping[str, Any]) -> tuple[object, ...]:
    lists = question.lists
    return tuple((name, tuple(one) if name in lists else one) for name, one in given.items())


def _tables(statement: Any) -> set[str]:  # noqa: ANN401
    """Return the names of all tables that a statement reads."""
    parts = list(iterate(statement))
    tables = {part for part in parts if isinstance(part, Table)}
    tables |= {part.table for part in parts if isinstance(part, Column)}
    return {table.name for table in tables}


def _value(value: Any, place: int | None, to: Processor | None) -> Any:  # noqa: ANN401
    one = value if place is None else value[place]
    return one if to is None else to(one)
