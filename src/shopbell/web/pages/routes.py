"""All pages the server writes, each shown as its reader sees the house."""

from pathlib import Path
from typing import Any

from litestar import Request, Response, Router, get
from litestar.di import NamedDependency, Provide

from shopbell.accounts import service as accounts
from shopbell.accounts.model import NoSuchPerson, Person
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor, PersonId
from shopbell.kernel.texts import Locale
from shopbell.web.pages import console, contact, letters, shells, sign, storefront
from shopbell.web.pages.look import Look, look_of

BELL = Path(__file__).with_name("assets") / "favicon.svg"
A_DAY = 24 * 3600


async def provide_look(
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    visitor: NamedDependency[Actor | None],
    locale: NamedDependency[Locale],
) -> Look:
    """Find out how the sender of a request sees a page."""
    person = await db.read(_person, visitor.id) if visitor else None
    look = look_of(request, locale, visitor, person)
    request.scope["state"]["look"] = look
    return look


def _person(tx: Tx, visitor: PersonId) -> Person | None:
    try:
        return accounts.person(tx, visitor)
    except NoSuchPerson:
        return None  # an API key looks at pages, too, and is nobody


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
            *sign.ROUTES,
            *contact.ROUTES,
            *console.ROUTES,
            *letters.ROUTES,
            *shells.ROUTES,
        ],
        dependencies={"look": Provide(provide_look)},
        include_in_schema=False,
    ),
)
