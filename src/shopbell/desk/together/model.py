"""What a team keeps to work together. No database, no web."""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from shopbell.commerce.model import Money, OrderState
from shopbell.conversations.model import Card, ConversationId, Last
from shopbell.conversations.turns import State
from shopbell.desk.together.refusals import KeyTaken, KeyUnusable
from shopbell.kernel.actor import PersonId, ShopId

REMINDER_MOST_AHEAD = timedelta(days=366)
REMINDERS_MOST = 200
CALLS_MOST = 50
LETTER_AFTER = timedelta(minutes=5)
"""A mention nobody has looked at for so long is told by letter: no page was open, or none seen."""

HANDED_EVERY = timedelta(hours=1)
"""So often, at most, a letter says that conversations were given to somebody who is away."""


class Unless(StrEnum):
    """What makes a reminder needless."""

    NOTHING = "nothing"
    BUYER = "buyer"
    PARCEL = "parcel"


class RemindMe(Struct, frozen=True, forbid_unknown_fields=True):
    """Call me back to this conversation at ``at``, ``unless`` that has happened by then."""

    at: datetime
    unless: Unless = Unless.NOTHING
    text: Annotated[str, Meta(max_length=200)] = ""


class Reminder(Struct, frozen=True, kw_only=True):
    """A conversation that somebody wants to come back to; ``head`` was its newest entry then."""

    id: str
    person: PersonId
    conversation: ConversationId
    shop: ShopId
    at: datetime
    unless: Unless
    text: str
    head: int
    set_at: datetime
    fired_at: datetime | None = None


class Mention(Struct, frozen=True, kw_only=True):
    """A note, ``seq`` in the team's stream, that calls somebody."""

    id: str
    person: PersonId
    conversation: ConversationId
    shop: ShopId
    seq: int
    by: str
    at: datetime
    read_at: datetime | None = None
    told_at: datetime | None = None


class _Called(Struct, frozen=True, kw_only=True):
    conversation: ConversationId
    buyer_name: str
    subject: Card


class MentionShown(_Called, frozen=True, kw_only=True):
    """A mention as the one who is called sees it."""

    seq: int
    by: str
    at: datetime
    read: bool


class ReminderShown(_Called, frozen=True, kw_only=True):
    """A reminder of one's own; ``due`` once it has called."""

    at: datetime
    unless: Unless
    text: str
    due: bool


class Calls(Struct, frozen=True):
    """What somebody of a team is called to: ``waiting`` of it they have not looked at."""

    waiting: int
    mentions: list[MentionShown]
    reminders: list[ReminderShown]


# ── keys ────────────────────────────────────────────────────────────────────────────────────

VERBS_MOST = 60
SEQUENCE = "KeyG"
_USABLE = re.compile(
    r"(KeyG )?(Key[A-Z]|Digit[0-9]|Slash|Backslash|Period|Comma|Semicolon|Quote|BracketLeft"
    r"|BracketRight|Minus|Equal|Backquote)"
)
Verb = Annotated[str, Meta(pattern="^[a-z_]{1,40}$")]
Code = Annotated[str, Meta(max_length=40)]


class Keys(Struct, frozen=True, forbid_unknown_fields=True):
    """By which physical key (`KeyboardEvent.code`) somebody does what, and whether by any.

    A code behind ``KeyG`` and a blank is pressed after G. Verbs that are not named lie where the
    desk has them.
    """

    letters: bool = True
    keys: Annotated[dict[Verb, Code], Meta(max_length=VERBS_MOST)] = {}


def check_keys(wanted: Keys) -> Keys:
    """Refuse a map in which a key does two things, or none that it can do."""
    verbs: dict[str, str] = {}
    for verb, code in wanted.keys.items():
        if code == SEQUENCE or not _USABLE.fullmatch(code):
            raise KeyUnusable(key=code)
        if code in verbs:
            raise KeyTaken(key=code, verb=verb, other=verbs[code])
        verbs[code] = verb
    return wanted


# ── what is known ───────────────────────────────────────────────────────────────────────────


class Bought(Struct, frozen=True):
    """An order of the buyer, in a line."""

    id: str
    number: str
    placed_at: datetime
    state: OrderState
    total: Money
    title: str


class Talked(Struct, frozen=True):
    """An earlier conversation, in a line."""

    id: ConversationId
    subject: Card
    state: State
    last: Last | None


class BuyerHistory(Struct, frozen=True):
    """What a buyer and this shop have had to do with each other, and nobody else.

    ``returned`` of the ``orders`` have, or had, a return that was not taken back.
    """

    orders: int
    returned: int
    conversations: int
    latest: list[Bought]
    earlier: list[Talked]


class Line(Struct, frozen=True):
    """A line of a hand-over, with where it leads, if anywhere."""

    words: str
    href: str = ""


class Part(Struct, frozen=True):
    """A part of a hand-over, under its heading."""

    name: str
    heading: str
    lines: list[Line]


class HandOver(Struct, frozen=True):
    """What whoever takes over a conversation has to know; ``note`` says it all in one text."""

    at: datetime
    parts: list[Part]
    note: str
