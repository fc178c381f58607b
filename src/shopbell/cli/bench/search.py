"""Searching a full house: how fast it is indexed, found, and written while that goes on."""

import asyncio
import itertools
import statistics
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct
from sqlalchemy import select

from shopbell.app import App, build
from shopbell.cli.bench.corpus import SHARES, Corpus, Language
from shopbell.cli.bench.people import found
from shopbell.cli.bench.server import database
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Append, Ask
from shopbell.conversations.model import Stream
from shopbell.conversations.search import indexing, service
from shopbell.conversations.search.jobs import follow
from shopbell.engine.database import Tx
from shopbell.engine.rows import Insert
from shopbell.engine.settings import Settings
from shopbell.engine.tables import metadata
from shopbell.kernel.actor import Actor, PersonId, Rank, ShopId, Side
from shopbell.kernel.ids import new_id
from shopbell.worker import RESTS

SHOPS, OF_EACH = 100, 10
AT_ONCE = 500
LOOKS = 200
CHECKED, BEGINNING, WORDS = 25, 6, 4
"""So many of the oldest and of the newest are looked for by so many characters, or words."""

SEND_SECONDS, SEND_RATE = 5.0, 300.0
PAUSE = 0.25


class SearchFigures(Struct, frozen=True):
    """One run. ``everywhere`` is the operator's search, ``in_one`` that of one shop in a hundred.

    Looked for is a word as often as it is written, and every other time two of them. ``not_found``
    counts the messages, of the oldest and the newest fifty, that their own words do not find.
    """

    messages: int
    indexed_per_second: float
    index_cpu_us: float
    zh_everywhere_p95_ms: float
    en_everywhere_p95_ms: float
    ru_everywhere_p95_ms: float
    zh_in_one_p95_ms: float
    en_in_one_p95_ms: float
    ru_in_one_p95_ms: float
    median_ms: float
    slowest_ms: float
    send_p99_ms: float
    send_p99_while_indexing_ms: float
    lag_most_seconds: float
    not_found: int


class Stock(NamedTuple):
    """A conversation to write copies of, and the shops they are spread over."""

    talk: dict[str, Any]
    entry: dict[str, Any]
    shops: Sequence[ShopId]


def measure(messages: int) -> SearchFigures:
    """Fill a house with messages, index them, look for words, and send while indexing."""
    with TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), database=database())
        stream = Stream.parse(found(settings, 1).buyers[0].stream)
        app, corpus = build(settings), Corpus()
        try:
            stock = app.db.write_now(first_talk, stream)
            for _part in range(0, messages, AT_ONCE * OF_EACH):
                app.db.write_now(copies, stock, corpus)
            began, used = time.monotonic(), time.process_time()
            asyncio.run(_follow_all(app))
            took, cpu = time.monotonic() - began, time.process_time() - used
            tidy(app)
            looks = _look_around(app, corpus, stock.shops[1])
            missing = _missing(app, app.db.read_now(_some_texts))
            alone, beside, lag = asyncio.run(_send_both(app))
        finally:
            app.close()
    every = [one for looked in looks.values() for one in looked]
    return SearchFigures(
        messages=messages,
        indexed_per_second=round(messages / took),
        index_cpu_us=round(cpu / messages * 1e6, 1),
        **{
            f"{language}_{where}_p95_ms": round(statistics.quantiles(looked, n=20)[18], 2)
            for (language, where), looked in looks.items()
        },
        median_ms=round(statistics.median(every), 2),
        slowest_ms=round(max(every), 2),
        send_p99_ms=round(statistics.quantiles(alone, n=100)[98], 2),
        send_p99_while_indexing_ms=round(statistics.quantiles(beside, n=100)[98], 2),
        lag_most_seconds=round(lag, 2),
        not_found=missing,
    )


def tidy(app: App) -> None:
    """Have PostgreSQL know what was written at once, as it would after a while."""
    if app.db.engine.dialect.name == "postgresql":
        with app.db.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql("VACUUM ANALYZE")


def first_talk(tx: Tx, stream: Stream) -> Stock:
    """Return a conversation to write copies of, and shops to spread them over."""
    talks, events = metadata.tables["conversation"], metadata.tables["event"]
    its = talks.c.id == stream.conversation
    talk = dict(tx.execute(select(talks).where(its)).one()._mapping)  # noqa: SLF001
    of_it = events.c.conversation == stream.conversation
    entry = dict(tx.execute(select(events).where(of_it)).one()._mapping)  # noqa: SLF001
    entry |= {"type": "message", "side": Side.BUYER, "name": "Anna", "actor": talk["buyer"]}
    shops = [talk["shop"], *(ShopId(new_id()) for _shop in range(SHOPS - 1))]
    return Stock({**talk, "visible": True, "head": OF_EACH}, entry, shops)


