"""The operator's pages of the rules: which there are, and one of them to change and try out."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from msgspec import Struct

from shopbell.accounts.standing import check_operates
from shopbell.cases import rehearsing
from shopbell.cases.commands import Rehearse
from shopbell.cases.rehearsing import Rehearsal, Ticked
from shopbell.cases.shown import CaseListed
from shopbell.engine.database import Database, Tx
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import LOCALES, Locale, text
from shopbell.knowledge import scrutiny, service, wording
from shopbell.knowledge.commands import Choose
from shopbell.knowledge.differences import differences, outcomes
from shopbell.knowledge.model import (
    ANGLES,
    ANY,
    OPTIONS,
    PARTS,
    PAYERS,
    PROOFS,
    UNITS,
    Condition,
    Length,
    PolicyVersion,
)
from shopbell.web.pages import policy_clauses, policy_form
from shopbell.web.pages.case_post import all_kept, posted_form
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.errors import Told, explain
from shopbell.web.pages.look import Look
from shopbell.web.pages.policy_clauses import Sheet

Sent = Request[Any, Any, Any]


SETS: Mapping[str, tuple[str, Sequence[str]]] = {
    "angles": ("policy.angle_", ANGLES),
    "conditions": ("policy.condition_", [one.value for one in Condition]),
    "options": ("policy.option_", OPTIONS),
    "parts": ("policy.part_", PARTS),
    "payers": ("policy.payer_", PAYERS),
    "proofs": ("policy.proof_", PROOFS),
    "units": ("policy.unit_", UNITS),
}
"""What may be chosen from, and under which texts it is said."""


class Draft(Struct, frozen=True):
    """A form as it was sent, and what came of it."""

    sheet: Sheet
    wrong: dict[str, str] = {}
    told: Told | None = None
    rehearsal: Rehearsal | None = None


@get("/console/policies")
async def policies_page(
    look: NamedDependency[Look], db: NamedDependency[Database], done: FromQuery[str] = ""
) -> Response[Any]:
    """List every version of every profile."""
    check_operates(visitor_of(look))
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
    wanted = str((await posted_form(request, look)).get("profile", ""))
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
    check_operates(visitor_of(look))
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
    form = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, form)
    check_operates(visitor_of(look))
    known, now = await db.read(_see, profile, version)
    sheet = policy_form.sheet_in(form, known.body)
    if wrong := policy_form.troubles(sheet, known.body, look.locale):
        return _page(look, known, now, Draft(sheet, wrong), 422)
    try:
        draft = await _try(form.get("do"), look, db, known, now, sheet)
    except Refusal as refusal:
        told = explain(refusal, look.locale)
        return _page(look, known, now, Draft(sheet, told=told), told.status)
    if draft is None:
        return Redirect("/console/policies?done=published", status_code=303)
    return _page(look, known, now, draft, 200)


async def _try(  # noqa: PLR0917
    do: object, look: Look, db: Database, known: PolicyVersion, now: datetime, sheet: Sheet
) -> Draft | None:
    """Do with a sheet what was asked for; nothing is left of it once it is published."""
    body, visitor = policy_form.body_of(sheet, known.body), visitor_of(look)
    match do:
        case "publish":
            await db.write(service.publish, visitor, policy_form.asked(sheet, known, now))
            return None
        case "rehearse" | "earlier":
            asked = Rehearse(body, sheet["before"] if do == "earlier" else "")
            return Draft(sheet, rehearsal=await db.read(rehearsing.rehearse, visitor, asked))
        case _:
            scrutiny.check(body)
            return Draft(sheet)


def _see(tx: Tx, profile: str, version: int) -> tuple[PolicyVersion, datetime]:
    return service.policy(tx, profile, version), tx.now


def _page(
    look: Look, known: PolicyVersion, now: datetime, draft: Draft, status: int = 200
) -> Response[str]:
    body, sheet, locale = known.body, draft.sheet, look.locale
    sound = not draft.wrong and draft.told is None
    verdict = policy_form.previewed(sheet, known, now) if sound else None
    written = policy_form.body_of(sheet, body) if sound else body
    categories = [(one.code, wording.category(body, one.code, locale)) for one in body.categories]
    return look.page(
        "policy.html",
        status,
        known=known,
        draft=draft,
        sheet=sheet,
        wrong=defaultdict(str, draft.wrong),
        clauses=policy_clauses.rows(sheet, body, draft.wrong, locale),
        clocks=[
            (name, wording.clock(name, locale), length, policy_form.followers(name, length))
            for name, length in body.clocks.items()
        ],
        limits=policy_form.LIMITS,
        sets={name: _said(kind, codes, locale) for name, (kind, codes) in SETS.items()},
        categories=categories,
        kinds=[(ANY, wording.category(body, ANY, locale)), *categories],
        reasons=[(one.code, wording.reason(body, one.code, locale)) for one in body.reasons],
        said=[(each, wording.explained(verdict, each)) for each in LOCALES if verdict],
        changes=differences(body, written, locale),
        others=_others(draft.rehearsal, locale),
    )


def _said(kind: str, codes: Sequence[str], locale: Locale) -> list[tuple[str, str]]:
    return [(code, text(locale, f"{kind}{code}")) for code in codes]


def _others(rehearsal: Rehearsal | None, locale: Locale) -> list[tuple[CaseListed, list[str]]]:
    """Say of each case that would have come out otherwise, how and by what."""
    return [
        (
            one.case,
            [
                *(outcomes(one.old, one.new, locale) if one.old else ()),
                *(said for clock in one.clocks for said in _ticked(clock, locale)),
            ],
        )
        for one in (rehearsal.others if rehearsal else ())
    ]


def _ticked(clock: Ticked, locale: Locale) -> Iterator[str]:
    old, new = (
        wording.length(Length(one.length, one.unit), locale) for one in (clock.old, clock.new)
    )
    what = wording.clock(clock.new.name, locale)
    if old != new:
        yield text(locale, "policy.was_is", what=what, before=old, after=new)
    if clock.new.then:
        yield text(locale, f"policy.then_{clock.new.then}")


ROUTES = (policies_page, choose_policy, policy_page, change_policy)
