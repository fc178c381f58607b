"""Complaints over HTTP: decode, call one service, encode."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody

from shopbell.conversations.conduct import service
from shopbell.conversations.conduct.model import Decide, Queue, Report, Reported
from shopbell.conversations.model import ConversationId, Stream
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor

REPORTS = "/api/v1/conversations/{talk:str}/reports"


@post(
    REPORTS,
    responses={200: ResponseSpec(Reported, generate_examples=False, description="It was already")},
)
async def report_message(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    talk: FromPath[str],
    data: JSONBody[Report],
) -> Response[Reported]:
    """Report a message of the other side to the operator, once; they do not learn who did."""
    shown, is_new = await db.write(service.report, actor, _talk(talk), data)
    return Response(shown, status_code=201 if is_new else 200)


@get(REPORTS)
async def list_reports(
    db: NamedDependency[Database], actor: NamedDependency[Actor], talk: FromPath[str]
) -> list[Reported]:
    """List what one reported oneself in a conversation, and what came of it."""
    return await db.read(service.reported, actor, _talk(talk))


@get("/api/v1/complaints")
async def list_complaints(db: NamedDependency[Database], actor: NamedDependency[Actor]) -> Queue:
    """List the rude words and the reports that wait for the operator."""
    return await db.read(service.queue, actor)


@post("/api/v1/complaints/outcomes", status_code=204)
async def decide_complaints(
    db: NamedDependency[Database], actor: NamedDependency[Actor], data: JSONBody[Decide]
) -> None:
    """Dismiss complaints about one author in one conversation, or warn the author."""
    await db.write(service.decide, actor, data)


def _talk(talk: str) -> ConversationId:
    return Stream.parse(f"c.{talk}.p").conversation


ROUTES = (report_message, list_reports, list_complaints, decide_complaints)
