"""The operator's page of health: every figure with its light, and the work that was given up."""

import asyncio
from functools import partial
from importlib.metadata import version
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from msgspec import Struct

from shopbell.accounts import operating
from shopbell.accounts.standing import check_operates
from shopbell.app import App
from shopbell.channels.push import service as push
from shopbell.engine import migrations
from shopbell.engine.connect import program
from shopbell.engine.database import Database
from shopbell.engine.outbox import TRIES_MOST
from shopbell.engine.vitals import Vital, worst
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import Locale, text
from shopbell.web import vitals
from shopbell.web.pages import figures
from shopbell.web.pages.case_post import all_kept, posted_form
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.errors import Told, explain
from shopbell.web.pages.format import number
from shopbell.web.pages.look import Look

PAGE = "/console/health"
MEGABYTE = 1_000_000


class Done(Struct, frozen=True):
    """What was done, or was refused and is told above the list."""

    word: str = ""
    told: Told | None = None


@get(PAGE)
async def health_page(
    look: NamedDependency[Look], app: NamedDependency[App], done: FromQuery[str] = ""
) -> Response[Any]:
    """Show how the house is, and what to do about it."""
    return await _page(look, app, Done(done if done in {"retried", "dropped"} else ""))


@post("/console/jobs/{job:str}/retry", status_code=303)
async def retry(
    look: NamedDependency[Look], db: NamedDependency[Database], job: FromPath[str]
) -> Redirect:
    """Try a given-up job again."""
    await db.write(operating.try_again, visitor_of(look), job)
    return Redirect(f"{PAGE}?done=retried", status_code=303)


@post("/console/jobs/{job:str}/drop", status_code=303)
async def drop(
    request: Request[Any, Any, Any],
    look: NamedDependency[Look],
    app: NamedDependency[App],
    job: FromPath[str],
) -> Response[Any]:
    """Give a job up for good, for a reason."""
    posted = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, posted)
    try:
        await app.db.write(operating.drop, look.visitor, job, str(posted.get("reason", "")))
    except Refusal as refusal:
        return await _page(look.at(PAGE), app, Done(told=explain(refusal, look.locale)))
    return Redirect(f"{PAGE}?done=dropped", status_code=303)


def written(one: Vital, locale: Locale) -> str:
    """Write a figure as people read it."""
    if one.value is None:
        return text(locale, "vitals.never")
    match one.unit:
        case "seconds":
            return figures.duration(one.value, locale)
        case "bytes":
            size = number(one.value / MEGABYTE, locale)
            return text(locale, "vitals.megabytes", size=size)
        case "share":
            return figures.share(one.value, locale)
        case _:
            return number(one.value, locale)


async def _page(look: Look, app: App, done: Done) -> Response[Any]:
    check_operates(visitor_of(look))
    taken = await vitals.take(app)
    dead = await app.db.read(operating.given_up, visitor_of(look))
    pushed = await app.db.read(push.count, visitor_of(look))
    schema = await asyncio.to_thread(migrations.current, app.db.engine)
    return look.page(
        "health.html",
        done.told.status if done.told else 200,
        vitals=taken,
        worst=worst(taken),
        written=partial(written, locale=look.locale),
        dead=dead,
        tries=TRIES_MOST,
        done=done,
        version=version("shopbell"),
        schema=schema,
        keeper=program(app.db.engine),
        pushed=pushed,
    )


ROUTES = (health_page, retry, drop)
