"""Opening a case by a guided form: what is known is attached, only what is missing is asked.

A form is carried from screen to screen as it was posted, so it needs no script, and nothing is
stored before it is sent, except for files: those are kept in the conversation at once.
"""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from shopbell.app import App
from shopbell.cases import service
from shopbell.cases.commands import OpenCase
from shopbell.cases.refusals import CaseRunsAlready
from shopbell.conversations.crowd import Crowd
from shopbell.conversations.model import Subject, SubjectKind
from shopbell.engine.database import Database
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal
from shopbell.web.pages import case_form, case_screens
from shopbell.web.pages.case_files import Shelf, chosen, keep
from shopbell.web.pages.case_occasion import Occasion, find_talk, see_occasion, see_verdict
from shopbell.web.pages.case_post import FORM_MOST, Sent, cmid_in, kept_for_later, posted_form
from shopbell.web.pages.case_screens import Place
from shopbell.web.pages.case_sheet import Sheet
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.errors import Told
from shopbell.web.pages.look import Look


@get("/orders/{order:str}/ask/{kind:str}")
async def ask_about_order(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    order: FromPath[str],
    kind: FromPath[str],
) -> Response[Any]:
    """Show the first screen of a form about an order, or lead to what runs already."""
    return await _begin(look, db, Subject(SubjectKind.ORDER, order), kind)


@get("/products/{product:str}/ask/{kind:str}")
async def ask_about_product(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    product: FromPath[str],
    kind: FromPath[str],
) -> Response[Any]:
    """Show the first screen of a form about a product."""
    return await _begin(look, db, Subject(SubjectKind.PRODUCT, product), kind)


@post("/orders/{order:str}/ask/{kind:str}", status_code=200, request_max_body_size=FORM_MOST)
async def go_on_about_order(  # noqa: PLR0917
    request: Sent,
    look: NamedDependency[Look],
    app: NamedDependency[App],
    crowd: NamedDependency[Crowd],
    order: FromPath[str],
    kind: FromPath[str],
) -> Response[Any]:
    """Take a screen of a form about an order: go on, back, or send it."""
    return await _go_on(request, look, app, crowd, Subject(SubjectKind.ORDER, order), kind)


@post("/products/{product:str}/ask/{kind:str}", status_code=200, request_max_body_size=FORM_MOST)
async def go_on_about_product(  # noqa: PLR0917
    request: Sent,
    look: NamedDependency[Look],
    app: NamedDependency[App],
    crowd: NamedDependency[Crowd],
    product: FromPath[str],
    kind: FromPath[str],
) -> Response[Any]:
    """Take a screen of a form about a product."""
    return await _go_on(request, look, app, crowd, Subject(SubjectKind.PRODUCT, product), kind)


async def _begin(look: Look, db: Database, subject: Subject, kind: str) -> Response[Any]:
    actor = visitor_of(look)
    occasion = await db.read(see_occasion, actor, subject, kind, look.locale, new_id())
    if occasion.running:
        return Redirect(f"/cases/{occasion.running}", status_code=303)
    return await _show(look, db, occasion, case_screens.start(occasion.form.paper))


async def _go_on(  # noqa: PLR0917
    request: Sent, look: Look, app: App, crowd: Crowd, subject: Subject, kind: str
) -> Response[Any]:
    posted = await posted_form(request, look)
    sheet = Sheet.of(posted.multi_items())
    if look.visitor is None:
        return kept_for_later(look, sheet, posted)
    actor = look.visitor
    occasion = await app.db.read(see_occasion, actor, subject, kind, look.locale, cmid_in(posted))
    paper, name, go = occasion.form.paper, str(posted.get("step", "")), str(posted.get("go", ""))
    if files := chosen(posted):
        talk = await app.db.write(find_talk, actor, occasion.subject, look.locale)
        shelf = Shelf(actor, app.db, app.blobs, crowd, app.settings.attachment_bytes)
        sheet, troubles = await keep(shelf, talk, sheet, paper.fields, files, look.locale)
        if troubles:
            place = case_screens.at(paper, sheet, name)
            return await _show(look, app.db, occasion, case_screens.marked(place, troubles))
    place = case_screens.turn(paper, sheet, name, go, look.locale)
    if not place.sent:
        return await _show(look, app.db, occasion, place)
    return await _open(look, app.db, occasion, place)


async def _open(look: Look, db: Database, occasion: Occasion, place: Place) -> Response[Any]:
    form = occasion.form
    command = OpenCase(form.cmid, form.kind.name, occasion.subject, form.paper.answers(place.sheet))
    try:
        opened = await db.write(service.open_case, visitor_of(look), command, look.locale)
    except CaseRunsAlready as running:
        return Redirect(f"/cases/{running.facts['case']}", status_code=303)
    except Refusal as refusal:
        found, told = case_form.back_to(form, place, refusal, look)
        return await _show(look, db, occasion, found, told)
    return Redirect(f"/cases/{opened.id}?did=open", status_code=303)


async def _show(
    look: Look,
    db: Database,
    occasion: Occasion,
    place: Place,
    told: Told | None = None,
) -> Response[Any]:
    actor, form = visitor_of(look), occasion.form
    files = await db.read(case_form.see_kept, actor, form, place)
    verdict = await db.read(see_verdict, actor, occasion, place) if form.paper.judged else None
    return case_form.show(look, form, place, files, case_form.judged(verdict, look), told)


ROUTES = (ask_about_order, ask_about_product, go_on_about_order, go_on_about_product)
