"""What can be done to many conversations at once. No database, no web."""

from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, NewType

import msgspec
from msgspec import Meta, Struct

from shopbell.conversations.commands import Cmid
from shopbell.conversations.model import ConversationId, TagId, TalkKind, Tended, Wound
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.kernel.ids import Id

BulkId = NewType("BulkId", str)

TALKS_MOST = 200
UNDONE_WITHIN = timedelta(minutes=5)
"""The desk offers it for 6 s; the rest is for slow lines."""


class Act(StrEnum):
    """What is done to each of them."""

    RESOLVE = "resolve"
    NO_REPLY_NEEDED = "no_reply_needed"
    ASSIGN = "assign"
    UNASSIGN = "unassign"
    TAG = "tag"
    UNTAG = "untag"
    SNOOZE = "snooze"
    SORT = "sort"


MOVES = frozenset({Act.RESOLVE, Act.NO_REPLY_NEEDED})
"""Acts that the buyer sees, too."""

SHARES = frozenset({Act.ASSIGN, Act.UNASSIGN})
"""Acts that give out the shop's work, or give it back."""

NEEDS = {Act.ASSIGN: "to", Act.TAG: "tag", Act.UNTAG: "tag", Act.SNOOZE: "until", Act.SORT: "kind"}
"""What an act must be told besides."""


class DoAll(Struct, frozen=True, forbid_unknown_fields=True):
    """Do one act to some conversations: assign them ``to`` somebody, or put a ``tag`` on them.

    The same ``key`` again is the same command: what was refused is tried again, the rest is not.
    """

    key: Cmid
    act: Act
    talks: Annotated[list[Id], Meta(min_length=1, max_length=TALKS_MOST)]
    to: Id | None = None
    over: bool = False
    tag: Id | None = None
    until: datetime | None = None
    kind: TalkKind | None = None

    @property
    def fingerprint(self) -> bytes:
        """Return by what a repeated command is told from a changed one."""
        return sha256(msgspec.json.encode(self)).digest()


class Bulk(Struct, frozen=True, kw_only=True):
    """One command for many, by whom and when."""

    id: BulkId
    shop: ShopId
    person: PersonId
    key: str
    asked: DoAll
    fingerprint: bytes
    at: datetime


class Item(Struct, frozen=True, kw_only=True):
    """What was done to one conversation: how it was before, and how it was left."""

    bulk: BulkId
    talk: ConversationId
    was: Wound
    was_tended: Tended
    left: Wound
    last_seq: int
    undone: bool = False


class Fate(Struct, frozen=True, omit_defaults=True):
    """What became of one conversation: done, or refused for a reason told in words."""

    talk: ConversationId
    done: bool
    code: str = ""
    title: str = ""
    detail: str = ""


class Fates(Struct, frozen=True):
    """What became of each; as a whole it can be undone until then."""

    id: BulkId
    items: list[Fate]
    undo_until: datetime


class TakenBack(Struct, frozen=True):
    """The data of an entry that says that an act was taken back."""

    act: Act


TAKEN_BACK = "taken_back"


def tag_of(asked: DoAll) -> TagId:
    """Return the tag that is put on or taken off."""
    return TagId(asked.tag or "")
