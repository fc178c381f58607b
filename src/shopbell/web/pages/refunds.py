"""The operator's page of money: refunds to approve, to pay by hand, to try again."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from shopbell.cases import cashdesk
from shopbell.cases.commands import RefundStep
from shopbell.cases.model import CaseId
from shopbell.cases.money import RefundId
from shopbell.cases.refusals import ReferenceTooLong
from shopbell.engine.database import Database
from shopbell.kernel.ids import is_id, new_id
from shopbell.kernel.refusals import Refusal
from shopbell.web.pages.case_post import all_kept, cmid_in, posted_form
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.errors import explain
from shopbell.web.pages.hearing import Attempt, hear, show
from shopbell.web.pages.look import Look

Sent = Request[Any, Any, Any]
REFERENCE_MOST = 200


@get("/console/refunds")
async def refunds_page(
    look: NamedDependency[Look], db: NamedDependency[Database], done: FromQuery[bool] = False
) -> Response[Any]:
    """List the refunds that wait for a person."""
    return await _page(look, db, Attempt(), done=done)


@post("/console/refunds/{refund:str}", status_code=303)
async def act_on_refund(
    request: Sent,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    refund: FromPath[RefundId],
) -> Response[Any]:
    """Take a step of a refund; what is refused is told where the form stood."""
    posted = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, posted)
    action, reference = str(posted.get("action", "")), str(posted.get("reference", "")).strip()
    case = str(posted.get("case", ""))
    try:
        _check_fits(reference)
        step = RefundStep(cmid_in(posted), action[:48], reference)
        await db.write(cashdesk.settle, look.visitor, refund, step)
    except Refusal as refusal:
        told, tried = explain(refusal, look.locale), refund if action == "manual_done" else ""
        attempt = Attempt(told=told, refund=tried, reference=reference)
        if not is_id(case):
            return await _page(look.at("/console/refunds"), db, attempt, status=told.status)
        bench = await hear(look, db, CaseId(case))
        return show(look.at(f"/console/cases/{case}"), bench, attempt, status=told.status)
    return Redirect(_back(case), status_code=303)


def _check_fits(reference: str) -> None:
    """Refuse a reference that could be kept only in part: a part leads to no payment."""
    if len(reference) > REFERENCE_MOST:
        raise ReferenceTooLong(most=REFERENCE_MOST)


def _back(case: str) -> str:
    """Lead back to the case whose page the form stood on, else to the list."""
    return f"/console/cases/{case}?paid=true" if is_id(case) else "/console/refunds?done=true"


async def _page(
    look: Look, db: Database, attempt: Attempt, *, done: bool = False, status: int = 200
) -> Response[Any]:
    till = await db.read(cashdesk.waiting, visitor_of(look))
    return look.page("refunds.html", status, till=till, done=done, attempt=attempt, new_id=new_id)


ROUTES = (refunds_page, act_on_refund)
