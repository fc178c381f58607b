"""How writes become durable: one thread with group commit, or a pool of connections.

Both take pieces of work, run each whole or not at all, and answer only after the commit.
"""

import random
import threading
import time
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

GROUP_MOST = 200
GROUP_SECONDS = 0.005
RETRIES = 6
RETRYABLE = {"40001", "40P01", "23505"}
"""Serialisation failure, deadlock, and a unique key that a concurrent twin took first: the
second run of the same work finds the twin's row. A true clash comes back and is raised."""


Asked = "asyncio.Future[Any] | Future[Any]"
Run = Callable[[Connection], tuple[Any, list[Fact]]]


class Done:
    """The outcome of one piece of work, and who asked for it."""

    def __init__(self, asked: Any) -> None:  # noqa: ANN401 - one of two kinds of future
        self.asked = asked
        self.result: object = None
        self.error: BaseException | None = None
        self.facts: list[Fact] = []

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
        self.result, self.error, self.facts = None, error, []


Settle = Callable[[Sequence[Done]], None]


class Writer(Protocol):
    """Runs work in transactions of its own."""

    def submit(self, run: Run, asked: Any) -> None:  # noqa: ANN401
        """Take a piece of work."""

    def close(self) -> None:
        """Finish what was taken, then stop."""


class GroupCommit:
    """One thread, one connection: work that waits while the disk turns shares the next commit.

    Each piece runs in a savepoint of its own, so that one failure does not fail its neighbours.
    """

    def __init__(self, engine: Engine, settle: Settle) -> None:
        self._engine, self._settle = engine, settle
        self._waiting: SimpleQueue[tuple[Run, Done] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="write", daemon=True)
        self._thread.start()

    def submit(self, run: Run, asked: Any) -> None:  # noqa: ANN401
        self._waiting.put((run, Done(asked)))
        metrics.WRITES_WAITING.set(self._waiting.qsize())

    def close(self) -> None:
        self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        with self._engine.connect() as connection:
            while (first := self._waiting.get()) is not None:
                more = self._commit_group(connection, first)
                if not more:
                    break

    def _commit_group(self, connection: Connection, first: tuple[Run, Done]) -> bool:
        """Commit ``first`` and what joins it; false once we were asked to stop."""
        group: list[Done] = []
        work: tuple[Run, Done] | None = first
        began = time.monotonic()
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            while work is not None:
                group.append(work[1])
                _run_in_savepoint(connection, *work)
                work = self._next(began, len(group))
            connection.exec_driver_sql("COMMIT")
        except DBAPIError as error:
            _roll_back(connection)
            if work is not None and work[1] not in group:
                group.append(work[1])
            for done in group:
                done.failed(explain(error))
        metrics.COMMIT_SECONDS.observe(time.monotonic() - began)
        metrics.COMMIT_GROUP.observe(len(group))
        self._settle(group)
        return not self._stopping

    _stopping = False

    def _next(self, began: float, so_far: int) -> tuple[Run, Done] | None:
        if so_far >= GROUP_MOST or time.monotonic() - began > GROUP_SECONDS:
            return None
        try:
            work = self._waiting.get_nowait()
        except Empty:
            return None
        self._stopping = work is None
        return work


class WriterPool:
    """A transaction for each piece of work, on connections of its own, retried when they clash."""

    def __init__(self, engine: Engine, settle: Settle, threads: int = 16) -> None:
        self._engine, self._settle = engine, settle
        self._threads = ThreadPoolExecutor(threads, "write")

    def submit(self, run: Run, asked: Any) -> None:  # noqa: ANN401
        self._threads.submit(self._work, run, Done(asked))

    def close(self) -> None:
        self._threads.shutdown()

    def _work(self, run: Run, done: Done) -> None:
        began = time.monotonic()
        for left in reversed(range(RETRIES)):
            try:
                with transaction(self._engine) as connection:
                    done.result, done.facts = run(connection)
            except DBAPIError as error:
                if left and state(error) in RETRYABLE:
                    time.sleep(random.uniform(0, 0.02))  # noqa: S311 - spreads rivals, hides nothing
                    continue
                done.failed(explain(error))
            except BaseException as error:  # noqa: BLE001 - it belongs to the one who asked
                done.failed(explain(error))
            break
        metrics.COMMIT_SECONDS.observe(time.monotonic() - began)
        metrics.COMMIT_GROUP.observe(1)
        self._settle([done])


def _run_in_savepoint(connection: Connection, run: Run, done: Done) -> None:
    connection.exec_driver_sql("SAVEPOINT work")
    try:
        done.result, done.facts = run(connection)
    except BaseException as error:
        if _transaction_is_lost(connection):
            raise
        connection.exec_driver_sql("ROLLBACK TO work")
        done.failed(explain(error))
    connection.exec_driver_sql("RELEASE work")


def _transaction_is_lost(connection: Connection) -> bool:
    """SQLite ends the whole transaction by itself when the disk is full or fails."""
    return not connection.connection.dbapi_connection.in_transaction  # type: ignore[union-attr]


def _roll_back(connection: Connection) -> None:
    if not _transaction_is_lost(connection):
        connection.exec_driver_sql("ROLLBACK")
