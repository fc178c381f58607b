"""Pages of a measurement: each has a conversation and sends as fast as it is answered."""

import asyncio
import contextlib
import json
import time
from typing import Any
from urllib.request import Request, urlopen

import websockets
from websockets.typing import Origin, Subprotocol

from shopbell.accounts import service as accounts
from shopbell.accounts.model import Knock, NewPerson
from shopbell.accounts.passwords import PasswordHash
from shopbell.commerce import service as commerce
from shopbell.commerce.commands import OpenShop
from shopbell.engine.database import Tx
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import SYSTEM
from shopbell.kernel.ids import new_id


class Talker:
    """One page with one conversation, which remembers what was acknowledged."""

    def __init__(self, url: str, cookie: str, talk: str) -> None:
        self._url, self._cookie = url, cookie
        self._stream = f"c.{talk}.p"
        self.acknowledged: set[str] = set()
        self.waits: list[float] = []

    async def talk(self, until: float) -> None:
        """Send, wait for the answer, send again."""
        ticket = await asyncio.to_thread(self._ask, "/api/v1/socket-tickets", {})
        address = self._url.replace("http", "ws") + "/api/v1/socket"
        async with websockets.connect(
            address, subprotocols=[Subprotocol("shopbell.1")], origin=Origin(self._url)
        ) as line:
            await line.send(json.dumps({"t": "hello", "token": ticket["ticket"], "version": "1"}))
            await _next(line, "welcome")
            while time.monotonic() < until:
                await self._send_one(line)

    async def read_back(self) -> list[str]:
        """Return the client ids of everything that stands in the conversation, in order."""
        return await asyncio.to_thread(self._read_back)

    async def _send_one(self, line: Any) -> None:  # noqa: ANN401 - a client connection
        cmid, began = new_id(), time.monotonic()
        frame = {"t": "send", "stream": self._stream, "cmid": cmid, "type": "message"}
        await line.send(json.dumps({**frame, "data": {"text": "Is it still available?"}}))
        await _next(line, "ok")
        self.waits.append(time.monotonic() - began)
        self.acknowledged.add(cmid)

    def _read_back(self) -> list[str]:
        found: list[str] = []
        after = 0
        while True:
            page = self._ask(f"/api/v1/streams/{self._stream}/events?after={after}&limit=200")
            found += [event["cmid"] for event in page["events"] if event["type"] == "message"]
            if not page["events"] or page["events"][-1]["seq"] >= page["head"]:
                return found
            after = page["events"][-1]["seq"]

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> Any:  # noqa: ANN401
        return ask(self._url, path, body, self._cookie)


def people_for(settings: Settings, senders: int) -> tuple[str, list[str]]:
    """Found a shop and its buyers in an empty database; return the shop and their cookies."""
    from shopbell.app import build  # noqa: PLC0415 - `--help` need not load the house

    app = build(settings)
    try:
        shop = OpenShop(
            slug="bench",
            name="Bench",
            about={"en": "Bench"},
            zone="UTC",
            languages=["en"],
            email="bench@example.org",
        )
        app.db.write_now(commerce.open_shop, SYSTEM, shop)
        secrets = [app.db.write_now(_let_in, number) for number in range(senders)]
    finally:
        app.close()
    return "bench", [f"shopbell_session={secret}" for secret in secrets]


def _let_in(tx: Tx, number: int) -> str:
    new = NewPerson(email=f"bench-{number}@example.org", name=f"Bench {number}", verified=True)
    person = accounts.add_person(tx, SYSTEM, new, PasswordHash("nobody signs in with this"))
    return accounts.let_in(tx, person, Knock(address="127.0.0.1")).session


async def talk_for(url: str, shop: str, cookie: str) -> Talker:
    """Open somebody's conversation with a shop."""
    begin = {"subject": {"kind": "shop", "id": shop}}
    talk = await asyncio.to_thread(ask, url, "/api/v1/conversations", begin, cookie)
    return Talker(url, cookie, talk["id"])


def ask(url: str, path: str, body: dict[str, Any] | None = None, cookie: str = "") -> Any:  # noqa: ANN401
    """Make one request; return the answer and the cookies it set."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Cookie": cookie, "Origin": url}
    with contextlib.closing(urlopen(Request(url + path, data, headers))) as answer:  # noqa: S310
        return json.loads(answer.read())


async def _next(line: Any, kind: str) -> dict[str, Any]:  # noqa: ANN401
    """Return the next frame of a kind; answer pings on the way."""
    while True:
        frame: dict[str, Any] = json.loads(await line.recv())
        if frame["t"] == kind:
            return frame
        if frame["t"] == "ping":
            await line.send('{"t":"pong"}')
        if frame["t"] == "refused":
            raise RuntimeError(frame["problem"]["title"])
