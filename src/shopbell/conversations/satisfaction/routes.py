"""Whether it helped, over HTTP: decode, call one service, encode."""

from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from shopbell.conversations.model import ConversationId, Stream
from shopbell.conversations.satisfaction import service
from shopbell.conversations.satisfaction.model import Answer, Asked
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor

SATISFACTION = "/api/v1/conversations/{talk:str}/satisfaction"


@get(SATISFACTION)
async def read_satisfaction(
    db: NamedDependency[Database], actor: NamedDependency[Actor], talk: FromPath[str]
) -> Asked:
    """Say whether the buyer was asked, and what they said; the shop sees it, too."""
    return await db.read(service.asked, actor, _talk(talk))


@put(SATISFACTION)
async def say_satisfaction(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    talk: FromPath[str],
    data: JSONBody[Answer],
) -> Asked:
    """Say whether it helped; "not yet" takes the conversation up again. Nothing is taken back."""
    return await db.write(service.answer, actor, _talk(talk), data)


@post(f"{SATISFACTION}/decline", status_code=200)
async def decline_satisfaction(
    db: NamedDependency[Database], actor: NamedDependency[Actor], talk: FromPath[str]
) -> Asked:
    """Say that one would rather not answer: the question is not shown again."""
    return await db.write(service.decline, actor, _talk(talk))


def _talk(talk: str) -> ConversationId:
    return Stream.parse(f"c.{talk}.p").conversation


ROUTES = (read_satisfaction, say_satisfaction, decline_satisfaction)
