"""A case on a page of its own: where it stands, what was done, and what may be done now."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from shopbell.app import App
from shopbell.cases import service
from shopbell.cases.commands import Act
from shopbell.cases.looking import note_look
from shopbell.cases.model import CaseId
from shopbell.cases.shown import CaseShown
from shopbell.conversations.crowd import Crowd
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import Locale, catalogue, text
from shopbell.web.pages import case_form, case_screens
from shopbell.web.pages.case_files import Shelf, chosen, keep
from shopbell.web.pages.case_form import Form
from shopbell.web.pages.case_post import (
    FORM_MOST,
    Sent,
    cmid_in,
    kept_for_later,
    posted_form,
    version_in,
)
from shopbell.web.pages.case_screens import Paper, Place
from shopbell.web.pages.case_sheet import Sheet
from shopbell.web.pages.case_view import CaseView, around_of, buttons, ends, see_case
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.contact import about_order
from shopbell.web.pages.errors import Told
from shopbell.web.pages.look import Look
from shopbell.web.pages.storefront import THREADS


@get("/cases/{case:str}")
async def case_page(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    case: FromPath[str],
    did: FromQuery[str] = "",
) -> Response[Any]:
    """Show a case to its buyer, its shop, or the operator."""
    actor = visitor_of(look)
    view = await db.read(see_case, actor, CaseId(case), look.locale)
    beside = await db.read(see_beside, actor, view.case, look.locale)
    await note_look(db, actor, view.case.id)
    return look.page(
        "case.html",
        view=view,
        case=view.case,
        beside=beside,
        goes_on=_goes_on(view, beside),
        buttons=buttons(view, look.locale),
        done=catalogue(look.locale).get(f"case.{view.case.kind}_did_{did}", ""),
        talk_at=THREADS.get(actor.side),
    )


@get("/cases/{case:str}/do/{action:str}")
async def step_page(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    case: FromPath[str],
    action: FromPath[str],
) -> Response[Any]:
    """Show the form of a step; what may not be done now leads back to the case."""
    actor = visitor_of(look)
    form = await db.read(see_step, actor, CaseId(case), action, look.locale, new_id())
    if form is None:
        return Redirect(f"/cases/{case}", status_code=303)
    await note_look(db, actor, CaseId(case))
    return await _show(look, db, form, case_screens.start(form.paper))


@post("/cases/{case:str}/do/{action:str}", status_code=200, request_max_body_size=FORM_MOST)
async def take_step(  # noqa: PLR0917
    request: Sent,
    look: NamedDependency[Look],
    app: NamedDependency[App],
    crowd: NamedDependency[Crowd],
    case: FromPath[str],
    action: FromPath[str],
) -> Response[Any]:
    """Take a screen of a step's form, and the step with its last one."""
    posted = await posted_form(request, look)
    sheet, cmid = Sheet.of(posted.multi_items()), cmid_in(posted)
    if look.visitor is None:
        return kept_for_later(look, sheet, posted)
    actor, id_ = look.visitor, CaseId(case)
    form = await app.db.read(see_step, actor, id_, action, look.locale, cmid, sent=True)
    if form is None:
        return Redirect(f"/cases/{case}", status_code=303)
    if files := chosen(posted):
        shown = await app.db.read(service.case, actor, id_)
        shelf = Shelf(actor, app.db, app.blobs, crowd, app.settings.attachment_bytes)
        fields = form.paper.fields
        sheet, wrong = await keep(shelf, shown.conversation, sheet, fields, files, look.locale)
        if wrong:
            place = case_screens.at(form.paper, sheet, str(posted.get("step", "")))
            return await _show(look, app.db, form, case_screens.marked(place, wrong))
    name, go = str(posted.get("step", "")), str(posted.get("go", ""))
    place = case_screens.turn(form.paper, sheet, name, go, look.locale)
    if not place.sent:
        return await _show(look, app.db, form, place)
    version = version_in(posted)
    command = Act(cmid, action, form.paper.answers(place.sheet), version or 0)
    return await _act(look, app.db, id_, command, form, place)


async def _act(  # noqa: PLR0917
    look: Look, db: Database, case: CaseId, command: Act, form: Form, place: Place
) -> Response[Any]:
    try:
        shown = await db.write(service.act, visitor_of(look), case, command)
    except Refusal as refusal:
        found, told = case_form.back_to(form, place, refusal, look)
        return await _show(look, db, form, found, told)
    if (wait := form.kind.waits.get(shown.state)) and wait.child and shown.children:
        return Redirect(f"/cases/{shown.children[-1]}", status_code=303)
    return Redirect(f"/cases/{case}?did={command.action}", status_code=303)


async def _show(
    look: Look,
    db: Database,
    form: Form,
    place: Place,
    told: Told | None = None,
) -> Response[Any]:
    files = await db.read(case_form.see_kept, visitor_of(look), form, place)
    return case_form.show(look, form, place, files, told=told)


# --- work ------------------------------------------------------------------------------------


def see_step(  # noqa: PLR0917
    tx: Tx,
    actor: Actor,
    case: CaseId,
    action: str,
    locale: Locale,
    cmid: str,
    *,
    sent: bool = False,
) -> Form | None:
    """Look up the form of a step that may be taken now, or was when the form was ``sent``."""
    view = see_case(tx, actor, case, locale)
    found = next((one for one in view.case.actions if one.action == action), None)
    if found is None and sent:
        found = service.asked_of(view.kind, action, actor.side)
    if found is None:
        return None
    around = around_of(tx, view.order, str(view.zone), "EUR")
    label = text(locale, f"case.{view.case.kind}_do_{action}")
    return Form(
        action=f"/cases/{case}/do/{action}",
        leave=f"/cases/{case}",
        title=label,
        lead=view.state,
        send=label,
        cmid=cmid,
        version=view.case.version,
        kind=view.kind,
        paper=Paper(asks=found.asks, takes=found.takes, around=around),
        around=view.around,
        about=about_order(view.order, locale) if view.order else None,
        ends=ends(view, found),
        wanted=tuple(view.case.facts.get("angles_wanted", ())),
    )


def _goes_on(view: CaseView, beside: list[CaseView]) -> CaseView | None:
    """Return the case in which a matter goes on that has no date of its own meanwhile."""
    if view.next is None or view.next.until is not None:
        return None
    led = (one for one in reversed(beside) if one.next and one.case.parent == view.case.id)
    return next(led, None)


def see_beside(tx: Tx, actor: Actor, case: CaseShown, locale: Locale) -> list[CaseView]:
    """Look at the case that led to this one, and at those it led to."""
    named = [*([case.parent] if case.parent else []), *case.children]
    return [see_case(tx, actor, one, locale) for one in named]


ROUTES = (case_page, step_page, take_step)
