"""The marketplace over HTTP. Shops and products are for everybody, orders for those they admit."""

from litestar import get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import File

from shopbell.commerce import service
from shopbell.commerce.commands import PAGE, OpenShop, Search
from shopbell.commerce.model import Order, Page, Product, Shop
from shopbell.engine.blobs import Blobs
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor, PersonId

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
    show_picture,
)
