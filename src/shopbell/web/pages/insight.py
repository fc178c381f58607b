"""Which listings to fix first: the ranking, one listing with its forms, the operator's look."""

from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from msgspec import Struct, ValidationError, convert

from shopbell.accounts.standing import check_operates
from shopbell.analytics.insight import mending, ranking, service
from shopbell.analytics.insight.commands import AddToListing
from shopbell.analytics.insight.model import Draft, InsightBoard, ListingInsight, Why
from shopbell.analytics.insight.odds import FEW
from shopbell.analytics.insight.refusals import LineEmpty, NothingCountedYet
from shopbell.analytics.insight.routes import API
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import LOCALES
from shopbell.web.pages import insight_words as words
from shopbell.web.pages.case_post import all_kept, posted_form
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.errors import Told, explain
from shopbell.web.pages.look import Look
from shopbell.web.pages.office import at_work, elsewhere

Sent = Request[Any, Any, Any]
OFFICE, CONSOLE = "/shop/insight", "/console/insight"
ROWS_MOST = 50
DONE = {"added", "undone"}
FIELDS: Mapping[str, tuple[str, ...]] = {
    "attribute": ("name", "value"),
    "answer": ("question", "answer"),
}


class Attempt(Struct, frozen=True):
    """A form that was refused: why, and what stands in it."""

    told: Told
    typed: dict[str, str]


@get(OFFICE)
async def shop_insight(look: NamedDependency[Look], db: NamedDependency[Database]) -> Response[Any]:
    """Show a shop's managers which of their listings to fix first."""
    if away := elsewhere(look):
        return away
    try:
        board = await db.read(service.board, visitor_of(look))
    except NothingCountedYet:
        return look.page("insight.html", board=None, start=OFFICE)
    return _board(look, board, OFFICE)


@get(CONSOLE)
async def console_insight(
    look: NamedDependency[Look], db: NamedDependency[Database]
) -> Response[Any]:
    """Show the operator the shops."""
    check_operates(visitor_of(look))
    boards = await db.read(service.boards, visitor_of(look))
    return look.page(
        "insight_shops.html", boards=boards, start=CONSOLE, rate=partial(words.rate, look.locale)
    )


@get(f"{CONSOLE}/{{shop:str}}")
async def console_shop_insight(
    look: NamedDependency[Look], db: NamedDependency[Database], shop: FromPath[str]
) -> Response[Any]:
    """Show the operator one shop."""
    check_operates(visitor_of(look))
    board = await db.read(service.board, visitor_of(look), shop)
    return _board(look, board, f"{CONSOLE}/{quote(shop)}")


@get(f"{CONSOLE}/{{shop:str}}/{{product:str}}")
async def console_listing_insight(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    shop: FromPath[str],
    product: FromPath[str],
) -> Response[Any]:
    """Show the operator one listing, without the words of its buyers."""
    check_operates(visitor_of(look))
    seen = await db.read(service.listing, visitor_of(look), product)
    return _listing(look, seen, {}, f"{CONSOLE}/{quote(shop)}")


@get(f"{OFFICE}/{{product:str}}")
async def shop_listing_insight(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    product: FromPath[str],
    done: FromQuery[str] = "",
) -> Response[Any]:
    """Show what buyers ask of one listing, with the forms to add what it lacks."""
    if away := elsewhere(look):
        return away
    seen, drafts = await db.read(see, visitor_of(look), product)
    return _listing(look, seen, drafts, OFFICE, done=done)


@post(f"{OFFICE}/{{product:str}}", status_code=303)
async def change_listing(
    request: Sent,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    product: FromPath[str],
) -> Response[Any]:
    """Add what the listing lacks, or take it back; what is refused stays typed."""
    form = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, form)
    actor, _shop = at_work(look)
    typed = {name: str(value) for name, value in form.items()}
    try:
        done = await db.write(change, actor, product, typed)
    except Refusal as refusal:
        seen, drafts = await db.read(see, actor, product)
        attempt = Attempt(explain(refusal, look.locale), typed)
        return _listing(look, seen, drafts, OFFICE, attempt=attempt)
    return Redirect(f"{OFFICE}/{product}?done={done}", status_code=303)


def see(tx: Tx, actor: Actor, product: str) -> tuple[ListingInsight, dict[str, Draft]]:
    """Look at a listing, and at what may be added to it."""
    seen = service.listing(tx, actor, product)
    return seen, service.drafts(tx, actor, product) if seen.may_mend else {}


def change(tx: Tx, actor: Actor, product: str, typed: Mapping[str, str]) -> str:
    """Do what a form asks for; return what was done."""
    if typed.get("do") == "undo":
        mending.undo(tx, actor, typed.get("mend", ""))
        return "undone"
    mending.add(tx, actor, product, asked_in(typed))
    return "added"


def asked_in(typed: Mapping[str, str]) -> AddToListing:
    """Read what a form adds; refuse an empty field."""
    do = "answer" if typed.get("do") == "answer" else "attribute"
    line = {name: typed.get(name, "").strip() for name in FIELDS[do]}
    empty = next((name for name, value in line.items() if not value), None)
    named = {name: typed.get(name, "") for name in ("id", "key", "locale")}
    try:
        return convert({**named, do: line}, type=AddToListing)
    except ValidationError:
        raise LineEmpty(field=empty or do) from None


def _board(look: Look, board: InsightBoard, start: str) -> Response[str]:
    locale = look.locale
    return look.page(
        "insight.html",
        board=board,
        start=start,
        api=API,
        of_shop="" if start == OFFICE else f"?shop={board.shop}",
        rows=board.listings[:ROWS_MOST],
        whys=list(Why),
        few=FEW,
        worth=ranking.RETURN_COUNTS,
        period=words.period(board.since, board.until, locale),
        counted_at=words.moment(board.made_at, locale),
        rate=partial(words.rate, locale),
        reasons=partial(words.reasons, locale),
        action=partial(words.action, locale),
    )


def _listing(  # noqa: PLR0917 - what stands on the screen
    look: Look,
    seen: ListingInsight,
    drafts: Mapping[str, Draft],
    start: str,
    done: str = "",
    attempt: Attempt | None = None,
) -> Response[str]:
    locale = look.locale
    status = attempt.told.status if attempt else 200
    return look.page(
        "insight_listing.html",
        status,
        seen=seen,
        one=seen.listing,
        start=start,
        drafts=drafts,
        done=done if done in DONE else "",
        told=attempt.told if attempt else None,
        typed=defaultdict(str, attempt.typed if attempt else {}),
        nothing=defaultdict[str, str](str),
        new_id=new_id,
        locales=LOCALES,
        whys=list(Why),
        period=words.period(seen.since, seen.until, locale),
        rate=partial(words.rate, locale),
        asks=partial(words.asks, locale),
        since=partial(words.since, locale),
        on_day=lambda at: words.day(at, locale),
    )


ROUTES = (
    shop_insight,
    console_insight,
    console_shop_insight,
    console_listing_insight,
    shop_listing_insight,
    change_listing,
)
