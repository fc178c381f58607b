"""How writes become durable: one thread with group commit, or a pool of connections.

Both take pieces of work, run each whole or not at all, and answer only after the commit.
"""

import random
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from shopbell.engine import metrics
from shopbell.engine.connect import transaction
from shopbell.engine.trouble import explain, state
from shopbell.kernel.events import Fact
from shopbell.kernel.refusals import Refusal, Unavailable

GROUP_MOST = 200
GROUP_SECONDS = 0.005
LANES = 2
"""While the database works on one batch the next one is made; more would make them smaller."""

RETRIES = 6
RETRYABLE = {"40001", "40P01", "23505"}
"""Serialisation failure, deadlock, and a unique key that a concurrent twin took first: the
second run of the same work finds the twin's row. A true clash comes back and is raised."""


class Left(Protocol):
    """What a transaction leaves behind outside the database, once it is committed."""

    announced: list[Fact]
    remembered: dict[object, Any]


Run = Callable[[Connection, Sequence[Any]], tuple[Sequence[Any], Left]]
"""Does what several asked for: an outcome for each, and what all of it leaves behind."""

Lane = tuple[Run, int]


class Piece:
    """One piece of work: what is to be run, what is asked of it, by whom, and how it went."""

    __slots__ = ("ask", "asked", "error", "left", "result", "run")

    def __init__(self, run: Run, ask: Any, asked: Any) -> None:  # noqa: ANN401 - one of two futures
        self.run, self.ask, self.asked = run, ask, asked
        self.result: Any = None
        self.error: BaseException | None = None
        self.left: Left | None = None

    def answer(self) -> None:
        """Tell the one who asked; must run in their event loop, if they have one."""
        if self.asked.cancelled():
            return
        if self.error is None:
            self.asked.set_result(self.result)
        else:
            self.asked.set_exception(self.error)

    def failed(self, error: BaseException) -> None:
        """Forget what was done: it did not stay."""
        self.result, self.error, self.left = None, error, None


Settle = Callable[[Sequence[Piece]], None]


class Writer(Protocol):
    """Runs work in transactions of its own."""

    def submit(self, run: Run, ask: Any, asked: Any, lane: str = "") -> None:  # noqa: ANN401
        """Take a piece of work; those with the same ``run`` may be done in one call of it.

        Those with the same ``lane`` are done in the order in which they were taken.
        """

    def close(self) -> None:
        """Finish what was taken, then stop."""


class Groups:
    """Work that waits, and how it is committed, group by group, on one connection.

    Work of one kind that waits shares one call, too. Each call runs in a savepoint of its own,
    so that one failure does not fail its neighbours.
    """

    def __init__(self, settle: Settle) -> None:
        self._settle = settle
        self._waiting: SimpleQueue[Piece | None] = SimpleQueue()
        self._next: Piece | None = None
        self._stopping = False

    def submit(self, run: Run, ask: Any, asked: Any, lane: str = "") -> None:  # noqa: ANN401, ARG002
        """Take a piece of work; all keep their order here, whatever their lane."""
        self._waiting.put(Piece(run, ask, asked))

    def _commit_group(self, connection: Connection) -> None:
        """Commit what is next and what joins it."""
        alike = self._alike(GROUP_MOST)
        group = list(alike)
        began = time.monotonic()
        metrics.WRITES_WAITING.set(self._waiting.qsize())
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            while alike:
                _run_in_savepoint(connection, alike)
                late = time.monotonic() - began > GROUP_SECONDS
                alike = [] if late else self._alike(GROUP_MOST - len(group))
                group += alike
            connection.exec_driver_sql("COMMIT")
        except BaseException as error:  # noqa: BLE001 - it belongs to the ones who asked
            _roll_back(connection)
            for piece in group:
                piece.failed(explain(error))
        metrics.COMMIT_SECONDS.observe(time.monotonic() - began)
        metrics.COMMIT_GROUP.observe(len(group))
        self._settle(group)

    def _alike(self, most: int) -> list[Piece]:
        """Take what is next and what can share one call with it."""
        alike: list[Piece] = []
        piece = self._next or self._take()
        while piece is not None and len(alike) < most and (not alike or piece.run is alike[0].run):
            alike.append(piece)
            piece = self._take()
        self._next = piece
        return alike

    def _take(self) -> Piece | None:
        try:
            piece = self._waiting.get_nowait()
        except Empty:
            return None
        self._stopping = piece is None
        return piece


