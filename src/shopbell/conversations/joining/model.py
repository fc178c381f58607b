"""What it is to merge and to split conversations. No database, no web."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from msgspec import Struct

from shopbell.conversations.commands import Cmid
from shopbell.conversations.model import (
    Card,
    Conversation,
    ConversationId,
    Seq,
    Subject,
    Wound,
)
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.kernel.events import Fact
from shopbell.kernel.ids import Id

JoinId = NewType("JoinId", str)

UNDONE_WITHIN = timedelta(hours=24)
SPLIT_MOST = 200
"""So many entries at most go on elsewhere: what lies apart further is no one matter."""

MERGED_INTO, SPLIT_INTO = "merged_into", "split_into"
JOIN_UNDONE = "join_undone"
"""The types of the entries that tell both sides of it, in both threads; see `MERGED_FROM`, too."""


class JoinKind(StrEnum):
    """A merge closes the ``source``; of a split, a part goes on in the ``target``."""

    MERGE = "merge"
    SPLIT = "split"


class Glance(Struct, frozen=True):
    """What must still be so, of one conversation, that a join can be undone."""

    last_seq: int
    state: str
    open_cases: int

    @classmethod
    def at(cls, talk: Conversation) -> "Glance":
        """Look at a conversation as it is now."""
        return cls(talk.last_seq, talk.state, talk.open_cases)


class Join(Struct, frozen=True, kw_only=True):
    """One merge or split, with what is needed to take it back.

    ``key`` is the client's own name for it. Of the source the entries ``first`` to ``last`` go on
    in the target.
    """

    id: JoinId
    kind: JoinKind
    shop: ShopId
    source: ConversationId
    target: ConversationId
    by: PersonId
    key: str
    at: datetime
    first: int
    last: int
    source_was: Wound
    target_was: Wound
    source_left: Glance
    target_left: Glance
    undone_at: datetime | None = None


class Joined(Struct, frozen=True):
    """The data of an entry that tells of a join: the other conversation, and the part of it.

    The entries ``first`` to ``last`` are those of the source. They are told by their numbers, so
    that words taken back are gone from everywhere. ``asks`` if words among them wait for the shop.
    By ``join`` its shop can take it back.
    """

    join: JoinId

    other: ConversationId
    subject: Card
    first: int
    last: int
    asks: bool = False


class Merge(Struct, frozen=True, forbid_unknown_fields=True):
    """Merge a conversation with another one of the same buyer and shop."""

    key: Cmid
    other: Id


class Split(Struct, frozen=True, forbid_unknown_fields=True):
    """Let the entries ``first`` to ``last`` go on in a conversation about another subject."""

    key: Cmid
    first: Seq
    last: Seq
    subject: Subject


class JoinShown(Struct, frozen=True):
    """A join as its shop sees it; it can be undone until then, if nobody has written since."""

    id: JoinId
    kind: JoinKind
    source: ConversationId
    target: ConversationId
    until: datetime
    undone: bool

    @classmethod
    def of(cls, join: Join) -> "JoinShown":
        """Show a join."""
        until, undone = join.at + UNDONE_WITHIN, join.undone_at is not None
        return cls(join.id, join.kind, join.source, join.target, until, undone)


class TalksJoined(Fact, frozen=True, tag="talks_joined"):
    """Two conversations were merged, or a part of one was split off."""

    join: JoinId
    kind: JoinKind
    source: ConversationId
    target: ConversationId
    by: PersonId


class JoinUndone(Fact, frozen=True, tag="join_undone"):
    """A merge or a split was taken back."""

    join: JoinId
    kind: JoinKind
    source: ConversationId
    target: ConversationId
    by: PersonId
