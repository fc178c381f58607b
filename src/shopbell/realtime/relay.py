"""Between the hub of this process and those of the others: what one commits, all pages see."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

from shopbell.accounts.blocks.model import BlocksChanged
from shopbell.accounts.model import KeyRevoked, SessionsEnded, SessionsMoved
from shopbell.conversations import service as conversations
from shopbell.conversations.calling import ColleaguesCalled
from shopbell.conversations.model import Audience, Conversation, Stream
from shopbell.engine import metrics
from shopbell.engine.broker import LETTER_MOST, Broker
from shopbell.engine.database import Database
from shopbell.engine.log import log
from shopbell.kernel.actor import SYSTEM, PersonId
from shopbell.kernel.events import Fact
from shopbell.kernel.refusals import Refusal
from shopbell.realtime import letters
from shopbell.realtime.frames import Types
from shopbell.realtime.hub import Hub
from shopbell.realtime.letters import (
    Asked,
    Attended,
    Counted,
    Grown,
    Letter,
    Marked,
    Typed,
    letter_of,
)
from shopbell.realtime.rounds import Rounds


class Relay:
    """Posts what happened here, and tells the hub what happened elsewhere."""

    def __init__(self, db: Database, hub: Hub, broker: Broker) -> None:
        self._db, self._hub, self._broker = db, hub, broker
        self.rounds = Rounds(db, hub, broker)
        self._looking: set[asyncio.Task[None]] = set()
        hub.presence.post = self.post

    @property
    def up(self) -> bool:
        """Tell whether other processes can be heard and told."""
        return self._broker.up

    # ── from here to the others ─────────────────────────────────────────────────────────────

    def publish(self, facts: Sequence[Fact]) -> None:
        """Tell our pages and the other processes what was committed here."""
        self._hub.publish(facts)
        if self._broker.alone:
            return
        for fact in facts:
            if (letter := letter_of(fact)) is not None:
                self.post(letter)

    def typing(self, by: PersonId, frame: Types) -> None:
        """Tell everybody at a stream, wherever they are, who is typing."""
        self._hub.typing(by, frame)
        self.post(Typed(by=by, frame=frame))

    def post(self, letter: Letter) -> None:
        """Send a letter, if there is anybody to get it."""
        if self._broker.alone:
            return
        paper = letters.write(letter)
        if len(paper.encode()) <= LETTER_MOST:
            self._broker.publish(paper)
        else:
            metrics.LETTERS.labels("too_long").inc()

    # ── from the others to here ─────────────────────────────────────────────────────────────

    def take(self, sender: str, letter: str) -> None:
        """Hear what another process said; of what makes no sense, only that it came."""
        try:
            self._hear(sender, letters.read(letter))
        except Exception as trouble:  # noqa: BLE001 - another version may speak otherwise
            metrics.LETTERS.labels("unread").inc()
            log().warning("letter not understood", sender=sender, trouble=str(trouble))

    def missed(self) -> None:
        """Look at once what the database knows: letters may have been lost."""
        self.rounds.hurry()

    def _hear(self, sender: str, letter: Letter) -> None:
        match letter:
            case Grown():
                self._hear_of_entry(letter)
            case Marked(stream=stream, kind=kind, side=side, seq=seq, talk=talk):
                self._hub.marked(stream, kind, side, seq)
                self._show_row(stream, talk)
            case Typed(by=by, frame=frame):
                self._hub.typing(by, frame)
            case (
                SessionsEnded()
                | SessionsMoved()
                | KeyRevoked()
                | BlocksChanged()
                | ColleaguesCalled()
            ):
                self._hub.publish([letter])
            case Attended() | Counted() | Asked():
                self._hub.presence.hear(sender, letter, us=self._broker.node)

    def _hear_of_entry(self, letter: Grown) -> None:
        if letter.event is None:
            self._hub.grown(str(letter.stream), letter.seq)
        else:
            self._hub.happened(letter.stream, letter.event)
        self._show_row(letter.stream, letter.talk)

    def _show_row(self, stream: Stream, talk: Conversation | None) -> None:
        if talk is not None:
            self._hub.show_row(talk, notes=stream.audience is Audience.NOTES)
        elif self._hub.is_watched:
            task = asyncio.create_task(self._look_up_row(stream))
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)

    async def _look_up_row(self, stream: Stream) -> None:
        with contextlib.suppress(Refusal):
            talk = await self._db.read(conversations.entered, SYSTEM, Stream(stream.conversation))
            self._hub.show_row(talk, notes=stream.audience is Audience.NOTES)

    # ── at work ─────────────────────────────────────────────────────────────────────────────

    @contextlib.asynccontextmanager
    async def working(self, *, listening: bool = True) -> AsyncIterator[None]:
        """Carry news while this lasts; a process without pages need not listen."""
        self._db.publish(self.publish)
        works = [asyncio.create_task(self._broker.run(self if listening else None))]
        if listening:
            works.append(asyncio.create_task(self.rounds.run()))
        try:
            yield
        finally:
            self._db.stop_publishing()
            for work in works:
                work.cancel()
            await asyncio.gather(*works, return_exceptions=True)
