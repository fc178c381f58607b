"""Opening a case by a guided form: what is known is attached, only what is missing is asked.

A form is carried from screen to screen as it was posted, so it needs no script, and nothing is
stored before it is sent, except for files: those are kept in the conversation at once.
"""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from shopbell.app import App
from shopbell.cases import service
from shopbell.cases.commands import OpenCase, Preview
from shopbell.cases.model import CaseId, Kind
from shopbell.cases.refusals import CaseNeedsOrder, CaseRunsAlready, NotYoursToOpen
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Order
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Begin
from shopbell.conversations.crowd import Crowd
from shopbell.conversations.model import ConversationId, Subject, SubjectKind
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor, ShopId
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import Locale, text
from shopbell.knowledge.model import Verdict
from shopbell.web.pages import case_form, case_screens, parcel
from shopbell.web.pages.case_files import Shelf, chosen, keep
from shopbell.web.pages.case_form import JUDGED_BY, Form
from shopbell.web.pages.case_post import FORM_MOST, Sent, cmid_in, kept_for_later, posted_form
from shopbell.web.pages.case_screens import Paper, Place
from shopbell.web.pages.case_sheet import Sheet
from shopbell.web.pages.case_view import around_of, running
from shopbell.web.pages.case_words import Surroundings
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.contact import about_order, about_product
from shopbell.web.pages.look import Look


class Occasion(Struct, frozen=True):
    """What a case would be about, and the one that runs about it already, if any."""

    subject: Subject
    form: Form
    running: CaseId | None = None


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
    told: Any = None,  # noqa: ANN401
) -> Response[Any]:
    actor, form = visitor_of(look), occasion.form
    files = await db.read(case_form.see_kept, actor, form, place)
    verdict = await db.read(see_verdict, actor, occasion, place) if form.paper.judged else None
    return case_form.show(look, form, place, files, case_form.judged(verdict, look), told)


# --- work ------------------------------------------------------------------------------------


def see_occasion(  # noqa: PLR0917
    tx: Tx, actor: Actor, subject: Subject, kind_name: str, locale: Locale, cmid: str
) -> Occasion:
    """Look up what a case would be about, and whether one runs already."""
    kind = service.kind_named(kind_name)
    if actor.side not in kind.opens:
        raise NotYoursToOpen(kind=kind.name)
    if subject.kind is SubjectKind.ORDER:
        return _about_order(tx, actor, commerce.order(tx, actor, subject.id), kind, locale, cmid)
    if kind.needs_order:
        raise CaseNeedsOrder(kind=kind.name)
    product = commerce.product(tx, subject.id)
    about = Subject(SubjectKind.PRODUCT, product.id)
    shop = commerce.shop(tx, product.shop)
    form = Form(
        action=f"/products/{product.slug}/ask/{kind.name}",
        leave=f"/products/{product.slug}",
        about=about_product(product, locale),
        paper=_paper(tx, kind, shop.id, around_of(tx, None, shop.zone, product.price.currency)),
        around=Surroundings(
            locale=locale, zone=parcel.zone_of(None, shop.zone), side=actor.side, shop=shop.name
        ),
        **_titled(kind, locale, cmid),
    )
    return Occasion(about, form, _running(tx, actor, kind, about))


def _about_order(  # noqa: PLR0917
    tx: Tx, actor: Actor, order: Order, kind: Kind, locale: Locale, cmid: str
) -> Occasion:
    shop = commerce.shop(tx, order.shop)
    leading = parcel.leading(order)
    zone = parcel.zone_of(leading, shop.zone)
    around = around_of(tx, order, str(zone), order.total.currency)
    fact = parcel.headline(order, tx.now, locale, zone)
    about = Subject(SubjectKind.ORDER, order.id)
    form = Form(
        action=f"/orders/{order.id}/ask/{kind.name}",
        leave=f"/orders/{order.id}",
        about=about_order(order, locale),
        late=fact if fact.tone in {"bad", "wait"} else None,
        paper=_paper(tx, kind, shop.id, around),
        around=Surroundings(
            locale=locale,
            zone=zone,
            side=actor.side,
            shop=shop.name,
            order=order,
            products=around.products,
        ),
        **_titled(kind, locale, cmid),
    )
    return Occasion(about, form, _running(tx, actor, kind, about, order))


def _paper(tx: Tx, kind: Kind, shop: ShopId, around: Any) -> Paper:  # noqa: ANN401
    form = service.form(tx, kind.name, shop)
    return Paper(asks=form.asks, takes=form.takes, around=around, judged=kind.judged)


def _titled(kind: Kind, locale: Locale, cmid: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "cmid": cmid,
        "title": text(locale, f"case.{kind.name}_ask"),
        "lead": text(locale, f"case.{kind.name}_lead"),
        "send": text(locale, "pages.send"),
    }


def _running(
    tx: Tx, actor: Actor, kind: Kind, subject: Subject, order: Order | None = None
) -> CaseId | None:
    """Return the case that stands in the way of another one about the same."""
    talk = conversations.about(tx, actor, subject)
    if talk is None or not kind.one_at_a_time:
        return None
    found = service.cases(tx, actor, "open", kinds=[kind.name], talk=talk.id).items
    shown = [service.case(tx, actor, one.id) for one in found]
    return running(kind, order, shown)


def see_verdict(tx: Tx, actor: Actor, occasion: Occasion, place: Place) -> Verdict | None:
    """Say what the rules come to, once enough is answered."""
    answers = occasion.form.paper.answers(place.sheet)
    if not answers.keys() >= JUDGED_BY:
        return None
    asked = {"order": occasion.subject.id, "lines": answers["lines"], "reason": answers["reason"]}
    try:
        return service.preview(tx, actor, msgspec.convert(asked, Preview))
    except (Refusal, msgspec.ValidationError):
        return None  # it is said when the form is sent, beside what is wrong


def find_talk(tx: Tx, actor: Actor, subject: Subject, locale: Locale) -> ConversationId:
    """Find or open the conversation that files are put into."""
    return conversations.begin(tx, actor, Begin(subject), locale)[0].id


ROUTES = (ask_about_order, ask_about_product, go_on_about_order, go_on_about_product)
