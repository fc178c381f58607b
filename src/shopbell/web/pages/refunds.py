"""The operator's page of money: refunds to approve, to pay by hand, to try again."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from shopbell.cases import cashdesk
from shopbell.cases.commands import RefundStep
from shopbell.cases.money import RefundId
from shopbell.engine.database import Database
from shopbell.kernel.ids import is_id, new_id
from shopbell.kernel.refusals import Refusal
from shopbell.web.pages.case_post import cmid_in
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.errors import Told, explain
from shopbell.web.pages.look import Look

Sent = Request[Any, Any, Any]
REFERENCE_MOST = 200


@get("/console/refunds")
async def refunds_page(
    look: NamedDependency[Look], db: NamedDependency[Database], done: FromQuery[bool] = False
) -> Response[Any]:
    """List the refunds that wait for a person."""
    return await _page(look, db, done=done)


@post("/console/refunds/{refund:str}", status_code=303)
async def act_on_refund(
    request: Sent,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    refund: FromPath[RefundId],
) -> Response[Any]:
    """Take a step of a refund; what is refused is told above the list."""
    posted = await request.form()
    action, reference = str(posted.get("action", "")), str(posted.get("reference", "")).strip()
    step = RefundStep(cmid_in(posted), action[:48], reference[:REFERENCE_MOST])
    visitor = visitor_of(look)
    try:
        await db.write(cashdesk.settle, visitor, refund, step)
    except Refusal as refusal:
        told = explain(refusal, look.locale)
        return await _page(look.at("/console/refunds"), db, told=told, status=told.status)
    return Redirect(_back(str(posted.get("case", ""))), status_code=303)


def _back(case: str) -> str:
    """Lead back to the case whose page the form stood on, else to the list."""
    return f"/console/cases/{case}?paid=true" if is_id(case) else "/console/refunds?done=true"


async def _page(
    look: Look, db: Database, *, done: bool = False, told: Told | None = None, status: int = 200
) -> Response[Any]:
    rows = await db.read(cashdesk.waiting, visitor_of(look))
    return look.page("refunds.html", status, rows=rows, done=done, told=told, new_id=new_id)


ROUTES = (refunds_page, act_on_refund)
