"""The operator's page of the score: who is below, which appeals wait, by what rule."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from shopbell.analytics.score import appealing, ruling, service
from shopbell.analytics.score.commands import (
    AppealQueue,
    DecideAppeal,
    LayRule,
    Ranked,
    ScoreRules,
)
from shopbell.analytics.score.model import REASON_MOST, Numbers
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.refusals import Invalid, Refusal
from shopbell.web.pages import figures
from shopbell.web.pages.case_post import all_kept, posted_form
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.errors import Told, explain
from shopbell.web.pages.look import Look
from shopbell.web.pages.score_words import formula

PAGE = "/console/score"
Sent = Request[Any, Any, Any]
DONE = {"granted", "denied", "rule"}
NUMBERS, NUMBER_LETTERS = Numbers.__struct_fields__, 20


class AppealUnclear(Invalid):
    """An appeal and its answer give a reason, of ``most`` characters at most."""


class RuleUnclear(Invalid):
    """A rule begins at a day and an hour, as 2026-12-01T00:00, in universal time."""


class ScoreNumbersUnclear(Invalid):
    """The numbers of a rule are whole, but for shares, which are from 0 to 1."""


class Seen(msgspec.Struct, frozen=True):
    """All that stands on the page."""

    ranked: list[Ranked]
    queue: AppealQueue
    rules: ScoreRules


def see(tx: Tx, actor: Actor) -> Seen:
    """Look at how all shops stand, and at what waits."""
    return Seen(service.ranking(tx, actor), appealing.queue(tx, actor), ruling.show(tx))


@get(PAGE)
async def scores_page(
    look: NamedDependency[Look], db: NamedDependency[Database], done: FromQuery[str] = ""
) -> Response[Any]:
    """Show the operator which shops are below their promise."""
    return await _page(look, db, done=done if done in DONE else "")


@post(f"{PAGE}/rule", status_code=303)
async def change_rule(
    request: Sent, look: NamedDependency[Look], db: NamedDependency[Database]
) -> Response[Any]:
    """Have all shops judged by another rule."""
    form = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, form)
    try:
        await db.write(ruling.lay_down, look.visitor, _rule(form))
    except Refusal as refusal:
        typed = {name: str(form.get(name, ""))[:NUMBER_LETTERS] for name in NUMBERS}
        typed["numbers"] = "".join(typed.values())
        return await _page(look, db, told=explain(refusal, look.locale), typed=typed)
    return Redirect(f"{PAGE}?done=rule", status_code=303)


@post(f"{PAGE}/appeals/{{appeal:str}}", status_code=303)
async def answer_appeal(
    request: Sent,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    appeal: FromPath[str],
) -> Response[Any]:
    """Grant an appeal or deny it; what is refused is told above, what was written stays."""
    form = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, form)
    try:
        kept = await db.write(appealing.decide, look.visitor, appeal, _decision(form))
    except Refusal as refusal:
        typed = {appeal: str(form.get("answer", ""))[:REASON_MOST]}
        return await _page(look, db, told=explain(refusal, look.locale), typed=typed)
    return Redirect(f"{PAGE}?done={kept.outcome}", status_code=303)


def _decision(form: Mapping[str, object]) -> DecideAppeal:
    sent = {name: str(form.get(name, "")).strip() for name in ("outcome", "answer")}
    try:
        return msgspec.convert(sent, DecideAppeal)
    except msgspec.ValidationError:
        raise AppealUnclear(most=REASON_MOST) from None


def _rule(form: Mapping[str, object]) -> LayRule:
    since = str(form.get("since", "")).strip()
    try:
        begins = datetime.fromisoformat(f"{since}+00:00") if since else None
    except ValueError:
        raise RuleUnclear from None
    return LayRule(str(form.get("profile", "")), begins, _numbers(form))


def _numbers(form: Mapping[str, object]) -> Numbers | None:
    """Read the numbers that were filled in; a comma may stand where others write a point."""
    typed = {name: str(form.get(name, "")).strip().replace(",", ".") for name in NUMBERS}
    given = {name: value for name, value in typed.items() if value}
    try:
        return msgspec.convert(given, Numbers, strict=False) if given else None
    except msgspec.ValidationError:
        raise ScoreNumbersUnclear from None


async def _page(
    look: Look,
    db: Database,
    *,
    done: str = "",
    told: Told | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response[str]:
    seen, locale = await db.read(see, visitor_of(look)), look.locale
    return look.at(PAGE).page(
        "scores.html",
        told.status if told else 200,
        below=[one for one in seen.ranked if one.standing.is_below],
        others=[one for one in seen.ranked if not one.standing.is_below],
        queue=seen.queue,
        rules=seen.rules,
        formulas={one.name: formula(one, locale) for one in seen.rules.profiles},
        judging=formula(seen.rules.rule.profile, locale),
        reason_most=REASON_MOST,
        numbers=NUMBERS,
        done=done,
        told=told,
        typed=defaultdict(str, typed or {}),
        share=partial(figures.share, locale=locale),
        duration=partial(figures.duration, locale=locale),
    )


ROUTES = (scores_page, change_rule, answer_appeal)
