"""Rules by plain forms, a shop's and the marketplace's: the list, one rule, its trial, its log."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from msgspec import Struct

from shopbell.accounts.standing import check_operates
from shopbell.conversations import service as conversations
from shopbell.conversations.model import Listed
from shopbell.desk.rules import recipes, rehearsing, service
from shopbell.desk.rules.commands import RehearseRule, TryRule
from shopbell.desk.rules.fields import FIELDS
from shopbell.desk.rules.model import Group, Rule, Run, Trigger
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor, Side
from shopbell.kernel.ids import is_id, new_id
from shopbell.kernel.refusals import Forbidden, Refusal
from shopbell.web.pages.case_post import all_kept, posted_form
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.errors import explain
from shopbell.web.pages.look import Look
from shopbell.web.pages.office import at_work, elsewhere
from shopbell.web.pages.office_form import Filled, one
from shopbell.web.pages.rule_form import Draft, actions, asked_in, sheet_in, sheet_of

Sent = Request[Any, Any, Any]
SHOP, MARKET = "/shop/rules", "/console/rules"
DONE = {"saved", "removed", "adopted"}
TALKS_MOST = 20
PAST = (1, 7, 30, 90)


class Shelf(Struct, frozen=True):
    """What somebody keeps, and the recipes they can take over."""

    rules: list[Rule]
    recipes: list[recipes.RuleRecipe]


class Around(Struct, frozen=True):
    """What stands around a form: the rule as it is kept, what it did, where it can be tried."""

    rule: Rule | None
    runs: list[Run]
    talks: list[Listed]


def see_shelf(tx: Tx, actor: Actor) -> Shelf:
    """Look at all rules somebody keeps."""
    market = actor.side is Side.OPERATOR
    found = [one for one in recipes.recipes().values() if one.for_all_shops or not market]
    return Shelf(service.rules(tx, actor), found)


def see_around(tx: Tx, actor: Actor, rule: str) -> Around:
    """Look at what stands around the form of a rule, kept or not."""
    found = service.find(tx, actor, rule)
    talks, _ = conversations.inbox(tx, actor, "all", limit=TALKS_MOST)
    return Around(found, service.log(tx, actor, found.id) if found else [], talks)


@get([SHOP, MARKET])
async def rules_page(
    look: NamedDependency[Look], db: NamedDependency[Database], done: FromQuery[str] = ""
) -> Response[Any]:
    """Show the rules, and the recipes to take over."""
    if away := _elsewhere(look):
        return away
    shelf = await db.read(see_shelf, _keeper(look))
    names = {one.body.name for one in shelf.rules}
    return look.page(
        "rules.html",
        base=_base(look),
        rules=shelf.rules,
        recipes=[one for one in shelf.recipes if not names & set(one.name.values())],
        done=done if done in DONE else "",
    )


@get([SHOP + "/{rule:str}", MARKET + "/{rule:str}"])
async def rule_page(
    look: NamedDependency[Look], db: NamedDependency[Database], rule: FromPath[str]
) -> Response[Any]:
    """Show one rule in its form with what it did, or an empty form."""
    if away := _elsewhere(look):
        return away
    if rule == "new":
        return await _form(look, db, new_id(), Draft(sheet_of(None)))
    kept = await db.read(service.one, _keeper(look), rule)
    return await _form(look, db, kept.id, Draft(sheet_of(kept)))


@post([SHOP + "/{rule:str}", MARKET + "/{rule:str}"], status_code=303)
async def save_rule(
    request: Sent,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    rule: FromPath[str],
) -> Response[Any]:
    """Keep a rule, try it, or take it away; what is wrong is told, and what was typed stays."""
    form = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, form)
    actor, base = _keeper(look), _base(look)
    if form.get("do") == "remove":
        await db.write(service.remove, actor, rule)
        return Redirect(f"{base}?done=removed", status_code=303)
    draft = Draft(sheet_in(form))
    try:
        if form.get("do") in {"try", "rehearse"}:
            tried = await db.read(_tried, actor, draft, form)
            return await _form(look, db, rule, tried, one(form, "talk"), one(form, "days"))
        await db.write(service.put, actor, rule, asked_in(draft.sheet))
    except Forbidden:
        raise
    except Refusal as refusal:
        told = Draft(draft.sheet, explain(refusal, look.locale))
        return await _form(look, db, rule, told, one(form, "talk"), one(form, "days"))
    return Redirect(f"{base}?done=saved", status_code=303)


@post(
    ["/shop/rule-recipes/{rule_recipe:str}", "/console/rule-recipes/{rule_recipe:str}"],
    status_code=303,
)
async def take_rule_recipe(
    look: NamedDependency[Look], db: NamedDependency[Database], rule_recipe: FromPath[str]
) -> Redirect:
    """Take a recipe over."""
    await db.write(recipes.adopt, _keeper(look), rule_recipe, look.locale)
    return Redirect(f"{_base(look)}?done=adopted", status_code=303)


def _tried(tx: Tx, actor: Actor, draft: Draft, form: Filled) -> Draft:
    body = asked_in(draft.sheet).body
    talk, days = one(form, "talk"), one(form, "days")
    if one(form, "do") == "try" and is_id(talk):
        return Draft(draft.sheet, trial=rehearsing.attempt(tx, actor, TryRule(body, talk)))
    asked = RehearseRule(body, int(days) if days in {str(one) for one in PAST} else 7)
    return Draft(draft.sheet, rehearsal=rehearsing.rehearse(tx, actor, asked))


def _base(look: Look) -> str:
    return MARKET if look.path.startswith("/console") else SHOP


def _elsewhere(look: Look) -> Response[Any] | None:
    return None if _base(look) == MARKET else elsewhere(look)


def _keeper(look: Look) -> Actor:
    """Return whose rules they are: a shop's under its office, the marketplace's in the console."""
    if _base(look) == SHOP:
        return at_work(look)[0]
    check_operates(visitor_of(look))
    return visitor_of(look)


async def _form(  # noqa: PLR0917 - a page has these parts
    look: Look, db: Database, rule: str, draft: Draft, talk: str = "", days: str = ""
) -> Response[str]:
    around = await db.read(see_around, _keeper(look), rule)
    return look.page(
        "rule_form.html",
        draft.told.status if draft.told else 200,
        base=_base(look),
        rule=rule,
        kept=around.rule,
        runs=around.runs,
        talks=around.talks,
        talk=talk,
        days=days or "7",
        past=PAST,
        draft=draft,
        sheet=draft.sheet,
        triggers=list(Trigger),
        groups=list(Group),
        fields=FIELDS,
        actions=actions(for_all_shops=_base(look) == MARKET),
    )


ROUTES = (rules_page, rule_page, save_rule, take_rule_recipe)
