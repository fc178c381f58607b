"""The one door to the database.

Work is an ordinary function that receives a `Tx`. It runs in a database thread, whole or not
at all. Nothing in it can be awaited, so no network call can creep into a transaction. Only
this room begins, commits and rolls back.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from shopbell.engine import deadlines, journal, outbox
from shopbell.engine.connect import connect, is_embedded, snapshot
from shopbell.engine.trouble import explain
from shopbell.engine.writers import Done, GroupCommit, Writer, WriterPool
from shopbell.kernel.clock import Clock, wall_clock
from shopbell.kernel.events import Fact, Job

P = ParamSpec("P")
T = TypeVar("T")
F = TypeVar("F", bound=Fact)
Listener = Callable[[Sequence[Fact]], None]

READERS = 4


@dataclass(frozen=True)
class Reaction(Generic[F]):
    """What a room does, in the same transaction, when another room announces a fact."""

    to: type[F]
    do: "Callable[[Tx, F], None]"


class Tx:
    """One transaction: somewhere to run statements, the moment it is, and what it leaves behind."""

    def __init__(
        self, connection: Connection, now: datetime, reactions: "Sequence[Reaction[Any]]"
    ) -> None:
        self.execute = connection.execute
        self.now = now
        self.announced: list[Fact] = []
        self._reactions = reactions

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


class Database:
    """SQLite when embedded, PostgreSQL when scaled out; the rooms cannot tell which."""

    def __init__(
        self, url: str, *, clock: Clock = wall_clock, reactions: Sequence[Reaction[Any]] = ()
    ) -> None:
        self.engine = connect(url)
        self.clock = clock
        self._reactions = tuple(reactions)
        self._listener: tuple[asyncio.AbstractEventLoop, Listener] | None = None
        self._writer: Writer = (
            GroupCommit(self.engine, self._settle)
            if is_embedded(self.engine)
            else WriterPool(self.engine, self._settle)
        )
        self._readers = ThreadPoolExecutor(READERS, "read")

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
        self._writer.submit(self._bound(lambda tx: work(tx, *args, **kwargs)), asked)
        return await asked

    async def read(
        self, work: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``work`` against a snapshot that is thrown away afterwards."""
        return await asyncio.wrap_future(self._read(lambda tx: work(tx, *args, **kwargs)))

    def write_now(
        self, work: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do the same as `write`, blocking."""
        asked: Future[T] = Future()
        self._writer.submit(self._bound(lambda tx: work(tx, *args, **kwargs)), asked)
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

    def _bound(self, work: Callable[[Tx], T]) -> Callable[[Connection], tuple[T, list[Fact]]]:
        def run(connection: Connection) -> tuple[T, list[Fact]]:
            tx = Tx(connection, self.clock(), self._reactions)
            return work(tx), tx.announced

        return run

    def _read(self, work: Callable[[Tx], T]) -> "Future[T]":
        def run() -> T:
            try:
                with snapshot(self.engine) as connection:
                    return work(Tx(connection, self.clock(), ()))
            except SQLAlchemyError as error:
                raise explain(error) from error

        return self._readers.submit(run)

    def _settle(self, batch: Sequence[Done]) -> None:
        """Answer everyone in a committed batch and tell the listener, once per event loop."""
        answered: dict[asyncio.AbstractEventLoop, list[Done]] = {}
        for done in batch:
            if isinstance(done.asked, Future):
                done.answer()
            else:
                answered.setdefault(done.asked.get_loop(), []).append(done)
        facts = [fact for done in batch for fact in done.facts]
        home, listener = self._listener or (None, _nobody)
        if facts and home is not None:
            answered.setdefault(home, [])
        for loop, group in answered.items():
            tell = listener if facts and loop is home else _nobody
            loop.call_soon_threadsafe(_answer_all, group, tell, facts)


def _answer_all(batch: Sequence[Done], listener: Listener, facts: Sequence[Fact]) -> None:
    for done in batch:
        done.answer()
    listener(facts)


def _nobody(_facts: Sequence[Fact]) -> None:
    """Tell nobody."""
