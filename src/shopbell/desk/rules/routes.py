"""Rules over HTTP: kept by a shop's managers, or by the operator for all shops."""

from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from shopbell.desk.rules import recipes, rehearsing, service
from shopbell.desk.rules.commands import PutRule, RehearseRule, TryRule
from shopbell.desk.rules.model import Rehearsal, Rule, Run, Trial
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor
from shopbell.kernel.texts import Locale

RULES = "/api/v1/desk/rules"
ONE = f"{RULES}/{{rule:str}}"


@get(RULES)
async def list_rules(db: NamedDependency[Database], actor: NamedDependency[Actor]) -> list[Rule]:
    """List the rules one keeps, in the order in which they run."""
    return await db.read(service.rules, actor)


@post(f"{RULES}/trial", status_code=200)
async def try_rule(
    db: NamedDependency[Database], actor: NamedDependency[Actor], data: JSONBody[TryRule]
) -> Trial:
    """Explain what a rule would make of one conversation now; nothing is done."""
    return await db.read(rehearsing.attempt, actor, data)


@post(f"{RULES}/rehearsal", status_code=200)
async def rehearse_rule(
    db: NamedDependency[Database], actor: NamedDependency[Actor], data: JSONBody[RehearseRule]
) -> Rehearsal:
    """Show what a rule would have done in the last days; nothing is done."""
    return await db.read(rehearsing.rehearse, actor, data)


@post(f"{RULES}/recipes/{{rule_recipe:str}}")
async def adopt_rule_recipe(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    rule_recipe: FromPath[str],
) -> Rule:
    """Take a rule over that comes with the program."""
    return await db.write(recipes.adopt, actor, rule_recipe, locale)


@get(ONE)
async def show_rule(
    db: NamedDependency[Database], actor: NamedDependency[Actor], rule: FromPath[str]
) -> Rule:
    """Show one rule."""
    return await db.read(service.one, actor, rule)


@get(f"{ONE}/runs")
async def list_rule_runs(
    db: NamedDependency[Database], actor: NamedDependency[Actor], rule: FromPath[str]
) -> list[Run]:
    """List what a rule did in the last 90 days, the latest 200 first."""
    return await db.read(service.log, actor, rule)


@put(ONE)
async def put_rule(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    rule: FromPath[str],
    data: JSONBody[PutRule],
) -> Rule:
    """Write a rule under an id of the writer's, or one that is there anew."""
    return await db.write(service.put, actor, rule, data)


@delete(ONE)
async def remove_rule(
    db: NamedDependency[Database], actor: NamedDependency[Actor], rule: FromPath[str]
) -> None:
    """Take a rule away."""
    await db.write(service.remove, actor, rule)


ROUTES = (
    list_rules,
    try_rule,
    rehearse_rule,
    adopt_rule_recipe,
    show_rule,
    list_rule_runs,
    put_rule,
    remove_rule,
)
