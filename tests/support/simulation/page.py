"""A page as PROTOCOL 3 and 5 want it, small: what it keeps on disk, its copies, and its line."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from shopbell.cli.bench.history import Applied, Attempt, Snapshot, Told
from shopbell.conversations.commands import Page as Part
from shopbell.conversations.model import Event
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal, SignInFirst, TooMany, Unavailable
from shopbell.realtime.codes import Close
from tests.support.simulation import node as doors
from tests.support.simulation.furnished import Key
from tests.support.simulation.lines import Came, Line
from tests.support.simulation.loop import Process
from tests.support.simulation.store import BAD

if TYPE_CHECKING:
    from tests.support.simulation.world import World

T = TypeVar("T")
PATIENCE, SILENCE = 5.0, 35.0
HOLE_SECONDS = 0.2
STAY_AWAY = {Close.REVOKED, Close.VERSION, Close.ORIGIN}
_read = msgspec.json.decode


class Away(Exception):
    """No answer came."""


@dataclass
class Copy:
    """A page's copy of a stream: whole up to ``applied``; ``known`` is how far the stream goes."""

    view: str
    applied: int = 0
    known: int = 0
    held: dict[int, tuple[Told, float]] = field(default_factory=dict[int, tuple[Told, float]])
    filling: bool = False
    epoch: str | None = None


@dataclass
class Message:
    """What somebody wants to say, as it lies on their disk until it is answered."""

    stream: str
    cmid: str
    words: str

    @property
    def bad(self) -> bool:
        return BAD in self.words


@dataclass
class Disk:
    """What outlives a tab."""

    key: Key
    streams: list[str]
    outbox: list[Message] = field(default_factory=list[Message])
    tabs: int = 0
    written: asyncio.Event = field(default_factory=asyncio.Event)