def copies(tx: Tx, stock: Stock, corpus: Corpus) -> None:
    """Write so many copies at once, each with something else said in it."""
    talks = [
        {**stock.talk, "id": new_id(), "buyer": new_id(), "shop": stock.shops[n % SHOPS]}
        for n in range(AT_ONCE)
    ]
    Insert(metadata.tables["conversation"])(tx, [tuple(talk.values()) for talk in talks])
    entries = (
        {**stock.entry, "id": new_id(), "conversation": talk["id"], "seq": seq, "at": tx.now}
        | {"data": _data(corpus.sentence(corpus.language()))}
        for seq in range(1, OF_EACH + 1)
        for talk in talks
    )
    Insert(metadata.tables["event"])(tx, [tuple(entry.values()) for entry in entries])


def _data(text: str) -> str:
    return msgspec.json.encode({"text": text, "attachments": [], "channel": "chat"}).decode()


async def _follow_all(app: App) -> None:
    while await follow(app.db):
        pass


def _look_around(app: App, corpus: Corpus, shop: ShopId) -> dict[tuple[Language, str], list[float]]:
    """Return how many milliseconds each look took, by language and by who looks."""
    operator = Actor(PersonId(new_id()), Side.OPERATOR)
    seller = Actor(PersonId(new_id()), Side.SELLER, shop, Rank.AGENT)
    return {
        (language, where): [_look(app, actor, corpus, language, n) for n in range(LOOKS)]
        for language, _share in SHARES
        for where, actor in (("everywhere", operator), ("in_one", seller))
    }


def _look(app: App, actor: Actor, corpus: Corpus, language: Language, number: int) -> float:
    asked = " ".join(corpus.word(language) for _word in range(1 + number % 2))
    began = time.monotonic()
    app.db.read_now(service.find, actor, asked)
    return (time.monotonic() - began) * 1_000


def _missing(app: App, texts: Iterable[tuple[str, str]]) -> int:
    """Count the messages that are not found by their own beginning, of some of them."""
    operator = Actor(PersonId(new_id()), Side.OPERATOR)
    return sum(not _finds(app, operator, talk, text) for talk, text in texts)


def _finds(app: App, actor: Actor, talk: str, text: str) -> bool:
    asked = " ".join(text.split()[:WORDS]) if " " in text else text[:BEGINNING]
    after: str | None = ""
    while after is not None:
        page = app.db.read_now(service.find, actor, asked, after=after, limit=50)
        if any(hit.conversation == talk for hit in page.items):
            return True
        after = page.next
    return False


def _some_texts(tx: Tx) -> list[tuple[str, str]]:
    """Return the oldest and the newest messages, with their conversations."""
    events = metadata.tables["event"]
    talks = select(events.c.conversation, events.c.data).where(events.c.type == "message")
    first = tx.execute(talks.order_by(events.c.id).limit(CHECKED)).fetchall()
    last = tx.execute(talks.order_by(events.c.id.desc()).limit(CHECKED)).fetchall()
    return [(talk, msgspec.json.decode(data)["text"]) for talk, data in (*first, *last)]


async def _send_both(app: App) -> tuple[list[float], list[float], float]:
    """Send at a fixed rate, without an indexer and with one; return how long each took."""
    talk = await app.db.read(some_streams)
    alone = await send(app, *talk)
    await _follow_all(app)
    lags, sent = [0.0], asyncio.Event()
    indexing_too = asyncio.create_task(_keep_up(app, lags, sent))
    beside = await send(app, *talk)
    sent.set()
    await indexing_too
    return alone, beside, max(lags)


async def _keep_up(app: App, lags: list[float], sent: asyncio.Event) -> None:
    """Follow as a worker does; note how far behind it was when it looked."""
    while not sent.is_set():
        lags.append(await app.db.read(indexing.lag))
        begun = time.monotonic()
        more = await follow(app.db)
        await asyncio.sleep(RESTS * (time.monotonic() - begun) if more else PAUSE)


def some_streams(tx: Tx) -> tuple[Actor, Sequence[Stream]]:
    """Return somebody of a shop, and conversations to write into."""
    talks = metadata.tables["conversation"]
    row = tx.execute(select(talks.c.shop, talks.c.id).limit(1)).one()
    others = tx.execute(select(talks.c.id).where(talks.c.shop == row[0]).limit(200))
    seller = Actor(PersonId(new_id()), Side.SELLER, row[0], Rank.AGENT, "Mei")
    return seller, [Stream(other[0]) for other in others]


async def send(app: App, actor: Actor, streams: Sequence[Stream]) -> list[float]:
    """Send at a fixed rate; return how many milliseconds each took to be kept."""
    corpus, loop = Corpus(2), asyncio.get_running_loop()
    begin = loop.time() + 0.1
    turns = zip(range(round(SEND_SECONDS * SEND_RATE)), itertools.cycle(streams), strict=False)
    return await asyncio.gather(
        *(
            _sent(app, Ask(actor, stream, _said(corpus)), begin + turn / SEND_RATE)
            for turn, stream in turns
        )
    )


def _said(corpus: Corpus) -> Append:
    return Append(new_id(), "message", {"text": corpus.sentence(corpus.language())})


async def _sent(app: App, ask: Ask, at: float) -> float:
    loop = asyncio.get_running_loop()
    await asyncio.sleep(at - loop.time())
    await app.db.write_together(conversations.append_all, ask, lane=ask.lane)
    return (loop.time() - at) * 1_000
