"""The operator's pages of cases: which wait, and one with both of its sides to decide about."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from msgspec import UNSET, Struct

from shopbell.cases import mediation, service
from shopbell.cases.commands import Act
from shopbell.cases.fields import Answers
from shopbell.cases.mediation import Heard, Hearing
from shopbell.cases.model import CaseId
from shopbell.cases.wording import did, field_name, say_answer
from shopbell.conversations.commands import NoteData, Page
from shopbell.engine.database import Database
from shopbell.kernel.actor import Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import Locale
from shopbell.knowledge.wording import explain as explain_verdict
from shopbell.web.pages import mediation_form, parcel, thread
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.errors import Told, explain
from shopbell.web.pages.look import Look

Sent = Request[Any, Any, Any]
LATE, SOON = 1.0, 0.5


class Fact(Struct, frozen=True):
    """One thing that was said, with its label."""

    label: str
    said: str
    files: list[str] = []


class Preview(Struct, frozen=True):
    """What one side will read of a step, in its language."""

    side: Side
    locale: Locale
    title: str
    facts: list[Fact]


class Attempt(Struct, frozen=True):
    """A form as it was sent: what was typed, what came of it, what each side will read."""

    typed: dict[str, str] = {}
    action: str = ""
    cmid: str = ""
    told: Told | None = None
    previews: list[Preview] = []


@get("/console/cases")
async def queue_page(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    after: FromQuery[str] = "",
    done: FromQuery[bool] = False,
) -> Response[Any]:
    """List what waits for the operator."""
    waiting = await db.read(mediation.queue, visitor_of(look), after)
    tones = {one.case.id: _tone(one.share) for one in waiting.rows}
    return look.page("mediation.html", rows=waiting.rows, next=waiting.next, tones=tones, done=done)


@get("/console/cases/{case:str}")
async def hearing_page(
    look: NamedDependency[Look], db: NamedDependency[Database], case: FromPath[CaseId]
) -> Response[Any]:
    """Show a case with both of its sides."""
    return _page(look, await db.write(mediation.hearing, visitor_of(look), case), Attempt())


@post("/console/cases/{case:str}", status_code=303)
async def decide(
    request: Sent,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    case: FromPath[CaseId],
) -> Response[Any]:
    """Show what each side will read of a step, or take it; what is refused stays in the form."""
    visitor = visitor_of(look)
    heard = await db.write(mediation.hearing, visitor, case)
    form = {name: str(value) for name, value in (await request.form()).items()}
    name = form.get("go") or form.get("show", "")
    attempt = Attempt(form, name, form.get("cmid") or new_id())
    try:
        given = mediation_form.given_in(
            form, mediation.asked_for(heard.case, name), _currency(heard)
        )
        if "go" in form:
            seen = form.get("version", "")
            version = int(seen) if seen.isascii() and seen.isdigit() else UNSET
            await db.write(service.act, visitor, case, Act(attempt.cmid, name, given, version))
            return Redirect("/console/cases?done=true", status_code=303)
        told = await db.read(mediation.foresee, visitor, case, name, given)
    except Refusal as refusal:
        refused = explain(refusal, look.locale)
        return _page(look, heard, Attempt(form, name, told=refused), status=refused.status)
    previews = [_preview(heard, side, name, told[side]) for side in told]
    return _page(look, heard, Attempt(form, name, attempt.cmid, previews=previews), status=200)


@post("/console/cases/{case:str}/notes", status_code=200)
async def read_notes(
    look: NamedDependency[Look], db: NamedDependency[Database], case: FromPath[CaseId]
) -> Response[Any]:
    """Show the shop's private notes; that they were read is written down."""
    visitor = visitor_of(look)
    notes = await db.write(mediation.read_notes, visitor, case)
    heard = await db.write(mediation.hearing, visitor, case)
    return _page(look.at(f"/console/cases/{case}"), heard, Attempt(), notes=notes)


def _page(
    look: Look,
    heard: Hearing,
    attempt: Attempt,
    *,
    notes: Page | None = None,
    status: int = 200,
) -> Response[str]:
    locale = look.locale
    return look.page(
        "hearing.html",
        status,
        heard=heard,
        attempt=attempt,
        sheets=mediation_form.sheets(heard.case.actions),
        currency=_currency(heard),
        sides={side: [(one, _facts(one, locale)) for one in heard.said_by(side)] for side in _TWO},
        offers={
            side: _told(offer, locale) for side, offer in heard.case.facts.get("offers", {}).items()
        },
        ruled=[(one, _facts(one, locale)) for one in heard.said_by(Side.OPERATOR)],
        draft=_told(heard.case.facts.get("draft", {}), locale),
        did=lambda one: did(one.of.kind, one.step.action, locale),
        clause=explain_verdict(heard.verdict, locale) if heard.verdict else "",
        parcels=_parcels(heard, locale),
        said=thread.tell(heard.thread, Side.OPERATOR),
        notes=_notes(notes) if notes else None,
    )


_TWO = (Side.BUYER, Side.SELLER)


def _facts(one: Heard, locale: Locale) -> list[Fact]:
    return [
        Fact(field_name(name, locale), say_answer(name, said, locale), one.files(name))
        for name, said in one.step.given.items()
    ]


def _told(answers: Answers, locale: Locale) -> list[Fact]:
    return [
        Fact(field_name(name, locale), say_answer(name, said, locale))
        for name, said in answers.items()
    ]


def _preview(heard: Hearing, side: Side, action: str, answers: Answers) -> Preview:
    locale = heard.reading.buyer if side is Side.BUYER else heard.reading.seller
    told = _told(answers, locale)
    return Preview(side, locale, did(heard.case.kind, action, locale), told)


def _parcels(heard: Hearing, locale: Locale) -> list[tuple[str, list[parcel.Step]]]:
    if heard.order is None:
        return []
    every = [*heard.order.shipments, *heard.order.beside]
    return [
        (
            f"{one.carrier} {one.tracking_number}",
            parcel.journey(heard.order, one, locale, parcel.zone_of(one)),
        )
        for one in every
    ]


def _notes(page: Page) -> list[tuple[str, str]]:
    """Return who noted what; what cases tell the team stands among the steps already."""
    return [
        (event.actor.name, msgspec.json.decode(event.data, type=NoteData).text)
        for event in page.events
        if event.type == "note"
    ]


def _currency(heard: Hearing) -> str:
    return heard.order.total.currency if heard.order else "EUR"


def _tone(share: float) -> str:
    if share >= LATE:
        return "bad"
    return "brass" if share >= SOON else "brand"


ROUTES = (queue_page, hearing_page, decide, read_notes)
