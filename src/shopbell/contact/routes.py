"""The ladder over HTTP: another way for a buyer who waits, and the rules for those who lay them."""

from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from shopbell.contact import service
from shopbell.contact.ladder import Ladder
from shopbell.contact.model import Rules, Step
from shopbell.conversations.model import ConversationId, Stream
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor

WAYS = "/api/v1/conversations/{talk:str}/ways"
OF_SHOP = "/api/v1/shops/{shop:str}/ladder"
OF_MARKETPLACE = "/api/v1/ladder"


class Hurry(Struct, frozen=True, forbid_unknown_fields=True):
    """Tell the shop at once, by this step of the ladder."""

    step: Step


@get(WAYS)
async def list_ways(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    ladder: NamedDependency[Ladder],
    talk: FromPath[str],
) -> list[Step]:
    """List the ways by which a buyer who waits may have the shop told at once."""
    return await db.read(service.ways, actor, ladder, _talk(talk))


@post(WAYS, status_code=204)
async def choose_way(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    ladder: NamedDependency[Ladder],
    talk: FromPath[str],
    data: JSONBody[Hurry],
) -> None:
    """Have the shop told at once; asked again, it is told once."""
    await db.write(service.hurry, actor, ladder, _talk(talk), data.step)


@get(OF_SHOP)
async def show_ladder(
    db: NamedDependency[Database], actor: NamedDependency[Actor], shop: FromPath[str]
) -> Rules:
    """Show who is told when a shop does not answer; to its managers and the operator."""
    return await db.read(service.rules_of, actor, shop)


@put(OF_SHOP)
async def lay_down_ladder(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    shop: FromPath[str],
    data: JSONBody[Rules],
) -> Rules:
    """Have a shop go by its own ladder; by its managers or the operator."""
    return await db.write(service.lay_down, actor, shop, data)


@delete(OF_SHOP)
async def lift_ladder(
    db: NamedDependency[Database], actor: NamedDependency[Actor], shop: FromPath[str]
) -> None:
    """Have a shop go by the marketplace's ladder again."""
    await db.write(service.lift, actor, shop)


@get(OF_MARKETPLACE)
async def show_marketplace_ladder(
    db: NamedDependency[Database], actor: NamedDependency[Actor]
) -> Rules:
    """Show the ladder of shops without their own; to the operator."""
    return await db.read(service.rules_of_marketplace, actor)


@put(OF_MARKETPLACE)
async def lay_down_marketplace_ladder(
    db: NamedDependency[Database], actor: NamedDependency[Actor], data: JSONBody[Rules]
) -> Rules:
    """Have every shop without its own ladder go by this one; by the operator."""
    return await db.write(service.lay_down_for_all, actor, data)


def _talk(talk: str) -> ConversationId:
    return Stream.parse(f"c.{talk}.p").conversation


ROUTES = (
    list_ways,
    choose_way,
    show_ladder,
    lay_down_ladder,
    lift_ladder,
    show_marketplace_ladder,
    lay_down_marketplace_ladder,
)
