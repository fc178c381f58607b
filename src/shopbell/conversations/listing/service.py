"""What somebody at the desk does with lists and views. Each function is one transaction."""

from shopbell.conversations.listing import storage
from shopbell.conversations.listing.model import (
    SAVED_COUNTED,
    VIEWS_MOST,
    Counts,
    Filter,
    PutView,
    SavedView,
    View,
    ViewId,
)
from shopbell.conversations.listing.refusals import (
    NoSuchView,
    OnlyManagersShareViews,
    OnlyShopsHaveViews,
    ViewsFull,
    ViewWithoutName,
)
from shopbell.conversations.model import ConversationId, Listed, TagId, as_seen_by
from shopbell.conversations.service import PAGE_MOST, parse_cursor
from shopbell.conversations.thread import readable
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Rank, ShopId, Side
from shopbell.kernel.ids import is_id


def listed(
    tx: Tx, actor: Actor, wanted: Filter, *, view: str = "", after: str = "", limit: int = 50
) -> tuple[list[Listed], str | None]:
    """List the conversations of one's shop, a page at a time, and where the next page begins.

    ``view`` names one of those everybody knows, or is the id of a saved one, which ``wanted``
    narrows further.
    """
    shop, asked = _shop(actor), _asked(tx, actor, wanted, view)
    most, place = max(1, min(limit, PAGE_MOST)), parse_cursor(after) if after else None
    found = storage.listed(tx, shop, actor.id, asked, most + 1, place)
    shown = [as_seen_by(talk, actor) for talk, _place in found[:most]]
    return shown, "{}.{}".format(*found[most - 1][1]) if len(found) > most else None


def count(tx: Tx, actor: Actor) -> Counts:
    """Count what is in each of the views that everybody knows, and in one's first saved ones."""
    shop = _shop(actor)
    saved = [view for view in storage.seen_by(tx, shop, actor.id) if not view.filter.q]
    return storage.count(tx, shop, actor.id, saved[:SAVED_COUNTED])


def note_tag(tx: Tx, tag: TagId, talk: ConversationId, *, on: bool) -> None:
    """Have lists find a conversation by a tag, or no more; its own row says what it bears."""
    storage.note_tag(tx, tag, talk, on=on)


def views(tx: Tx, actor: Actor) -> list[SavedView]:
    """List the views one has: the shop's, then one's own."""
    return storage.seen_by(tx, _shop(actor), actor.id)


def put(tx: Tx, actor: Actor, view: ViewId, asked: PutView) -> SavedView:
    """Keep a view under the id its maker gave it; put again, it is changed."""
    shop, before = _shop(actor), storage.view(tx, view)
    if before is not None:
        _check_own(actor, before)
    if asked.shared and not actor.works_for(shop, Rank.MANAGER):
        raise OnlyManagersShareViews
    name = readable(" ".join(asked.name.split()))
    if not name:
        raise ViewWithoutName
    if before is None and len(storage.seen_by(tx, shop, actor.id)) >= VIEWS_MOST:
        raise ViewsFull(most=VIEWS_MOST)
    owner = None if asked.shared else actor.id
    kept = SavedView(id=view, shop=shop, owner=owner, name=name, filter=asked.filter, at=tx.now)
    if not storage.put(tx, kept):
        raise NoSuchView
    return kept


def drop(tx: Tx, actor: Actor, view: ViewId) -> None:
    """Forget a view; that there is none already is as well."""
    _shop(actor)
    found = storage.view(tx, view)
    if found is not None:
        _check_own(actor, found)
        storage.drop(tx, view)


def _check_own(actor: Actor, view: SavedView) -> None:
    """Refuse who may not change a view; of others' own, nobody learns that there is one."""
    if view.shop != actor.shop or view.owner not in {None, actor.id}:
        raise NoSuchView
    if view.owner is None and not actor.works_for(view.shop, Rank.MANAGER):
        raise OnlyManagersShareViews


def _shop(actor: Actor) -> ShopId:
    if actor.side is not Side.SELLER or actor.shop is None:
        raise OnlyShopsHaveViews
    return actor.shop


def _asked(tx: Tx, actor: Actor, wanted: Filter, view: str) -> Filter:
    if not view:
        return wanted
    if view in View.__members__.values():
        return Filter(view=View(view)).narrowed(wanted)
    found = storage.view(tx, ViewId(view)) if is_id(view) else None
    if found is None or found.shop != actor.shop or found.owner not in {None, actor.id}:
        raise NoSuchView
    return found.filter.narrowed(wanted)
