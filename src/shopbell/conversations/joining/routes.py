"""Merging and splitting over HTTP: decode, call one service, encode."""

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from shopbell.conversations.joining import service
from shopbell.conversations.joining.model import JoinId, JoinShown, Merge, Split
from shopbell.conversations.joining.refusals import NoSuchJoin
from shopbell.conversations.model import ConversationId, Stream
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor
from shopbell.kernel.ids import is_id

TALK = "/api/v1/conversations/{talk:str}"


@post(TALK + "/merges", status_code=200)
async def merge_conversations(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    talk: FromPath[str],
    data: JSONBody[Merge],
) -> JoinShown:
    """Let two conversations of one buyer go on in one; repeated under its key, it is done once."""
    return JoinShown.of(await db.write(service.merge, actor, _talk(talk), data))


@post(TALK + "/splits", status_code=200)
async def split_conversation(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    talk: FromPath[str],
    data: JSONBody[Split],
) -> JoinShown:
    """Let a part of a conversation go on in one about another subject of the same buyer."""
    return JoinShown.of(await db.write(service.split, actor, _talk(talk), data))


@post("/api/v1/joins/{join:str}/undo", status_code=200)
async def undo_join(
    db: NamedDependency[Database], actor: NamedDependency[Actor], join: FromPath[str]
) -> JoinShown:
    """Take a merge or a split back, within a day and before anybody has written since."""
    if not is_id(join):
        raise NoSuchJoin
    return JoinShown.of(await db.write(service.undo, actor, JoinId(join)))


def _talk(talk: str) -> ConversationId:
    return Stream.parse(f"c.{talk}.p").conversation


ROUTES = (merge_conversations, split_conversation, undo_join)
