"""The one door to the database.

Work is an ordinary function that receives a `Tx`. It runs in a database thread, whole or not
at all. Nothing in it can be awaited, so no network call can creep into a transaction. Only
this room begins, commits and rolls back.
"""

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, TypeVarTuple, overload

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.selectable import TypedReturnsRows

from shopbell.engine import deadlines, journal, outbox
from shopbell.engine.connect import EMBEDDED, connect, is_embedded, snapshot
from shopbell.engine.settings import Settings
from shopbell.engine.tables import Write
from shopbell.engine.trouble import explain
from shopbell.engine.writers import GroupCommit, Piece, Run, Settle, Writer, WriterPool
from shopbell.kernel.clock import Clock, wall_clock
from shopbell.kernel.events import Fact, Job
from shopbell.kernel.refusals import Refusal, Unavailable

P = ParamSpec("P")
T = TypeVar("T")
Ts = TypeVarTuple("Ts")
F = TypeVar("F", bound=Fact)
A = TypeVar("A")
Listener = Callable[[Sequence[Fact]], None]

READERS = 4
READ_MOST = 64
"""So many share a look; the answers to more would hold up the event loop."""

MEMORY_MOST = 10_000
_AS_SHIPPED = Settings()


@dataclass(frozen=True)
class Reaction(Generic[F]):
    """What a room does, in the same transaction, when another room announces a fact."""

    to: type[F]
    do: "Callable[[Tx, F], None]"


class Tx:
    """One transaction: somewhere to run statements, the moment it is, and what it leaves behind.

    ``settings`` are those the marketplace runs under.

    Rows that nobody reads within it are `put`: they wait, fold by their key, and are written many
    at a time. Any statement finds them written. ``held`` is for what a room has read and locked,
    so that it need not be read again. What is put into ``remembered`` is found in ``memory`` by
    later transactions, once this one is committed or has read to its end; others may have changed
    it since.
    """

    def __init__(
        self,
        connection: Connection,
        now: datetime,
        reactions: "Sequence[Reaction[Any]]",
        memory: "Memory",
        settings: Settings = _AS_SHIPPED,
    ) -> None:
        self.settings = settings
        self._connection = connection
        self.embedded = connection.dialect.name == EMBEDDED
        self.now = now
        self.held: dict[object, Any] = {}
        self.memory = memory
        self.remembered: dict[object, Any] = {}
        self.announced: list[Fact] = []
        self.changed = 0
        self._unwritten: dict[Write, dict[object, Any]] = {}
        self._reactions = reactions

    @overload
    def execute(
        self,
        statement: TypedReturnsRows[*Ts],
        given: Any = None,  # noqa: ANN401 - SQLAlchemy's own shape
        /,
    ) -> CursorResult[*Ts]: ...

    @overload
    def execute(
        self,
        statement: Executable,
        given: Any = None,  # noqa: ANN401
        /,
    ) -> CursorResult[*tuple[Any, ...]]: ...

    def execute(
        self,
        statement: Executable,
        given: Any = None,
        /,
    ) -> CursorResult[*tuple[Any, ...]]:
        """Run one statement; it finds written what was put before it."""
        self.flush()
        self.changed += not statement.is_select
        return self._connection.execute(statement, given)

    def run(self, sql: str, given: Any = None, /) -> CursorResult[*tuple[Any, ...]]:  # noqa: ANN401
        """Run one statement in the driver's own words, with a list of rows for each in turn."""
        self.flush()
        return self._connection.exec_driver_sql(sql, given)

    def put(self, write: Write, key: object, row: Any, /) -> None:  # noqa: ANN401
        """Have ``write`` write ``row`` before anything is read, together with its like."""
        self.changed += 1
        self._unwritten.setdefault(write, {})[key] = row

    def waits(self, write: Write, key: object, /) -> Any:  # noqa: ANN401
        """Return the row that was put under ``key`` and is not yet written, if any."""
        return self._unwritten.get(write, {}).get(key)

    def flush(self) -> None:
        """Write what was put; a copy of this transaction at another moment shares what waits."""
        waiting = dict(self._unwritten)
        self._unwritten.clear()
        for write, rows in waiting.items():
            write(self, list(rows.values()))

    def each(self, work: Callable[["Tx", A], T], asks: Sequence[A]) -> "list[T | Refusal]":
        """Do ``work`` for every one; a refusal is an outcome, unless something was written for it.

        Then only the savepoint around all of it can take that back, and each must be done alone.
        """
        outcomes: list[T | Refusal] = []
        for ask in asks:
            before = self.changed, len(self.announced)
            try:
                outcomes.append(work(self, ask))
            except Refusal as refusal:
                if before != (self.changed, len(self.announced)):
                    raise
                outcomes.append(refusal)
        return outcomes

    def announce(self, fact: Fact) -> None:
        """Record a fact; rooms react to it now, listeners hear of it after the commit."""
        if fact.journaled:
            journal.record(self, fact)
        self.announced.append(fact)
        for reaction in self._reactions:
            if isinstance(fact, reaction.to):
                reaction.do(self, fact)

    def later(self, job: Job, due: datetime | None = None, key: str | None = None) -> None:
        """Have a worker do ``job`` at ``due``, by default as soon as this is committed."""
        outbox.leave(self, job, due or self.now, key)

    def cancel(self, key: str) -> None:
        """Drop the job left under ``key``, if nobody has begun it."""
        outbox.cancel(self, key)

    def arm(self, kind: str, entity: str, due: datetime) -> None:
        """Have the deadline ``kind`` of ``entity`` fire at ``due`` instead of any earlier wish."""
        deadlines.arm(self, kind, entity, due)

    def disarm(self, kind: str, entity: str) -> None:
        """Keep the deadline ``kind`` of ``entity`` from firing."""
        deadlines.disarm(self, kind, entity)


