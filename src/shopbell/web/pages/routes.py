"""All pages the server writes, each shown as its reader sees the house."""

from pathlib import Path
from typing import Any

from litestar import Request, Response, Router, get
from litestar.di import NamedDependency, Provide

from shopbell.accounts.model import Visit
from shopbell.engine.database import Database
from shopbell.kernel.texts import Locale
from shopbell.web.pages import (
    account,
    answers,
    answers_doubted,
    answers_of_shop,
    answers_published,
    api_keys,
    asking,
    blocks,
    cases,
    clock_maxima,
    clocks,
    conduct,
    console,
    contact,
    covers,
    desk_work,
    health,
    insight,
    installed,
    ladder,
    letters,
    listings,
    macros,
    mediation,
    notices,
    office,
    own_shops,
    people,
    policies,
    post,
    privacy,
    questions,
    rating,
    record,
    refunds,
    reports,
    rules,
    score,
    score_appeals,
    searching,
    shells,
    sign,
    stopping,
    storefront,
    team,
    terms,
)
from shopbell.web.pages.drawn_for import check_drawn_for
from shopbell.web.pages.look import Look, look_of

BELL = Path(__file__).with_name("assets") / "favicon.svg"
A_DAY = 24 * 3600


async def provide_look(
    request: Request[Any, Any, Any],
    visit: NamedDependency[Visit | None],
    locale: NamedDependency[Locale],
    db: NamedDependency[Database],
) -> Look:
    """Find out how the sender of a request sees a page; the error page asks for it again."""
    own = await own_shops.stalls(db, visit, request.url.path)
    look = look_of(request, locale, visit, own)
    request.scope["state"]["look"] = look
    await check_drawn_for(request, visit, db)
    return look


@get(["/favicon.svg", "/favicon.ico"], sync_to_thread=False)
def favicon() -> Response[bytes]:
    """Show the bell."""
    return Response(
        BELL.read_bytes(),
        media_type="image/svg+xml",
        headers={"Cache-Control": f"public, max-age={A_DAY}"},
    )


ROUTES = (
    Router(
        path="/",
        route_handlers=[
            favicon,
            *storefront.ROUTES,
            *answers.ROUTES,
            *answers_of_shop.ROUTES,
            *answers_published.ROUTES,
            *answers_doubted.ROUTES,
            *asking.ROUTES,
            *cases.ROUTES,
            *sign.ROUTES,
            *contact.ROUTES,
            *console.ROUTES,
            *health.ROUTES,
            *record.ROUTES,
            *people.ROUTES,
            *blocks.ROUTES,
            *mediation.ROUTES,
            *questions.ROUTES,
            *refunds.ROUTES,
            *reports.ROUTES,
            *score.ROUTES,
            *score_appeals.ROUTES,
            *insight.ROUTES,
            *conduct.ROUTES,
            *covers.ROUTES,
            *policies.ROUTES,
            *letters.ROUTES,
            *listings.ROUTES,
            *post.ROUTES,
            *account.ROUTES,
            *own_shops.ROUTES,
            *privacy.ROUTES,
            *rating.ROUTES,
            *notices.ROUTES,
            *stopping.ROUTES,
            *installed.ROUTES,
            *office.ROUTES,
            *team.ROUTES,
            *desk_work.ROUTES,
            *macros.ROUTES,
            *rules.ROUTES,
            *terms.ROUTES,
            *ladder.ROUTES,
            *clocks.ROUTES,
            *clock_maxima.ROUTES,
            *api_keys.ROUTES,
            *searching.ROUTES,
            *shells.ROUTES,
        ],
        dependencies={"look": Provide(provide_look)},
        include_in_schema=False,
    ),
)
