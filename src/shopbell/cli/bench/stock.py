"""A full house: many conversations, copied from one; then what its inbox and history cost."""

import contextlib
import random
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import event, select
from sqlalchemy.engine.interfaces import DBAPICursor

from shopbell.accounts import service as accounts
from shopbell.accounts.model import Visit
from shopbell.app import App, build
from shopbell.cli.bench.people import Buyer, Visitor, found
from shopbell.cli.bench.server import database
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Append
from shopbell.conversations.model import Stream
from shopbell.engine.database import Tx
from shopbell.engine.rows import Insert
from shopbell.engine.settings import Settings
from shopbell.engine.tables import metadata
from shopbell.kernel.actor import Actor
from shopbell.kernel.ids import new_id

AT_ONCE = 500
OURS_OF = 10
"""One conversation of so many is with the shop whose inbox is read."""

PAGE = 50
READS = 500
_FAR = 1 << 61


class ReadFigures(Struct, frozen=True):
    """Pages of 50 as the service returns them, the way to a thread and back included.

    Beside them the floor: the rows of one page, asked of the bare driver in one statement.
    """

    conversations: int
    messages: int
    of_this_shop: int
    filled_seconds: float
    p50_ms: float
    p99_ms: float
    statements: int
    floor_p50_ms: float
    floor_p99_ms: float
    times_the_floor: float


What = Literal["inbox", "history"]
Vary = Callable[[datetime, dict[str, Any], int], dict[str, Any]]
"""Makes a conversation of one: at which moment, of which, with how many messages."""


