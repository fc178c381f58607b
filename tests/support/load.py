"""People who talk, lose their line and come back, and write down everything they saw.

They behave as the protocol asks of a client: a name for each message before it is first tried,
one message in flight per conversation, repeated under the same name until it is answered, and a
copy of each conversation that grows by the next number only. Now and then they repeat what was
answered already, and give up what was refused. What they saw is a `History` to be judged.
"""

import asyncio
import contextlib
import json
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin, Subprotocol

from shopbell.cli.bench.history import Applied, Attempt, History, Mark, Snapshot, Told
from shopbell.kernel.ids import new_id

AGAIN_SECONDS = 0.05
SETTLE_SECONDS = 20.0
PAGE = 200
LETTERS = "abcdefghkmnprstuvwxyz"
"""Digits by chance can be a card's, which nobody but its writer is shown."""

CUT = (OSError, TimeoutError, WebSocketException, httpx.HTTPError, EOFError)
"""What a person sees of a line or a server that broke."""


@dataclass
class Copy:
    """One page's copy of one stream: applied without a gap up to ``applied``."""

    person: "Person"
    stream: str
    applied: int = 0
    held: dict[int, Told] = field(default_factory=dict[int, Told])

    def take(self, told: Told) -> None:
        """Apply the next entry and what it was waited for with; hold what came early."""
        if told.seq > self.applied:
            self.held[told.seq] = told
        while (following := self.held.pop(self.applied + 1, None)) is not None:
            self.applied += 1
            history, who = self.person.load.history, self.person.name
            history.applied.append(Applied(time.monotonic(), who, who, self.stream, following))