class Tab:
    """An open page. It dies with its process; another one can be opened over the same disk."""

    def __init__(self, world: "World", disk: Disk) -> None:
        disk.tabs += 1
        self.world, self.disk = world, disk
        self.name = f"{disk.key.label}, tab {disk.tabs}"
        self.process = Process(world.loop, self.name)
        self.key = disk.key
        self.line: Line | None = None
        self.slow = 0.0
        self.signed_out = False
        self.copies: dict[str, Copy] = {}
        self._epoch: str | None = None
        self._drops, self._bad = 0, 0
        self._asked: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._subscribed: dict[str, float] = {}
        self._after: dict[str, int] = {}
        self._in_order: dict[str, int] = {}
        self._wait_after_bye = 0.0
        self.process.begin(self._keeps_a_line())
        for stream in disk.streams:
            self.process.begin(self._sends(stream))

    @property
    def is_live(self) -> bool:
        """Tell whether it follows all its streams now."""
        follows = self._in_order.keys() >= set(self.disk.streams)
        return self.line is not None and not self.line.over and follows

    @property
    def has_said_all(self) -> bool:
        return not any(message.stream in self.disk.streams for message in self.disk.outbox)

    def closes(self) -> None:
        """Die, as a tab does; the node may not see it."""
        if self.line is not None:
            self.line.cut(seen_by_node=self.world.chance.random() < 0.7)
        self.process.end()

    def knows(self, logs: dict[str, list[Told]]) -> bool:
        """Tell whether its copies are whole, or nobody need wait for it."""
        return self.signed_out or all(
            self._copy(stream).applied >= len(logs[stream]) for stream in self.disk.streams
        )

    def views(self) -> set[tuple[str, str]]:
        """Return the copies it keeps."""
        if self.signed_out:
            return set()
        return {(self._copy(stream).view, stream) for stream in self.disk.streams}

    # ── speaking ────────────────────────────────────────────────────────────────────────────

    def writes(self, stream: str, more: str = "") -> None:
        """Write a message: it has its name, and lies on the disk, before it is first tried."""
        cmid = new_id()
        self.disk.outbox.append(Message(stream, cmid, f"{self.key.name} {cmid[-6:]}{more}"))
        self.disk.written.set()

    async def _sends(self, stream: str) -> None:
        """Send what lies on the disk, one message at a time, until each is answered."""
        tries = 0
        while stream in self.disk.streams and not self.signed_out:
            message = next((one for one in self.disk.outbox if one.stream == stream), None)
            if message is None:
                self.disk.written.clear()
                await self.disk.written.wait()
            elif await self._tries(message):
                if self.world.chance.random() < 0.1:
                    await self._tries(message)
                self.disk.outbox.remove(message)
                tries = 0
            else:
                tries += 1
                await asyncio.sleep(self.world.chance.uniform(0, min(2.0, 0.1 * 2**tries)))

    async def _tries(self, message: Message) -> bool:
        """Send once; tell whether it is done with: acknowledged, or refused and given up."""
        now = self.world.loop.time
        attempt = Attempt(now(), message.stream, self.key.name, message.cmid, message.words)
        self.world.history.attempts.append(attempt)
        by_line = self.line is not None and self.world.chance.random() < 0.7
        try:
            found = await (self._says if by_line else self._posts)(message)
        except Away:
            return False
        except (Unavailable, TooMany) as trouble:
            attempt.outcome, attempt.ended = "refused", now()
            self.world.checks_trouble(self, message, trouble)
            return message.bad or self.world.chance.random() < 0.1
        except Refusal:
            attempt.outcome, attempt.ended = "refused", now()
            return True
        attempt.ended = now()
        attempt.outcome, attempt.replayed = "stored", found["replayed"]
        attempt.seq, attempt.id = found["seq"], found["id"]
        return True

    async def _posts(self, message: Message) -> dict[str, Any]:
        done = await self.asks(doors.append(message.stream, message.cmid, message.words))
        return {"seq": done.seq, "id": done.id, "replayed": done.replayed}

    async def _says(self, message: Message) -> dict[str, Any]:
        answer = self._asked[message.cmid] = self.world.loop.create_future()
        try:
            self._speaks(
                t="send",
                stream=message.stream,
                cmid=message.cmid,
                type="message",
                data={"text": message.words},
            )
            found: dict[str, Any] = await asyncio.wait_for(answer, PATIENCE)
        except TimeoutError:
            raise Away from None
        finally:
            self._asked.pop(message.cmid, None)
        match found.get("status"):
            case None:
                return found
            case 500:
                raise Away
            case 503:
                raise Unavailable
            case 429:
                raise TooMany
            case _:
                raise Refusal

    # ── asking over HTTP ────────────────────────────────────────────────────────────────────

    async def asks(self, work: "doors.Visited[T]") -> T:
        """Ask any node over HTTP; the question or the answer may be lost."""
        return await self.world.ask(self.process, self.key.secret, work, PATIENCE)

    async def _part(self, stream: str, after: int, limit: int) -> Part | None:
        """Read a part of a stream; None if it cannot be had now."""
        began = self.world.loop.time()
        try:
            part = await self.asks(doors.page(stream, after, limit))
        except (Away, Unavailable):
            return None
        self._saw(began, stream, part.head, tuple(map(told_by, part.events)))
        return part

    def _saw(self, began: float, stream: str, head: int, events: tuple[Told, ...]) -> None:
        ended = self.world.loop.time()
        read = Snapshot(began, ended, self.key.label, stream, head, events)
        self.world.history.snapshots.append(read)

    # ── the line ────────────────────────────────────────────────────────────────────────────

    async def _keeps_a_line(self) -> None:
        while not self.signed_out:
            try:
                await self._has_a_line()
            except (Away, Unavailable):
                pass
            except SignInFirst:
                self.signed_out = True
            self._hangs_up()
            tries, self._bad = self._bad, self._bad + 1
            delay = self.world.chance.uniform(0, min(3.0, 0.5 * 2**tries))
            await asyncio.sleep(max(delay, self._wait_after_bye))
            self._wait_after_bye = 0.0

    def _hangs_up(self) -> None:
        if self.line is not None:
            self.line.cut(seen_by_page=False)
            self.line = None
        self._in_order.clear()
        for asked in self._asked.values():
            if not asked.done():
                asked.set_exception(Away())

    async def _has_a_line(self) -> None:
        pass_ = await self.asks(doors.ticket)
        line = self.world.opens_a_line(self)
        if line is None:
            raise Away
        line.up.put(msgspec.json.encode({"t": "hello", "token": pass_}).decode())
        try:
            while True:
                came = await asyncio.wait_for(line.down.get(), SILENCE)
                if self.slow:
                    await asyncio.sleep(self.slow)
                if came.closed is not None:
                    self.signed_out = came.closed in STAY_AWAY
                    self.world.seen[f"closed {came.closed}"] += 1
                    return
                self._hears(line, came)
        except TimeoutError:
            return
        finally:
            line.cut(seen_by_page=False)

    def _hears(self, line: Line, came: Came) -> None:
        frame = _read(came.frame)
        self.world.seen[frame["t"]] += 1
        match frame["t"]:
            case "welcome":
                self._is_welcomed(line, frame["epoch"])
            case "ok" | "refused" if frame.get("cmid") in self._asked:
                if not (asked := self._asked[frame["cmid"]]).done():
                    asked.set_result(frame.get("problem", frame))
            case "refused" if "sid" in frame:
                self.process.begin(self._subscribes_later(line, frame["sid"]))
            case "ping":
                self._speaks(t="pong")
            case "bye":
                self._wait_after_bye = frame["after_ms"] / 1000
            case _:
                self._hears_of_stream(frame, came.sent)

    def _hears_of_stream(self, frame: dict[str, Any], sent: float) -> None:
        stream = frame.get("stream", "")
        match frame["t"]:
            case "event":
                self._hears_of_entry(stream, frame["event"], sent)
            case "sub_ok":
                self._is_let_in(frame, sent)
            case "cursor":
                marks = {frame["kind"]: {frame["side"]: frame["seq"]}}
                self.world.notes_marks(self, stream, marks)
            case "reset":
                self._drops_copy(stream, frame["head"])
            case "gone":
                self._loses(stream)
            case _:
                pass

    def _is_welcomed(self, line: Line, epoch: str) -> None:
        self.line, self._bad = line, 0
        self._epoch = epoch
        for stream in self.disk.streams:
            self._subscribes(stream)

    def _subscribes(self, stream: str) -> None:
        self._subscribed[stream] = self.world.loop.time()
        self._in_order.pop(stream, None)
        copy = self._copy(stream)
        self._after[stream] = copy.applied
        wish = {"t": "sub", "sid": stream, "stream": stream, "after": copy.applied}
        if copy.epoch is not None:
            wish["epoch"] = copy.epoch
        self._speaks(**wish)

    async def _subscribes_later(self, line: Line, stream: str) -> None:
        await asyncio.sleep(0.5)
        if self.line is line and stream in self.disk.streams:
            self._subscribes(stream)

    def _speaks(self, **frame: Any) -> None:
        if self.line is None:
            raise Away
        self.line.up.put(msgspec.json.encode(frame).decode())

    # ── the copies ──────────────────────────────────────────────────────────────────────────

    def _copy(self, stream: str) -> Copy:
        if stream not in self.copies:
            self._drops += 1
            self.copies[stream] = Copy(f"{self.name}.{self._drops}")
        return self.copies[stream]

    def _hears_of_entry(self, stream: str, event: dict[str, Any], sent: float) -> None:
        entry = _event(event)
        told = told_by(entry)
        self.world.checks_order(self, stream, self._in_order.get(stream), told.seq)
        self._in_order[stream] = told.seq
        self.world.checks_promptness(self, told, entry.at, sent, self._subscribed[stream])
        copy = self._copy(stream)
        self._takes(stream, copy, told, sent)
        if copy.applied < copy.known:
            self._fills(stream, copy, HOLE_SECONDS)
        self._reports(stream, copy)

    def _takes(self, stream: str, copy: Copy, told: Told, sent: float) -> None:
        """Apply the next entry and those that waited for it; drop what is known already."""
        copy.known = max(copy.known, told.seq)
        if told.seq > copy.applied:
            copy.held[told.seq] = told, sent
        while (following := copy.held.pop(copy.applied + 1, None)) is not None:
            copy.applied += 1
            told, sent = following
            applied = Applied(sent, copy.view, self.key.label, stream, told)
            self.world.history.applied.append(applied)

    def _is_let_in(self, frame: dict[str, Any], sent: float) -> None:
        stream = frame["stream"]
        if stream in self._in_order:  # a gap that became far while we were here
            self._after[stream] = self._in_order[stream]
        self._in_order[stream] = frame["head"]
        since = self._subscribed[stream]
        events = [told_by(_event(event)) for event in frame["events"]]
        self._saw(since, stream, frame["head"], tuple(events))
        marks = {"read": frame["reads"], "delivered": frame["delivered"]}
        self.world.notes_marks(self, stream, marks)
        copy = self._copy(stream)
        self.world.checks_answer(self, frame, self._after.get(stream), copy.epoch, self._epoch)
        copy.known, copy.epoch = max(copy.known, frame["head"]), self._epoch
        for told in events:
            self._takes(stream, copy, told, sent)
        if not frame["recovered"]:
            self.world.seen["far"] += 1
            self._fills(stream, copy, 0.0)
        self._reports(stream, copy)

    def _fills(self, stream: str, copy: Copy, wait: float) -> None:
        if not copy.filling:
            copy.filling = True
            self.process.begin(self._fill(stream, copy, wait))

    async def _fill(self, stream: str, copy: Copy, wait: float) -> None:
        """Fetch what is missing, page by page."""
        await asyncio.sleep(wait)
        with contextlib.suppress(Refusal):
            while copy.applied < copy.known and self.copies.get(stream) is copy:
                part = await self._part(stream, copy.applied, self.world.chance.choice((1, 3, 200)))
                if part is None:
                    await asyncio.sleep(0.2)
                    continue
                for event in part.events:
                    self._takes(stream, copy, told_by(event), self.world.loop.time())
                copy.known = max(copy.known, part.head)
        copy.filling = False

    def _drops_copy(self, stream: str, head: int) -> None:
        """Drop a copy of another history, and load the one that stands now."""
        self.copies.pop(stream, None)
        self._in_order[stream] = head
        copy = self._copy(stream)
        copy.known, copy.epoch = head, self._epoch
        self._fills(stream, copy, 0.0)

    def _loses(self, stream: str) -> None:
        self.copies.pop(stream, None)
        if stream in self.disk.streams:
            self.disk.streams.remove(stream)

    def _reports(self, stream: str, copy: Copy) -> None:
        """Say now and then how far this page has come."""
        chance = self.world.chance.random()
        if self.line is not None and chance < 0.3:
            kind = "read" if chance < 0.2 else "ack"
            self._speaks(t=kind, stream=stream, seq=copy.applied)


def told_by(event: Event) -> Told:
    """Return an entry as the judge knows it."""
    data = _read(bytes(event.data))
    return Told(
        event.seq, event.id, event.cmid or None, event.actor.name, data.get("text", event.type)
    )


def _event(frame: dict[str, Any]) -> Event:
    return msgspec.convert(
        {**frame, "data": msgspec.Raw(msgspec.json.encode(frame["data"]))}, Event
    )
