"""What waits at a shop's desk, for whom: every statement of it, built once at import."""

from sqlalchemy import and_, bindparam, func, or_, select

from shopbell.conversations.model import (
    Audience,
    ConversationId,
    SubjectKind,
    Unsorted,
    Waiting,
)
from shopbell.conversations.storage import WAITS_BELOW
from shopbell.conversations.tables import FOR_PARCEL, conversations, events
from shopbell.engine.tables import Session
from shopbell.kernel.actor import PersonId, ShopId, Side

_c, _e = conversations.c, events.c
_OF_SHOP = and_(_c.shop == bindparam("of_shop"), _c.visible, _c.done.is_(False))
_WAITS = and_(_OF_SHOP, _c.desk_order < WAITS_BELOW)
"""Due first: the promise that ends first, which of one channel is whoever waits longest."""

_SINCE = func.coalesce(_c.due_since, _c.case_due_since, _c.last_at, type_=_c.last_at.type)
_LINE = (
    select(_c.id, _c.locale, _c.kind, _SINCE, _c.desk_order)
    .where(
        _WAITS,
        _c.assignee.is_(None),
        or_(
            _c.desk_order > bindparam("place"),
            and_(
                _c.desk_order == bindparam("place"), _c.id > bindparam("behind", type_=_c.id.type)
            ),
        ),
    )
    .order_by(_c.desk_order, _c.id)
    .limit(bindparam("most"))
)
_LOADS = (
    select(_c.assignee, func.count()).where(_WAITS, _c.assignee.is_not(None)).group_by(_c.assignee)
)
_SOME_WAIT = select(func.count()).select_from(
    select(_c.id).where(_WAITS).limit(bindparam("most")).subquery()
)
_LOAD = select(func.count()).where(_WAITS, _c.assignee == bindparam("of_person"))
_HELD_BY = select(_c.id).where(_OF_SHOP, _c.assignee == bindparam("of_person")).order_by(_c.id)
_FOR_PARCEL = select(_c.id, _c.subject_id).where(
    _c.shop == bindparam("of_shop"),
    _c.subject_kind == SubjectKind.ORDER,
    FOR_PARCEL,
    _c.done.is_(False),
)
_FIRST_WORDS = (
    select(_e.data)
    .where(
        _e.conversation == _c.id,
        _e.audience == Audience.PUBLIC,
        _e.type == "message",
        _e.side == Side.BUYER,
        _e.withdrawn.is_(False),
    )
    .order_by(_e.seq)
    .limit(1)
    .scalar_subquery()
)
_UNSORTED = (
    select(_c.id, _c.shop, func.coalesce(_FIRST_WORDS, "{}"))
    .where(_c.kind.is_(None), _c.visible)
    .order_by(_c.id.desc())
    .limit(bindparam("most"))
)
_BEFORE_ALL = "00000000-0000-0000-0000-000000000000"


def line(tx: Session, shop: ShopId, most: int, after: Waiting | None = None) -> list[Waiting]:
    """List what waits and is nobody's, in the order in which it ought to be taken."""
    place, behind = (after.place, after.id) if after else (-1, _BEFORE_ALL)
    given = {"of_shop": shop, "place": place, "behind": behind, "most": most}
    return [Waiting(*row) for row in tx.execute(_LINE, given)]


def loads(tx: Session, shop: ShopId) -> dict[PersonId, int]:
    """Count by person what of theirs waits for the shop; those with nothing are left out."""
    return {row[0]: row[1] for row in tx.execute(_LOADS, {"of_shop": shop})}


def load(tx: Session, shop: ShopId, person: PersonId) -> int:
    """Count what of somebody's waits for the shop."""
    return int(tx.execute(_LOAD, {"of_shop": shop, "of_person": person}).scalar_one())


def waiting(tx: Session, shop: ShopId, most: int) -> int:
    """Count what waits for a shop, up to ``most``."""
    return int(tx.execute(_SOME_WAIT, {"of_shop": shop, "most": most}).scalar_one())


def held_by(tx: Session, shop: ShopId, person: PersonId) -> list[ConversationId]:
    """List what somebody has taken on and is not done."""
    return list(tx.execute(_HELD_BY, {"of_shop": shop, "of_person": person}).scalars())


def asleep_for_parcels(tx: Session, shop: ShopId) -> list[tuple[ConversationId, str]]:
    """List what sleeps until a parcel moves, each with the order it is about."""
    return [(talk, order) for talk, order in tx.execute(_FOR_PARCEL, {"of_shop": shop})]


def unsorted(tx: Session, most: int) -> list[Unsorted]:
    """Return conversations that are of no kind yet, the newest first."""
    return [Unsorted(*row) for row in tx.execute(_UNSORTED, {"most": most})]
