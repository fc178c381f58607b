"""Where what people wrote is kept as they wrote it, if a part is hidden from the other side."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Integer, bindparam, select

from shopbell.conversations.model import ConversationId, Original
from shopbell.conversations.tables import conversations, events, originals
from shopbell.engine.rows import Insert
from shopbell.engine.tables import Ident, Session
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.kernel.ids import new_id

_o = originals.c
_KEEP = Insert(originals)
_KEPT = select(_o.place, _o.text, _o.at).where(_o.conversation == bindparam("talk")).order_by(_o.id)
_NEWEST = (
    select(_o.id, _o.conversation, _o.place, _o.person, _o.text, _o.at, conversations.c.buyer)
    .join(conversations, conversations.c.id == _o.conversation)
    .where(_o.id < bindparam("before", type_=Ident))
    .order_by(_o.id.desc())
    .limit(bindparam("most", type_=Integer))
)
_OF_SHOP = _NEWEST.where(conversations.c.shop == bindparam("of_shop", type_=Ident))
_LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"
_AUTHOR = select(events.c.actor).where(events.c.id == bindparam("event"))
_AT_PLACES = _KEPT.where(_o.place.in_(bindparam("places", expanding=True)))


class Kept(NamedTuple):
    """What somebody wrote in full, with whom they wrote it to."""

    id: str
    conversation: ConversationId
    place: str
    person: PersonId
    text: str
    at: datetime
    buyer: PersonId


def newest(tx: Session, most: int, shop: ShopId | None, before: str | None) -> list[Kept]:
    """Return what was kept last, with one shop or with all, before some other that was kept."""
    wanted = _NEWEST if shop is None else _OF_SHOP
    given = {"of_shop": shop, "before": before or _LAST, "most": most}
    return [Kept(*row) for row in tx.execute(wanted, given)]


def author(tx: Session, event: str) -> PersonId | None:
    """Return who made an entry."""
    return tx.execute(_AUTHOR, {"event": event}).scalar_one_or_none()


def keep(tx: Session, talk: ConversationId, person: PersonId, place: str, text: str) -> None:
    """Keep what somebody wrote at a place of a conversation."""
    id_ = new_id()
    tx.put(_KEEP, id_, (id_, talk, place, person, text, tx.now))


def kept(tx: Session, talk: ConversationId, places: Sequence[str] | None = None) -> list[Original]:
    """Return what is kept of a conversation, or of some of its places, oldest first."""
    given: dict[str, object] = {"talk": talk}
    if places is None:
        rows = tx.execute(_KEPT, given)
    else:
        rows = tx.execute(_AT_PLACES, given | {"places": list(places)})
    return [Original(place, text, at) for place, text, at in rows]
