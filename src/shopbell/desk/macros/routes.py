"""Macros over HTTP: kept by a team, offered in a conversation, used with one press."""

from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from shopbell.conversations.model import ConversationId, Stream
from shopbell.desk.macros import recipes, running, service, sheet
from shopbell.desk.macros.commands import PutMacro, ReadSheet, RunMacro, TryMacro
from shopbell.desk.macros.model import Filled, Imported, Macro, MacroVersion, Offered, Ran
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor
from shopbell.kernel.texts import Locale

MACROS = "/api/v1/desk/macros"
ONE = f"{MACROS}/{{macro:str}}"


@get(MACROS)
async def list_macros(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    conversation: FromQuery[str] = "",
) -> list[Offered]:
    """List the team's macros; of a conversation those that fit it, filled, the best first."""
    if not conversation:
        return await db.read(service.shelf, actor)
    return await db.read(service.offered, actor, _talk(conversation), locale)


@get(f"{MACROS}/table", media_type="text/csv")
async def write_macro_table(
    db: NamedDependency[Database], actor: NamedDependency[Actor]
) -> Response[str]:
    """Write the team's macros down as a table (CSV)."""
    table = await db.read(sheet.written, actor)
    return Response(
        table,
        media_type="text/csv",
        headers={"Content-Disposition": 'attachment; filename="shop-macros.csv"'},
    )


@post(f"{MACROS}/table", status_code=200)
async def read_macro_table(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    data: JSONBody[ReadSheet],
) -> Imported:
    """Bring in the macros of such a table, by their keys: all of them, or none."""
    return await db.write(sheet.read, actor, data, locale)


@post(f"{MACROS}/attempt", status_code=200)
async def try_macro(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    data: JSONBody[TryMacro],
) -> Filled:
    """Show what a macro that is not kept yet would say in a conversation."""
    return await db.read(service.attempt, actor, data, locale)


@post(f"{MACROS}/recipes/{{recipe:str}}")
async def adopt_recipe(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    recipe: FromPath[str],
) -> Macro:
    """Make a macro that comes with the program the shop's own."""
    return await db.write(recipes.adopt, actor, recipe, locale)


@get(ONE)
async def show_macro(
    db: NamedDependency[Database], actor: NamedDependency[Actor], macro: FromPath[str]
) -> Macro:
    """Show one macro."""
    return await db.read(service.one, actor, macro)


@get(f"{ONE}/versions")
async def list_macro_versions(
    db: NamedDependency[Database], actor: NamedDependency[Actor], macro: FromPath[str]
) -> list[MacroVersion]:
    """List what a macro said before, the newest first."""
    return await db.read(service.versions, actor, macro)


@put(ONE)
async def put_macro(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    macro: FromPath[str],
    data: JSONBody[PutMacro],
) -> Macro:
    """Write a macro under an id of the writer's, or one that is there anew."""
    return await db.write(service.put, actor, macro, data)


@delete(ONE)
async def remove_macro(
    db: NamedDependency[Database], actor: NamedDependency[Actor], macro: FromPath[str]
) -> None:
    """Take a macro away."""
    await db.write(service.remove, actor, macro)


@post(f"{ONE}/run", status_code=200)
async def run_macro(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    macro: FromPath[str],
    data: JSONBody[RunMacro],
) -> Ran:
    """Use a macro in a conversation: to fill the field, or with all that it does."""
    return await db.write(running.run, actor, macro, data, locale)


def _talk(talk: str) -> ConversationId:
    return Stream.parse(f"c.{talk}.p").conversation


ROUTES = (
    list_macros,
    write_macro_table,
    read_macro_table,
    try_macro,
    adopt_recipe,
    show_macro,
    list_macro_versions,
    put_macro,
    remove_macro,
    run_macro,
)
