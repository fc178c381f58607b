"""What pages of a measurement send, hear and find is written down while it runs, for the judge."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from shopbell.cli.bench.asking import ask, some_at_once
from shopbell.cli.bench.figures import Seen
from shopbell.cli.bench.history import Applied, Attempt, History, Snapshot, Told, judge
from shopbell.cli.bench.people import Crowd, Visitor
from shopbell.cli.bench.server import Stalls

_PAGE = 200


class Author(Struct, gc=False):
    """Who wrote an entry, by the name that others see."""

    name: str


class Words(Struct, gc=False):
    """What an entry says."""

    text: str = ""


class Entry(Struct, gc=False):
    """What the judge needs of an entry."""

    seq: int
    id: str
    actor: Author
    data: Words
    cmid: str | None = None

    @property
    def told(self) -> Told:
        """Return it as the judge is told of it."""
        return Told(self.seq, self.id, self.cmid, self.actor.name, self.data.text)


class Down(Struct):
    """What a measurement needs of any frame."""

    t: str
    cmid: str = ""
    id: str = ""
    seq: int = 0
    replayed: bool = False
    stream: str = ""
    head: int = 0
    event: Entry | None = None
    events: list[Entry] = []
    after_ms: float = 0.0


class _Part(Struct):
    events: list[Entry]
    head: int


read_frame = msgspec.json.Decoder(Down).decode


class Record:
    """All that is seen of one house. It is judged after every turn, as it has grown until then."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        members = {buyer.stream: {buyer.who.name, crowd.desk.name} for buyer in crowd.buyers}
        self.history = History(members=members)
        self.violations: dict[str, list[str]] = {}
        self.unanswered = self.undelivered = 0
        self._waiting: dict[str, Attempt] = {}
        self._heads: dict[str, int] = {}
        self._views = itertools.count(1)

    # ── while it runs ───────────────────────────────────────────────────────────────────────

    def view(self, who: Visitor) -> str:
        """Name another page of somebody's."""
        return f"{who.name}, page {next(self._views)}"

    def follow(self, view: str, stream: str) -> int:
        """Count on a page to show the whole stream; return from where, as if it had been here."""
        known = self._heads.get(stream, 0)
        self.history.open_views.add((view, stream))
        self.history.known[view, stream] = known
        return known

    def part(self, view: str, streams: Iterable[str]) -> None:
        """Expect nothing more of a page that we closed, or that reads no longer."""
        self.history.open_views.difference_update((view, stream) for stream in streams)

    def sends(self, who: Visitor, stream: str, cmid: str, words: str, at: float) -> Attempt:
        """Note that somebody tries to send."""
        attempt = Attempt(at, stream, who.name, cmid, words)
        self.history.attempts.append(attempt)
        return attempt

    def asks(self, attempt: Attempt) -> None:
        """Note that the answer will come as a frame."""
        self._waiting[attempt.cmid] = attempt
        self.unanswered += 1

    def hears(self, view: str, who: Visitor, frame: Down) -> None:
        """Note what a page is told: the answer to a send, or entries."""
        match frame.t:
            case "ok" | "refused" if attempt := self._waiting.pop(frame.cmid, None):
                self.unanswered -= 1
                if frame.t == "ok":
                    attempt.stored(frame.seq, frame.id, replayed=frame.replayed)
                    self.undelivered += 1
                else:
                    attempt.outcome = "refused"
            case "event" if frame.event:
                self.shows(view, who, frame.stream, frame.event)
            case "sub_ok":
                for entry in frame.events:
                    self.shows(view, who, frame.stream, entry)
            case _:
                pass

    def shows(self, view: str, who: Visitor, stream: str, entry: Entry) -> None:
        """Note that a page put an entry into its copy."""
        self.history.applied.append(Applied(time.monotonic(), view, who.name, stream, entry.told))

    def seen(self, stalls: Stalls) -> Seen:
        """Return what was seen until now."""
        outcomes = Counter(attempt.outcome for attempt in self.history.attempts)
        return Seen(outcomes["stored"], outcomes["refused"], self.violations, *stalls)

    # ── afterwards ──────────────────────────────────────────────────────────────────────────

    async def judge(self, url: str) -> None:
        """Read back what stands, by either side, and have all that was seen until now judged."""
        spoken = {attempt.stream for attempt in self.history.attempts}
        followed = {stream for _view, stream in self.history.open_views}
        unread = [b for b in self.crowd.buyers if b.stream in spoken or b.stream in followed]
        unread = [b for b in unread if b.stream in spoken or b.stream not in self._heads]
        finals, desk = self.history.finals, self.crowd.desk
        mine = await some_at_once(self._read(url, b.who, b.stream) for b in unread)
        theirs = await some_at_once(self._read(url, desk, stream) for stream in spoken)
        logs = {buyer.stream: log for buyer, log in zip(unread, mine, strict=True)}
        finals.setdefault("buyers", {}).update(logs)
        finals.setdefault("desk", {}).update(zip(spoken, theirs, strict=True))
        self._heads |= {stream: log[-1].seq for stream, log in logs.items() if log}
        self.violations |= await asyncio.to_thread(judge, self.history)

    async def _read(self, url: str, who: Visitor, stream: str) -> list[Told]:
        found: list[Told] = []
        head = 1
        while len(found) < head:
            began, after = time.monotonic(), found[-1].seq if found else 0
            path = f"/api/v1/streams/{stream}/events?after={after}&limit={_PAGE}"
            part = msgspec.convert(await ask(url, path, who.cookie), _Part)
            told, head = tuple(entry.told for entry in part.events), part.head
            read = Snapshot(began, time.monotonic(), who.name, stream, head, told)
            self.history.snapshots.append(read)
            if not told:
                break
            found += told
        return found
