"""The page that finds what was said; also without JavaScript, for whoever may read it."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from shopbell.conversations.model import ConversationId
from shopbell.conversations.search import service
from shopbell.engine.database import Database
from shopbell.kernel.actor import Side
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.look import Look

PAGE = "/search"
_READ_AT = {
    Side.BUYER: "/me/messages/",
    Side.SELLER: "/desk/",
    Side.OPERATOR: "/console/questions/",
}


@get(PAGE)
async def search_page(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    q: FromQuery[str] = "",
    after: FromQuery[str] = "",
) -> Response[Any]:
    """Show what one finds in the conversations one may read."""
    visitor = visitor_of(look)
    found = await db.read(service.find, visitor, q, after=after)
    following = f"{PAGE}?{urlencode({'q': q, 'after': found.next})}" if found.next else None
    first = f"{PAGE}?{urlencode({'q': q})}" if after else None

    def place(talk: ConversationId) -> str | None:
        start = _READ_AT.get(visitor.side)
        return f"{start}{talk}" if start else None

    return look.page("search.html", q=q, found=found, following=following, first=first, place=place)


ROUTES = (search_page,)
