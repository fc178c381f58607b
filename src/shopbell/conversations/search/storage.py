"""Where what can be found is kept, and who may read it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, func, select, true

from shopbell.conversations.model import Audience, Author, Card, ConversationId
from shopbell.conversations.search.tables import entries
from shopbell.conversations.search.wording import INDEXED
from shopbell.conversations.storage import visible_to
from shopbell.conversations.tables import conversations, events
from shopbell.engine.rows import Insert, Row, Select
from shopbell.engine.tables import Session
from shopbell.kernel.actor import Actor, PersonId, ShopId, Side

TALKS_MOST = 1_000
"""In so many of their newest conversations a buyer finds what was said."""

EDITS_NEAR = 500
"""A correction comes within minutes: it is looked for among so many entries behind."""

_first, _said, _edit = events.alias("first"), events.alias("said"), events.alias("edit")
_e, _v, _c = entries.c, events.c, conversations.c
_FIRST = and_(
    _first.c.conversation == _v.conversation,
    _first.c.audience == _v.audience,
    _first.c.seq == _v.target,
)
_KEEP = Insert(
    entries,
    "ON CONFLICT (conversation, audience, seq)"
    " DO UPDATE SET number = excluded.number, words = excluded.words",
)
_KEPT = Select(
    entries,
    ["conversation", "audience", "seq", "number", "words"],
    ["conversation", "audience", "seq"],
)
_SEQ = Select(events, ["id", "seq"], ["id"])
_ABOUT = Select(conversations, ["id", "shop", "subject"], ["id"])
_FORGET = delete(entries)
_WRITTEN = (
    _v.id,
    _v.conversation,
    _v.audience,
    _v.seq,
    _v.type,
    _v.side,
    _v.name,
    _v.data,
    _v.at,
    _v.target,
    _v.withdrawn,
    _first.c.data,
)
_WITH_FIRST = select(*_WRITTEN).outerjoin_from(events, _first, _FIRST)
_BEHIND = _WITH_FIRST.where(_v.id > bindparam("cursor")).order_by(_v.id).limit(bindparam("most"))
_SAME_PLACE = and_(
    _e.conversation == _v.conversation,
    _e.audience == _v.audience,
    _e.seq == func.coalesce(_v.target, _v.seq),
)
_MISSED = (
    _WITH_FIRST.outerjoin(entries, _SAME_PLACE)
    .outerjoin(_said, _said.c.id == _e.words)
    .where(_v.id > bindparam("cursor"), _v.id <= bindparam("upto"))
    .where(_v.type.in_(INDEXED), _v.withdrawn.is_(False))
    .where(_said.c.seq.is_(None) | (_said.c.seq < _v.seq))
    .order_by(_v.id)
    .limit(bindparam("most"))
)
_COUNT = select(func.count()).select_from(events)
_SINCE = select(_e.number).where(_e.at >= bindparam("moment")).order_by(_e.at).limit(1)
_BEFORE = select(_e.number).where(_e.at < bindparam("moment")).order_by(_e.at.desc()).limit(1)


class Written(NamedTuple):
    """An event as it is read to be indexed; ``target`` is the one it corrects, ``first`` its data.

    Which of two corrections is the later one is told by ``seq``: ids are given by clocks.
    """

    id: str
    conversation: ConversationId
    audience: Audience
    seq: int
    type: str
    side: Side
    name: str
    data: str
    at: datetime
    target: int | None
    withdrawn: bool
    first: str | None


class About(NamedTuple):
    """What must be known of a conversation to index what is said in it."""

    shop: ShopId
    subject: Card


class FoundRow(NamedTuple):
    """An entry as it is read to be shown."""

    number: int
    conversation: ConversationId
    audience: Audience
    seq: int
    at: datetime
    type: str
    data: str
    first: str | None
    actor: PersonId
    side: Side
    name: str
    buyer: PersonId
    buyer_name: str
    shop: ShopId
    shop_name: str
    shop_slug: str
    subject: Card

    @property
    def author(self) -> Author:
        """Return who wrote it."""
        return Author(self.actor, self.side, self.name)


_SHOWN = (
    _e.number,
    _e.conversation,
    _e.audience,
    _e.seq,
    _e.at,
    _v.type,
    _v.data,
    _first.c.data,
    _v.actor,
    _v.side,
    _v.name,
    _c.buyer,
    _c.buyer_name,
    _c.shop,
    _c.shop_name,
    _c.shop_slug,
    _c.subject,
)
_CORRECTED = exists().where(
    _edit.c.conversation == _e.conversation,
    _edit.c.audience == _e.audience,
    _edit.c.seq > _v.seq,
    _edit.c.seq <= _v.seq + EDITS_NEAR,
    _edit.c.target == _e.seq,
)
"""What it says now is not in the index yet; what it said before is for nobody any more."""


# ── following what is written ───────────────────────────────────────────────────────────────


def behind(tx: Session, cursor: str, most: int) -> list[Written]:
    """Return what was written after an event, in its order."""
    return [Written(*row) for row in tx.execute(_BEHIND, {"cursor": cursor, "most": most})]


def missed(tx: Session, cursor: str, upto: str, most: int) -> list[Written]:
    """Return what stands between two events and is not in the index, or with older words."""
    given = {"cursor": cursor, "upto": upto, "most": most}
    return [Written(*row) for row in tx.execute(_MISSED, given)]


def about(tx: Session, talks: Iterable[ConversationId]) -> dict[ConversationId, About]:
    """Return whose some conversations are, and what they are about."""
    found = _ABOUT(tx, [(talk,) for talk in talks])
    return {talk: About(shop, subject) for talk, shop, subject in found}


def kept(tx: Session, places: Iterable[Row]) -> dict[Row, tuple[int, int]]:
    """Return of some places in streams the number, and which entry its words are of."""
    rows = _KEPT(tx, places)
    seqs: dict[str, int] = dict(_SEQ(tx, ((row[4],) for row in rows)))
    return {row[:3]: (row[3], seqs.get(row[4], 0)) for row in rows}


def keep(tx: Session, rows: Sequence[Row]) -> None:
    """Keep what can be found, in the order of the table's columns."""
    _KEEP(tx, rows)