class Person:
    """Somebody with a page that follows some streams and writes into them."""

    def __init__(self, load: "Load", name: str, streams: list[str], **headers: str) -> None:
        self.load, self.name, self.streams = load, name, streams
        self.copies = {stream: Copy(self, stream) for stream in streams}
        self._headers = {"Origin": load.origin, **headers}
        self._http = httpx.AsyncClient(
            base_url=load.door, headers=self._headers, timeout=load.patience
        )
        self._line: ClientConnection | None = None
        self._asked: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._subscribed: dict[str, float] = {}

    async def lives(self) -> None:
        """Keep a page open and talk, until the load is over."""
        talking = [asyncio.create_task(self._talks(stream)) for stream in self.streams]
        page = asyncio.create_task(self._keeps_a_page())
        await asyncio.gather(*talking)
        await self._comes_to_the_end()
        await self._leaves(page)

    async def _leaves(self, page: "asyncio.Task[None]") -> None:
        """Close the page; its line may be in such a state that it has to be told more than once."""
        while not page.done():
            page.cancel()
            await asyncio.wait([page], timeout=0.5)
        await self._http.aclose()
        if not page.cancelled():
            page.result()

    # ── talking ─────────────────────────────────────────────────────────────────────────────

    async def _talks(self, stream: str) -> None:
        while not self.load.over.is_set():
            cmid = new_id()
            words = f"{cmid} – {''.join(self.load.chance.choices(LETTERS, k=15))}, привет, 你好"
            while not await self._tries(stream, cmid, words) and not self.load.patience_ended():
                await asyncio.sleep(AGAIN_SECONDS * self.load.chance.uniform(0.2, 2))
            if self.load.chance.random() < 0.1:
                await self._tries(stream, cmid, words)
            if self.load.chance.random() < 0.2:
                await self._reads(stream)
            await asyncio.sleep(self.load.pause * self.load.chance.uniform(0, 2))

    async def _tries(self, stream: str, cmid: str, words: str) -> bool:
        """Send once; tell whether it is done with: acknowledged, or refused and given up."""
        attempt = Attempt(time.monotonic(), stream, self.name, cmid, words)
        self.load.history.attempts.append(attempt)
        by_socket = self._line is not None and self.load.chance.random() < 0.9
        try:
            answer = await (self._says if by_socket else self._posts)(stream, cmid, words)
        except CUT:
            return False
        attempt.ended = time.monotonic()
        if "seq" in answer:
            attempt.outcome, attempt.replayed = "stored", answer["replayed"]
            attempt.seq, attempt.id = answer["seq"], answer["id"]
            return True
        if answer["status"] in {500, 502, 504}:
            return False
        attempt.outcome = "refused"
        self.load.refusals[answer["code"]] = self.load.refusals.get(answer["code"], 0) + 1
        return self.load.chance.random() < 0.2

    async def _says(self, stream: str, cmid: str, words: str) -> dict[str, Any]:
        answer = self._asked[cmid] = asyncio.get_running_loop().create_future()
        try:
            await self._speaks(
                t="send", stream=stream, cmid=cmid, type="message", data={"text": words}
            )
            return await asyncio.wait_for(answer, self.load.patience)
        finally:
            self._asked.pop(cmid, None)

    async def _posts(self, stream: str, cmid: str, words: str) -> dict[str, Any]:
        sent = {"cmid": cmid, "type": "message", "data": {"text": words}}
        answer = await self._http.post(f"/api/v1/streams/{stream}/events", json=sent)
        found: dict[str, Any] = answer.json()
        return found

    # ── reading ─────────────────────────────────────────────────────────────────────────────

    async def _reads(self, stream: str) -> None:
        """Read the newest page, and say how far it was read."""
        with contextlib.suppress(*CUT):
            page = await self._page(stream, max(0, self.copies[stream].applied - 5))
            if page is not None:
                await self._speaks(t="read", stream=stream, seq=page["head"])

    async def _page(self, stream: str, after: int) -> dict[str, Any] | None:
        began = time.monotonic()
        answer = await self._http.get(
            f"/api/v1/streams/{stream}/events", params={"after": after, "limit": PAGE}
        )
        if answer.status_code != 200:
            return None
        page: dict[str, Any] = answer.json()
        self._saw(began, stream, page)
        return page

    def _saw(self, began: float, stream: str, page: dict[str, Any]) -> None:
        events = tuple(told(event) for event in page["events"])
        self.load.history.snapshots.append(
            Snapshot(began, time.monotonic(), self.name, stream, page["head"], events)
        )

    async def _comes_to_the_end(self) -> None:
        """Wait until the copies are whole, as they must soon be."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                heads = await self.load.everyone_is_done()
                for copy in self.copies.values():
                    while copy.applied < heads.get(copy.stream, 0):
                        await asyncio.sleep(0.02)

    # ── the page ────────────────────────────────────────────────────────────────────────────

    async def _keeps_a_page(self) -> None:
        while True:
            with contextlib.suppress(*CUT):
                await self._has_a_page()
            self._line = None
            for asked in self._asked.values():
                if not asked.done():
                    asked.set_exception(EOFError())
            await asyncio.sleep(AGAIN_SECONDS)

    async def _has_a_page(self) -> None:
        ticket = (await self._http.post("/api/v1/socket-tickets", json={})).json().get("ticket")
        if ticket is None:
            raise EOFError
        async with connect(
            self.load.door.replace("http", "ws") + "/api/v1/socket",
            subprotocols=[Subprotocol("shopbell.1")],
            origin=Origin(self.load.origin),
            ping_interval=None,
            open_timeout=self.load.patience,
            close_timeout=0.1,
            proxy=None,
        ) as line:
            await line.send(json.dumps({"t": "hello", "token": ticket, "version": "1"}))
            while True:
                frame = json.loads(await asyncio.wait_for(line.recv(), self.load.silence))
                await self._hears(line, frame)

    async def _hears(self, line: ClientConnection, frame: dict[str, Any]) -> None:
        match frame["t"]:
            case "welcome":
                self._line = line
                for stream in self.streams:
                    await self._subscribes(stream)
            case "event":
                self._copy(frame["stream"]).take(told(frame["event"]))
            case "sub_ok":
                await self._is_let_in(frame)
            case "cursor":
                self._notes(frame["stream"], frame["kind"], frame["side"], frame["seq"])
            case "ok" | "refused" if frame.get("cmid") in self._asked:
                if not (asked := self._asked[frame["cmid"]]).done():
                    asked.set_result(frame.get("problem", frame))
            case "ping":
                await self._speaks(t="pong")
            case "reset":
                raise AssertionError(f"{self.name} was told to drop {frame['stream']}")
            case _:
                pass

    async def _subscribes(self, stream: str) -> None:
        self._subscribed[stream] = time.monotonic()
        await self._speaks(t="sub", sid=stream, stream=stream, after=self._copy(stream).applied)

    async def _is_let_in(self, frame: dict[str, Any]) -> None:
        """Fill the copy up to the head: from what came along, or page by page."""
        stream, copy = frame["stream"], self._copy(frame["stream"])
        self._saw(self._subscribed[stream], stream, frame)
        for kind, marks in (("read", frame["reads"]), ("delivered", frame["delivered"])):
            for side, seq in marks.items():
                self._notes(stream, kind, side, seq, at=self._subscribed[stream])
        for event in frame["events"]:
            copy.take(told(event))
        while copy.applied < frame["head"]:
            page = await self._page(stream, copy.applied)
            for event in (page or {"events": []})["events"]:
                copy.take(told(event))

    def _notes(self, stream: str, kind: str, side: str, seq: int, at: float = 0.0) -> None:
        """Note a mark. What comes with `sub_ok` is as old as the wish: newer ones may overtake."""
        mark = Mark(at or time.monotonic(), self.name, stream, kind, side, seq)
        self.load.history.marks.append(mark)

    def _copy(self, stream: str) -> Copy:
        return self.copies.setdefault(stream, Copy(self, stream))

    async def _speaks(self, **frame: Any) -> None:
        if self._line is None:
            raise EOFError
        await asyncio.wait_for(self._line.send(json.dumps(frame)), self.load.patience)


class Stranger(Person):
    """Somebody who wants to follow what is not theirs, and writes down what they are told."""

    async def lives(self) -> None:
        """Ask for everything, again and again."""
        self.prey, self.streams = self.streams, []
        page = asyncio.create_task(self._keeps_a_page())
        while not self.load.over.is_set():
            for stream in self.prey:
                with contextlib.suppress(*CUT):
                    await self._page(stream, 0)
                    await self._subscribes(stream)
            await asyncio.sleep(0.3)
        await self._leaves(page)


class Load:
    """Everybody who talks in one run, in a thread of their own."""

    def __init__(
        self,
        door: str,
        origin: str,
        *,
        seed: int = 0,
        pause: float = 0.0,
        silence: float = 35.0,
        patience: float = 5.0,
    ) -> None:
        self.door, self.origin, self.pause = door, origin, pause
        self.history = History()
        self.over = threading.Event()
        self.chance = random.Random(seed)
        self.refusals: dict[str, int] = {}
        self.silence, self.patience = silence, patience
        self.people: list[Person] = []
        self._talking, self._ended = 0, 0.0

    def acknowledged(self) -> list[float]:
        """Return when messages were acknowledged, in order."""
        return sorted(attempt.ended for attempt in self.history.stored())

    def patience_ended(self) -> bool:
        """Tell whether people go home although something they sent was never answered."""
        return self.over.is_set() and time.monotonic() > self._ended + SETTLE_SECONDS

    @contextlib.contextmanager
    def goes_on(self) -> Iterator[None]:
        """Let everybody talk meanwhile; afterwards all have come to the end."""
        trouble: list[BaseException] = []
        thread = threading.Thread(target=self._run, args=(trouble,))
        thread.start()
        try:
            yield
        finally:
            self._ended = time.monotonic()
            self.over.set()
            thread.join()
        if trouble:
            raise trouble[0]
        for person in self.people:
            if not isinstance(person, Stranger):
                self.history.open_views |= {(person.name, stream) for stream in person.streams}

    def _run(self, trouble: list[BaseException]) -> None:
        try:
            asyncio.run(self._live())
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            trouble.append(error)

    async def _live(self) -> None:
        self._talking = sum(not isinstance(person, Stranger) for person in self.people)
        async with asyncio.TaskGroup() as group:
            for person in self.people:
                group.create_task(person.lives())

    async def everyone_is_done(self) -> dict[str, int]:
        """Wait until nobody sends any more; return the highest numbers that were acknowledged."""
        self._talking -= 1
        while self._talking:
            await asyncio.sleep(0.01)
        self.history.settled = self.history.settled or time.monotonic()
        heads: dict[str, int] = {}
        for attempt in self.history.stored():
            heads[attempt.stream] = max(attempt.seq, heads.get(attempt.stream, 0))
        return heads


def told(event: dict[str, Any]) -> Told:
    """Return an entry as it came over the wire; who is told by the name that others see."""
    words = event["data"].get("text", event["type"])
    return Told(event["seq"], event["id"], event.get("cmid"), event["actor"]["name"], words)
