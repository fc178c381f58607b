"""By which clocks a shop's team answers: targets, calendars, and when a question would be due."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect
from msgspec import Struct

from shopbell.commerce import service as commerce
from shopbell.commerce.hours import find_zone
from shopbell.commerce.model import Shop
from shopbell.conversations.targets.model import ClockRules, Consequence
from shopbell.conversations.targets.refusals import ClocksWrong
from shopbell.conversations.targets.running import Target
from shopbell.desk.clocks import service
from shopbell.desk.clocks.commands import ClocksShown, LayClocks
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor, ShopId
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import Locale, text
from shopbell.web.pages import clock_form, clock_trial
from shopbell.web.pages import format as written
from shopbell.web.pages.case_post import all_kept, posted_form
from shopbell.web.pages.clock_form import Sheet
from shopbell.web.pages.clock_trial import Trial
from shopbell.web.pages.errors import Told, explain
from shopbell.web.pages.look import Look
from shopbell.web.pages.office import at_work, elsewhere, zones
from shopbell.web.pages.office_form import WEEK, one

Sent = Request[Any, Any, Any]
PATH = "/shop/clocks"
DONE = {"saved", "lifted"}


class Place(Struct, frozen=True):
    """A shop, the clocks it goes by, and what time it is."""

    shop: Shop
    shown: ClocksShown
    now: datetime

    def rules(self, locale: Locale) -> ClockRules:
        """Return the rules laid down last, or what the shop goes by without any."""
        latest = [*self.shown.coming, *([self.shown.counting] if self.shown.counting else [])]
        last = latest[0].rules if latest else None
        return last or clock_form.rules_to_begin_with(self.shop, text(locale, "clocks.our_hours"))


class Draft(Struct, frozen=True):
    """A form as it was sent, of which version it began with, and what came of it."""

    sheet: Sheet
    after: int
    trial: Trial
    since: str = ""
    wrong: dict[str, str] = {}
    told: Told | None = None
    status: int = 200


def see(tx: Tx, actor: Actor, shop: ShopId) -> Place:
    """Look up the clocks of a shop."""
    return Place(commerce.shop(tx, shop), service.rules_of(tx, actor, shop), tx.now)


@get(PATH)
async def clocks_page(
    look: NamedDependency[Look], db: NamedDependency[Database], done: FromQuery[str] = ""
) -> Response[Any]:
    """Show a shop's managers what their team has to keep, and by which calendar."""
    if away := elsewhere(look):
        return away
    place = await db.read(see, *at_work(look))
    sheet = clock_form.sheet_of(place.rules(look.locale))
    draft = Draft(sheet, place.shown.latest, Trial(locale=look.locale))
    return _page(look, place, draft, done)


@post(PATH, status_code=303)
async def change_clocks(
    request: Sent, look: NamedDependency[Look], db: NamedDependency[Database]
) -> Response[Any]:
    """Try out what was typed, go by it from its moment on, or by the page's promise again."""
    form = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, form)
    actor, shop = at_work(look)
    place = await db.read(see, actor, shop)
    if form.get("do") == "lift":
        await db.write(service.lift, actor, shop)
        return Redirect(f"{PATH}?done=lifted", status_code=303)
    draft = _draft(form, place, look)
    if draft.wrong or form.get("do") == "try":
        return _page(look, place, draft)
    try:
        await db.write(service.lay_down, actor, shop, _meant(draft, place))
    except Refusal as refusal:
        return _page(look, await db.read(see, actor, shop), _refused(draft, refusal, look))
    return Redirect(f"{PATH}?done=saved", status_code=303)


def _draft(form: Any, place: Place, look: Look) -> Draft:  # noqa: ANN401 - as it was sent
    sheet = clock_form.sheet_in(form)
    wrong = clock_form.troubles(sheet, place.now, look.locale)
    since = one(form, "since")[:16]
    if since and _moment(since, place) is None:
        wrong |= {"since": text(look.locale, "clocks.bad_since")}
    after = one(form, "after")
    seen = int(after) if after.isascii() and after.isdigit() and len(after) < len("1000000") else 0
    trial = clock_trial.trial_in(form, look.locale)
    return Draft(sheet, seen, trial, since, wrong, status=422 if wrong else 200)


def _meant(draft: Draft, place: Place) -> LayClocks:
    return LayClocks(clock_form.rules_of(draft.sheet), _moment(draft.since, place), draft.after)


def _moment(typed: str, place: Place) -> datetime | None:
    """Read a moment by the clock of the shop."""
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=find_zone(place.shop.zone))
    except ValueError:
        return None


def _refused(draft: Draft, refusal: Refusal, look: Look) -> Draft:
    """Tell a refusal; what was typed stays, to be sent again."""
    told = explain(refusal, look.locale)
    if isinstance(refusal, ClocksWrong):
        place = int(str(refusal.facts["place"]))
        wrong = {f"pol-{place - 1}": clock_form.why(refusal, look.locale)}
        return Draft(draft.sheet, draft.after, draft.trial, draft.since, wrong, status=told.status)
    return Draft(draft.sheet, draft.after, draft.trial, draft.since, told=told, status=told.status)


def _page(look: Look, place: Place, draft: Draft, done: str = "") -> Response[str]:
    tried = place.rules(look.locale) if draft.wrong else clock_form.rules_of(draft.sheet)
    shown = place.shown
    return look.at(PATH).page(
        "clocks.html",
        draft.status,
        place=place,
        shown=shown,
        draft=draft,
        value=lambda field: next(iter(draft.sheet[field]), ""),
        wrong=defaultdict(str, draft.wrong),
        done=done if done in DONE else "",
        calendars=clock_form.blocks(draft.sheet, "cal"),
        policies=clock_form.blocks(draft.sheet, "pol"),
        targets=list(Target),
        units=list(clock_form.UNITS),
        outcomes=[(does, text(look.locale, f"clocks.does_{does}")) for does in Consequence],
        names=_names(draft.sheet),
        days=[(day, written.weekday(day, look.locale)) for day in WEEK],
        zones_for=lambda kept: _zones(kept, look.locale),
        choices=clock_trial.choices(look.locale),
        tried=clock_trial.tried(tried, shown.maxima, draft.trial, place.now, look.locale),
        moment_of=lambda at: written.weekday_moment(at, look.locale, find_zone(place.shop.zone)),
    )


def _names(sheet: Sheet) -> list[tuple[str, str]]:
    """List the calendars that a policy may go by."""
    names = (sheet[f"{block}-name"][0] for block in clock_form.blocks(sheet, "cal"))
    return [(name, name) for name in names if name]


def _zones(kept: str, locale: Locale) -> list[tuple[str, str]]:
    """List the zones of places people live in, and the one that stands there already."""
    known = zones(locale)
    return known if not kept or kept in dict(known) else [(kept, kept), *known]


ROUTES = (clocks_page, change_clocks)