def measure(what: What, talks: int, messages: int) -> ReadFigures:
    """Fill a house, then look into it."""
    with TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), database=database())
        crowd = found(settings, 1)
        app = build(settings)
        try:
            began = time.monotonic()
            buyer, desk = who_is(app, crowd.buyers[0].who), who_is(app, crowd.desk)
            known = fill(app, crowd.buyers[0], buyer, talks, messages)
            filled = time.monotonic() - began
            look = _inbox(app, desk) if what == "inbox" else _history(app, desk, known, messages)
            statements, took = _statements(app, look), _time(look)
            with contextlib.closing(app.db.engine.raw_connection()) as bare:
                mark = "?" if app.db.engine.dialect.name == "sqlite" else "%s"
                rows = Rows(bare.cursor(), mark)
                floor = _time(rows.inbox() if what == "inbox" else rows.history(messages))
        finally:
            app.close()
    return ReadFigures(
        conversations=talks,
        messages=talks * messages,
        of_this_shop=len(known),
        filled_seconds=round(filled, 1),
        p50_ms=took[READS // 2],
        p99_ms=took[READS * 99 // 100],
        statements=statements,
        floor_p50_ms=floor[READS // 2],
        floor_p99_ms=floor[READS * 99 // 100],
        times_the_floor=round(took[READS // 2] / floor[READS // 2], 2),
    )


def who_is(app: App, who: Visitor) -> Actor:
    """Return who comes with a cookie."""
    visit: Visit | None = app.db.read_now(accounts.who, who.cookie.partition("=")[2])
    if visit is None:
        raise LookupError(who)
    return visit.actor


def fill(  # noqa: PLR0917 - a house is filled with so much
    app: App, buyer: Buyer, actor: Actor, talks: int, messages: int, varied: Vary | None = None
) -> list[str]:
    """Copy one conversation with one message; return the streams of the shop that is looked at."""
    stream = Stream.parse(buyer.stream)
    command = Append(new_id(), "message", {"text": "Is it still available?"})
    app.db.write_now(conversations.append, actor, stream, command)
    ours: list[str] = []
    for _part in range(0, talks, AT_ONCE):
        ours += app.db.write_now(_copy, stream, min(AT_ONCE, talks), messages, varied or vary)
    if app.db.engine.dialect.name == "postgresql":
        with app.db.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
    return ours


def _copy(tx: Tx, stream: Stream, talks: int, messages: int, varied: Vary) -> list[str]:
    talk_table, event_table = metadata.tables["conversation"], metadata.tables["event"]
    its = talk_table.c.id == stream.conversation
    talk = dict(tx.execute(select(talk_table).where(its)).one()._mapping)  # noqa: SLF001
    of_it = event_table.c.conversation == stream.conversation
    said = select(event_table).where(of_it, event_table.c.type == "message")
    entry = dict(tx.execute(said).one()._mapping)  # noqa: SLF001
    copies = [varied(tx.now, talk, messages) for _talk in range(talks)]
    Insert(talk_table)(tx, [tuple(copy.values()) for copy in copies])
    entries = (again for copy in copies for again in _entries(entry, copy, messages))
    Insert(event_table)(tx, [tuple(again.values()) for again in entries])
    return [f"c.{copy['id']}.p" for copy in copies if copy["shop"] == talk["shop"]]


def vary(now: datetime, talk: dict[str, Any], messages: int) -> dict[str, Any]:
    """Return a copy of a conversation with a life of its own: half of them are due."""
    last = now - timedelta(seconds=random.uniform(0, 1e7))  # noqa: S311
    due = last + timedelta(hours=4) if random.random() < 0.5 else None  # noqa: PLR2004, S311
    places: dict[str, Any] = {
        "id": new_id(),
        "buyer": new_id(),
        "shop": talk["shop"] if random.randrange(OURS_OF) == 0 else new_id(),  # noqa: S311
        "head": messages,
        "event_at": last,
        "last_at": last,
        "last_seq": messages,
        "due_at": due,
        "due_since": due and last,
        "desk_order": micros(due) if due else _FAR - micros(last),
    }
    return {**talk, **places}


def _entries(
    entry: dict[str, Any], talk: dict[str, Any], messages: int
) -> Iterator[dict[str, Any]]:
    for seq in range(1, messages + 1):
        own = {"id": new_id(), "conversation": talk["id"], "seq": seq, "cmid": new_id()}
        yield {**entry, **own, "at": talk["last_at"]}


def _inbox(app: App, desk: Actor) -> Callable[[], None]:
    place = ""

    def look() -> None:
        nonlocal place
        page = app.db.read_now(conversations.inbox, desk, after=place, limit=PAGE)
        place = page[1] or ""

    return look


def _history(app: App, desk: Actor, known: list[str], head: int) -> Callable[[], None]:
    def look() -> None:
        stream = Stream.parse(random.choice(known))  # noqa: S311
        app.db.read_now(conversations.page, desk, stream, before=head + 1, limit=PAGE)

    return look


class Rows:
    """The floor: what one page holds, by the bare driver."""

    def __init__(self, cursor: DBAPICursor, mark: str) -> None:
        self._cursor, self._mark = cursor, mark

    def inbox(self) -> Callable[[], None]:
        """Go through the shop with the most conversations, a page at a time."""
        most = "SELECT shop FROM conversation GROUP BY shop ORDER BY count(*) DESC LIMIT 1"
        (shop,) = self._ask(most)[0]
        page = (
            f"SELECT desk_order, c.* FROM conversation c WHERE shop = {self._mark}"  # noqa: S608
            " AND visible = true AND done = false"  # SQLite finds no index for `AND NOT done`
            f" AND desk_order > {self._mark} ORDER BY desk_order, id LIMIT {PAGE}"
        )
        place = 0

        def look() -> None:
            nonlocal place
            rows = self._ask(page, shop, place)
            place = rows[-1][0] if rows else 0

        return look

    def history(self, head: int) -> Callable[[], None]:
        """Read the newest of one conversation after the other."""
        known = self._ask("SELECT conversation, audience FROM event WHERE seq = 1 LIMIT 1000")
        page = (
            f"SELECT * FROM event WHERE conversation = {self._mark} AND audience = {self._mark}"  # noqa: S608
            f" AND seq < {self._mark} ORDER BY seq DESC LIMIT {PAGE}"
        )
        return lambda: _forget(self._ask(page, *random.choice(known), head + 1))  # noqa: S311

    def _ask(self, sql: str, *given: Any) -> list[Any]:  # noqa: ANN401 - whatever the driver has
        self._cursor.execute(sql, given)
        return list(self._cursor.fetchall())


def _forget(_rows: list[Any]) -> None:
    """Do nothing with what was read."""


def _statements(app: App, look: Callable[[], None]) -> int:
    """Return how many statements one look runs."""
    seen: list[str] = []

    def note(*given: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        seen.append(given[2])

    look()
    event.listen(app.db.engine, "before_cursor_execute", note)
    look()
    event.remove(app.db.engine, "before_cursor_execute", note)
    return sum(sql.lstrip().upper().startswith("SELECT") for sql in seen)


def _time(look: Callable[[], None]) -> list[float]:
    """Return how many milliseconds each of many looks took, in order."""
    took: list[float] = []
    for _read in range(READS):
        began = time.monotonic()
        look()
        took.append(round((time.monotonic() - began) * 1000, 3))
    return sorted(took)


def micros(moment: datetime) -> int:
    """Return a moment as it stands in the tables."""
    return round(moment.timestamp() * 1_000_000)