def forget(tx: Session) -> None:
    """Forget what can be found."""
    tx.execute(_FORGET)


def count(tx: Session) -> int:
    """Count all there is to read."""
    return int(tx.execute(_COUNT).scalar_one())


# ── finding ─────────────────────────────────────────────────────────────────────────────────


def talks_of(tx: Session, actor: Actor) -> list[ConversationId]:
    """Return the conversations somebody may see, the latest first, for those who have few."""
    query = select(_c.id).where(visible_to(actor)).order_by(_c.last_at.desc()).limit(TALKS_MOST)
    return [row[0] for row in tx.execute(query)]


def readable(tx: Session, actor: Actor, numbers: Sequence[int]) -> list[FoundRow]:
    """Return those entries of these numbers that ``actor`` may read, newest first."""
    query = (
        select(*_SHOWN)
        .join_from(entries, events, _v.id == _e.words)
        .join(conversations, _c.id == _e.conversation)
        .outerjoin(_first, _FIRST)
        .where(_e.number.in_(numbers), _v.withdrawn.is_(False), ~_CORRECTED)
        .where(visible_to(actor), _audience(actor))
        .order_by(_e.number.desc())
    )
    return [FoundRow(*row) for row in tx.execute(query)]


def _audience(actor: Actor) -> ColumnElement[bool]:
    """Say `Standing.admits_to` in SQL: notes are the shop's own."""
    return true() if actor.side is Side.SELLER else _e.audience == Audience.PUBLIC


def number_before(tx: Session, moment: datetime) -> int | None:
    """Return the number of the last that was written before then."""
    number: int | None = tx.execute(_BEFORE, {"moment": moment}).scalar_one_or_none()
    return number


def number_since(tx: Session, moment: datetime) -> int | None:
    """Return the number of the first that was written since then."""
    number: int | None = tx.execute(_SINCE, {"moment": moment}).scalar_one_or_none()
    return number
