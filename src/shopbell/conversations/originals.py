"""Where what people wrote is kept as they wrote it, if a part is hidden from the other side."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from shopbell.conversations.model import ConversationId, Original
from shopbell.conversations.tables import events, originals
from shopbell.engine.rows import Insert
from shopbell.engine.tables import Session
from shopbell.kernel.actor import PersonId
from shopbell.kernel.ids import new_id

_o = originals.c
_KEEP = Insert(originals)
_KEPT = select(_o.place, _o.text, _o.at).where(_o.conversation == bindparam("talk")).order_by(_o.id)
_AUTHOR = select(events.c.actor).where(events.c.id == bindparam("event"))
_AT_PLACES = _KEPT.where(_o.place.in_(bindparam("places", expanding=True)))


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
