"""What stands in threads, for whoever counts it: read behind those who write, never with them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from shopbell.conversations.model import Audience, ConversationId, SubjectKind
from shopbell.conversations.tables import conversations, events
from shopbell.engine.rows import Select
from shopbell.engine.tables import Moment, Session
from shopbell.kernel.actor import PersonId, ShopId, Side
from shopbell.kernel.texts import Locale

AT_ONCE = 200
_e = events.c
_WRITTEN = (
    select(_e.id, _e.conversation, _e.audience, _e.seq, _e.at)
    .where(_e.id > bindparam("since"), _e.id <= bindparam("upto"))
    .order_by(_e.id)
    .limit(bindparam("most"))
)
_TOLD = (
    select(_e.seq, _e.type, _e.side, _e.actor, _e.at, _e.data)
    .where(
        _e.conversation == bindparam("talk"),
        _e.audience == Audience.PUBLIC,
        _e.seq > bindparam("after"),
    )
    .order_by(_e.seq)
)
_OF_SHOP = (
    select(_e.conversation, _e.id, _e.seq, _e.side, _e.at, _e.data)
    .join(conversations, conversations.c.id == _e.conversation)
    .where(
        conversations.c.shop == bindparam("of_shop"),
        conversations.c.event_at >= bindparam("since"),
        _e.audience == Audience.PUBLIC,
        _e.type == bindparam("of_type"),
        _e.at >= bindparam("since"),
    )
    .order_by(_e.at.desc(), _e.id.desc())
    .limit(bindparam("most"))
)
_ASKED = select(_e.conversation, _e.at, _e.seq).where(
    _e.conversation.in_(bindparam("talks", expanding=True)),
    _e.audience == Audience.PUBLIC,
    _e.type == "message",
    _e.side == Side.BUYER,
    _e.at.in_(bindparam("moments", type_=Moment, expanding=True)),
)
_COUNT = select(func.count()).select_from(events)
_c = conversations.c
_COUNT_OF = select(func.count()).where(_c.buyer == bindparam("of_buyer"))
TALKS = select(_c.id, _c.shop, _c.buyer, _c.subject_kind, _c.subject_id).subquery("talk")
"""Each conversation, whose it is and what it is about, for whoever counts them."""


class Written(NamedTuple):
    """That an entry was written: the order of ids is about that of time."""

    id: str
    conversation: ConversationId
    audience: Audience
    seq: int
    at: datetime


class Told(NamedTuple):
    """An entry of the public stream as it was first written."""

    seq: int
    type: str
    side: Side
    actor: PersonId
    at: datetime
    data: str


class Spoken(NamedTuple):
    """An entry of one type that both sides of a conversation saw."""

    conversation: ConversationId
    id: str
    seq: int
    side: Side
    at: datetime
    data: str


class Between(NamedTuple):
    """What a conversation is about, and whose it is: this never changes."""

    id: ConversationId
    shop: ShopId
    subject_kind: SubjectKind
    subject_id: str
    locale: Locale


_BETWEEN = Select(conversations, Between._fields, ["id"])


def written(tx: Session, since: str, upto: str, most: int) -> list[Written]:
    """Return which entries have ids behind ``since``, up to ``upto``, in their order."""
    given = {"since": since, "upto": upto, "most": most}
    return [Written(*row) for row in tx.execute(_WRITTEN, given)]


def told(tx: Session, talk: ConversationId, after: int) -> list[Told]:
    """Return what both sides were told in a conversation behind an entry; no number is missing."""
    return [Told(*row) for row in tx.execute(_TOLD, {"talk": talk, "after": after})]


def lately(tx: Session, shop: ShopId, kind: str, since: datetime, most: int) -> list[Spoken]:
    """Return the latest entries of one type in the conversations of a shop, newest first."""
    given = {"of_shop": shop, "of_type": kind, "since": since, "most": most}
    return [Spoken(*row) for row in tx.execute(_OF_SHOP, given)]


def asked(
    tx: Session, moments: Sequence[tuple[ConversationId, datetime]]
) -> dict[tuple[ConversationId, datetime], int]:
    """Return by which entry a buyer spoke at some moments; what was said elsewhere is left out."""
    found: dict[tuple[ConversationId, datetime], int] = {}
    for start in range(0, len(moments), AT_ONCE):
        some = moments[start : start + AT_ONCE]
        given = {"talks": [talk for talk, _ in some], "moments": [at for _, at in some]}
        for talk, at, seq in tx.execute(_ASKED, given):
            found[talk, at] = min(seq, found.get((talk, at), seq))
    return found


def between(tx: Session, talks: Iterable[ConversationId]) -> dict[ConversationId, Between]:
    """Return whose some conversations are, and what they are about."""
    found = [Between(*row) for row in _BETWEEN(tx, [(talk,) for talk in talks])]
    return {one.id: one for one in found}


def count(tx: Session) -> int:
    """Count all entries there are."""
    return int(tx.execute(_COUNT).scalar_one())


def count_of(tx: Session, buyer: PersonId) -> int:
    """Count the conversations of a buyer."""
    return int(tx.execute(_COUNT_OF, {"of_buyer": buyer}).scalar_one())
