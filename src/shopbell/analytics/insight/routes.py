"""Insight over HTTP: the ranking, one listing, both as files, and what is added to a listing."""

from typing import Any

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from shopbell.analytics.export import Sheet
from shopbell.analytics.insight import files, mending, service
from shopbell.analytics.insight.commands import AddToListing
from shopbell.analytics.insight.model import InsightBoard, ListingInsight, Mend
from shopbell.analytics.routes import CSV, XLSX, file_of
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor
from shopbell.kernel.texts import Locale

API = "/api/v1/insight"


@get(API)
async def show_insight(
    db: NamedDependency[Database], actor: NamedDependency[Actor], shop: FromQuery[str] = ""
) -> InsightBoard:
    """Show which listings to fix first; the operator names the shop."""
    return await db.read(service.board, actor, shop)


@get(f"{API}/listings.csv", media_type=CSV)
async def insight_as_csv(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    shop: FromQuery[str] = "",
) -> Response[Any]:
    """Give all listings as CSV."""
    sheet = files.of_listings(await db.read(service.board, actor, shop), locale)
    return file_of("listings", "csv", sheet)


@get(f"{API}/listings.xlsx", media_type=XLSX)
async def insight_as_xlsx(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    shop: FromQuery[str] = "",
) -> Response[Any]:
    """Give all listings as a workbook."""
    sheet = files.of_listings(await db.read(service.board, actor, shop), locale)
    return file_of("listings", "xlsx", sheet)


@get(f"{API}/lanes.csv", media_type=CSV)
async def lanes_as_csv(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    shop: FromQuery[str] = "",
) -> Response[Any]:
    """Give how carriers kept their days as CSV."""
    sheet: Sheet = files.of_lanes(await db.read(service.board, actor, shop), locale)
    return file_of("lanes", "csv", sheet)


@get(f"{API}/products/{{product:str}}")
async def show_listing_insight(
    db: NamedDependency[Database], actor: NamedDependency[Actor], product: FromPath[str]
) -> ListingInsight:
    """Show what buyers ask of one listing, and what answers them."""
    return await db.read(service.listing, actor, product)


@post(f"{API}/products/{{product:str}}/mends")
async def add_to_listing(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    product: FromPath[str],
    data: JSONBody[AddToListing],
) -> Mend:
    """Add an attribute or an answer to a listing, because buyers ask."""
    return await db.write(mending.add, actor, product, data)


@delete(f"{API}/mends/{{mend:str}}", status_code=204)
async def take_from_listing(
    db: NamedDependency[Database], actor: NamedDependency[Actor], mend: FromPath[str]
) -> None:
    """Take back what was added."""
    await db.write(mending.undo, actor, mend)


ROUTES = (
    show_insight,
    insight_as_csv,
    insight_as_xlsx,
    lanes_as_csv,
    show_listing_insight,
    add_to_listing,
    take_from_listing,
)
