"""The operator's page of what was hidden: who wrote it, where, and of which kind."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from msgspec import Struct

from shopbell.commerce import service as commerce
from shopbell.commerce.model import Shop
from shopbell.conversations import covers
from shopbell.conversations.model import Covers
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.look import Look

PAGE = "/console/hidden"


class Seen(Struct, frozen=True):
    """What the page shows, and the shops it can be asked for."""

    covers: Covers
    shops: list[Shop]


@get(PAGE)
async def covers_page(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    shop: FromQuery[str] = "",
    before: FromQuery[str] = "",
) -> Response[Any]:
    """List what was hidden, the newest first; the words stand in the conversation, uncovered."""
    seen = await db.read(see_covers, visitor_of(look), shop, before)
    return look.page("covers.html", seen=seen, shop=shop, before=before)


def see_covers(tx: Tx, actor: Actor, shop: str, before: str) -> Seen:
    """Look at a part of what was hidden."""
    found = covers.covers(tx, actor, shop=shop or None, before=before)
    return Seen(found, commerce.shops(tx))


ROUTES = (covers_page,)
