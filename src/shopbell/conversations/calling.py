"""Calling somebody of the team: to a note, to a conversation they put off, to a draft."""

from enum import StrEnum
from typing import ClassVar

from shopbell.accounts import staff
from shopbell.conversations.commands import Named
from shopbell.conversations.model import ConversationId
from shopbell.conversations.refusals import NoSuchColleague
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, PersonId, ShopId
from shopbell.kernel.events import Fact


class Why(StrEnum):
    """What somebody of the team is called for."""

    MENTION = "mention"
    REMINDER = "reminder"
    DRAFT_TAKEN = "draft_taken"


class ColleaguesCalled(Fact, frozen=True, tag="colleagues_called"):
    """Some of a shop's team are called to a conversation; what for is kept by its own room."""

    journaled: ClassVar[bool] = False
    why: Why
    shop: ShopId
    conversation: ConversationId
    people: list[PersonId]
    by: str
    seq: int = 0


def colleagues(tx: Tx, actor: Actor, shop: ShopId, wanted: list[str]) -> list[Named]:
    """Return those whom a note calls; refuse whoever does not work for the shop any more."""
    there = {one.id: one for one in staff.team(tx, actor, shop)}
    asked = [PersonId(one) for one in dict.fromkeys(wanted)]
    if not all(one in there for one in asked):
        raise NoSuchColleague
    return [Named(one, there[one].called) for one in asked]
