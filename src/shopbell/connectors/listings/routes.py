"""Listings in bulk over HTTP: bring a file, see what it would change, apply it, take it home."""

import asyncio
from typing import Any
from urllib.parse import quote

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import Stream
from msgspec import Struct

from shopbell.commerce.model import NotYourShop
from shopbell.connectors.files.model import TableTooLarge
from shopbell.connectors.files.sheet import MOST_BYTES
from shopbell.connectors.listings import service
from shopbell.connectors.listings.model import (
    SHOWN_MOST,
    Form,
    ListingFile,
    ListingReport,
    Wishes,
    reported,
)
from shopbell.connectors.listings.offering import Press, Printed
from shopbell.connectors.listings.printing import Kind
from shopbell.connectors.listings.service import Brought
from shopbell.connectors.listings.working import Desk
from shopbell.conversations.routes import TakesFile
from shopbell.engine.blobs import Blobs, FileEmpty
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor, ShopId
from shopbell.kernel.texts import Locale

API = "/api/v1/listings"


class Apply(Struct, frozen=True, forbid_unknown_fields=True):
    """List what a file says; ``whole`` refuses one with rows that cannot be used."""

    whole: bool = False


class Nothing(Struct, frozen=True, forbid_unknown_fields=True):
    """There is nothing to say."""


def shop_of(actor: Actor) -> ShopId:
    """Return the shop somebody works for."""
    if actor.shop is None:
        raise NotYourShop
    return actor.shop


@post(API, request_max_body_size=None, operation_class=TakesFile)
async def bring_listings(  # noqa: PLR0917
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    blobs: NamedDependency[Blobs],
    name: FromQuery[str] = "",
    pictures: FromQuery[bool] = False,
) -> ListingReport:
    """Bring a file of listings (the raw body) to be checked; the same one again is the first."""
    shop = shop_of(actor)
    await db.read(service.of_shop, actor, shop)
    kept = await _kept(request, blobs)
    brought = Brought(name or "listings", kept, Wishes(pictures=pictures))
    return reported(await db.write(service.take, actor, shop, brought), ())


@get(API)
async def list_listing_files(
    db: NamedDependency[Database], actor: NamedDependency[Actor]
) -> list[ListingReport]:
    """List the files that one's shop brought, newest first."""
    found = await db.read(service.of_shop, actor, shop_of(actor))
    return [reported(file, ()) for file in found]


@get(API + "/export", include_in_schema=False)
async def export_listings(  # noqa: PLR0917
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    blobs: NamedDependency[Blobs],
    locale: NamedDependency[Locale],
    form: FromQuery[Form] = Form.OWN,
    kind: FromQuery[Kind] = Kind.CSV,
) -> Stream:
    """Take home all that one's shop lists, in columns that can be brought again."""
    press = Press(db, blobs, locale)
    return handed(await asyncio.to_thread(press.export, actor, shop_of(actor), form, kind))


@get(API + "/{listing:str}")
async def show_listing_file(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    blobs: NamedDependency[Blobs],
    listing: FromPath[str],
) -> ListingReport:
    """Tell how far a file has come, what it changes, and the first 200 things found in it."""
    known = await db.read(service.one, actor, listing)
    return await asyncio.to_thread(shown, db, blobs, known)


@get(API + "/{listing:str}/report", include_in_schema=False)
async def report_listing_file(  # noqa: PLR0917
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    blobs: NamedDependency[Blobs],
    locale: NamedDependency[Locale],
    listing: FromPath[str],
    kind: FromQuery[Kind] = Kind.XLSX,
) -> Stream:
    """Take home the file with what is wrong in it marked, to be mended and brought again."""
    press = Press(db, blobs, locale)
    return handed(await asyncio.to_thread(press.report, actor, listing, kind))


@post(API + "/{listing:str}/apply", status_code=200)
async def apply_listing_file(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    listing: FromPath[str],
    data: JSONBody[Apply],
) -> ListingReport:
    """Have what a file says listed; asked again, it goes on as it does."""
    return reported(await db.write(service.apply, actor, listing, whole=data.whole), ())


@post(API + "/{listing:str}/check", status_code=200)
async def check_listing_file(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    listing: FromPath[str],
    data: JSONBody[Nothing],  # noqa: ARG001 - a body of JSON keeps forms of others out
) -> ListingReport:
    """Compare a file anew with what is listed now."""
    return reported(await db.write(service.check_again, actor, listing), ())


def shown(db: Database, blobs: Blobs, known: ListingFile) -> ListingReport:
    """Tell of a file with the first things found in it."""
    found = Desk(db, blobs).findings(known)
    return reported(known, [one for one, _ in zip(found, range(SHOWN_MOST), strict=False)])


def handed(printed: Printed) -> Stream:
    """Hand out a file under its name."""
    name = f"attachment; filename*=UTF-8''{quote(printed.name)}"
    headers = {"Content-Disposition": name}
    return Stream(printed.parts(), media_type=printed.media, headers=headers)


async def _kept(request: Request[Any, Any, Any], blobs: Blobs) -> str:
    """Write a body down as it comes, and keep it; one that is too long is not read whole."""
    size = 0
    with blobs.workroom() as folder:
        with (folder / "file").open("wb") as file:
            async for chunk in request.stream():
                size += len(chunk)
                if size > MOST_BYTES:
                    raise TableTooLarge(most=f"{MOST_BYTES // 1024 // 1024} MB")
                await asyncio.to_thread(file.write, chunk)
        if not size:
            raise FileEmpty
        return await asyncio.to_thread(blobs.keep_written, folder / "file")


ROUTES = (
    bring_listings,
    list_listing_files,
    export_listings,
    show_listing_file,
    report_listing_file,
    apply_listing_file,
    check_listing_file,
)
