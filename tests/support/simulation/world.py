"""One world: who is in it, how they find each other, and what is found in the end."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from shopbell.cli.bench.history import History, Mark, Told
from shopbell.conversations import service as conversations
from shopbell.conversations.model import Conversation, Stream
from shopbell.engine.database import Memory, Tx
from shopbell.kernel.actor import SYSTEM
from shopbell.kernel.refusals import OurFault, Refusal, Unavailable
from tests.support.simulation.furnished import Key, furnished
from tests.support.simulation.letters import Mood, PostOffice
from tests.support.simulation.lines import Line
from tests.support.simulation.loop import Process, VirtualLoop
from tests.support.simulation.node import Node, Visited
from tests.support.simulation.outside import clock_of, moment
from tests.support.simulation.page import Away, Disk, Message, Tab, told_by
from tests.support.simulation.store import BAD, Store

T = TypeVar("T")
PROMPT_SECONDS = 2.0
"""Where nothing goes wrong, nobody waits longer for an entry: no round of the watchman helps."""

AGAIN_SECONDS = 1.0
"""By then a tab that died is open again."""

SETTLE_SECONDS, CONVERGE_SECONDS = 120.0, 8.0


class World:
    """Nodes, a store, a broker, and people with pages. ``calm``: nothing goes wrong in it."""

    def __init__(self, seed: int, loop: VirtualLoop) -> None:
        self.chance = random.Random(f"world {seed}")
        self.loop, self.history, self.seen = loop, History(), Counter[str]()
        self.complaints: dict[str, list[str]] = defaultdict(list)
        self.furnished = furnished()
        self.calm = self.chance.random() < 0.2
        self.lost_requests, self.latency = 0.0, 0.02
        self.store = Store(self.furnished.image, loop, random.Random(f"store {seed}"))
        self.office = PostOffice(loop, random.Random(f"letters {seed}"), Mood())
        self._marks: dict[tuple[str, str, str, str], int] = {}
        self.nodes: list[Node] = []
        self.tabs: list[Tab] = []
        self.lines: list[Line] = []
        for name, stream in self.furnished.streams.items():
            inside = [key for who in (name, "mei", "oleg") for key in self.furnished.keys[who]]
            self.history.members[stream] = {key.label for key in inside}

    # ── finding each other ──────────────────────────────────────────────────────────────────

    def opens_a_node(self, name: str) -> None:
        """Start another process of the house."""
        skew = 0.0 if self.calm else self.chance.uniform(-0.3, 0.3)
        self.nodes.append(Node(name, self.loop, self.store, self.office, skew))

    def opens_a_tab(self, disk: Disk) -> Tab:
        """Let somebody open a page."""
        tab = Tab(self, disk)
        self.tabs.append(tab)
        return tab

    def opens_a_line(self, tab: Tab) -> Line | None:
        """Connect a page with any node; None if nobody is there."""
        node = self.chance.choice(self.nodes)
        line = Line(self.loop, self.chance, tab.process, node.process)
        if not node.accept(line, self.chance.getrandbits(40)):
            return None
        self.lines = [one for one in self.lines if not one.over]
        self.lines.append(line)
        return line

    async def ask(self, process: Process, secret: str, work: Visited[T], patience: float) -> T:
        """Ask any node over HTTP, as the holder of a secret."""
        node, answer = self.chance.choice(self.nodes), self.loop.create_future()

        def reply(outcome: Any) -> None:
            if self.chance.random() >= self.lost_requests:
                process.after(self.chance.uniform(0, self.latency), _settle, answer, outcome)

        def arrive() -> None:
            if node.process.ended or not node.open:
                reply(Away())
            else:
                node.process.begin(self._serve(node, secret, work, reply))

        if self.chance.random() >= self.lost_requests:
            node.process.after(self.chance.uniform(0, self.latency), arrive)
        try:
            found: T = await asyncio.wait_for(answer, patience)
        except TimeoutError:
            raise Away from None
        return found

    async def _serve(
        self, node: Node, secret: str, work: Visited[T], reply: Callable[[Any], None]
    ) -> None:
        outcome: Any = Away()
        try:
            outcome = await node.visited(secret, work)
        except OurFault:
            pass
        except Refusal as refusal:
            outcome = refusal
        except Exception as error:  # noqa: BLE001 - the door answers 500
            self.complaints["unexpected"].append(repr(error))
        finally:
            reply(outcome)

    def some_tab(self) -> Tab:
        """Return any open page."""
        return self.chance.choice(self.tabs)

    def everybody_writes(self) -> None:
        """Have each page say something somewhere."""
        for tab in self.tabs:
            if tab.disk.streams:
                tab.writes(self.chance.choice(tab.disk.streams))

    def many_write_at_once(self) -> None:
        """Have much said while the store is busy, so that it is stored together; one is bad."""
        self.store.busy(0.1)
        places = [(tab, stream) for tab in self.tabs for stream in tab.disk.streams]
        bad = self.chance.randrange(len(places) + 1)
        for number, (tab, stream) in enumerate(places):
            tab.writes(stream, f", {BAD}" if number == bad else "")

    def other_key(self, key: Key) -> Key:
        """Return the other sign-in of the same person."""
        keys = (pair for pair in self.furnished.keys.values() if key in pair)
        return next(one for pair in keys for one in pair if one != key)

    # ── what is noticed on the way ──────────────────────────────────────────────────────────

    def checks_order(self, tab: Tab, stream: str, before: int | None, seq: int) -> None:
        """On one line every entry comes once, in order, without a gap, after the answer."""
        if before is None or seq != before + 1:
            self.complaints["line-order"].append(f"{tab.name} got {stream} {seq} after {before}")

    def checks_answer(
        self, tab: Tab, frame: dict[str, Any], after: int | None, epoch: str | None, now: str | None
    ) -> None:
        """An answer holds all that was missed or nothing, and belongs to the copy it is for."""
        missed = list(range((after or 0) + 1, frame["head"] + 1)) if frame["recovered"] else []
        got = [event["seq"] for event in frame["events"]]
        if got != missed:
            self.complaints["answer"].append(f"{tab.name} got {got} instead of {missed}")
        if epoch not in {None, now}:
            self.complaints["answer"].append(f"{tab.name} goes on from another epoch")

    def checks_promptness(self, tab: Tab, told: Told, at: Any, sent: float, since: float) -> None:
        """Where nothing goes wrong, an entry is passed on at once."""
        if self.calm and sent > max(clock_of(at), since) + PROMPT_SECONDS:
            self.complaints["late"].append(f"{tab.name} got {told.seq} at {sent:.2f}")

    def checks_trouble(self, tab: Tab, message: Message, trouble: Refusal) -> None:
        """Where nothing goes wrong, nobody is refused for what another one asked for."""
        if self.calm and isinstance(trouble, Unavailable) and not message.bad:
            self.complaints["neighbours"].append(f"{tab.name} was refused {message.words}")

    def notes_marks(self, tab: Tab, stream: str, marks: dict[str, dict[str, int]]) -> None:
        """Note marks as a page keeps them: of two it takes the higher, for frames may overtake."""
        for kind, sides in marks.items():
            for side, seq in sides.items():
                known = self._marks.get((tab.name, stream, kind, side), 0)
                self._notes_mark(tab, stream, kind, side, max(seq, known))

    def notes_last_marks(self, tab: Tab, stream: str, standing: Conversation) -> None:
        """Note how far each side has come in the end: no less than any page ever heard."""
        for kind in ("read", "delivered"):
            for side in ("buyer", "seller"):
                self._notes_mark(tab, stream, kind, side, getattr(standing, f"{side}_{kind}"))

    def _notes_mark(self, tab: Tab, stream: str, kind: str, side: str, seq: int) -> None:
        self._marks[tab.name, stream, kind, side] = seq
        self.history.marks.append(Mark(self.loop.time(), tab.name, stream, kind, side, seq))

    # ── the end ─────────────────────────────────────────────────────────────────────────────

    async def settles(self) -> None:
        """Wait until all is said and everybody is there; then until everybody knows it all."""
        await asyncio.sleep(AGAIN_SECONDS)
        here = self.tabs
        by = self.loop.time() + SETTLE_SECONDS
        while not all(tab.signed_out or (tab.is_live and tab.has_said_all) for tab in here):
            if self.loop.time() > by:
                stuck = [tab.name for tab in here if not tab.signed_out]
                self.complaints["stuck"].append(f"{stuck} never came to the end")
                break
            await asyncio.sleep(0.05)
        self.history.settled = self.loop.time()
        logs = self.history.finals["store"] = self.reads_all()
        by = self.loop.time() + CONVERGE_SECONDS
        while self.loop.time() < by and not all(tab.knows(logs) for tab in here):
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.3)
        for tab in here:
            self.history.open_views |= tab.views()
        self._looks_at_marks(here)

    def reads_all(self) -> dict[str, list[Told]]:
        """Read every stream from the store."""
        with self._looking() as tx:
            return {name: _whole(tx, Stream.parse(name)) for name in self.history.members}

    def _looks_at_marks(self, here: list[Tab]) -> None:
        with self._looking() as tx:
            for name in self.history.members:
                standing = conversations.entered(tx, SYSTEM, Stream.parse(name))
                for tab in here:
                    self.notes_last_marks(tab, name, standing)

    @contextmanager
    def _looking(self) -> Iterator[Tx]:
        with self.store.engine.connect() as connection:
            yield Tx(connection, moment(self.loop.time()), (), Memory())


def _whole(tx: Tx, stream: Stream) -> list[Told]:
    found: list[Told] = []
    while True:
        part = conversations.page(tx, SYSTEM, stream, after=len(found))
        found += map(told_by, part.events)
        if not part.events:
            return found


def _settle(answer: "asyncio.Future[Any]", outcome: Any) -> None:
    if answer.done():
        return
    if isinstance(outcome, BaseException):
        answer.set_exception(outcome)
    else:
        answer.set_result(outcome)
