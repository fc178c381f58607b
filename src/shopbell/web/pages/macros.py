"""A team's macros by plain forms: the list, one macro, the recipes, the table."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from msgspec import Struct
from msgspec.structs import replace

from shopbell.desk.macros import recipes, service, sheet
from shopbell.desk.macros.commands import SHEET_MOST, ReadSheet
from shopbell.desk.macros.model import Imported, Offered
from shopbell.desk.macros.refusals import MacroSheetOdd
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Forbidden, Refusal
from shopbell.web.pages import macro_form
from shopbell.web.pages.case_post import all_kept, posted_form
from shopbell.web.pages.errors import Told, explain
from shopbell.web.pages.look import Look
from shopbell.web.pages.macro_form import asked_in, draft_in, refused, show_form
from shopbell.web.pages.office import at_work, elsewhere

Sent = Request[Any, Any, Any]
PAGE = "/shop/macros"
DONE = {"saved", "removed", "adopted", "imported"}


class Shelf(Struct, frozen=True):
    """What a team sees of its macros: the shop's, one's own, and recipes not taken over yet."""

    shops: list[Offered]
    own: list[Offered]
    recipes: list[recipes.Recipe]


def see_shelf(tx: Tx, actor: Actor) -> Shelf:
    """Look at all macros one may use."""
    found = service.shelf(tx, actor)
    shops = [one for one in found if one.macro.owner is None]
    taken = {one.macro.body.key for one in shops}
    left = [one for key, one in recipes.recipes().items() if key not in taken]
    return Shelf(shops, [one for one in found if one.macro.owner], left)


@get(PAGE)
async def macros_page(
    look: NamedDependency[Look], db: NamedDependency[Database], done: FromQuery[str] = ""
) -> Response[Any]:
    """Show the team its macros, and the recipes it can take over."""
    if away := elsewhere(look):
        return away
    return await _page(look, db, done=done if done in DONE else "")


@get(PAGE + "/{macro:str}")
async def macro_page(
    look: NamedDependency[Look], db: NamedDependency[Database], macro: FromPath[str]
) -> Response[Any]:
    """Show one macro in its form, or an empty form."""
    if away := elsewhere(look):
        return away
    if macro == "new":
        return await show_form(look, db, None, new_id())
    kept = await db.read(service.one, at_work(look)[0], macro)
    return await show_form(look, db, None, kept.id)


@post(PAGE + "/{macro:str}", status_code=303)
async def save_macro(
    request: Sent,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    macro: FromPath[str],
) -> Response[Any]:
    """Keep a macro, show what it would say, or take it away; what is wrong is told at its field."""
    form = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, form)
    actor, _ = at_work(look)
    if form.get("do") == "remove":
        await db.write(service.remove, actor, macro)
        return Redirect(f"{PAGE}?done=removed", status_code=303)
    draft, talk = draft_in(form), str(form.get("talk", ""))
    try:
        if form.get("do") == "check":
            said = await db.read(macro_form.check, actor, draft, talk, look.locale)
            return await show_form(look, db, replace(draft, checked=True, said=said), macro, talk)
        await db.write(service.put, actor, macro, asked_in(draft))
    except Forbidden:
        raise  # whose form has no button to save is told so on a page of its own
    except Refusal as refusal:
        return await show_form(look, db, refused(draft, refusal, look), macro, talk)
    return Redirect(f"{PAGE}?done=saved", status_code=303)


@post("/shop/recipes/{recipe:str}", status_code=303)
async def take_recipe(
    look: NamedDependency[Look], db: NamedDependency[Database], recipe: FromPath[str]
) -> Redirect:
    """Make a recipe the shop's own."""
    actor, _ = at_work(look)
    await db.write(recipes.adopt, actor, recipe, look.locale)
    return Redirect(f"{PAGE}?done=adopted", status_code=303)


@post("/shop/macro-table", status_code=303)
async def bring_table(
    request: Sent, look: NamedDependency[Look], db: NamedDependency[Database]
) -> Response[Any]:
    """Bring in a table of macros, or say row by row what is wrong with it."""
    form = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, form)
    actor, _ = at_work(look)
    try:
        asked = ReadSheet(await _table(form.get("table")))
        came = await db.write(sheet.read, actor, asked, look.locale)
    except Refusal as refusal:
        return await _page(look, db, told=explain(refusal, look.locale))
    if came.troubles:
        return await _page(look, db, came=came)
    return Redirect(f"{PAGE}?done=imported", status_code=303)


async def _table(sent: object) -> str:
    """Read the file that was chosen, as far as a table may go."""
    if not isinstance(sent, UploadFile):
        raise MacroSheetOdd(reason="CSV")
    raw = await sent.read(SHEET_MOST + 1)
    try:
        words = raw.decode()
    except UnicodeDecodeError:
        raise MacroSheetOdd(reason="UTF-8") from None
    if len(words) > SHEET_MOST:
        raise MacroSheetOdd(reason=f"> {SHEET_MOST}")
    return words


async def _page(
    look: Look,
    db: Database,
    *,
    done: str = "",
    told: Told | None = None,
    came: Imported | None = None,
) -> Response[str]:
    actor, _ = at_work(look)
    return look.page(
        "macros.html",
        told.status if told else 422 if came else 200,
        shelf=await db.read(see_shelf, actor),
        done=done,
        told=told,
        came=came,
    )


ROUTES = (macros_page, macro_page, save_macro, take_recipe, bring_table)
