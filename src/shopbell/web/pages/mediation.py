"""The operator's pages of cases: which wait, and one with both of its sides to decide about."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from shopbell.cases import mediation, paying, service
from shopbell.cases.commands import Act, AskRefund
from shopbell.cases.model import CaseId
from shopbell.cases.refusals import NoSuchCase
from shopbell.engine.database import Database
from shopbell.kernel.refusals import Refusal
from shopbell.web.pages import case_screens
from shopbell.web.pages.case_post import (
    Sent,
    cmid_in,
    kept_for_later,
    posted_form,
    version_in,
)
from shopbell.web.pages.case_sheet import Sheet
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.errors import explain
from shopbell.web.pages.hearing import Attempt, hear, money_paper, paper_of, preview, show
from shopbell.web.pages.look import Look


@get("/console/cases")
async def queue_page(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    after: FromQuery[str] = "",
    done: FromQuery[bool] = False,
) -> Response[Any]:
    """List what waits for the operator."""
    waiting = await db.read(mediation.queue, visitor_of(look), after)
    return look.page("mediation.html", waiting=waiting, done=done)


@get("/console/cases/{case:str}")
async def hearing_page(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    case: FromPath[CaseId],
    paid: FromQuery[bool] = False,
) -> Response[Any]:
    """Show a case with both of its sides."""
    bench = await hear(look, db, case)
    return show(look, bench, Attempt(), paid=paid)


@post("/console/cases/{case:str}", status_code=303)
async def decide(
    request: Sent,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    case: FromPath[CaseId],
) -> Response[Any]:
    """Show what each side will read of a step, or take it; what is refused stays in the form."""
    posted = await posted_form(request, look)
    sheet = Sheet.of(posted.multi_items())
    if look.visitor is None:
        return kept_for_later(look, sheet, posted)
    visitor = look.visitor
    bench = await hear(look, db, case)
    name = str(posted.get("go") or posted.get("show", ""))
    paper = paper_of(bench, mediation.asked_for(bench.heard.case, name))
    place = case_screens.checked(paper, case_screens.whole(paper, sheet), look.locale)
    if place.wrong:
        return show(look, bench, Attempt(name, place), status=422)
    cmid, given = cmid_in(posted), paper.answers(place.sheet)
    try:
        if "go" in posted:
            command = Act(cmid, name, given, version_in(posted) or 0)
            await db.write(service.act, visitor, case, command)
            return Redirect("/console/cases?done=true", status_code=303)
        read = await db.read(mediation.foresee, visitor, case, name, given)
    except Refusal as refusal:
        told = explain(refusal, look.locale)
        found = case_screens.refused(paper, place, refusal, f"{told.title}. {told.next}")
        tried = Attempt(name, found) if found else Attempt(name, place, told=told)
        return show(look, bench, tried, status=told.status)
    previews = [preview(bench, side, name, read[side]) for side in read]
    return show(look, bench, Attempt(name, place, cmid, previews=previews), status=200)


@post("/console/cases/{case:str}/notes", status_code=200)
async def read_notes(
    look: NamedDependency[Look], db: NamedDependency[Database], case: FromPath[CaseId]
) -> Response[Any]:
    """Show the shop's private notes; that they were read is written down."""
    visitor = visitor_of(look)
    notes = await db.write(mediation.read_notes, visitor, case)
    bench = await hear(look, db, case)
    return show(look.at(f"/console/cases/{case}"), bench, Attempt(), notes=notes)


@post("/console/cases/{case:str}/words", status_code=303)
async def write(
    request: Sent,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    case: FromPath[CaseId],
) -> Response[Any]:
    """Write to both sides; what is refused stays in the form."""
    posted = await posted_form(request, look)
    sheet = Sheet.of(posted.multi_items())
    if look.visitor is None:
        return kept_for_later(look, sheet, posted)
    words = str(posted.get("text", ""))
    try:
        await db.write(mediation.write, look.visitor, case, cmid_in(posted), words)
    except Refusal as refusal:
        told, bench = explain(refusal, look.locale), await hear(look, db, case)
        look = look.at(f"/console/cases/{case}")
        return show(look, bench, Attempt(told=told, words=words), status=told.status)
    return Redirect(f"/console/cases/{case}#thread", status_code=303)


@post("/console/cases/{case:str}/refunds", status_code=303)
async def ask_for_money(
    request: Sent,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    case: FromPath[CaseId],
) -> Response[Any]:
    """Ask for a part of the money by hand; what is refused stays in the form."""
    posted = await posted_form(request, look)
    sheet = Sheet.of(posted.multi_items())
    if look.visitor is None:
        return kept_for_later(look, sheet, posted)
    look, bench = look.at(f"/console/cases/{case}"), await hear(look, db, case)
    if bench.heard.pays is None:
        raise NoSuchCase
    paper = money_paper(bench)
    place = case_screens.checked(paper, case_screens.whole(paper, sheet), look.locale)
    if place.wrong:
        return show(look, bench, Attempt(money=place), status=422)
    asked = {"cmid": cmid_in(posted), **paper.answers(place.sheet)}
    try:
        command = msgspec.convert(asked, AskRefund)
        await db.write(paying.ask_for, visitor_of(look), bench.heard.pays, command)
    except Refusal as refusal:
        told = explain(refusal, look.locale)
        found = case_screens.refused(paper, place, refusal, f"{told.title}. {told.next}")
        tried = Attempt(money=found) if found else Attempt(told=told, money=place)
        return show(look, bench, tried, status=told.status)
    return Redirect(f"/console/cases/{case}?paid=true", status_code=303)


ROUTES = (queue_page, hearing_page, decide, read_notes, write, ask_for_money)
