"""Open pages without a network: the real session of the real house, on a wire of this process.

::

    async with Rooms(house) as rooms, rooms.opens(anna) as page:
        page.says(t="sub", sid="1", stream=stream, after=0)
        await page.hears("sub_ok")
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any, Self

from shopbell.accounts import service as accounts
from shopbell.accounts.model import Knock, SessionId
from shopbell.conversations.crowd import Crowd
from shopbell.engine.pace import Turnstile
from shopbell.kernel.texts import Locale
from shopbell.realtime import service
from shopbell.realtime import wire as wires
from shopbell.realtime.model import Bearer
from shopbell.realtime.session import Session
from shopbell.web.problems import document
from tests.support.house import House, Person

PATIENCE = 60
LOOKS = PATIENCE * 1000
"""How often to look for what should happen: on a machine that is busy a look takes longer."""


class Page:
    """The page's end of a wire, and the wire's own: what `shopbell.realtime.wire.Wire` asks for.

    ``quick`` pages take frames at once, as the socket server's own wire does; one that does not
    ``answers`` keeps silent when it is asked whether it is still there; one that does not
    ``listens`` never takes the end of the connection.
    """

    def __init__(self, *, quick: bool = True, answers: bool = True, listens: bool = True) -> None:
        self._said: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self._reads = asyncio.Event()
        self._reads.set()
        self._quick, self._answers, self._listens = quick, answers, listens
        self.heard: list[dict[str, Any]] = []
        self.code: int | None = None
        self.cut = False

    # ── the page ────────────────────────────────────────────────────────────────────────────

    def says(self, **frame: Any) -> None:
        self.says_words(json.dumps(frame))

    def says_words(self, words: str | bytes) -> None:
        self._said.put_nowait(words)

    def stops_reading(self) -> None:
        self._reads.clear()

    def reads_on(self) -> None:
        self._reads.set()

    def goes_away(self) -> None:
        self._said.put_nowait(None)

    def count(self, t: str) -> int:
        return sum(frame["t"] == t for frame in self.heard)

    async def hears(self, t: str, **wanted: Any) -> dict[str, Any]:
        """Wait for a frame of a kind with these members; it is not found a second time."""
        async for _look in _looks():
            for frame in self.heard:
                same = all(frame.get(n) == value for n, value in wanted.items())
                if frame["t"] == t and same and "found" not in frame:
                    frame["found"] = True
                    return frame
        raise TimeoutError

    async def was_hung_up(self) -> int:
        async for _look in _looks():
            if self.code is not None:
                return self.code
        raise TimeoutError

    def numbers(self) -> list[int]:
        """Return the numbers of all entries told on this page, in the order told."""
        told: list[int] = []
        for frame in self.heard:
            if frame["t"] == "sub_ok":
                told += [event["seq"] for event in frame["events"]]
            elif frame["t"] == "event":
                told.append(frame["event"]["seq"])
        return told

    # ── the wire ────────────────────────────────────────────────────────────────────────────

    async def frames(self) -> AsyncIterator[str | bytes]:
        while (said := await self._said.get()) is not None:
            yield said

    def take(self, frame: bytes) -> bool:
        if not self._quick or not self._reads.is_set():
            return False
        self._hear(frame)
        return True

    async def send(self, *frames: bytes) -> None:
        await self._reads.wait()
        for frame in frames:
            self._hear(frame)

    def _hear(self, frame: bytes) -> None:
        self.heard.append(json.loads(frame))
        if self._answers and self.heard[-1]["t"] == "ping":
            self.says(t="pong")

    async def close(self, code: int) -> None:
        self.code = code
        if not self._listens:
            await asyncio.get_running_loop().create_future()

    def abort(self) -> None:
        self.cut = True


async def _looks() -> AsyncIterator[None]:
    for _ in range(LOOKS):
        yield
        await asyncio.sleep(0.001)


class Rooms:
    """The engine room of a house in this event loop, and the pages that are open in it."""

    def __init__(self, house: House, *, frames_per_second: float = 1e6) -> None:
        app = house.app
        self.house = wires.House(
            db=app.db,
            hub=app.hub,
            relay=app.relay,
            crowd=Crowd(frames_per_second),
            strangers=Turnstile(50),
            explain=document,
            epoch=app.epoch,
            attachment_bytes=app.settings.attachment_bytes,
            frames_per_second=frames_per_second,
        )

    async def __aenter__(self) -> Self:
        self.house.db.publish(self.house.relay.publish)
        return self

    async def __aexit__(self, *_outcome: object) -> None:
        self.house.db.stop_publishing()

    async def signs_in(self, who: Person) -> SessionId:
        """Begin a session as a sign-in does; it can be ended."""
        db = self.house.db
        person = await db.read(accounts.person, who.actor.id)
        entry = await db.write(accounts.let_in, person, Knock(address="127.0.0.1"))
        visit = await db.read(accounts.who, entry.session)
        assert visit is not None
        assert visit.session_id is not None
        return visit.session_id

    async def ticket(
        self, who: Person, session: SessionId | None = None, locale: Locale = "en"
    ) -> str:
        """Get what lets one page of somebody in."""
        bearer = Bearer(who.actor, session or await self.signs_in(who), locale)
        return (await self.house.db.write(service.give_ticket, bearer)).ticket

    @contextlib.asynccontextmanager
    async def opens(
        self, who: Person, *, session: SessionId | None = None, **manner: bool
    ) -> AsyncIterator[Page]:
        """Open a page that has said hello."""
        async with self.dials(**manner) as page:
            page.says(t="hello", token=await self.ticket(who, session))
            await page.hears("welcome")
            yield page

    @contextlib.asynccontextmanager
    async def opens_as_program(self, who: Person) -> AsyncIterator[Page]:
        """Open a page of a program, which has a key and no session."""
        async with self.dials() as page:
            ticket = await self.house.db.write(service.give_ticket, Bearer(who.actor, None, "en"))
            page.says(t="hello", token=ticket.ticket)
            await page.hears("welcome")
            yield page

    def dials(self, **manner: bool) -> AbstractAsyncContextManager[Page]:
        """Open a wire on which nothing was said yet."""
        return self.dials_from("127.0.0.1", **manner)

    @contextlib.asynccontextmanager
    async def dials_from(self, address: str, **manner: bool) -> AsyncIterator[Page]:
        """Open one from an address."""
        page = Page(**manner)
        serving = asyncio.create_task(Session(page, self.house, address).run())
        try:
            yield page
        finally:
            page.goes_away()
            page.reads_on()
            await asyncio.wait_for(serving, PATIENCE)
