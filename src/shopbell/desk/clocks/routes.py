"""Clocks over HTTP: a shop's rules, the marketplace's maxima, and why a date is what it is."""

from litestar import delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from shopbell.conversations.model import Stream
from shopbell.conversations.targets.model import Ceiling, Maxima
from shopbell.desk.clocks import service
from shopbell.desk.clocks.commands import ClocksShown, LayClocks, MaximaShown, TalkClocks
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor

OF_SHOP = "/api/v1/shops/{shop:str}/clocks"
MAXIMA = "/api/v1/clocks/maxima"
OF_TALK = "/api/v1/conversations/{talk:str}/clocks"


@get(OF_SHOP)
async def show_clocks(
    db: NamedDependency[Database], actor: NamedDependency[Actor], shop: FromPath[str]
) -> ClocksShown:
    """Show by which clocks a shop answers; to its managers and the operator."""
    return await db.read(service.rules_of, actor, shop)


@put(OF_SHOP)
async def lay_down_clocks(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    shop: FromPath[str],
    data: JSONBody[LayClocks],
) -> ClocksShown:
    """Have a shop go by its own clocks from two minutes on, or later; once, however often."""
    return await db.write(service.lay_down, actor, shop, data)


@delete(OF_SHOP)
async def lift_clocks(
    db: NamedDependency[Database], actor: NamedDependency[Actor], shop: FromPath[str]
) -> None:
    """Have a shop go by the promise on its page again."""
    await db.write(service.lift, actor, shop)


@get(MAXIMA)
async def show_maxima(db: NamedDependency[Database], actor: NamedDependency[Actor]) -> MaximaShown:
    """Show how slow any shop may be, and which would be slower; to the operator."""
    return await db.read(service.maxima, actor)


@put(MAXIMA)
async def lay_down_maxima(
    db: NamedDependency[Database], actor: NamedDependency[Actor], data: JSONBody[Maxima]
) -> Ceiling:
    """Say how slow any shop may be, from two minutes on; by the operator."""
    return await db.write(service.cap, actor, data)


@get(OF_TALK)
async def show_talk_clocks(
    db: NamedDependency[Database], actor: NamedDependency[Actor], talk: FromPath[str]
) -> TalkClocks:
    """Say why the dates of a conversation are what they are; to the shop's team alone."""
    stream = Stream.parse(f"c.{talk}.n")
    return await db.read(service.clocks_of, actor, stream.conversation)


ROUTES = (
    show_clocks,
    lay_down_clocks,
    lift_clocks,
    show_maxima,
    lay_down_maxima,
    show_talk_clocks,
)
