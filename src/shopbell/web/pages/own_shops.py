"""For which shop somebody acts, at the head of a shop's pages, and the way to another of theirs.

It is a plain form: a page needs no JavaScript for it.
"""

from litestar import post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect
from msgspec import Struct

from shopbell.accounts import acting
from shopbell.accounts.model import Visit
from shopbell.commerce import service as commerce
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Rank, ShopId
from shopbell.kernel.refusals import SignInFirst
from shopbell.web.pages.look import Stall
from shopbell.web.pages.sign import Typed

SHOPS_OWN = ("/shop/", "/search", "/cases/")
"""Where pages begin that somebody of a shop's staff reads as that shop."""

FIRST = "/shop/settings"
FOR_ALL = frozenset(
    {FIRST, "/shop/team", "/shop/desk", "/shop/reports", "/shop/answers", "/shop/macros"}
)
FOR_MANAGERS = frozenset(
    f"/shop/{page}"
    for page in ("insight", "rules", "score", "listings", "ladder", "clocks", "terms", "keys")
)
"""Pages that an agent may not read: who manages one shop may be an agent of the other."""


class Choice(Struct, frozen=True):
    """The shop to act for, and the page it was chosen on."""

    shop: ShopId
    next: Typed = ""


async def stalls(db: Database, visit: Visit | None, path: str) -> tuple[Stall, ...]:
    """Return the shops whose staff a reader belongs to, on a page of these; none elsewhere."""
    if visit is None or visit.actor.shop is None or not path.startswith(SHOPS_OWN):
        return ()
    return await db.read(_own, visit)


@post("/account/shop", status_code=303)
async def act_for(
    db: NamedDependency[Database],
    visit: NamedDependency[Visit | None],
    data: URLEncodedBody[Choice],
) -> Redirect:
    """Act for another of one's shops in this sign-in, and see the same page of it."""
    if visit is None:
        raise SignInFirst
    rank = await db.write(_act_for, visit, data.shop)
    return Redirect(_same_page(data.next, rank), status_code=303)


def _own(tx: Tx, visit: Visit) -> tuple[Stall, ...]:
    if visit.session_id is None:
        return ()
    shops = [commerce.shop(tx, member.shop) for member in acting.shops_of(tx, visit)]
    return tuple(Stall(shop.id, shop.name, shop.id == visit.actor.shop) for shop in shops)


def _act_for(tx: Tx, visit: Visit, shop: ShopId) -> Rank:
    acting.act_for(tx, visit, shop)
    return next(one.rank for one in acting.shops_of(tx, visit) if one.shop == shop)


def _same_page(path: str, rank: Rank) -> str:
    """Return the section of a page: what else it names is the other shop's."""
    section = "/".join(path.split("/")[:3])
    is_shown = section in FOR_ALL or (rank is not Rank.AGENT and section in FOR_MANAGERS)
    return section if is_shown else FIRST


ROUTES = (act_for,)
