"""Listings in bulk over HTTP: bring a file, see what it would change, apply it, take it home."""

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.openapi.spec import (
    OpenAPIFormat,
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    RequestBody,
    Schema,
)
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import Stream
from msgspec import Struct

from shopbell.commerce.model import NotYourShop
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
from shopbell.connectors.listings.receiving import ALBUM, BODY_MOST, TABLE, receive
from shopbell.connectors.listings.service import Brought
from shopbell.connectors.listings.working import Desk
from shopbell.engine.blobs import Blobs
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


@dataclass
class TakesListings(Operation):
    """An operation whose body is a table as it is, or a form of a table and a zip of pictures."""

    def __post_init__(self) -> None:
        bytes_of_it = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
        form = Schema(
            type=OpenAPIType.OBJECT,
            properties={TABLE: bytes_of_it, ALBUM: bytes_of_it},
            required=[TABLE],
        )
        content = {
            "application/octet-stream": OpenAPIMediaType(schema=bytes_of_it),
            RequestEncodingType.MULTI_PART.value: OpenAPIMediaType(schema=form),
        }
        self.request_body = RequestBody(content=content, required=True)


@post(API, request_max_body_size=BODY_MOST, operation_class=TakesListings)
async def bring_listings(  # noqa: PLR0917
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    blobs: NamedDependency[Blobs],
    name: FromQuery[str] = "",
    pictures: FromQuery[bool] = False,
) -> ListingReport:
    """Bring listings: a table as it is, or a form of ``file`` and ``album``, a zip of pictures.

    They are checked; the same ones again are the first.
    """
    shop = shop_of(actor)
    await db.read(service.of_shop, actor, shop)
    kind, options = request.content_type
    is_form = kind == RequestEncodingType.MULTI_PART
    boundary = options.get("boundary", "") if is_form else None
    kept = await receive(request.stream(), boundary, blobs)
    wishes = Wishes(pictures=pictures)
    brought = Brought(name or kept.name or "listings", kept.file, wishes, album=kept.album)
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


ROUTES = (
    bring_listings,
    list_listing_files,
    export_listings,
    show_listing_file,
    report_listing_file,
    apply_listing_file,
    check_listing_file,
)
