"""Suggestions over HTTP: while words are typed, at the desk, and what was said of them."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from shopbell.accounts.routes import address_of
from shopbell.conversations.crowd import Crowd
from shopbell.conversations.model import Stream
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor
from shopbell.kernel.texts import Locale
from shopbell.knowledge.suggesting import gaps, service
from shopbell.knowledge.suggesting.commands import Confirm, Report, Suggest
from shopbell.knowledge.suggesting.model import Gap, Suggestion, Taken
from shopbell.knowledge.suggesting.ordering import nearest
from shopbell.knowledge.suggesting.translating import Helper, translated

API = "/api/v1"


@post(f"{API}/suggestions", status_code=200)
async def suggest(
    *,
    db: NamedDependency[Database],
    visitor: NamedDependency[Actor | None],
    locale: NamedDependency[Locale],
    assistants: NamedDependency[Helper],
    crowd: NamedDependency[Crowd],
    request: Request[object, object, Any],
    data: JSONBody[Suggest],
) -> list[Suggestion]:
    """Return what answers already what is being typed: three at most, and often none.

    What the shop said to all is translated for the reader where somebody translates; who has not
    signed in reads what was translated for others.
    """
    crowd.looks(visitor, address_of(request))
    looked = await db.read(service.look, visitor, data, locale)
    return await translated(assistants, looked, await nearest(assistants, looked))


@post(f"{API}/suggestions/reports", status_code=204)
async def report_suggestions(
    *,
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    crowd: NamedDependency[Crowd],
    request: Request[object, object, Any],
    data: JSONBody[Report],
) -> None:
    """Say what became of what was shown: it helped, or it answered something else."""
    crowd.looks(actor, address_of(request))
    await db.write(service.report, actor, data)


@get(f"{API}/conversations/{{talk:str}}/suggestions")
async def suggest_replies(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    talk: FromPath[str],
) -> list[Suggestion]:
    """Return what the shop may answer to what its buyer said last."""
    stream = Stream.parse(f"c.{talk}.p")
    return await db.read(service.replies, actor, stream.conversation, locale)


@get(f"{API}/shops/{{shop:str}}/suggestions")
async def list_reports(
    db: NamedDependency[Database], actor: NamedDependency[Actor], shop: FromPath[str]
) -> list[Taken]:
    """List what a shop's buyers were shown lately, the most often wrong first."""
    return await db.read(service.reported, actor, shop)


@post(f"{API}/shops/{{shop:str}}/suggestions/confirmations", status_code=204)
async def confirm_suggestion(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    shop: FromPath[str],
    data: JSONBody[Confirm],
) -> None:
    """Say that something is right, although buyers called it wrong; for the shop's team."""
    await db.write(service.confirm, actor, shop, data)


@get(f"{API}/shops/{{shop:str}}/gaps")
async def list_gaps(
    *,
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    shop: FromPath[str],
    product: FromQuery[str | None] = None,
) -> list[Gap]:
    """List what was asked of a shop's products and nothing answers, the most often asked first."""
    return await db.read(gaps.gaps, actor, shop, product)


ROUTES = (suggest, report_suggestions, suggest_replies, list_reports, confirm_suggestion, list_gaps)
