"""What the ladder would do about a question: by the rules and the clock that real ones have."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from shopbell.commerce.model import Shop
from shopbell.contact.ladder import Ladder
from shopbell.contact.model import TO_SHOP, Rules, Step
from shopbell.contact.waits import Clock
from shopbell.conversations.model import Channel
from shopbell.conversations.targets.winding import promised


class Question(Struct, frozen=True):
    """Something a buyer might ask: by which channel, about what kinds of thing, and when."""

    channel: Channel
    kinds: Sequence[str]
    asked_at: datetime


class Foreseen(Struct, frozen=True):
    """A step and its time; ``made``: there is a channel for it in this installation."""

    step: Step
    at: datetime
    made: bool


class Outlook(Struct, frozen=True):
    """When the shop's answer is promised, and who is told meanwhile, the first first."""

    promised: datetime
    steps: list[Foreseen]


def foresee(shop: Shop, rules: Rules, ladder: Ladder, question: Question) -> Outlook:
    """Return what happens about a question that nobody answers or reads."""
    clock = Clock(shop, *promised(shop, question.channel, question.asked_at))
    steps = [
        Foreseen(
            step=rung.step,
            at=clock.rings(rung.step, question.asked_at, rules.paced(rung, question.kinds)),
            made=ladder.makes(TO_SHOP[rung.step], rung.step),
        )
        for rung in rules.asking(question.channel)
    ]
    return Outlook(clock.promised, sorted(steps, key=lambda one: one.at))
