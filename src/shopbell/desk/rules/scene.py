"""What a rule looks at in one conversation; each thing is looked up once it is asked for."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

import msgspec

from shopbell.commerce import service as commerce
from shopbell.commerce.model import Shop
from shopbell.conversations import service as conversations
from shopbell.conversations.model import Conversation, Event, Stream
from shopbell.desk import storage as desk
from shopbell.desk.macros.knowing import Known, glanced
from shopbell.desk.rules.model import Rule
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, PersonId, Rank, ShopId, Side

LOOKED_AT = 100
"""So many of the newest entries are looked through for the last word of a person."""


class _Words(msgspec.Struct, frozen=True):
    text: str = ""
    automatic: bool = False


words_in = msgspec.json.Decoder(_Words).decode


class Scene:
    """A conversation as a rule looks at it."""

    def __init__(self, tx: Tx, actor: Actor, talk: Conversation, shop: Shop | None = None) -> None:
        self.talk = talk
        self._tx, self._actor, self._shop = tx, actor, shop

    @cached_property
    def known(self) -> Known:
        """Return its shop, order, product and parcel."""
        return glanced(self._tx, self._actor, self.talk, self._shop)

    @cached_property
    def orders(self) -> int:
        """Count the buyer's orders with the shop."""
        return commerce.count_with(self._tx, self._actor, self.talk.buyer, self.talk.shop)

    @cached_property
    def tags(self) -> frozenset[str]:
        """Return the names of its tags."""
        on = set(self.talk.tags)
        found = desk.tags_of(self._tx, self.talk.shop) if on else []
        return frozenset(one.name for one in found if one.id in on)


class Round(NamedTuple):
    """The last word of a person, and whether a machine has spoken since."""

    word: Event | None
    spoken: bool


def actor_of(rule: Rule, shop: ShopId) -> Actor:
    """Return a rule as one of the team: what it does stands in the thread under its name."""
    return Actor(PersonId(rule.id), Side.SELLER, shop, Rank.AGENT, rule.body.name)


def round_of(tx: Tx, talk: Conversation) -> Round:
    """Return who of the people spoke last, in the newest entries."""
    page: Any = conversations.page(
        tx, SYSTEM, Stream(talk.id), before=talk.head + 1, limit=LOOKED_AT, of=talk
    )
    return _round_in(page.events)


def _round_in(events: Sequence[Event]) -> Round:
    spoken = False
    for event in reversed(events):
        if event.type == "message":
            if not words_in(event.data).automatic:
                return Round(event, spoken)
            spoken = True
    return Round(None, spoken)
