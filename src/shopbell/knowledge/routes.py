"""The rules over HTTP: for everybody to read, for the operator and managers to lay down."""

from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from shopbell.commerce.model import OrderLineId
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor
from shopbell.kernel.texts import Locale
from shopbell.knowledge import service, wording
from shopbell.knowledge.commands import Choose, Publish
from shopbell.knowledge.differences import differences
from shopbell.knowledge.model import (
    Explained,
    GroupSaid,
    PolicyListed,
    PolicyRef,
    PolicyVersion,
    ShopTerms,
    Terms,
)

API = "/api/v1"


@get(f"{API}/policies")
async def list_policies(db: NamedDependency[Database]) -> list[PolicyListed]:
    """List every version of every profile, and which one counts now."""
    return await db.read(service.policies)


@get(f"{API}/policies/{{profile:str}}/{{version:int}}")
async def show_policy(
    db: NamedDependency[Database],
    profile: FromPath[str],
    version: FromPath[int],
) -> PolicyVersion:
    """Show one version as it was published."""
    return await db.read(service.policy, profile, version)


@get(f"{API}/policies/{{profile:str}}/{{version:int}}/differences")
async def show_differences(
    db: NamedDependency[Database],
    locale: NamedDependency[Locale],
    profile: FromPath[str],
    version: FromPath[int],
    since: FromQuery[int],
) -> list[str]:
    """Say in words what a version says otherwise than the version ``since``."""
    old = await db.read(service.policy, profile, since)
    new = await db.read(service.policy, profile, version)
    return differences(old.body, new.body, locale)


@post(f"{API}/policies")
async def publish_policy(
    db: NamedDependency[Database], actor: NamedDependency[Actor], data: JSONBody[Publish]
) -> PolicyVersion:
    """Publish a new version of a profile, as a whole; by the operator."""
    return await db.write(service.publish, actor, data)


@put(f"{API}/policies/in-force")
async def choose_policy(
    db: NamedDependency[Database], actor: NamedDependency[Actor], data: JSONBody[Choose]
) -> PolicyRef:
    """Have the marketplace go by a profile from now on; by the operator."""
    return await db.write(service.choose, actor, data)


@get(f"{API}/policies/verdict")
async def show_verdict(
    *,
    db: NamedDependency[Database],
    visitor: NamedDependency[Actor | None],
    locale: NamedDependency[Locale],
    reason: FromQuery[str],
    product: FromQuery[str | None] = None,
    order: FromQuery[str | None] = None,
    line: FromQuery[str | None] = None,
) -> Explained:
    """Say what the rules come to for a ``line`` of an ``order``, or for a ``product`` on sale."""
    if order is None:
        verdict = await db.read(service.verdict_on_product, product or "", reason)
    else:
        verdict = await db.read(
            service.verdict_on_line, visitor, order, OrderLineId(line or ""), reason
        )
    return wording.explained(verdict, locale)


@get(f"{API}/shops/{{shop:str}}/reasons")
async def list_reasons(
    db: NamedDependency[Database], locale: NamedDependency[Locale], shop: FromPath[str]
) -> list[GroupSaid]:
    """List the reasons a buyer of a shop may give: how the thing is, then why."""
    profile, groups = await db.read(service.reasons_at, shop)
    return wording.reasons(profile, groups, locale)


@get(f"{API}/shops/{{shop:str}}/terms")
async def show_terms(
    db: NamedDependency[Database], actor: NamedDependency[Actor], shop: FromPath[str]
) -> ShopTerms:
    """Show where a shop is kinder than the rules; to its managers and the operator."""
    return await db.read(service.terms, actor, shop)


@put(f"{API}/shops/{{shop:str}}/terms")
async def give_terms(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    shop: FromPath[str],
    data: JSONBody[Terms],
) -> ShopTerms:
    """Say where a shop is kinder than the rules; anything less than they ask is refused."""
    return await db.write(service.give_terms, actor, shop, data)


ROUTES = (
    list_policies,
    show_policy,
    show_differences,
    publish_policy,
    choose_policy,
    show_verdict,
    list_reasons,
    show_terms,
    give_terms,
)
