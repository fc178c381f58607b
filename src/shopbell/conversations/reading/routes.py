"""Reading words over HTTP. Nothing is changed by it; it is a POST because words are no address."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from shopbell.conversations.crowd import Crowd
from shopbell.conversations.model import Stream
from shopbell.conversations.reading import service
from shopbell.conversations.reading.model import FirstUnsent, Reading, ThreadReading, Unsent
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor

READING = "/api/v1/conversations/{talk:str}/reading"


@post(READING, status_code=200)
async def read_unsent(
    *,
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    crowd: NamedDependency[Crowd],
    talk: FromPath[str],
    data: JSONBody[Unsent],
) -> Reading:
    """Read words before they are sent: what they name, lack, and should not show."""
    crowd.reads(actor)
    conversation = Stream.parse(f"c.{talk}.p").conversation
    return await db.read(service.read_unsent, actor, conversation, data)


@post("/api/v1/reading", status_code=200)
async def read_first(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    crowd: NamedDependency[Crowd],
    data: JSONBody[FirstUnsent],
) -> Reading:
    """Read the first words about something, before there is a conversation."""
    crowd.reads(actor)
    return await db.read(service.read_first, actor, data)


@get(READING)
async def read_thread(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    crowd: NamedDependency[Crowd],
    talk: FromPath[str],
) -> ThreadReading:
    """Read what the buyer has said so far: what it is about, names, and still lacks."""
    crowd.rereads(actor)
    conversation = Stream.parse(f"c.{talk}.p").conversation
    return await db.read(service.read_thread, actor, conversation)


ROUTES = (read_unsent, read_first, read_thread)
