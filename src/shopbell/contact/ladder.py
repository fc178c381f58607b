"""The ladder: looks after what waits in a conversation, and takes the steps that are due.

Nobody tells it of an answer: when its deadline fires, it finds what was answered or read. Looking
and stepping are one transaction with the firing, so that no worker takes a step twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from shopbell.contact import storage, waits
from shopbell.contact.channel import Channel
from shopbell.contact.model import CHOICES, HURRIES, Missed, Reach, Reached, Step, Way, Whom
from shopbell.contact.waits import Wait
from shopbell.conversations import waiting
from shopbell.conversations.model import Conversation, ConversationId
from shopbell.engine.database import Tx
from shopbell.kernel.actor import PersonId


def read_ahead(tx: Tx, entities: Sequence[str]) -> Sequence[str]:
    """Read at once what looking after several conversations will ask for, one by one.

    Returns those that nobody else is working on: only these can be looked after now.
    """
    talks = waiting.hold_free(tx, [ConversationId(entity) for entity in entities])
    waiting.read_ahead(tx, talks)
    storage.read_ahead(tx, talks)
    return talks


def missed(tx: Tx, reach: Reach) -> None:
    """Say in the thread that a step has reached nobody after all; let the next be taken at once.

    Once, and only while what it should have told still waits. If it was taken again for what came
    later, that stands: only the earlier was in vain.
    """
    talk = waiting.held(tx, reach.conversation)
    wait = (waits.for_buyer if reach.whom is Whom.BUYER else waits.for_shop)(tx, talk)
    step = reach.step
    if step is None or wait is None or step not in wait.waited.taken:
        return
    read = 0 if reach.chosen or step in HURRIES else wait.read
    if not any(reach.tells(call.seq) and call.seq > read for call in wait.calls):
        return
    talk = waiting.tell_missed(tx, talk, Missed(step, wait.to))
    if reach.upto and wait.waited.taken[step] > reach.upto:
        return
    hasty = not wait.goes_on(step, reach.upto)
    storage.keep(tx, talk.id, wait.to, wait.waited.missing(step, hasty=hasty))
    waiting.look_next(tx, talk, tx.now)
    waiting.forget(tx, talk)


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

    def climb_on(self, tx: Tx, entity: str) -> None:
        """Take at once the next step towards the shop, if anything waits for it; then look."""
        talk = waiting.held(tx, ConversationId(entity))
        wait = waits.for_shop(tx, talk)
        if wait is not None:
            storage.keep(tx, talk.id, wait.to, replace(wait.waited, hasty=True))
        self.look(tx, entity)

    def makes(self, ways: Sequence[Way], step: Step) -> bool:
        """Tell whether a step can be taken here at all; the operator's desk is always there."""
        return step is Step.OPERATOR or any(way.channel in self.channels for way in ways)

    def as_open(self, tx: Tx) -> "Ladder":
        """Return the ladder of those channels that carry anything here at present."""
        return Ladder({name: one for name, one in self.channels.items() if one.is_open(tx)})

    def open_ways(self, tx: Tx, talk: Conversation) -> list[Step]:
        """List the steps by which the shop could be told at once, and has not been."""
        wait = waits.for_shop(tx, talk)
        if wait is None:
            return []
        left = [step for step in CHOICES if wait.since(step, chosen=True)]
        return [step for step in left if self._way(tx, talk, wait, step, chosen=True)]

    def step_now(self, tx: Tx, talk: Conversation, step: Step) -> bool:
        """Take a step that a buyer chose, before its time; false if it reaches nobody.

        They choose by which way; whom else the shop has is asked by the clock alone.
        """
        wait = waits.for_shop(tx, talk)
        if wait is None or step not in CHOICES:
            return False
        if not wait.since(step, chosen=True):
            return True
        reach = self._way(tx, talk, wait, step, chosen=True)
        if reach is None:
            return False
        tx.later(reach)
        waiting.tell(tx, talk, Reached(step, wait.to, chosen=True))
        storage.keep(tx, talk.id, wait.to, wait.waited.after(step, wait.upto, taken=True))
        return True

    def _after_shop(self, tx: Tx, talk: Conversation) -> tuple[Conversation, list[datetime]]:
        """Look after words that wait for the shop; say when to look again."""
        wait = waits.for_shop(tx, talk)
        if wait is None or talk.due_at is None:
            return talk, []
        if talk.breaches == 0 and talk.due_at <= tx.now:
            talk = waiting.tell_overdue(tx, talk, talk.due_at)
        talk, left = self._climb(tx, talk, wait)
        if not waiting.waits_for_shop(talk) or talk.due_at is None:
            return talk, []
        promised = [talk.due_at] if talk.breaches == 0 else []
        return talk, [*promised, *left]

    def _after_buyer(self, tx: Tx, talk: Conversation) -> tuple[Conversation, list[datetime]]:
        """Look after an answer that waits for the buyer; say when to look again."""
        wait = waits.for_buyer(tx, talk)
        return (talk, []) if wait is None else self._climb(tx, talk, wait)

    def _climb(self, tx: Tx, talk: Conversation, wait: Wait) -> tuple[Conversation, list[datetime]]:
        """Take every step that is due, or pass over it; return when the others are."""
        waited, left = wait.waited, list[datetime]()
        for step, due in wait.due.items():
            if not self.makes(wait.ways[step], step):
                continue
            if due > tx.now and not (waited.hasty and step is not Step.OPERATOR):
                left.append(due)
                continue
            before, talk = talk, self._step(tx, talk, wait, step)
            waited = waited.after(step, wait.upto or talk.head, taken=talk is not before)
        waited = replace(waited, hasty=False)
        if waited != wait.waited:
            storage.keep(tx, talk.id, wait.to, waited)
        return talk, left

    def _step(self, tx: Tx, talk: Conversation, wait: Wait, step: Step) -> Conversation:
        """Take a step and let both sides see it; one that reaches nobody changes nothing."""
        reach = self._way(tx, talk, wait, step)
        if reach is not None:
            tx.later(reach)
        elif step is not Step.OPERATOR:
            return talk
        if step is Step.OPERATOR:
            return waiting.hand_over(tx, talk)
        return waiting.tell(tx, talk, Reached(step, wait.to))

    def _way(
        self, tx: Tx, talk: Conversation, wait: Wait, step: Step, *, chosen: bool = False
    ) -> Reach | None:
        """Return how a step is taken: by the first of its ways that reaches them."""
        since = wait.since(step, chosen=chosen)
        told = self._told(tx, talk, since) if step is Step.STAFF else ()
        for way in wait.ways[step]:
            channel = self.channels.get(way.channel)
            if channel is not None and channel.reaches(tx, talk, way.whom, told):
                return Reach(
                    conversation=talk.id,
                    whom=way.whom,
                    channel=way.channel,
                    since=since,
                    upto=wait.upto,
                    step=step,
                    chosen=chosen,
                    told=told,
                )
        return None

    def _told(self, tx: Tx, talk: Conversation, since: int) -> tuple[PersonId, ...]:
        """Return the people whom earlier steps have told of what waits."""
        told = (channel.has_told(tx, talk, since) for channel in self.channels.values())
        return tuple(sorted(set[PersonId]().union(*told)))
