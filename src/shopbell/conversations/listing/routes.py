"""Lists and views over HTTP: decode, call one service, encode."""

from litestar import delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Struct
from msgspec.structs import replace

from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Box
from shopbell.conversations.listing import service
from shopbell.conversations.listing.model import (
    Counts,
    Filter,
    PutView,
    Sort,
    ViewId,
    ViewShown,
)
from shopbell.conversations.listing.refusals import NoSuchView
from shopbell.conversations.model import Channel, Listed, SubjectKind, TalkKind
from shopbell.conversations.turns import Turn
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor, PersonId
from shopbell.kernel.ids import is_id
from shopbell.kernel.texts import Locale

VIEWS = "/api/v1/desk/views"


class Inbox(Struct, frozen=True):
    """A page of conversations; ``next`` continues the list as ``after``."""

    items: list[Listed]
    next: str | None


@get("/api/v1/conversations")
async def list_conversations(
    *,
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    box: FromQuery[Box] = "open",
    view: FromQuery[str] = "",
    q: FromQuery[str] = "",
    buyer: FromQuery[PersonId | None] = None,
    turn: FromQuery[Turn | None] = None,
    kind: FromQuery[TalkKind | None] = None,
    tag: FromQuery[str | None] = None,
    assignee: FromQuery[str | None] = None,
    language: FromQuery[Locale | None] = None,
    channel: FromQuery[Channel | None] = None,
    about: FromQuery[SubjectKind | None] = None,
    product: FromQuery[str | None] = None,
    order: FromQuery[str | None] = None,
    sort: FromQuery[Sort] = Sort.DUE,
    after: FromQuery[str] = "",
    limit: FromQuery[int] = 50,
) -> Inbox:
    """List one's conversations, due first for a shop, newest first for others.

    A shop may ask for a `view` in place of a box: `open`, `mine`, `unassigned`, `waiting`,
    `overdue`, `snoozed`, `done`, `all`, or the id of a saved one; and narrow it by all that
    stands between `turn` and `order`.
    """
    wanted = Filter(
        turn=turn,
        kind=kind,
        tag=tag or None,
        assignee=assignee or None,
        language=language,
        channel=channel,
        about=about,
        product=product or None,
        order=order or None,
        sort=sort,
    )
    if not view and wanted == Filter():
        page = await db.read(
            conversations.inbox, actor, box, words=q, buyer=buyer, after=after, limit=limit
        )
    else:
        asked = replace(wanted, q=q)
        page = await db.read(service.listed, actor, asked, view=view, after=after, limit=limit)
    return Inbox(*page)


@get("/api/v1/desk/counts")
async def count_views(db: NamedDependency[Database], actor: NamedDependency[Actor]) -> Counts:
    """Count what is in each view of the desk, up to 100."""
    return await db.read(service.count, actor)


@get(VIEWS)
async def list_views(
    db: NamedDependency[Database], actor: NamedDependency[Actor]
) -> list[ViewShown]:
    """List the saved views one has: the shop's, then one's own."""
    return [ViewShown.of(view) for view in await db.read(service.views, actor)]


@put(VIEWS + "/{view:str}")
async def put_view(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    view: FromPath[str],
    data: JSONBody[PutView],
) -> ViewShown:
    """Keep a view under an id that its maker gives it; put again, it is changed."""
    return ViewShown.of(await db.write(service.put, actor, _view(view), data))


@delete(VIEWS + "/{view:str}")
async def drop_view(
    db: NamedDependency[Database], actor: NamedDependency[Actor], view: FromPath[str]
) -> None:
    """Forget a view."""
    await db.write(service.drop, actor, _view(view))


def _view(view: str) -> ViewId:
    if not is_id(view):
        raise NoSuchView
    return ViewId(view)


ROUTES = (list_conversations, count_views, list_views, put_view, drop_view)
