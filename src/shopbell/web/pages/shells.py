"""The pages whose life is in the browser: an empty room with the right entry of the front-end."""

from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from markupsafe import Markup
from msgspec import Struct

from shopbell.accounts.blocks import service as blocks
from shopbell.accounts.model import Person
from shopbell.accounts.routes import PANEL, is_framed
from shopbell.app import App
from shopbell.commerce import service as commerce
from shopbell.commerce.hours import find_zone
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Rank, Side
from shopbell.kernel.refusals import SignInFirst
from shopbell.kernel.texts import Locale, text
from shopbell.web.pages.assets import entry
from shopbell.web.pages.format import moment
from shopbell.web.pages.look import HOMES, Look

PROGRAMS = {"desk": "desk", "buyer": "me"}
"""What can be installed as a program of its own, by its entry of the front-end."""


class OwnShop(Struct, frozen=True):
    """The shop somebody works for."""

    id: str
    slug: str
    name: str


class Boot(Struct, frozen=True):
    """What the front-end knows before its first request."""

    person: Person | None
    shop: OwnShop | None
    rank: Rank | None
    lang: Locale
    epoch: str
    framed: bool = False
    translates: bool = False
    drafts: bool = False
    barred: str = ""


@get(PANEL)
async def panel(
    request: Request[Any, Any, Any], look: NamedDependency[Look], app: NamedDependency[App]
) -> Response[str]:
    """Give the launcher's frame its page; anybody may open it."""
    framed = is_framed(request)
    return await _shell(look, app, "panel", "pages.contact_seller", framed=framed)


@get(["/me", "/me/orders", "/me/cases", "/me/messages"])
async def personal_centre(look: NamedDependency[Look], app: NamedDependency[App]) -> Response[Any]:
    """Give a buyer the personal centre."""
    return _elsewhere(look, Side.BUYER) or await _shell(look, app, "buyer", "pages.messages")


@get("/me/messages/{talk:str}")
async def message(
    look: NamedDependency[Look], app: NamedDependency[App], talk: FromPath[str]
) -> Response[Any]:
    """Give a buyer one conversation; without JavaScript it is read on a plain page."""
    return _elsewhere(look, Side.BUYER) or await _shell(
        look, app, "buyer", "pages.messages", plain=f"/contact/{talk}"
    )


@get(["/desk", "/desk/{talk:str}", "/desk/cases", "/desk/cases/{talk:str}"])
async def desk(
    look: NamedDependency[Look],
    app: NamedDependency[App],
    talk: FromPath[str] = "",  # noqa: ARG001 - read by the front-end
) -> Response[Any]:
    """Give a shop's team their desk."""
    return _elsewhere(look, Side.SELLER) or await _shell(look, app, "desk", "pages.desk")


def _elsewhere(look: Look, side: Side) -> Redirect | None:
    """Send home whoever belongs somewhere else."""
    if look.visitor is None:
        raise SignInFirst
    if look.visitor.side is not side:
        return Redirect(HOMES.get(look.visitor.side, "/"), status_code=303)
    return None


async def _shell(
    look: Look,
    app: App,
    name: str,
    title: str,
    *,
    plain: str | None = None,
    framed: bool = False,
) -> Response[str]:
    assets = entry(f"{name}/main.ts")
    boot = await app.db.read(_boot, look, app.epoch, framed)
    html = look.write(
        "shell.html",
        name=name,
        title=text(look.locale, title),
        assets=assets,
        plain=plain,
        program=PROGRAMS.get(name),
        boot=Markup(_inert(msgspec.json.encode(boot).decode())),  # noqa: S704 - `_inert` made it so
    )
    return Response(
        html,
        media_type=MediaType.HTML,
        headers={"Cache-Control": look.keeping},
        cookies=look.remembered,
    )


def _boot(tx: Tx, look: Look, epoch: str, framed: bool) -> Boot:
    visitor = look.visitor
    shop = commerce.shop(tx, visitor.shop) if visitor and visitor.shop else None
    return Boot(
        person=look.person,
        shop=OwnShop(shop.id, shop.slug, shop.name) if shop else None,
        rank=visitor.rank if visitor else None,
        lang=look.locale,
        epoch=epoch,
        framed=framed,
        translates=bool(tx.settings.translator),
        drafts=bool(tx.settings.writer),
        barred=_barred(tx, visitor, look.locale, find_zone(shop.zone)) if visitor and shop else "",
    )


def _barred(tx: Tx, visitor: Actor, locale: Locale, zone: ZoneInfo) -> str:
    """Say what a block takes from this colleague, what it leaves, and until when."""
    block = blocks.standing(tx, visitor) if visitor.barred else None
    if block is None:
        return ""
    when = moment(block.until, locale, zone) if block.until else ""
    ends = text(locale, "blocks.bar_ends", when=when) if when else text(locale, "blocks.bar_stands")
    return f"{text(locale, f'blocks.bar_{block.reach}')} {ends}"


def _inert(json: str) -> str:
    """Spell JSON so that nothing in it can end the script element it stands in."""
    return json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


ROUTES = (panel, personal_centre, message, desk)
