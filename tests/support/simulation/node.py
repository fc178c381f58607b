"""One process of the house: the product's own parts, put together as its web application does."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from shopbell.accounts import service as accounts
from shopbell.accounts import staff as colleagues
from shopbell.accounts.model import SessionId, Visit
from shopbell.commerce import reactions as commerce
from shopbell.conversations import reactions as talks
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Append, Appended, Ask, Page
from shopbell.conversations.crowd import Crowd
from shopbell.conversations.model import MarkKind, Stream
from shopbell.engine.database import Database
from shopbell.engine.epoch import begin_epoch
from shopbell.engine.pace import Turnstile
from shopbell.kernel.actor import PersonId
from shopbell.kernel.refusals import Refusal, SignInFirst, Unavailable
from shopbell.realtime import service
from shopbell.realtime.hub import Hub
from shopbell.realtime.model import Bearer
from shopbell.realtime.relay import Relay
from shopbell.realtime.session import Session
from shopbell.realtime.wire import House
from shopbell.web.create import STRANGERS_PER_ADDRESS
from shopbell.web.problems import document
from tests.support.simulation.letters import Carrier, PostOffice
from tests.support.simulation.lines import Line, NodesEnd
from tests.support.simulation.loop import Process, VirtualLoop
from tests.support.simulation.outside import moment
from tests.support.simulation.store import Store

T = TypeVar("T")
Visited = Callable[["Node", Visit], Awaitable[T]]
START_SECONDS = (0.1, 1.5)
ADDRESS = "192.0.2.1"
FRAMES_PER_SECOND = 1_000.0


class NumberedSession(Session):
    """A session whose place in sets of sessions is drawn, not given by its address in memory."""

    def __init__(self, line: Line, house: House, number: int) -> None:
        self._number = number
        super().__init__(NodesEnd(line), house, ADDRESS)

    def __hash__(self) -> int:
        return self._number


class Node:
    """Runs, dies and is started again. ``skew``: by how many seconds its clock is wrong."""

    def __init__(
        self, name: str, loop: VirtualLoop, store: Store, office: PostOffice, skew: float
    ) -> None:
        self.name, self._loop, self._store, self._office = name, loop, store, office
        self.skew, self.starts, self.is_over = skew, 0, False
        self.lines: list[Line] = []
        self.house: House | None = None
        self.start()

    @property
    def open(self) -> bool:
        return self.house is not None

    def start(self) -> None:
        """Run, in a new process, unless the world is over."""
        if self.is_over:
            return
        self.starts += 1
        self.process = Process(self._loop, f"{self.name} {self.starts}")
        self.process.begin(self._runs(self.process))

    def dies(self) -> None:
        """End at once, as by SIGKILL; its lines break."""
        self.house = None
        for line in self.lines:
            line.cut(seen_by_node=False)
        self.lines = []
        self.process.end()

    def restart(self, seconds: float) -> None:
        """Die, and run again after some time."""
        if not self.process.ended:
            self.dies()
            self._loop.outside.after(seconds, self.start)

    async def drain(self) -> None:
        """Send everybody away politely."""
        if self.house is not None:
            await self.house.hub.drain(1.0)

    async def _runs(self, process: Process) -> None:
        await asyncio.sleep(self._store.chance.uniform(*START_SECONDS))
        db = Database(
            self._store.hands(process),
            clock=lambda: moment(self._loop.time() + self.skew),
            reactions=(*commerce.REACTIONS, *talks.REACTIONS),
        )
        hub = Hub()
        relay = Relay(db, hub, Carrier(self._office, process.name, process))
        epoch = await _once_there(lambda: db.write(begin_epoch))
        async with relay.working():
            self.house = House(
                db=db,
                hub=hub,
                relay=relay,
                crowd=Crowd(FRAMES_PER_SECOND),
                strangers=Turnstile(STRANGERS_PER_ADDRESS),
                explain=document,
                epoch=epoch,
                attachment_bytes=1,
                frames_per_second=FRAMES_PER_SECOND,
            )
            await asyncio.Event().wait()

    # ── doors ───────────────────────────────────────────────────────────────────────────────

    def accept(self, line: Line, number: int) -> bool:
        """Serve a line; false if nobody is there."""
        if self.house is None:
            return False
        self.lines = [one for one in self.lines if not one.over]
        self.lines.append(line)
        session = NumberedSession
        house = self.house
        self.process.begin(self._serves(lambda: session(line, house, number)))
        return True

    async def _serves(self, session: Callable[[], Session]) -> None:
        await session().run()

    async def visited(self, secret: str, work: "Visited[T]") -> T:
        """Do what is asked for over HTTP, for whoever holds the secret."""
        if self.house is None:
            raise Unavailable
        visit = await self.house.db.read(accounts.who, secret)
        if visit is None:
            raise SignInFirst
        return await work(self, visit)

    @property
    def db(self) -> Database:
        if self.house is None:
            raise Unavailable
        return self.house.db


async def ticket(node: Node, visit: Visit) -> str:
    """Return a ticket for a socket."""
    bearer = Bearer(visit.actor, visit.session_id, "en")
    return (await node.db.write(service.give_ticket, bearer)).ticket


def append(stream: str, cmid: str, words: str) -> Visited[Appended]:
    """Add a message, as POST does."""

    async def work(node: Node, visit: Visit) -> Appended:
        command = Append(cmid, "message", {"text": words})
        ask = Ask(visit.actor, Stream.parse(stream), command)
        house = node.house
        if house is None:
            raise Unavailable
        with house.crowd.sending(visit.actor, ADDRESS):
            return await house.db.write_together(conversations.append_all, ask, lane=ask.lane)

    return work


def page(stream: str, after: int, limit: int) -> Visited[Page]:
    """Return a part of a stream, as GET does."""

    async def work(node: Node, visit: Visit) -> Page:
        where = Stream.parse(stream)
        return await node.db.read(conversations.page, visit.actor, where, after=after, limit=limit)

    return work


def mark(stream: str, kind: MarkKind, seq: int) -> Visited[None]:
    """Say how far one has come."""

    async def work(node: Node, visit: Visit) -> None:
        await node.db.write(conversations.mark, visit.actor, Stream.parse(stream), kind, seq)

    return work


def sign_out(session: SessionId) -> Visited[None]:
    """End one of one's own sign-ins, from another device."""

    async def work(node: Node, visit: Visit) -> None:
        await node.db.write(accounts.end_session, visit.actor, session)

    return work


def dismiss(person: PersonId) -> Visited[None]:
    """End somebody's work for the shop."""

    async def work(node: Node, visit: Visit) -> None:
        if visit.actor.shop is not None:
            await node.db.write(colleagues.leave, visit.actor, visit.actor.shop, person)

    return work


async def _once_there(work: Callable[[], Awaitable[Any]]) -> Any:
    while True:
        try:
            return await work()
        except Refusal:
            await asyncio.sleep(0.2)
