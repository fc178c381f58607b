"""People with browsers in front of the real server: they speak HTTP and open pages."""

import contextlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from shopbell.accounts import keys
from shopbell.accounts.model import NewKey
from shopbell.app import build
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import Rank
from shopbell.kernel.ids import new_id
from tests.support.clock import WoundClock
from tests.support.house import House
from tests.support.server import RunningServer

PASSWORD = "a lamp, a kettle, a shoe"
PATIENCE = 30


@dataclass
class Page:
    """One open page: a socket, everything heard on it, and the number told last per stream."""

    line: ClientConnection
    heard: list[dict[str, Any]] = field(default_factory=list)

    def says(self, **frame: Any) -> None:
        self.line.send(json.dumps(frame))

    def hears(self, t: str, **wanted: Any) -> dict[str, Any]:
        """Wait for a frame of a kind with these members; remember all on the way."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            frame: dict[str, Any] = json.loads(self.line.recv(timeout=PATIENCE))
            self.heard.append(frame)
            if frame["t"] == t and all(frame.get(n) == v for n, v in wanted.items()):
                return frame
        raise AssertionError(f"no {t} {wanted} among {self.heard}")

    def hears_out(self, silence: float = 0.4) -> list[dict[str, Any]]:
        """Return what comes until it has been quiet for a while."""
        heard: list[dict[str, Any]] = []
        with contextlib.suppress(TimeoutError):
            while True:
                heard.append(json.loads(self.line.recv(timeout=silence)))
        return heard

    def sends(self, stream: str, text: str, cmid: str | None = None) -> dict[str, Any]:
        name = cmid or new_id()
        self.says(t="send", stream=stream, cmid=name, type="message", data={"text": text})
        return self.hears("ok", cmid=name)

    def hears_message(self, side: str) -> dict[str, Any]:
        """Wait for something that a side says."""
        while True:
            frame = self.hears("event")
            event = frame["event"]
            if event["type"] == "message" and event["actor"]["side"] == side:
                return frame

    def persists(self, stream: str, text: str) -> dict[str, Any]:
        """Send until it is stored, as a client does that is asked to try again."""
        cmid = new_id()
        while True:
            self.says(t="send", stream=stream, cmid=cmid, type="message", data={"text": text})
            while True:
                frame: dict[str, Any] = json.loads(self.line.recv(timeout=PATIENCE))
                self.heard.append(frame)
                if frame.get("cmid") == cmid:
                    break
            if frame["t"] == "ok":
                return frame
            assert frame["problem"]["status"] in {429, 503}, frame
            time.sleep(0.2)

    def numbers(self) -> list[int]:
        """Return the numbers of all entries told on this page, in the order told."""
        told: list[int] = []
        for frame in self.heard:
            if frame["t"] == "sub_ok":
                told += [event["seq"] for event in frame["events"]]
            elif frame["t"] == "event":
                told.append(frame["event"]["seq"])
        return told

    def follows(self, stream: str, after: int = 0, epoch: str | None = None) -> dict[str, Any]:
        self.says(t="sub", sid=stream, stream=stream, after=after, epoch=epoch)
        return self.hears("sub_ok", sid=stream)

    def was_hung_up(self, patience: float = PATIENCE) -> int:
        """Read on until the end and return its code."""
        with contextlib.suppress(TimeoutError):
            while True:
                try:
                    self.heard.append(json.loads(self.line.recv(timeout=patience)))
                except ConnectionClosed as closed:
                    return closed.rcvd.code if closed.rcvd else 1006
        raise AssertionError("still open")


class Guest:
    """Somebody with a browser: speaks HTTP, opens pages."""

    def __init__(self, server: RunningServer, **headers: str) -> None:
        origin = {"Origin": server.url}
        self.http = httpx.Client(base_url=server.url, headers=origin | headers, timeout=30)
        self.url = server.url.replace("http", "ws") + "/api/v1/socket"
        self.origin = server.url

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_outcome: object) -> None:
        self.http.close()

    def signs_up(self, name: str) -> None:
        email = f"{name}-{new_id()[-6:]}@example.org"
        form = {"email": email, "password": PASSWORD, "name": name.title(), "locale": "en"}
        answer = self.http.post("/api/v1/sign-up", json=form)
        assert answer.status_code == 201, answer.text

    def begins(self, shop: str) -> str:
        """Open a conversation with a shop and return its public stream."""
        found = self.http.post(
            "/api/v1/conversations", json={"subject": {"kind": "shop", "id": shop}}
        )
        assert found.status_code in {200, 201}, found.text
        return f"c.{found.json()['id']}.p"

    def head_of(self, stream: str) -> int:
        """Return the number of the newest entry of a stream."""
        page = self.http.get(f"/api/v1/streams/{stream}/events", params={"limit": 1}).json()
        return int(page["head"])

    def ticket(self) -> str:
        return str(self.http.post("/api/v1/socket-tickets", json={}).json()["ticket"])

    @contextlib.contextmanager
    def opens(self, **hello: Any) -> Iterator[Page]:
        """Open a page that has said hello."""
        with self.dials() as page:
            page.says(**({"t": "hello", "token": self.ticket(), "version": "1"} | hello))
            page.hears("welcome")
            yield page

    @contextlib.contextmanager
    def dials(self, origin: str | None = None, **how: Any) -> Iterator[Page]:
        """Open a socket that has said nothing yet."""
        line = connect(
            self.url,
            subprotocols=[Subprotocol("shopbell.1")],
            origin=Origin(origin or self.origin),
            **how,
        )
        with line:
            yield Page(line)

    @contextlib.contextmanager
    def at(self, server: RunningServer) -> Iterator["Guest"]:
        """Stand at the door of another process of the same house, as the same person."""
        with Guest(server) as same:
            same.http.cookies.update(self.http.cookies)
            yield same


@contextlib.contextmanager
def signed_up(server: RunningServer, name: str) -> Iterator[Guest]:
    with Guest(server) as guest:
        guest.signs_up(name)
        yield guest


@dataclass(frozen=True)
class Hall:
    """A running house with a shop in it, and a key that acts for the shop's team."""

    server: RunningServer
    desk_key: str


@contextlib.contextmanager
def furnished(data: Path, database: str, **settings: Any) -> Iterator[Hall]:
    app = build(Settings(data=data, database=database))
    halo = House(app, WoundClock()).shop("halo", staff=["mei"])
    new = NewKey(name="Desk", rank=Rank.AGENT)
    made = app.db.write_now(keys.make, halo.mei.actor, halo.shop.id, new)
    app.close()
    with RunningServer(data, database, **settings) as server:
        yield Hall(server, made.secret)
