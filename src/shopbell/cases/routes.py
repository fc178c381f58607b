"""Cases over HTTP: what a form asks for, opening one, what may be done, doing it."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from shopbell.cases import dossier, service
from shopbell.cases.commands import Act, CasePage, Form, OpenCase
from shopbell.cases.dossier import Dossier
from shopbell.cases.model import CaseId, CaseShown
from shopbell.cases.storage import Box
from shopbell.commerce.model import OrderId
from shopbell.conversations.model import ConversationId
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor
from shopbell.kernel.texts import Locale

API = "/api/v1"


@get(f"{API}/cases/forms/{{kind:str}}", sync_to_thread=False)
def show_form(kind: FromPath[str]) -> Form:
    """Say what it takes to open a case of a kind."""
    return service.form(kind)


@post(f"{API}/cases")
async def open_case(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    data: JSONBody[OpenCase],
) -> CaseShown:
    """Open a case; asked again with the same ``cmid``, the same case is shown."""
    return await db.write(service.open_case, actor, data, locale)


@get(f"{API}/cases")
async def list_cases(
    *,
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    box: FromQuery[Box] = "open",
    kind: FromQuery[str | None] = None,
    order: FromQuery[OrderId | None] = None,
    conversation: FromQuery[ConversationId | None] = None,
    called: FromQuery[bool] = False,
    after: FromQuery[str] = "",
    limit: FromQuery[int] = 50,
) -> CasePage:
    """List the cases you may see, the earliest consequence first.

    ``called`` leaves those that the operator was called to, or must decide.
    """
    return await db.read(
        lambda tx: service.cases(
            tx,
            actor,
            box,
            kinds=[kind] if kind else [],
            order=order,
            talk=conversation,
            called=called,
            after=after,
            limit=limit,
        )
    )


@get(f"{API}/cases/{{case:str}}")
async def show_case(
    db: NamedDependency[Database], actor: NamedDependency[Actor], case: FromPath[CaseId]
) -> CaseShown:
    """Show one case: its facts, what was done, and what you may do now."""
    return await db.read(service.case, actor, case)


@get(f"{API}/cases/{{case:str}}/dossier.json")
async def show_dossier(
    db: NamedDependency[Database], actor: NamedDependency[Actor], case: FromPath[CaseId]
) -> Dossier:
    """Give a case to take along: steps, thread, files, and a seal kept in the audit record."""
    return await db.write(dossier.make, actor, case)


@post(f"{API}/cases/{{case:str}}/steps", status_code=200)
async def act(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    case: FromPath[CaseId],
    data: JSONBody[Act],
) -> CaseShown:
    """Take a step; asked again with the same ``cmid``, it is taken once."""
    return await db.write(service.act, actor, case, data)


ROUTES = (show_form, open_case, list_cases, show_case, show_dossier, act)
