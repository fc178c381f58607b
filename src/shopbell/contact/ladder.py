"""The ladder: looks after what waits in a conversation, and takes the steps that are due.

Nobody tells it of an answer: when its deadline fires, it finds what was answered or read. Looking
and stepping are one transaction with the firing, so that no worker takes a step twice.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from shopbell.contact import storage, waits
from shopbell.contact.channel import Channel
from shopbell.contact.model import HURRIES, Reach, Reached, Step, Way
from shopbell.contact.waits import Wait
from shopbell.conversations import waiting
from shopbell.conversations.model import Conversation, ConversationId
from shopbell.engine.database import Tx


def read_ahead(tx: Tx, entities: Sequence[str]) -> None:
    """Read at once what looking after several conversations will ask for, one by one."""
    talks = [ConversationId(entity) for entity in entities]
    waiting.read_ahead(tx, talks)
    storage.read_ahead(tx, talks)


@dataclass(frozen=True)
class Ladder:
    """The rungs that the channels of this installation make."""

    channels: Mapping[str, Channel]

    def look(self, tx: Tx, entity: str) -> None:
        """Take the steps that are due in a conversation; look again when the next one is."""
        talk = waiting.held(tx, ConversationId(entity))
        talk, shops = self._after_shop(tx, talk)
        talk, buyers = self._after_buyer(tx, talk)
        waiting.look_next(tx, talk, min([*shops, *buyers], default=None))
        waiting.forget(tx, talk)

    def makes(self, ways: Sequence[Way], step: Step) -> bool:
        """Tell whether a step can be taken here at all; the operator's desk is always there."""
        return step is Step.OPERATOR or any(way.channel in self.channels for way in ways)

    def open_ways(self, tx: Tx, talk: Conversation) -> list[Step]:
        """List the steps by which the shop could be told at once, and has not been."""
        wait = waits.for_shop(tx, talk)
        if wait is None:
            return []
        left = [step for step in wait.ways if step not in HURRIES | set(wait.waited.taken)]
        return [step for step in left if self._way(tx, talk, wait.ways[step])]

    def step_now(self, tx: Tx, talk: Conversation, step: Step) -> bool:
        """Take a step that a buyer chose, before its time; false if it reaches nobody.

        Owner and operator come by the clock alone: by then the promise is broken.
        """
        wait = waits.for_shop(tx, talk)
        if step in HURRIES:
            return False
        if wait is None or step in wait.waited.taken:
            return wait is not None
        way = self._way(tx, talk, wait.ways[step])
        if way is None:
            return False
        self._reach(tx, talk, wait, way)
        waiting.tell(tx, talk, Reached(step, wait.to, chosen=True))
        storage.keep(tx, talk.id, wait.to, wait.waited.after(step, taken=True))
        return True

    def _after_shop(self, tx: Tx, talk: Conversation) -> tuple[Conversation, list[datetime]]:
        """Look after words that wait for the shop; say when to look again."""
        wait = waits.for_shop(tx, talk)
        if wait is None or talk.due_at is None:
            return talk, []
        if talk.breaches == 0 and talk.due_at <= tx.now:
            talk = waiting.tell_overdue(tx, talk, talk.due_at)
        talk, wait = self._climb(tx, talk, wait)
        if not waiting.waits_for_shop(talk) or talk.due_at is None:
            return talk, []
        promised = [talk.due_at] if talk.breaches == 0 else []
        return talk, [*promised, *wait.due.values()]

    def _after_buyer(self, tx: Tx, talk: Conversation) -> tuple[Conversation, list[datetime]]:
        """Look after an answer that waits for the buyer; say when to look again."""
        wait = waits.for_buyer(tx, talk)
        if wait is None:
            return talk, []
        talk, wait = self._climb(tx, talk, wait)
        if not wait.due and (wait.waited.taken or wait.waited.passed):
            storage.keep(tx, talk.id, wait.to, replace(wait.waited, upto=talk.head))
        return talk, list(wait.due.values())

    def _climb(self, tx: Tx, talk: Conversation, wait: Wait) -> tuple[Conversation, Wait]:
        """Take every step that is due, or pass over it; return what is left to wait for."""
        waited, left = wait.waited, dict[Step, datetime]()
        for step, due in wait.due.items():
            if not self.makes(wait.ways[step], step):
                continue
            if due > tx.now:
                left[step] = due
                continue
            before, talk = talk, self._step(tx, talk, wait, step)
            waited = waited.after(step, taken=talk is not before)
        if waited is not wait.waited:
            storage.keep(tx, talk.id, wait.to, waited)
        return talk, dataclasses.replace(wait, waited=waited, due=left)

    def _step(self, tx: Tx, talk: Conversation, wait: Wait, step: Step) -> Conversation:
        """Take a step and let both sides see it; one that reaches nobody changes nothing."""
        way = self._way(tx, talk, wait.ways[step])
        if way is not None and (step in HURRIES or not wait.seen):
            self._reach(tx, talk, wait, way)
        elif step is not Step.OPERATOR:
            return talk
        if step is Step.OPERATOR:
            return waiting.hand_over(tx, talk)
        return waiting.tell(tx, talk, Reached(step, wait.to))

    def _way(self, tx: Tx, talk: Conversation, ways: Sequence[Way]) -> Way | None:
        """Return the first way that reaches them."""
        return next((way for way in ways if self._reaches(tx, talk, way)), None)

    def _reaches(self, tx: Tx, talk: Conversation, way: Way) -> bool:
        channel = self.channels.get(way.channel)
        return channel is not None and channel.reaches(tx, talk, way.whom)

    def _reach(self, tx: Tx, talk: Conversation, wait: Wait, way: Way) -> None:
        reach = Reach(conversation=talk.id, whom=way.whom, channel=way.channel, since=wait.since)
        tx.later(reach)
