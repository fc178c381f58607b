"""Every statement about lists and views: each reads one range of one index."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    delete,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.conversations.listing.model import (
    COUNTED,
    COUNTED_MOST,
    Counts,
    Filter,
    SavedView,
    Sort,
    View,
    ViewId,
)
from shopbell.conversations.listing.predicate import belongs
from shopbell.conversations.listing.tables import tagged, views
from shopbell.conversations.model import Conversation, ConversationId, TagId
from shopbell.conversations.tables import conversations
from shopbell.engine.tables import Session
from shopbell.kernel.actor import PersonId, ShopId

Place = tuple[int, str]
"""Where a list goes on: a place in its order, and the conversation that stood there."""

_c, _v, _t = conversations.c, views.c, tagged.c
_SHOWN = [_c[name] for name in Conversation.__struct_fields__]
_VIEW = [_v[name] for name in SavedView.__struct_fields__]
_SEEN_BY = and_(
    _v.shop == bindparam("of_shop"), or_(_v.owner.is_(None), _v.owner == bindparam("reader"))
)
_VIEWS = select(*_VIEW).where(_SEEN_BY).order_by(_v.owner.is_(None).desc(), _v.name, _v.id)
_ONE = select(*_VIEW).where(_v.id == bindparam("view"))
_NEW = upsert(views)
_PUT = _NEW.on_conflict_do_update(
    index_elements=[_v.id],
    set_={name: _NEW.excluded[name] for name in ("owner", "name", "filter", "at")},
    where=_v.shop == _NEW.excluded.shop,
).returning(_v.id)
_DROP = delete(views).where(_v.id == bindparam("view"))
_TAG = upsert(tagged).on_conflict_do_nothing(index_elements=[_t.tag, _t.conversation])
_UNTAG = delete(tagged).where(
    _t.tag == bindparam("of_tag"), _t.conversation == bindparam("of_talk")
)


def listed(  # noqa: PLR0917 - a page of a list has these parts
    tx: Session,
    shop: ShopId,
    reader: PersonId,
    wanted: Filter,
    most: int,
    after: Place | None = None,
) -> list[tuple[Conversation, Place]]:
    """List a shop's conversations with each one's place, from behind a place on.

    First the few that are shown are found in an index alone, then their rows are read.
    """
    here = and_(_of_shop(shop), belongs(wanted, reader, tx.now), _behind(wanted.sort, after))
    found = _found(here, wanted, most).subquery("found")
    query = (
        select(*_SHOWN)
        .add_columns(found.c.place)
        .join_from(found, conversations, _c.id == found.c.id)
        .order_by(*_in_order(wanted.sort, found.c.place, found.c.id))
    )
    rows = [dict(row._mapping) for row in tx.execute(query)]  # noqa: SLF001 - the public name
    return [
        (Conversation(**row), (place, row["id"])) for row in rows for place in [row.pop("place")]
    ]


def count(tx: Session, shop: ShopId, reader: PersonId, saved: Sequence[SavedView]) -> Counts:
    """Count what is in each view, and in some saved ones, as far as anybody needs to know."""
    asked = {str(view): Filter(view=view) for view in COUNTED}
    asked |= {view.id: view.filter for view in saved}
    parts = [_counted(shop, reader, *one, tx.now) for one in asked.items()]
    found = {name: int(n) for name, n in tx.execute(union_all(*parts))}
    known = {str(view): found.pop(view) for view in COUNTED}
    return Counts(**known, saved={ViewId(name): n for name, n in found.items()})


def _counted(
    shop: ShopId, reader: PersonId, name: str, wanted: Filter, now: datetime
) -> Select[*tuple[Any, ...]]:
    here = and_(_of_shop(shop), belongs(wanted, reader, now))
    some = select(literal(1)).where(here).limit(COUNTED_MOST).subquery()
    return select(literal(name), func.count()).select_from(some)


def _of_shop(shop: ShopId) -> ColumnElement[bool]:
    return and_(_c.shop == shop, _c.visible)


def _found(here: ColumnElement[bool], wanted: Filter, most: int) -> Select[*tuple[Any, ...]]:
    """Find the first few; what is done and what is not are two ranges of the index."""
    order = _in_order(wanted.sort, _c.desk_order, _c.id)
    some: Select[*tuple[Any, ...]] = (
        select(_c.id, _c.desk_order.label("place")).where(here).order_by(*order).limit(most)
    )
    if wanted.view is not View.ALL:
        return some
    ranges = [some.where(_c.done.is_(done)).subquery() for done in (False, True)]
    both = union_all(*(select(part.c.id, part.c.place) for part in ranges)).subquery("both")
    order = _in_order(wanted.sort, both.c.place, both.c.id)
    return select(both.c.id, both.c.place).order_by(*order).limit(most)


def _in_order(
    sort: Sort, place: ColumnElement[Any], talk: ColumnElement[Any]
) -> list[ColumnElement[Any]]:
    """Return what a list is ordered by; ids tell when a conversation began."""
    match sort:
        case Sort.DUE:
            return [place, talk]
        case Sort.NEWEST:
            return [talk.desc()]
        case Sort.OLDEST:
            return [talk]


def _behind(sort: Sort, after: Place | None) -> ColumnElement[bool]:
    if after is None:
        return true()
    place, talk = after
    match sort:
        case Sort.DUE:
            return or_(_c.desk_order > place, and_(_c.desk_order == place, _c.id > talk))
        case Sort.NEWEST:
            return _c.id < talk
        case Sort.OLDEST:
            return _c.id > talk


def note_tag(tx: Session, tag: TagId, talk: ConversationId, *, on: bool) -> None:
    """Note that a conversation bears a tag, or no more."""
    if on:
        tx.execute(_TAG, {"tag": tag, "conversation": talk})
    else:
        tx.execute(_UNTAG, {"of_tag": tag, "of_talk": talk})


# ── saved views ─────────────────────────────────────────────────────────────────────────────


def seen_by(tx: Session, shop: ShopId, reader: PersonId) -> list[SavedView]:
    """List the views that somebody has: the shop's, then their own."""
    rows = tx.execute(_VIEWS, {"of_shop": shop, "reader": reader})
    return [SavedView(**row._mapping) for row in rows]  # noqa: SLF001 - the public name


def view(tx: Session, view: ViewId) -> SavedView | None:
    """Return a view, if there is one of this id."""
    row = tx.execute(_ONE, {"view": view}).one_or_none()
    return None if row is None else SavedView(**row._mapping)  # noqa: SLF001 - the public name


def put(tx: Session, view: SavedView) -> bool:
    """Keep a view, in place of what its shop kept under its id; false if that is another's."""
    return tx.execute(_PUT, msgspec.structs.asdict(view)).first() is not None


def drop(tx: Session, view: ViewId) -> None:
    """Forget a view."""
    tx.execute(_DROP, {"view": view})
