"""Who is told when nobody answers: the shop's own rules, the marketplace's, and what they do."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from msgspec import Struct

from shopbell.accounts.standing import check_operates
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Shop
from shopbell.contact import service
from shopbell.contact.ladder import Ladder
from shopbell.contact.model import Laid, Rules
from shopbell.contact.refusals import LadderWrong
from shopbell.contact.shipped import STANDARD
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor, ShopId
from shopbell.kernel.refusals import Refusal
from shopbell.web.pages import ladder_form, rehearsal
from shopbell.web.pages.case_post import all_kept, posted_form
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.errors import Told, explain
from shopbell.web.pages.ladder_form import Sheet
from shopbell.web.pages.look import Look
from shopbell.web.pages.office import at_work, elsewhere
from shopbell.web.pages.rehearsal import Guess

Sent = Request[Any, Any, Any]
OF_SHOP, OF_ALL = "/shop/ladder", "/console/ladder"
DONE = {"saved", "lifted"}


class Place(Struct, frozen=True):
    """Where rules are laid down: which count there, since when, and in which shop to try them.

    ``ladder``: what can be done about them here at present.
    """

    path: str
    laid: Laid | None
    rules: Rules
    shops: list[Shop]
    own: list[Shop]
    ladder: Ladder
    now: datetime


class Draft(Struct, frozen=True):
    """A form as it was sent, of when the rules were that it began with, and what came of it."""

    sheet: Sheet
    after: str
    guess: Guess = Guess()
    wrong: dict[str, str] = {}
    told: Told | None = None
    status: int = 200


def see_of_shop(tx: Tx, ladder: Ladder, actor: Actor, shop: ShopId) -> Place:
    """Look up the rules that a shop goes by."""
    own, marketplaces = service.laid_for(tx, actor, shop)
    rules = own.rules if own else marketplaces
    return Place(OF_SHOP, own, rules, [commerce.shop(tx, shop)], [], ladder.as_open(tx), tx.now)


def see_of_all(tx: Tx, ladder: Ladder, actor: Actor) -> Place:
    """Look up the rules of all shops without their own."""
    laid, own = service.laid_for_all(tx, actor)
    shops = commerce.shops(tx)
    apart = [shop for shop in shops if shop.id in own]
    rules = laid.rules if laid else STANDARD
    return Place(OF_ALL, laid, rules, shops, apart, ladder.as_open(tx), tx.now)


def lift(tx: Tx, actor: Actor, shop: str) -> None:
    """Have a shop go by the marketplace's rules again, as the operator."""
    check_operates(actor)
    service.lift(tx, actor, shop)


@get(OF_SHOP)
async def ladder_page(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    ladder: NamedDependency[Ladder],
    done: FromQuery[str] = "",
) -> Response[Any]:
    """Show a shop's managers who is told when their team does not answer."""
    if away := elsewhere(look):
        return away
    return _page(look, await db.read(see_of_shop, ladder, *at_work(look)), done=done)


@post(OF_SHOP, status_code=303)
async def change_ladder(
    request: Sent,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    ladder: NamedDependency[Ladder],
) -> Response[Any]:
    """Try out what was typed, go by it from now on, or by the marketplace's rules again."""
    form = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, form)
    actor, shop = at_work(look)
    place = await db.read(see_of_shop, ladder, actor, shop)
    if form.get("do") == "lift":
        await db.write(service.lift, actor, shop)
        return Redirect(f"{OF_SHOP}?done=lifted", status_code=303)
    draft = _draft(form, place, look)
    if draft.wrong or form.get("do") == "try":
        return _page(look, place, draft)
    try:
        await db.write(service.lay_down, actor, shop, *_meant(draft))
    except Refusal as refusal:
        place = await db.read(see_of_shop, ladder, actor, shop)
        return _page(look, place, _refused(draft, place, refusal, look))
    return Redirect(f"{OF_SHOP}?done=saved", status_code=303)


