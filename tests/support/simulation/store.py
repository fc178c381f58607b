"""The store all nodes share: a real SQLite in memory, worked on at moments that chance chooses.

What is done to it is done whole at one moment of the clock, as a serialisable database lets it
look. When, and how late somebody hears of it, whether the disk fails, and whether a node dies
just before or just after its commit, is chance.
"""

import random
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from functools import cache, partial
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event

from shopbell.engine.connect import SQLITE_PRAGMAS
from shopbell.engine.database import Hands
from shopbell.engine.writers import Groups, Piece, Run, Settle
from tests.support.simulation.loop import Process, VirtualLoop

P = ParamSpec("P")
T = TypeVar("T")
Ear = Callable[[str, object], None]
QUICK, SLOW = 0.003, 0.3
"""Seconds a piece of work takes, at most: most of the time, and now and then."""

BAD = "not to be kept"
"""Where these words would lie the disk has a bad spot."""

TURNS = {"BEGIN", "BEGIN IMMEDIATE", "COMMIT"}


class Store:
    """One database, and what may happen to it.

    ``unwell`` and ``slow`` say how often a transaction fails or takes long. ``before`` and
    ``after`` are done once, at the next commit.
    """

    def __init__(self, image: bytes, loop: VirtualLoop, chance: random.Random) -> None:
        self.engine, self.writing, ears = _kept()
        ears.clear()
        driver = self.writing.connection.driver_connection
        assert driver is not None
        driver.deserialize(image)
        ears.append(self._hear)
        self.loop, self.chance = loop, chance
        self.unwell, self.slow, self.failures = 0.0, 0.0, 0
        self.before: Callable[[Process], None] | None = None
        self.after: Callable[[Process], None] | None = None
        self._disk, self._busy_until = Process(loop, "disk"), 0.0
        self._writing: Process | None = None

    def hands(self, process: Process) -> Hands:
        """Return who works on this store for one node."""
        return Hands(self.engine, partial(Clerk, self, process), Readers(self, process))

    def soon(self, process: Process, work: Callable[[], object]) -> None:
        """Have the disk do something for a node, after as long as it takes, unless it is dead."""
        most = SLOW if self.slow and self.chance.random() < self.slow else QUICK
        due = max(self.loop.time(), self._busy_until) + self.chance.uniform(0, most)
        self._disk.at(due, self._do, process, work)

    def busy(self, seconds: float) -> None:
        """Do nothing for a while: what is to be written meanwhile waits, and shares a commit."""
        self._busy_until = self.loop.time() + seconds

    def changes_epoch(self, to: str) -> None:
        """Have another epoch begin, as when a copy is put back."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("UPDATE marker SET value = ? WHERE name = 'epoch'", (to,))

    def _do(self, process: Process, work: Callable[[], object]) -> None:
        if not process.ended:
            self._writing = process
            process.context.copy().run(work)

    def _hear(self, statement: str, given: object) -> None:
        """Fail now and then where a disk does: at the beginning, in the middle, at the end."""
        if statement == "COMMIT" and self.before is not None and self._writing is not None:
            happens, self.before = self.before, None
            happens(self._writing)
            raise sqlite3.OperationalError("nobody is there any more")
        if statement.startswith('INSERT INTO "event"') and BAD in str(given):
            raise sqlite3.OperationalError("the disk has a bad spot")
        if self.unwell and _may_fail(statement) and self.chance.random() < self.unwell:
            self.failures += 1
            raise sqlite3.OperationalError("the disk does not answer")


def _may_fail(statement: str) -> bool:
    return statement in TURNS or statement.startswith('UPDATE "conversation"')


class Clerk(Groups):
    """Commits what waits, a group at a time: the thread of a node that writes, without a thread."""

    def __init__(self, store: Store, process: Process, settle: Settle) -> None:
        super().__init__(self._settle_if_alive)
        self._store, self._process, self._tell = store, process, settle
        self._busy = False

    def submit(self, run: Run, ask: Any, asked: Any, lane: str = "") -> None:
        super().submit(run, ask, asked, lane)
        self._go_on()

    def close(self) -> None:
        """Nothing is open."""

    def _go_on(self) -> None:
        if not self._busy:
            self._busy = True
            self._store.soon(self._process, self._turn)

    def _turn(self) -> None:
        self._commit_group(self._store.writing)
        self._busy = False
        if self._next is not None or not self._waiting.empty():
            self._go_on()

    def _settle_if_alive(self, batch: Sequence[Piece]) -> None:
        if self._store.after is not None and not self._process.ended:
            happens, self._store.after = self._store.after, None
            happens(self._process)
        if not self._process.ended:
            self._tell(batch)


class Readers(Executor):
    """Reads for a node, each at a moment of its own; what was read is known a little later."""

    def __init__(self, store: Store, process: Process) -> None:
        self._store, self._process = store, process

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        read: Future[T] = Future()
        read.set_running_or_notify_cancel()

        def look() -> None:
            try:
                tell: Callable[[], None] = partial(read.set_result, fn(*args, **kwargs))
            except Exception as error:  # noqa: BLE001 - it belongs to the one who asked
                tell = partial(read.set_exception, error)
            self._store.soon(self._process, tell)

        self._store.soon(self._process, look)
        return read


@cache
def _kept() -> tuple[Engine, Connection, list[Ear]]:
    """Return this process's engine, which has one connection, kept for its prepared statements;
    that connection as it writes, kept as a writer keeps it; and who hears what is done on it."""
    driver = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    driver.execute(f"PRAGMA foreign_keys={SQLITE_PRAGMAS['foreign_keys']}")
    engine = create_engine(
        "sqlite://",
        creator=lambda: driver,
        poolclass=StaticPool,
        isolation_level="AUTOCOMMIT",
    )
    ears: list[Ear] = []

    def hear(_cursor: object, statement: str, given: object, _context: object) -> None:
        for ear in ears:
            ear(statement, given)

    event.listen(engine, "do_execute", hear)
    event.listen(engine, "do_executemany", hear)
    return engine, engine.connect(), ears
