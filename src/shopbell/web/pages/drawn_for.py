"""A form of a shop's office speaks for the shop its page was drawn for, and for no other.

Another tab may have moved the sign-in since, and a long form may outlive it on its way.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, cast

from litestar import Request

from shopbell.accounts import acting
from shopbell.accounts import service as accounts
from shopbell.accounts.model import Visit
from shopbell.accounts.refusals import ActsForAnother
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.refusals import SignInFirst
from shopbell.web.pages.look import DRAWN_FOR, Look

Sent = Request[Any, Any, Any]
OFFICE = "/shop/"
AGAIN = "who_it_is_now"
"""Under this name a request keeps how to find out who sends it by now."""


async def check_drawn_for(request: Sent, visit: Visit | None, db: Database) -> None:
    """Refuse a form of another shop's office, and one that names none where there are several."""
    if visit is None or request.method != "POST":
        return
    request.scope["state"][AGAIN] = partial(db.read, accounts.still, visit.actor, visit.session_id)
    if not request.url.path.startswith(OFFICE) or visit.actor.shop is None:
        return
    named = request.query_params.get(DRAWN_FOR)
    if named != visit.actor.shop and (named or await db.read(_has_several, visit)):
        raise ActsForAnother


def _has_several(tx: Tx, visit: Visit) -> bool:
    """Tell whether somebody works for more shops than one; a program has one for good."""
    return visit.session_id is not None and len(acting.shops_of(tx, visit)) > 1


async def check_still(request: Sent, look: Look) -> None:
    """Refuse a form whose sender was signed out, or moved to another shop, while it came."""
    if look.visitor is None:
        return
    again = cast("Callable[[], Awaitable[Actor | None]]", request.scope["state"][AGAIN])
    now = await again()
    if now is None:
        raise SignInFirst(back=look.path)
    if now.shop != look.visitor.shop:
        raise ActsForAnother
