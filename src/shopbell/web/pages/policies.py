"""The operator's pages of the rules: which there are, and one of them to change and try out."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from msgspec import Struct

from shopbell.accounts.model import may_operate
from shopbell.accounts.refusals import OperatorsOnly
from shopbell.engine.database import Database, Tx
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import LOCALES
from shopbell.knowledge import scrutiny, service, wording
from shopbell.knowledge.commands import Choose
from shopbell.knowledge.differences import differences
from shopbell.knowledge.model import PAYERS, UNITS, PolicyVersion
from shopbell.web.pages import policy_form
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.errors import Told, explain
from shopbell.web.pages.look import Look
from shopbell.web.pages.policy_form import Sheet

Sent = Request[Any, Any, Any]


class Draft(Struct, frozen=True):
    """A form as it was sent, and what came of it."""

    sheet: Sheet
    wrong: dict[str, str] = {}
    told: Told | None = None


@get("/console/policies")
async def policies_page(
    look: NamedDependency[Look], db: NamedDependency[Database], done: FromQuery[str] = ""
) -> Response[Any]:
    """List every version of every profile."""
    _check_operates(look)
    listed = await db.read(service.policies)
    return look.page(
        "policies.html",
        rows=listed,
        profiles={one.profile: one.title for one in listed},
        chosen=next((one.profile for one in listed if one.in_force), ""),
        done=done if done in {"published", "chosen"} else "",
    )


@post("/console/policies", status_code=303)
async def choose_policy(
    request: Sent, look: NamedDependency[Look], db: NamedDependency[Database]
) -> Redirect:
    """Have the marketplace go by another profile."""
    wanted = str((await request.form()).get("profile", ""))
    await db.write(service.choose, visitor_of(look), Choose(wanted))
    return Redirect("/console/policies?done=chosen", status_code=303)


@get("/console/policies/{profile:str}/{version:int}")
async def policy_page(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    profile: FromPath[str],
    version: FromPath[int],
) -> Response[Any]:
    """Show one version in a form, and what it says."""
    _check_operates(look)
    known, now = await db.read(_see, profile, version)
    return _page(look, known, now, Draft(policy_form.sheet_of(known.body)))


@post("/console/policies/{profile:str}/{version:int}", status_code=303)
async def change_policy(
    request: Sent,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    profile: FromPath[str],
    version: FromPath[int],
) -> Response[Any]:
    """Try out what was typed, or publish it; what is refused stays in the form."""
    _check_operates(look)
    known, now = await db.read(_see, profile, version)
    form = await request.form()
    sheet = policy_form.sheet_in(form, known.body)
    if wrong := policy_form.troubles(sheet, known.body, look.locale):
        return _page(look, known, now, Draft(sheet, wrong), 422)
    try:
        scrutiny.check(policy_form.body_of(sheet, known.body))
        if form.get("do") != "publish":
            return _page(look, known, now, Draft(sheet), 200)
        asked = policy_form.asked(sheet, known, now)
        await db.write(service.publish, visitor_of(look), asked)
    except Refusal as refusal:
        told = explain(refusal, look.locale)
        return _page(look, known, now, Draft(sheet, told=told), told.status)
    return Redirect("/console/policies?done=published", status_code=303)


def _see(tx: Tx, profile: str, version: int) -> tuple[PolicyVersion, datetime]:
    return service.policy(tx, profile, version), tx.now


def _page(
    look: Look, known: PolicyVersion, now: datetime, draft: Draft, status: int = 200
) -> Response[str]:
    body, sheet = known.body, draft.sheet
    sound = not draft.wrong and draft.told is None
    verdict = policy_form.previewed(sheet, known, now) if sound else None
    written = policy_form.body_of(sheet, body) if sound else body
    return look.page(
        "policy.html",
        status,
        known=known,
        sheet=sheet,
        wrong=defaultdict(str, draft.wrong),
        told=draft.told,
        clocks={name: wording.clock(name, look.locale) for name in body.clocks},
        matters={
            rule.id: [wording.category(body, code, look.locale) for code in rule.match.categories]
            for rule in body.rules
        },
        categories=[
            (code, wording.category(body, code, look.locale))
            for code in ("*", *(category.code for category in body.categories))
        ],
        reasons=[
            (reason.code, wording.reason(body, reason.code, look.locale)) for reason in body.reasons
        ],
        said=[(locale, wording.explained(verdict, locale)) for locale in LOCALES if verdict],
        changes=differences(body, written, look.locale),
        units=UNITS,
        payers=PAYERS,
    )


def _check_operates(look: Look) -> None:
    if not may_operate(visitor_of(look)):
        raise OperatorsOnly


ROUTES = (policies_page, choose_policy, policy_page, change_policy)
