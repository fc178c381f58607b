"""The operator's page of rude words: what was reported, who was abusive again and again."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect

from shopbell.conversations.conduct import service
from shopbell.conversations.conduct.model import Decide, Outcome
from shopbell.conversations.conduct.refusals import NoSuchComplaint
from shopbell.engine.database import Database
from shopbell.kernel.refusals import Refusal
from shopbell.web.pages.case_post import all_kept, posted_form
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.errors import Told, explain
from shopbell.web.pages.look import Look

PAGE = "/console/conduct"


@get(PAGE)
async def conduct_page(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    done: FromQuery[Outcome | None] = None,
) -> Response[Any]:
    """List what waits for a decision."""
    return await _page(look, db, done=done)


@post(PAGE, status_code=303)
async def decide_conduct(
    request: Request[Any, Any, Any], look: NamedDependency[Look], db: NamedDependency[Database]
) -> Response[Any]:
    """Decide about one author in one conversation; what is refused is told above the list."""
    posted = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, posted)
    sent = {"complaints": posted.getall("complaint", []), "outcome": posted.get("outcome")}
    try:
        asked = msgspec.convert(sent, Decide)
        await db.write(service.decide, look.visitor, asked)
    except msgspec.ValidationError:
        told = explain(NoSuchComplaint(), look.locale)
        return await _page(look.at(PAGE), db, told, status=told.status)
    except Refusal as refusal:
        told = explain(refusal, look.locale)
        return await _page(look.at(PAGE), db, told, status=told.status)
    return Redirect(f"{PAGE}?done={asked.outcome}", status_code=303)


async def _page(
    look: Look,
    db: Database,
    told: Told | None = None,
    *,
    done: Outcome | None = None,
    status: int = 200,
) -> Response[Any]:
    queue = await db.read(service.queue, visitor_of(look))
    days = db.settings.abuse_days
    return look.page("conduct.html", status, queue=queue, told=told, done=done, days=days)


ROUTES = (conduct_page, decide_conduct)
