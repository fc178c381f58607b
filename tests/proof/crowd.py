"""A shop with buyers who talk all the time, a desk that answers, and somebody who listens in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from shopbell.app import build
from shopbell.cli.bench.history import History, Told, judge
from shopbell.conversations import service as conversations
from shopbell.conversations.model import Event, Stream
from shopbell.engine.database import Database
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import SYSTEM
from tests.support.guest import Guest, Hall
from tests.support.load import Load, Person, Stranger
from tests.support.load import told as _from_wire

BUYERS = ("anna", "boris", "chen", "dora")
MANY = (*BUYERS, *(f"{name}-{number}" for number in range(2, 5) for name in BUYERS))
UNBOUNDED = {"frames_per_second": "1000000"}


@contextmanager
def crowd(
    hall: Hall, *, door: str = "", buyers: Sequence[str] = BUYERS, **manner: Any
) -> Iterator[Load]:
    """Let people in who talk through ``door``, which may be a proxy; they begin with `goes_on`."""
    load = Load(door or hall.server.url, hall.server.url, **manner)
    streams = {name: _enters(hall, load, name) for name in buyers}
    desk = Person(load, "Desk", [*streams.values()], Authorization=f"Bearer {hall.desk_key}")
    with Guest(hall.server) as guest:
        guest.signs_up("eve")
        stranger = Stranger(load, "Eve", [*streams.values()], Cookie=_cookies(guest))
    load.people += [desk, stranger]
    yield load


def _enters(hall: Hall, load: Load, name: str) -> str:
    with Guest(hall.server) as guest:
        guest.signs_up(name)
        stream = guest.begins("halo")
        load.people.append(Person(load, name.title(), [stream], Cookie=_cookies(guest)))
    load.history.members[stream] = {name.title(), "Desk"}
    return stream


def _cookies(guest: Guest) -> str:
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in guest.http.cookies.jar)


def verdict(load: Load, hall: Hall, data: Path, database: str) -> dict[str, list[str]]:
    """Read everything back, by each side over HTTP and from the database, and judge the run."""
    history = load.history
    history.finals = {"store": _in_store(history, data, database)}
    with Guest(hall.server, Authorization=f"Bearer {hall.desk_key}") as desk:
        history.finals["desk"] = {stream: _over_http(desk, stream) for stream in history.members}
    return judge(history)


def _in_store(history: History, data: Path, database: str) -> dict[str, list[Told]]:
    app = build(Settings(data=data, database=database))
    try:
        return {stream: in_stream(app.db, stream) for stream in history.members}
    finally:
        app.close()


def in_stream(db: Database, stream: str) -> list[Told]:
    """Return everything that stands in a stream of a database."""
    found: list[Event] = []
    while True:
        after = found[-1].seq if found else 0
        page = db.read_now(conversations.page, SYSTEM, Stream.parse(stream), after=after)
        found += page.events
        if not page.events:
            return [_told(event) for event in found]


def _told(event: Event) -> Told:
    words = msgspec.json.decode(event.data).get("text", event.type)
    cmid = None if event.cmid is msgspec.UNSET else event.cmid
    return Told(event.seq, event.id, cmid, event.actor.name, words)


def _over_http(reader: Guest, stream: str) -> list[Told]:
    found: list[Told] = []
    while True:
        after = found[-1].seq if found else 0
        page = reader.http.get(f"/api/v1/streams/{stream}/events", params={"after": after}).json()
        found += [_from_wire(event) for event in page["events"]]
        if not page["events"]:
            return found
