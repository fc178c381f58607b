"""The marketplace over HTTP. Shops and products are for everybody, orders for those they admit.

Carriers bring no session: they sign what they tell.
"""

from collections.abc import Sequence
from typing import Any

from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import File
from msgspec import Struct

from shopbell.commerce import listening, roster, service
from shopbell.commerce.carriers import Carrier, GiveSecret, PutCarrier
from shopbell.commerce.commands import PAGE, OpenShop, Search
from shopbell.commerce.listening import Told, Took
from shopbell.commerce.model import Order, Page, Product, Shop
from shopbell.commerce.reports import CarrierNews, Heard, UnknownCode
from shopbell.engine.blobs import Blobs
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor, PersonId
from shopbell.kernel.texts import Locale, text

API = "/api/v1"
FOR_EVER = "public, max-age=31536000, immutable"


@get(f"{API}/shops")
async def list_shops(db: NamedDependency[Database]) -> list[Shop]:
    """List the shops of the marketplace."""
    return await db.read(service.shops)


@get(f"{API}/shops/{{shop:str}}")
async def show_shop(db: NamedDependency[Database], shop: FromPath[str]) -> Shop:
    """Show one shop, by its address or id."""
    return await db.read(service.shop, shop)


@put(f"{API}/shops/{{shop:str}}")
async def change_shop(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    shop: FromPath[str],
    data: JSONBody[OpenShop],
) -> Shop:
    """Change a shop's hours, holidays, promises, languages, channels and page; by its managers."""
    return await db.write(service.change_shop, actor, shop, data)


@get(f"{API}/products")
async def list_products(
    *,
    db: NamedDependency[Database],
    q: FromQuery[str | None] = None,
    shop: FromQuery[str | None] = None,
    category: FromQuery[str | None] = None,
    after: FromQuery[str | None] = None,
    limit: FromQuery[int] = PAGE,
) -> Page[Product]:
    """Search the catalogue, newest first; ``after`` is the ``next`` of the page before."""
    return await db.read(service.catalogue, Search(q, shop, category, after, limit))


@get(f"{API}/products/{{product:str}}")
async def show_product(db: NamedDependency[Database], product: FromPath[str]) -> Product:
    """Show one product, by its address or id."""
    return await db.read(service.product, product)


@get(f"{API}/orders")
async def list_orders(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    after: FromQuery[str | None] = None,
    limit: FromQuery[int] = PAGE,
    buyer: FromQuery[PersonId | None] = None,
) -> Page[Order]:
    """List the orders you may see, newest first; a shop may ask for those of one ``buyer``."""
    return await db.read(service.orders, actor, after, limit, buyer)


@get(f"{API}/orders/{{order:str}}")
async def show_order(
    db: NamedDependency[Database], actor: NamedDependency[Actor], order: FromPath[str]
) -> Order:
    """Show one order, by its number or id."""
    return await db.read(service.order, actor, order)


class EventOutcome(Struct, frozen=True, omit_defaults=True):
    """What became of one event; of a refused one, why and what to do about it."""

    outcome: Heard
    code: str = ""
    title: str = ""
    next: str = ""


class NewsOutcome(Struct, frozen=True):
    """What became of a batch: event by event, in the order they were told."""

    events: list[EventOutcome]


@post(f"{API}/tracking/{{carrier:str}}", status_code=200)
async def hear_carrier(
    *,
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    locale: NamedDependency[Locale],
    carrier: FromPath[str],
    data: JSONBody[CarrierNews],
) -> NewsOutcome:
    """Take in what a carrier tells, up to 500 events, signed; the same again changes nothing."""
    sent = request.headers
    told = Told(
        carrier=carrier,
        timestamp=sent.get("shopbell-timestamp", ""),
        signature=sent.get("shopbell-signature", ""),
        body=await request.body(),
        news=data,
    )
    took = await db.write_together(listening.hear_all, told)
    return NewsOutcome([_outcome(one, locale) for one in took])


def _outcome(took: Took, locale: Locale) -> EventOutcome:
    if (why := took.why) is None:
        return EventOutcome(took.heard)
    title, next_ = (
        text(locale, f"refusals.{why.code}.{p}", **why.facts) for p in ("title", "next")
    )
    return EventOutcome(took.heard, why.code, title, next_)


@get(f"{API}/tracking/unknown")
async def list_unknown_codes(
    db: NamedDependency[Database], actor: NamedDependency[Actor]
) -> list[UnknownCode]:
    """List carriers' words that no vocabulary has, the most frequent first; for the operator."""
    return await db.read(listening.unknown_codes, actor)


@get(f"{API}/carriers")
async def list_carriers(db: NamedDependency[Database]) -> Sequence[Carrier]:
    """List the carriers we know, and where anybody follows a parcel."""
    return await db.read(roster.shown)


@put(f"{API}/carriers/{{carrier:str}}")
async def put_carrier(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    carrier: FromPath[str],
    data: JSONBody[PutCarrier],
) -> Carrier:
    """Make a carrier known, or say anew what is known of it; for the operator."""
    return await db.write(roster.put_carrier, actor, carrier, data)


@put(f"{API}/carriers/{{carrier:str}}/secret", status_code=204)
async def give_carrier_secret(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    carrier: FromPath[str],
    data: JSONBody[GiveSecret],
) -> None:
    """Have a carrier sign with another secret; the one before stays good; for the operator."""
    await db.write(roster.give_secret, actor, carrier, data)


@get("/pictures/{sha256:str}", include_in_schema=False)
async def show_picture(
    db: NamedDependency[Database], blobs: NamedDependency[Blobs], sha256: FromPath[str]
) -> File:
    """Serve a picture of a shop or product; no other kept file is to be had here."""
    shown = await db.read(service.picture, sha256)
    return File(
        blobs.path(shown),
        media_type=blobs.media_type(shown),
        content_disposition_type="inline",
        headers={"Cache-Control": FOR_EVER},
    )


ROUTES = (
    list_shops,
    show_shop,
    change_shop,
    list_products,
    show_product,
    list_orders,
    show_order,
    hear_carrier,
    list_unknown_codes,
    list_carriers,
    put_carrier,
    give_carrier_secret,
    show_picture,
)