@get(OF_ALL)
async def marketplace_ladder_page(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    ladder: NamedDependency[Ladder],
    done: FromQuery[str] = "",
) -> Response[Any]:
    """Show the operator who is told when a shop without its own rules does not answer."""
    return _page(look, await db.read(see_of_all, ladder, visitor_of(look)), done=done)


@post(OF_ALL, status_code=303)
async def change_marketplace_ladder(
    request: Sent,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    ladder: NamedDependency[Ladder],
) -> Response[Any]:
    """Try out what was typed, or have all shops without their own rules go by it."""
    form = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, form)
    place = await db.read(see_of_all, ladder, look.visitor)
    draft = _draft(form, place, look)
    if draft.wrong or form.get("do") == "try":
        return _page(look, place, draft)
    try:
        await db.write(service.lay_down_for_all, look.visitor, *_meant(draft))
    except Refusal as refusal:
        place = await db.read(see_of_all, ladder, look.visitor)
        return _page(look, place, _refused(draft, place, refusal, look))
    return Redirect(f"{OF_ALL}?done=saved", status_code=303)


@post(OF_ALL + "/{shop:str}/lift", status_code=303)
async def lift_of_shop(
    look: NamedDependency[Look], db: NamedDependency[Database], shop: FromPath[str]
) -> Redirect:
    """Have a shop go by the marketplace's rules again."""
    await db.write(lift, visitor_of(look), shop)
    return Redirect(f"{OF_ALL}?done=lifted", status_code=303)


# --- the draft ----------------------------------------------------------------------------


def _draft(form: Any, place: Place, look: Look) -> Draft:  # noqa: ANN401 - as it was sent
    sheet = ladder_form.sheet_in(form, place.rules)
    wrong = ladder_form.troubles(sheet, look.locale)
    after = str(form.get("after", ""))[:40]
    guess = rehearsal.guess_in(form)
    return Draft(sheet, after, guess, wrong, status=422 if wrong else 200)


def _meant(draft: Draft) -> tuple[Rules, datetime | None]:
    """Return the rules of a draft without troubles, and of when those were that it began with."""
    return ladder_form.rules_of(draft.sheet), _moment(draft.after)


def _moment(sent: str) -> datetime | None:
    try:
        return datetime.fromisoformat(sent)
    except ValueError:
        return None


def _refused(draft: Draft, place: Place, refusal: Refusal, look: Look) -> Draft:
    """Tell a refusal at the ladder that it is about; what was typed stays, to be sent again."""
    told = explain(refusal, look.locale)
    if isinstance(refusal, LadderWrong):
        wrong = {str(refusal.facts["ladder"]): ladder_form.why(refusal, look.locale)}
        return Draft(draft.sheet, draft.after, draft.guess, wrong, status=told.status)
    return Draft(draft.sheet, _since(place), draft.guess, told=told, status=told.status)


def _since(place: Place) -> str:
    return place.laid.at.isoformat() if place.laid else ""


def _page(look: Look, place: Place, draft: Draft | None = None, done: str = "") -> Response[str]:
    draft = draft or Draft(ladder_form.sheet_of(place.rules), _since(place))
    tried = place.rules if draft.wrong else ladder_form.rules_of(draft.sheet)
    shop = rehearsal.shop_of(draft.guess, place.shops)
    return look.at(place.path).page(
        "ladder.html",
        draft.status,
        place=place,
        draft=draft,
        wrong=defaultdict(str, draft.wrong),
        done=done if done in DONE else "",
        ladders=_ladders(tried, place.ladder),
        units=list(ladder_form.UNITS)[::-1],
        kinds=ladder_form.KINDS,
        choices=rehearsal.choices(place.shops, look.locale),
        shop=shop,
        shown=rehearsal.shown(shop, tried, place.ladder, draft.guess, place.now, look.locale)
        if shop
        else [],
    )


def _ladders(rules: Rules, ladder: Ladder) -> list[tuple[str, Sequence[ladder_form.Line]]]:
    return [(name, ladder_form.lines(rules, name, ladder)) for name in ladder_form.LADDERS]


ROUTES = (
    ladder_page,
    change_ladder,
    marketplace_ladder_page,
    change_marketplace_ladder,
    lift_of_shop,
)