class GroupCommit(Groups):
    """One thread, one connection: work that waits while the disk turns shares the next commit."""

    def __init__(self, engine: Engine, settle: Settle) -> None:
        super().__init__(settle)
        self._engine = engine
        self._thread = threading.Thread(target=self._work, name="write", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Finish what was taken, then stop."""
        self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        with self._engine.connect() as connection:
            while not self._stopping:
                first = self._next or self._waiting.get()
                if first is None:
                    break
                self._next = first
                self._commit_group(connection)


class WriterPool:
    """A transaction for each piece of work, on connections of its own, retried when they clash.

    Work of one kind that may share a call waits in lanes: while a batch is on its way, the next
    one gathers. What must keep its order, or would wait for the same rows, is in the same lane.
    """

    def __init__(self, engine: Engine, settle: Settle, threads: int = 16) -> None:
        self._engine, self._settle = engine, settle
        self._threads = ThreadPoolExecutor(threads, "write")
        self._lanes: dict[Lane, deque[Piece]] = {}
        self._lock = threading.Lock()

    def submit(self, run: Run, ask: Any, asked: Any, lane: str = "") -> None:  # noqa: ANN401
        piece = Piece(run, ask, asked)
        if ask is None:
            self._threads.submit(self._do, [piece])
            return
        which = run, hash(lane) % LANES
        with self._lock:
            waiting = self._lanes.get(which)
            if waiting is not None:
                waiting.append(piece)
                return
            self._lanes[which] = deque([piece])
        self._threads.submit(self._work_off, which)

    def close(self) -> None:
        self._threads.shutdown()

    def _work_off(self, which: Lane) -> None:
        """Do what waits in a lane, a batch at a time, until nothing does."""
        while batch := self._next_batch(which):
            self._do(batch)

    def _next_batch(self, which: Lane) -> list[Piece]:
        with self._lock:
            waiting = self._lanes[which]
            batch = [waiting.popleft() for _turn in range(min(len(waiting), GROUP_MOST))]
            if not batch:
                del self._lanes[which]
            return batch

    def _do(self, batch: list[Piece]) -> None:
        """Do a batch in one transaction, or each piece in its own if that fails."""
        began = time.monotonic()
        try:
            self._try(batch, RETRIES if len(batch) == 1 else 2)
        except BaseException as error:  # noqa: BLE001 - it belongs to the ones who asked
            if len(batch) > 1 and not isinstance(explain(error), Unavailable):
                for piece in batch:
                    self._do([piece])
                return
            for piece in batch:
                piece.failed(explain(error))
        metrics.COMMIT_SECONDS.observe(time.monotonic() - began)
        metrics.COMMIT_GROUP.observe(len(batch))
        self._settle(batch)

    def _try(self, batch: list[Piece], tries: int) -> None:
        for left in reversed(range(tries)):
            try:
                with transaction(self._engine) as connection:
                    _run(connection, batch)
            except DBAPIError as error:
                if not left or state(error) not in RETRYABLE:
                    raise
                time.sleep(random.uniform(0, 0.02))  # noqa: S311 - spreads rivals, hides nothing
            else:
                return


def _run(connection: Connection, alike: Sequence[Piece]) -> None:
    """Do pieces of one kind in one call; whoever's outcome is a refusal is refused."""
    outcomes, left = alike[0].run(connection, [piece.ask for piece in alike])
    for piece, outcome in zip(alike, outcomes, strict=True):
        if isinstance(outcome, Refusal):
            piece.failed(outcome)
        else:
            piece.result, piece.error = outcome, None
    alike[0].left = left


def _run_in_savepoint(connection: Connection, alike: Sequence[Piece]) -> None:
    connection.exec_driver_sql("SAVEPOINT work")
    try:
        _run(connection, alike)
    except BaseException as error:
        if _transaction_is_lost(connection):
            raise
        connection.exec_driver_sql("ROLLBACK TO work")
        if len(alike) > 1:
            for piece in alike:
                _run_in_savepoint(connection, [piece])
        else:
            alike[0].failed(explain(error))
    connection.exec_driver_sql("RELEASE work")


def _transaction_is_lost(connection: Connection) -> bool:
    """SQLite ends the whole transaction by itself when the disk is full or fails."""
    return not connection.connection.dbapi_connection.in_transaction  # type: ignore[union-attr]


def _roll_back(connection: Connection) -> None:
    if not _transaction_is_lost(connection):
        connection.exec_driver_sql("ROLLBACK")
