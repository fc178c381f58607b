"""A broker that may lose, delay, repeat and reorder what it carries, or be away."""

import asyncio
import random
from dataclasses import dataclass

from shopbell.engine.broker import Receiver
from shopbell.engine.broker.contract import checked
from tests.support.simulation.loop import Process, VirtualLoop

QUICK, SLOW = 0.005, 1.0


@dataclass
class Mood:
    """How often a letter is lost, late, repeated, or overtaken; ``away``: none comes or goes."""

    lost: float = 0.0
    late: float = 0.0
    repeated: float = 0.0
    overtaken: float = 0.0
    away: bool = False

    @property
    def sound(self) -> bool:
        """Tell whether every letter comes soon."""
        return not (self.lost or self.late or self.away)

    @property
    def keeps_order(self) -> bool:
        """Tell whether letters come once and in the order of their sender, as promised."""
        return not (self.repeated or self.overtaken)


class PostOffice:
    """Where the brokers of one world meet."""

    def __init__(self, loop: VirtualLoop, chance: random.Random, mood: Mood) -> None:
        self.loop, self.chance, self.mood = loop, chance, mood
        self.brokers: list[Carrier] = []
        self.lost = 0

    def carry(self, sender: "Carrier", letter: str) -> None:
        """Send a letter to all others."""
        for other in self.brokers:
            if other is not sender and other.receiver is not None:
                self._carry_to(other, sender, letter)

    def away(self, *, away: bool) -> None:
        """Go away, or come back; everybody is told that letters may have been lost."""
        self.mood.away = away
        for broker in self.brokers:
            if broker.receiver is not None:
                broker.process.after(self.chance.uniform(0, QUICK), broker.receiver.missed)

    def _carry_to(self, other: "Carrier", sender: "Carrier", letter: str) -> None:
        mood, chance = self.mood, self.chance
        if mood.away or chance.random() < mood.lost:
            self.lost += 1
            return
        for _copy in range(1 + (chance.random() < mood.repeated)):
            way = chance.uniform(0, SLOW if chance.random() < mood.late else QUICK)
            due = self.loop.time() + way
            if chance.random() >= mood.overtaken:
                due = other.last = max(other.last, due)
            other.process.at(due, other.hand_over, sender.node, letter)


class Carrier:
    """The broker of one node."""

    alone = False

    def __init__(self, office: PostOffice, node: str, process: Process) -> None:
        self.office, self.node, self.process = office, node, process
        self.receiver: Receiver | None = None
        self.last = 0.0

    @property
    def up(self) -> bool:
        return not self.office.mood.away

    def publish(self, letter: str) -> None:
        if not self.process.ended:
            self.office.carry(self, checked(letter))

    def hand_over(self, sender: str, letter: str) -> None:
        """Give a letter to whom it is for, if they still live."""
        if self.receiver is not None and not self.process.ended:
            self.receiver.take(sender, letter)

    async def run(self, receiver: Receiver | None) -> None:
        self.receiver = receiver
        self.office.brokers.append(self)
        try:
            await asyncio.Event().wait()
        finally:
            self.receiver = None
            self.office.brokers.remove(self)
