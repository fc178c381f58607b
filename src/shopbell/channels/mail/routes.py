"""Letters over HTTP: whether those to the buyer of a conversation arrive."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from shopbell.channels.mail import own
from shopbell.channels.mail.model import Returned
from shopbell.conversations.model import Stream
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor


@get("/api/v1/conversations/{talk:str}/returned-letters")
async def show_returned(
    db: NamedDependency[Database], actor: NamedDependency[Actor], talk: FromPath[str]
) -> Returned:
    """Say since when letters to the buyer come back, so that a shop asks for another way."""
    return await db.read(own.buyer_returns, actor, Stream.parse(f"c.{talk}.p").conversation)


ROUTES = (show_returned,)
