"""Searching over HTTP."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from shopbell.conversations.search import service
from shopbell.conversations.search.model import Found
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor


@get("/api/v1/search")
async def search(
    *,
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    q: FromQuery[str] = "",
    after: FromQuery[str] = "",
    limit: FromQuery[int] = 20,
) -> Found:
    """Find what was said in the conversations one may read: as written first, newest first."""
    return await db.read(service.find, actor, q, after=after, limit=limit)


ROUTES = (search,)
