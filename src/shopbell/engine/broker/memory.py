"""Letters within one process: for a house that has only one, and for several in one test."""

import asyncio
from secrets import token_hex

from shopbell.engine.broker.contract import Receiver, checked


class Exchange:
    """Where brokers of one process meet."""

    def __init__(self) -> None:
        self.brokers: list[MemoryBroker] = []

    def others(self, broker: "MemoryBroker") -> "list[MemoryBroker]":
        """Return whom a broker's letters go to."""
        return [other for other in self.brokers if other is not broker]


class MemoryBroker:
    """Hands letters to the other brokers at the same exchange."""

    def __init__(self, exchange: Exchange) -> None:
        self.node = token_hex(4)
        self._exchange = exchange
        self._receiver: Receiver | None = None
        self.up = False
        exchange.brokers.append(self)

    @property
    def alone(self) -> bool:
        return not self._exchange.others(self)

    def publish(self, letter: str) -> None:
        checked(letter)
        for other in self._exchange.others(self):
            if other._receiver is not None:  # noqa: SLF001 - one of us
                loop = asyncio.get_running_loop()
                loop.call_soon(other._receiver.take, self.node, letter)  # noqa: SLF001

    async def run(self, receiver: Receiver | None) -> None:
        self._receiver, self.up = receiver, True
        try:
            await asyncio.Event().wait()
        finally:
            self._receiver, self.up = None, False