class Memory(dict[object, Any]):
    """What was committed lately; the least lately written is forgotten."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()

    def keep(self, news: Mapping[object, Any]) -> None:
        """Take in what a committed transaction remembered; several may commit at one moment."""
        with self._lock:
            for key, value in news.items():
                self.pop(key, None)
                self[key] = value
            while len(self) > MEMORY_MOST:
                self.pop(next(iter(self)), None)


Together = Callable[[Tx, Sequence[A]], Sequence[T | Refusal]]
"""Work in its batched form: what several ask for at once, and an outcome for each."""


@dataclass(frozen=True)
class Hands:
    """Who works on a database: all writing and reading of a `Database` is theirs to time."""

    engine: Engine
    writer: Callable[[Settle], Writer]
    readers: Executor


def threads(url: str) -> Hands:
    """Return threads that work on the database at ``url``."""
    engine = connect(url)
    writer = GroupCommit if is_embedded(engine) else WriterPool
    return Hands(engine, partial(writer, engine), ThreadPoolExecutor(READERS, "read"))


class Database:
    """SQLite when embedded, PostgreSQL when scaled out; the rooms cannot tell which."""

    def __init__(
        self,
        at: str | Hands,
        *,
        clock: Clock = wall_clock,
        reactions: Sequence[Reaction[Any]] = (),
        settings: Settings = _AS_SHIPPED,
    ) -> None:
        self.settings = settings
        hands = at if isinstance(at, Hands) else threads(at)
        self.engine = hands.engine
        self.clock = clock
        self._reactions = tuple(reactions)
        self._listener: tuple[asyncio.AbstractEventLoop, Listener] | None = None
        self._writer = hands.writer(self._settle)
        self._readers = hands.readers
        self._memory = Memory()
        self._shared: dict[Together[Any, Any], Run] = {}
        self._asking: dict[tuple[asyncio.AbstractEventLoop, Together[Any, Any]], list[Any]] = {}
        self._reading: set[asyncio.Task[None]] = set()
        self._wishes: dict[asyncio.AbstractEventLoop, list[tuple[Run, Any, Any, str]]] = {}

    def publish(self, listener: Listener) -> None:
        """From now on tell ``listener``, in this event loop, what was committed."""
        self._listener = (asyncio.get_running_loop(), listener)

    def stop_publishing(self) -> None:
        """Tell nobody any more."""
        self._listener = None

    async def write(
        self, work: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``work`` in a transaction; return once it is durable, then publish its facts."""
        asked: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._writer.submit(self._alone(lambda tx: work(tx, *args, **kwargs)), None, asked)
        return await asked

    def write_together(
        self, work: Together[A, T], ask: A, /, lane: str = ""
    ) -> "asyncio.Future[T]":
        """Run ``work`` once for all who ask for it at this moment; answer as `write` does.

        It returns an outcome for each ask, in their order. If it fails, it runs again for each
        ask alone, so that none fails for another's fault. Asks of one ``lane`` keep the order they
        came in; those of others need not, so that one batch is made while another is stored.
        """
        loop = asyncio.get_running_loop()
        asked: asyncio.Future[T] = loop.create_future()
        run = self._shared.get(work)
        if run is None:
            run = self._shared[work] = self._bound(work)
        wishes = self._wishes.setdefault(loop, [])
        if not wishes:
            loop.call_soon(self._hand_over, loop)
        wishes.append((run, ask, asked, lane))
        return asked

    async def read(
        self, work: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``work`` against a snapshot that is thrown away afterwards."""
        return await asyncio.wrap_future(self._read(lambda tx: work(tx, *args, **kwargs)))

    def read_together(self, work: Together[A, T], ask: A, /) -> "asyncio.Future[T]":
        """Run ``work`` once for all who ask for it in this turn of the loop; answer as `read` does.

        It returns an outcome for each ask, in their order. If it fails, it runs again for each
        ask alone, so that none fails for another's fault.
        """
        loop = asyncio.get_running_loop()
        asked: asyncio.Future[T] = loop.create_future()
        asking = self._asking.setdefault((loop, work), [])
        if not asking:
            task = loop.create_task(self._read_all(loop, work))
            self._reading.add(task)
            task.add_done_callback(self._reading.discard)
        asking.append((ask, asked))
        return asked

    def write_now(
        self, work: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do the same as `write`, blocking."""
        asked: Future[T] = Future()
        self._writer.submit(self._alone(lambda tx: work(tx, *args, **kwargs)), None, asked)
        return asked.result()

    def read_now(
        self, work: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do the same as `read`, blocking."""
        return self._read(lambda tx: work(tx, *args, **kwargs)).result()

    def close(self) -> None:
        """Let running work finish, then drop every connection."""
        self._writer.close()
        self._readers.shutdown()
        self.engine.dispose()

    def _alone(self, work: Callable[[Tx], T]) -> Run:
        return self._bound(lambda tx, _nothing: [work(tx)])

    def _bound(self, work: Together[Any, Any]) -> Run:
        def run(connection: Connection, asks: Sequence[Any]) -> tuple[Sequence[Any], Tx]:
            tx = Tx(connection, self.clock(), self._reactions, self._memory, self.settings)
            outcomes = work(tx, asks)
            tx.flush()
            return outcomes, tx

        return run

    def _read(self, work: Callable[[Tx], T]) -> "Future[T]":
        def run() -> T:
            try:
                with snapshot(self.engine) as connection:
                    tx = Tx(connection, self.clock(), (), self._memory, self.settings)
                    found = work(tx)
                    if tx.remembered:
                        self._memory.keep(tx.remembered)
                    return found
            except SQLAlchemyError as error:
                raise explain(error) from error

        return self._readers.submit(run)

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hand over all there is to write in one go: each waking of the writer costs a turn."""
        for wish in self._wishes.pop(loop):
            self._writer.submit(*wish)

    async def _read_all(self, loop: asyncio.AbstractEventLoop, work: Together[Any, Any]) -> None:
        """Read for everyone who has asked by now; who asks from now on is read for anew."""
        asking = self._asking.pop((loop, work))
        for first in range(0, len(asking), READ_MOST):
            await self._read_for(work, asking[first : first + READ_MOST])

    async def _read_for(self, work: Together[Any, Any], asking: Sequence[Any]) -> None:
        try:
            outcomes = await self.read(work, [ask for ask, _asked in asking])
        except Exception as error:  # noqa: BLE001 - it belongs to the ones who asked
            if len(asking) == 1 or isinstance(error, Unavailable):
                outcomes = [error] * len(asking)
            else:
                outcomes = [await self._read_alone(work, ask) for ask, _asked in asking]
        for (_ask, asked), outcome in zip(asking, outcomes, strict=True):
            if asked.cancelled():
                continue
            if isinstance(outcome, Exception):
                asked.set_exception(outcome)
            else:
                asked.set_result(outcome)

    async def _read_alone(self, work: Together[A, T], ask: A) -> T | Exception:
        try:
            (outcome,) = await self.read(work, [ask])
        except Exception as error:  # noqa: BLE001
            return error
        return outcome

    def _settle(self, batch: Sequence[Piece]) -> None:
        """Answer everyone in a committed batch and tell the listener, once per event loop."""
        answered: dict[asyncio.AbstractEventLoop, list[Piece]] = {}
        for piece in batch:
            if isinstance(piece.asked, Future):
                piece.answer()
            else:
                answered.setdefault(piece.asked.get_loop(), []).append(piece)
        left = [piece.left for piece in batch if piece.left is not None]
        for one in left:
            self._memory.keep(one.remembered)
        facts = [fact for one in left for fact in one.announced]
        home, listener = self._listener or (None, _nobody)
        if facts and home is not None:
            answered.setdefault(home, [])
        for loop, group in answered.items():
            tell = listener if facts and loop is home else _nobody
            loop.call_soon_threadsafe(_answer_all, group, tell, facts)


def _answer_all(batch: Sequence[Piece], listener: Listener, facts: Sequence[Fact]) -> None:
    for piece in batch:
        piece.answer()
    listener(facts)


def _nobody(_facts: Sequence[Fact]) -> None:
    """Tell nobody."""
