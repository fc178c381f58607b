"""Money in the operator's pages of a case: approved, tried again, paid by hand; more asked for."""

from typing import Any

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from shopbell.cases import paying
from shopbell.cases.commands import AskRefund, RefundStep
from shopbell.cases.model import CaseId
from shopbell.cases.money import RefundId
from shopbell.cases.refusals import NoSuchCase
from shopbell.engine.database import Database
from shopbell.kernel.refusals import Refusal
from shopbell.web.pages import case_screens
from shopbell.web.pages.case_post import Sent, cmid_in
from shopbell.web.pages.case_sheet import Sheet
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.errors import explain
from shopbell.web.pages.look import Look
from shopbell.web.pages.mediation import Attempt, hear, money_paper, show


@post("/console/cases/{case:str}/refunds", status_code=303)
async def ask_for_money(
    request: Sent,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    case: FromPath[CaseId],
) -> Response[Any]:
    """Ask for a part of the money by hand; what is refused stays in the form."""
    bench = await hear(look, db, case)
    if bench.heard.pays is None:
        raise NoSuchCase
    posted, paper = await request.form(), money_paper(bench)
    place = case_screens.whole(paper, Sheet.of(posted.multi_items()))
    place = case_screens.checked(paper, place, look.locale)
    if place.wrong:
        return show(look, bench, Attempt(money=place), status=422)
    asked = {"cmid": cmid_in(posted), **paper.answers(place.sheet)}
    try:
        command = msgspec.convert(asked, AskRefund)
        await db.write(paying.ask_for, visitor_of(look), bench.heard.pays, command)
    except Refusal as refusal:
        told = explain(refusal, look.locale)
        return show(look, bench, Attempt(told=told, money=place), status=told.status)
    return _back(case)


@post("/console/cases/{case:str}/refunds/{refund:str}", status_code=303)
async def move_money(
    request: Sent,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    case: FromPath[CaseId],
    refund: FromPath[RefundId],
) -> Response[Any]:
    """Take a step of a refund: approve it, call it off, try it again, note that it was paid."""
    bench, posted = await hear(look, db, case), await request.form()
    names = ("step", "reference")
    step, reference = (str(posted.get(name, "")).strip()[:200] for name in names)
    try:
        command = RefundStep(cmid_in(posted), step, reference)
        await db.write(paying.act_on, visitor_of(look), refund, command)
    except Refusal as refusal:
        told = explain(refusal, look.locale)
        return show(look, bench, Attempt(told=told), status=told.status)
    return _back(case)


def _back(case: CaseId) -> Redirect:
    return Redirect(f"/console/cases/{case}?paid=true", status_code=303)


ROUTES = (ask_for_money, move_money)
