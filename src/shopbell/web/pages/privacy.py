"""One's own data by plain forms: take a copy along, or have the account erased."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import File, Redirect
from msgspec import Struct

from shopbell.accounts import entrance
from shopbell.accounts.model import Visit
from shopbell.accounts.refusals import WrongPassword
from shopbell.accounts.routes import farewell
from shopbell.conversations.routes import FILE_HEADERS
from shopbell.engine.database import Database
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import Side
from shopbell.kernel.refusals import Refusal, SignInFirst
from shopbell.kernel.texts import text
from shopbell.privacy import retention, service
from shopbell.privacy.exporting import Shelf
from shopbell.privacy.refusals import OnlyBuyersErase, RecordKeptTooShort, TalksKeptTooShort
from shopbell.privacy.retention import Kept, Periods
from shopbell.web.pages.case_post import posted_form
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.errors import Told, explain
from shopbell.web.pages.look import Look
from shopbell.web.pages.sign import Asking, Typed

PAGE = "/account/data"
CONSOLE = "/console/privacy"
KIB = 1024


class Goodbye(Struct, frozen=True):
    """The password, asked for once more."""

    password: Typed = ""


@get(PAGE)
async def data_page(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    visit: NamedDependency[Visit | None],
    done: FromQuery[str] = "",
) -> Response[Any]:
    """Show somebody what they can do about what is kept of them."""
    return await _page(look, db, _known(visit), done=done)


@post(f"{PAGE}/copies", status_code=303)
async def ask_copy(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    visit: NamedDependency[Visit | None],
) -> Redirect:
    """Have a copy of one's data written."""
    await db.write(service.ask_export, _known(visit), look.locale)
    return Redirect(f"{PAGE}?done=take", status_code=303)


@get(f"{PAGE}/copies/{{copy:str}}")
async def fetch_copy(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    copy: FromPath[str],
) -> File:
    """Hand a finished copy to whose data it is."""
    found = await db.read(service.fetched, visitor_of(look), copy)
    return File(
        path=Shelf.of(settings).place(found.id),
        media_type="application/zip",
        filename=f"shopbell-{found.asked_at:%Y-%m-%d}.zip",
        headers=FILE_HEADERS,
    )


@post(f"{PAGE}/erasure", status_code=200)
async def ask_erasure(  # noqa: PLR0917 - the framework names them
    request: Asking,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    visit: NamedDependency[Visit | None],
    settings: NamedDependency[Settings],
    data: URLEncodedBody[Goodbye],
) -> Response[Any]:
    """Begin the grace, sign out, and show the number; a wrong password changes nothing."""
    known = _known(visit)
    try:
        await entrance.confirm(db, known, data.password)
        wish = await db.write(service.ask_erasure, known.actor)
    except (WrongPassword, OnlyBuyersErase) as refusal:
        return await _page(look, db, known, refusal)
    answer = look.at("/").page("erasure.html", wish=wish)
    answer.cookies = [*answer.cookies, *farewell(request, settings)]
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


@get(CONSOLE)
async def privacy_page(
    look: NamedDependency[Look], db: NamedDependency[Database], done: FromQuery[bool] = False
) -> Response[Any]:
    """Show the operator who wants to go, the receipts of who went, and what runs out."""
    return await _console(look, db, done=done)


@post(CONSOLE, status_code=303)
async def choose_periods(
    request: Asking, look: NamedDependency[Look], db: NamedDependency[Database]
) -> Response[Any]:
    """Keep for how long what is kept; what is no number of days changes nothing."""
    actor, posted = visitor_of(look), await posted_form(request, look)
    sent = {kind.value: posted.get(kind) or 0 for kind in Kept}
    try:
        await db.write(retention.choose, actor, msgspec.convert(sent, Periods, strict=False))
    except msgspec.ValidationError:
        return await _console(look.at(CONSOLE), db, bad=text(look.locale, "privacy.period_bad"))
    except (RecordKeptTooShort, TalksKeptTooShort) as refusal:
        told = explain(refusal, look.locale)
        return await _console(look.at(CONSOLE), db, bad=f"{told.title} {told.next}")
    return Redirect(f"{CONSOLE}?done=true", status_code=303)


async def _console(look: Look, db: Database, *, done: bool = False, bad: str = "") -> Response[Any]:
    actor = visitor_of(look)
    return look.page(
        "console_privacy.html",
        422 if bad else 200,
        wishes=await db.read(service.receipts, actor),
        periods=await db.read(retention.periods, actor),
        done=done,
        bad=bad,
    )


async def _page(
    look: Look, db: Database, visit: Visit, refusal: Refusal | None = None, done: str = ""
) -> Response[Any]:
    told: Told | None = explain(refusal, look.locale) if refusal else None
    return look.at(PAGE).page(
        "data.html",
        told.status if told else 200,
        copies=await db.read(service.exports, visit.actor),
        may_go=visit.actor.side is Side.BUYER,
        told=told,
        wrong=isinstance(refusal, WrongPassword),
        done=text(look.locale, "privacy.take_done") if done == "take" else "",
        kib=KIB,
    )


def _known(visit: Visit | None) -> Visit:
    if visit is None or visit.person is None:
        raise SignInFirst
    return visit


ROUTES = (data_page, ask_copy, fetch_copy, ask_erasure, privacy_page, choose_periods)
