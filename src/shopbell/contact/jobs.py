"""What happens by the clock: the ladder looks, and channels tell people what waits."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shopbell.contact.channel import Channel
from shopbell.contact.ladder import Ladder, read_ahead
from shopbell.contact.model import Reach
from shopbell.conversations.clocks import LADDER
from shopbell.desk.clocks.watching import CLIMB
from shopbell.engine.database import Tx
from shopbell.kernel.events import Job


@dataclass(frozen=True)
class Messenger:
    """Whoever tells people."""

    channels: Mapping[str, Channel]

    async def reach(self, reach: Reach) -> None:
        """Tell somebody by the channel that was chosen; what fails is tried again later."""
        await self.channels[reach.channel].reach(reach)


AHEAD: Mapping[str, Callable[[Tx, Sequence[str]], Collection[str]]] = {LADDER: read_ahead}


def deadlines(channels: Mapping[str, Channel]) -> Mapping[str, Callable[[Tx, str], None]]:
    """Return what a worker does here when its time has come."""
    ladder = Ladder(channels)
    return {LADDER: ladder.look, CLIMB: ladder.climb_on}


def jobs(channels: Mapping[str, Channel]) -> Mapping[type[Job], Callable[[Any], Awaitable[None]]]:
    """Return what a worker does here that transactions left behind."""
    return {Reach: Messenger(channels).reach}
