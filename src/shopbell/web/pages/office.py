"""A shop's own page by a plain form: its managers change it, its agents read it."""

from collections import defaultdict
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect
from msgspec import Struct

from shopbell.accounts.refusals import NotForYourRank
from shopbell.commerce import service as commerce
from shopbell.commerce.commands import OpenShop
from shopbell.commerce.model import NoWayToReach, Shop
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor, ShopId, Side
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import LOCALES, Locale
from shopbell.web.pages import format as written
from shopbell.web.pages import office_form, shopfront
from shopbell.web.pages.case_post import all_kept, posted_form
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.errors import Told, explain
from shopbell.web.pages.look import HOMES, Look
from shopbell.web.pages.office_form import ABOUT_MOST, LONGEST, UNITS, Sheet

Sent = Request[Any, Any, Any]
CONTINENTS = (
    "Africa",
    "America",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


class Attempt(Struct, frozen=True):
    """A form that was not taken: what stands in it, and why."""

    sheet: Sheet
    troubles: dict[str, str]
    told: Told | None = None
    status: int = 422


@get("/shop/settings")
async def settings_page(
    look: NamedDependency[Look], db: NamedDependency[Database], done: FromQuery[str] = ""
) -> Response[Any]:
    """Show the form, or to an agent what stands in it."""
    if away := elsewhere(look):
        return away
    return await _page(look, db, saved=done == "saved")


@post("/shop/settings", status_code=303)
async def save_settings(
    request: Sent, look: NamedDependency[Look], db: NamedDependency[Database]
) -> Response[Any]:
    """Change the shop's page, or say what is wrong and keep what was typed."""
    form = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, form)
    actor, shop = at_work(look)
    sheet = office_form.sheet_in(form)
    if found := office_form.troubles(sheet, look.locale):
        return await _page(look, db, Attempt(sheet, found))
    try:
        await db.write(save, actor, shop, sheet)
    except NoWayToReach as refusal:
        told = explain(refusal, look.locale)
        return await _page(look, db, Attempt(sheet, {"channels": told.title}))
    except Refusal as refusal:
        told = explain(refusal, look.locale)
        return await _page(look, db, Attempt(sheet, {}, told, told.status))
    return Redirect("/shop/settings?done=saved", status_code=303)


def save(tx: Tx, actor: Actor, shop_id: ShopId, sheet: Sheet) -> Shop:
    """Change the shop to what the sheet says; what it does not speak of stays."""
    wanted: OpenShop = office_form.asked(sheet, commerce.shop(tx, shop_id))
    return commerce.change_shop(tx, actor, shop_id, wanted)


def see_shop(tx: Tx, shop_id: ShopId) -> tuple[Shop, datetime]:
    """Look at the own shop, and what time it is."""
    return commerce.shop(tx, shop_id), tx.now


def elsewhere(look: Look) -> Redirect | None:
    """Send home whoever is signed in and works for no shop."""
    if visitor_of(look).side is Side.SELLER:
        return None
    return Redirect(HOMES.get(visitor_of(look).side, "/"), status_code=303)


def at_work(look: Look) -> tuple[Actor, ShopId]:
    """Return who works here, and for which shop; somebody who has left works for none."""
    actor = visitor_of(look)
    if actor.shop is None:
        raise NotForYourRank
    return actor, actor.shop


async def _page(
    look: Look, db: Database, attempt: Attempt | None = None, *, saved: bool = False
) -> Response[str]:
    _, shop_id = at_work(look)
    shop, now = await db.read(see_shop, shop_id)
    return look.page(
        "office.html",
        attempt.status if attempt else 200,
        shop=shop,
        saved=saved,
        sheet=attempt.sheet if attempt else office_form.sheet_of(shop),
        refused=attempt is not None,
        wrong=defaultdict(str, attempt.troubles if attempt else {}),
        told=attempt.told if attempt else None,
        week=shopfront.week(shop, now, look.locale),
        holidays=[written.day(day, look.locale) for day in sorted(shop.holidays)],
        zones=zones(look.locale),
        days=[written.weekday(day, look.locale) for day in office_form.WEEK],
        locales=LOCALES,
        units=UNITS,
        about_most=ABOUT_MOST,
        longest=LONGEST,
    )


@cache
def zones(locale: Locale) -> list[tuple[str, str]]:
    """Return the time zones that people live in, by the name of their place."""
    lived_in = (zone for zone in available_timezones() if zone.startswith(CONTINENTS))
    return sorted(((zone, written.city(zone, locale)) for zone in lived_in), key=lambda one: one[1])


ROUTES = (settings_page, save_settings)
