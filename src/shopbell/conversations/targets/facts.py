"""What the journal keeps of the clocks: from it every figure about them can be counted again."""

from datetime import datetime, timedelta

from shopbell.conversations.model import ConversationId
from shopbell.conversations.targets.running import Rest, Target
from shopbell.kernel.actor import ShopId
from shopbell.kernel.events import Fact


class OfClock(Fact, frozen=True):
    """Something about one clock of a conversation."""

    conversation: ConversationId
    shop: ShopId
    target: Target


class ClockBegan(OfClock, frozen=True, tag="clock_began"):
    """A clock runs, by a row of a version of the shop's rules."""

    rules: int
    row: int
    since: datetime
    due_at: datetime


class ClockPaused(OfClock, frozen=True, tag="clock_paused"):
    """A clock stands still for somebody, with so much open time left, or now for another."""

    rest: Rest
    left: timedelta
    rested: Rest | None


class ClockResumed(OfClock, frozen=True, tag="clock_resumed"):
    """A clock that stood still goes on."""

    due_at: datetime
    rested: Rest | None


class ClockStopped(OfClock, frozen=True, tag="clock_stopped"):
    """What a clock ran for is there, in time or not; or it counts elsewhere: ``handed_over``."""

    in_time: bool
    handed_over: bool = False
    rested: Rest | None = None
