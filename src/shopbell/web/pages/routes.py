"""All pages the server writes, each shown as its reader sees the house."""

from pathlib import Path
from typing import Any

from litestar import Request, Response, Router, get
from litestar.di import NamedDependency, Provide

from shopbell.accounts.model import Visit
from shopbell.kernel.texts import Locale
from shopbell.web.pages import (
    account,
    answers,
    answers_doubted,
    answers_of_shop,
    answers_published,
    api_keys,
    asking,
    cases,
    console,
    contact,
    installed,
    ladder,
    letters,
    mediation,
    notices,
    office,
    policies,
    post,
    questions,
    refunds,
    searching,
    shells,
    sign,
    storefront,
    team,
    terms,
)
from shopbell.web.pages.look import Look, look_of

BELL = Path(__file__).with_name("assets") / "favicon.svg"
A_DAY = 24 * 3600


def provide_look(
    request: Request[Any, Any, Any],
    visit: NamedDependency[Visit | None],
    locale: NamedDependency[Locale],
) -> Look:
    """Find out how the sender of a request sees a page; the error page asks for it again."""
    look = look_of(request, locale, visit)
    request.scope["state"]["look"] = look
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
            *mediation.ROUTES,
            *questions.ROUTES,
            *refunds.ROUTES,
            *policies.ROUTES,
            *letters.ROUTES,
            *post.ROUTES,
            *account.ROUTES,
            *notices.ROUTES,
            *installed.ROUTES,
            *office.ROUTES,
            *team.ROUTES,
            *terms.ROUTES,
            *ladder.ROUTES,
            *api_keys.ROUTES,
            *searching.ROUTES,
            *shells.ROUTES,
        ],
        dependencies={"look": Provide(provide_look, sync_to_thread=False)},
        include_in_schema=False,
    ),
)
