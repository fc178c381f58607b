"""The floor of this machine, measured beside the product: a bare echo, and bare inserts.

Run as a program, it is the echo: the product's own socket server with nothing behind it.
"""

import asyncio
import itertools
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import msgspec
import uvicorn
import uvloop
from picows import WSFrame, WSMsgType, WSTransport
from sqlalchemy.engine import make_url

from shopbell.cli.bench.figures import Floor
from shopbell.cli.bench.pages import TEXT, Echoer
from shopbell.cli.bench.server import Process, database, running
from shopbell.engine.connect import SQLITE_PRAGMAS
from shopbell.engine.settings import load
from shopbell.kernel.ids import new_id
from shopbell.web.sockets import PicowsSocket

SECONDS = 2.0
ECHO = ("-m", "shopbell.cli.bench.floor")
FRAME = {"t": "send", "stream": f"c.{new_id()}.p", "type": "message", "data": {"text": TEXT}}
_EVENT = """CREATE TABLE floor_event (id {blob} PRIMARY KEY, conversation {blob} NOT NULL,
 audience VARCHAR(32) NOT NULL, seq INTEGER NOT NULL, cmid VARCHAR(40), actor {blob},
 data TEXT NOT NULL, at BIGINT NOT NULL, UNIQUE (conversation, audience, seq),
 UNIQUE (cmid, conversation, audience, actor))"""
_TALK = """CREATE TABLE floor_talk (id {blob} PRIMARY KEY, head INTEGER NOT NULL,
 at BIGINT NOT NULL, text TEXT NOT NULL, unread INTEGER NOT NULL)"""
_ADD_MANY = """WITH given AS (SELECT * FROM json_to_recordset(%s::json) AS given(id uuid,
 conversation uuid, audience text, seq int, cmid text, actor uuid, data text, at bigint)),
 talks AS (UPDATE floor_talk SET head = given.seq, at = given.at, text = given.data,
 unread = given.seq FROM given WHERE floor_talk.id = given.conversation)
INSERT INTO floor_event SELECT id, conversation, audience, seq, cmid, actor, data, at FROM given"""


def measure(runner: asyncio.Runner, pages: int, batch: int) -> Floor:
    """Measure the floor under so many pages, with so many inserts in one commit."""
    with echoing() as server:
        frame = runner.run(echo(server, pages, SECONDS))
    with TemporaryDirectory() as folder:
        row = inserts(database(), Path(folder), pages, batch, SECONDS)
    return Floor(round(frame, 1), round(row, 1))


@contextmanager
def echoing() -> Iterator[Process]:
    """Run the echo."""
    with TemporaryDirectory() as folder, running(Path(folder), ECHO) as server:
        yield server


async def echo(server: Process, pages: int, seconds: float) -> float:
    """Return the processor time, in microseconds, that one echoed frame costs."""
    until = 0.0
    frame = msgspec.json.encode({**FRAME, "cmid": new_id()})
    echoers = [Echoer(frame, lambda: until) for _page in range(pages)]
    for echoer in echoers:
        await echoer.open(server.url)
    until, used = time.monotonic() + seconds, server.cpu_seconds()
    for echoer in echoers:
        echoer.begin()
    await asyncio.sleep(seconds)
    return (server.cpu_seconds() - used) / sum(echoer.answers for echoer in echoers) * 1e6


def inserts(url: str, folder: Path, talks: int, batch: int, seconds: float) -> float:
    """Return the processor time, in microseconds, that one bare durable insert costs us."""
    if not url or url.startswith("sqlite"):
        return _into_sqlite(folder / "floor.db", talks, batch, seconds)
    return _into_postgres(url, talks, batch, seconds)


def _into_sqlite(file: Path, talks: int, batch: int, seconds: float) -> float:
    import sqlite3  # noqa: PLC0415 - only this one needs it

    base = sqlite3.connect(file, isolation_level=None)
    for name, value in SQLITE_PRAGMAS.items():
        base.execute(f"PRAGMA {name}={value}")
    base.execute(_EVENT.format(blob="BLOB"))
    base.execute(_TALK.format(blob="BLOB"))
    known = [os.urandom(16) for _talk in range(talks)]
    base.executemany("INSERT INTO floor_talk VALUES (?, 0, 0, '', 0)", [(id_,) for id_ in known])
    turns, count = itertools.cycle(enumerate(known)), 0
    began, used = time.monotonic(), time.process_time()
    while time.monotonic() - began < seconds:
        events, heads = [], []
        for _place in range(batch):
            count += 1
            _number, talk = next(turns)
            id_ = bytes.fromhex(new_id().replace("-", ""))
            events.append((id_, talk, "p", count, new_id(), talk, FRAME_TEXT, count))
            heads.append((count, count, TEXT, count, talk))
        base.execute("BEGIN IMMEDIATE")
        base.executemany("INSERT INTO floor_event VALUES (?, ?, ?, ?, ?, ?, ?, ?)", events)
        base.executemany(
            "UPDATE floor_talk SET head = ?, at = ?, text = ?, unread = ? WHERE id = ?", heads
        )
        base.execute("COMMIT")
    used = time.process_time() - used
    base.close()
    return used / count * 1e6


def _into_postgres(url: str, talks: int, batch: int, seconds: float) -> float:
    import psycopg  # noqa: PLC0415

    bare = make_url(url).set(drivername="postgresql")
    known = [new_id() for _talk in range(talks)]
    with psycopg.connect(bare.render_as_string(hide_password=False)) as base:
        base.execute("DROP TABLE IF EXISTS floor_event, floor_talk")
        base.execute(_EVENT.format(blob="UUID"))
        base.execute(_TALK.format(blob="UUID"))
        base.cursor().executemany(
            "INSERT INTO floor_talk VALUES (%s, 0, 0, '', 0)", [(id_,) for id_ in known]
        )
        base.commit()
        turns, count = itertools.cycle(known), 0
        began, used = time.monotonic(), time.process_time()
        while time.monotonic() - began < seconds:
            rows = []
            for _place in range(batch):
                count += 1
                talk = next(turns)
                row = {"id": new_id(), "conversation": talk, "audience": "p", "seq": count}
                more = {"cmid": new_id(), "actor": talk, "data": FRAME_TEXT, "at": count}
                rows.append({**row, **more})
            given = (msgspec.json.encode(rows).decode(),)
            base.execute(_ADD_MANY, given)
            base.commit()
        used = time.process_time() - used
        base.execute("DROP TABLE floor_event, floor_talk")
    return used / count * 1e6


FRAME_TEXT = msgspec.json.encode({"text": TEXT, "attachments": [], "channel": "chat"}).decode()


class EchoSocket(PicowsSocket):
    """The socket server of the product, answering every frame with itself."""

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Send it back."""
        transport.send(WSMsgType.TEXT, frame.get_payload_as_bytes())


async def _application(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept", "subprotocol": "shopbell.1"})
        await receive()


def main() -> None:
    """Serve the echo."""
    host, port = load(os.environ).address
    config = uvicorn.Config(
        cast("Any", _application),
        host=host,
        port=port,
        http="httptools",
        ws=cast("type[asyncio.Protocol]", EchoSocket),
        lifespan="off",
        log_config=None,
        access_log=False,
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
