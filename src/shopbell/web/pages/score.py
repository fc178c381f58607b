"""How responsive a shop is, for its managers: the number, the formula, every round, appeals."""

from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect
from msgspec.structs import replace

from shopbell.analytics.score import appealing, service
from shopbell.analytics.score.commands import FileAppeal, ScoreRounds, ScoreShown
from shopbell.analytics.score.model import REASON_MOST, Ground, Trend, Verdict
from shopbell.app import App
from shopbell.commerce import service as commerce
from shopbell.commerce.hours import find_zone
from shopbell.commerce.model import Shop
from shopbell.conversations.commands import ATTACHMENTS_MOST
from shopbell.conversations.crowd import Crowd
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor, ShopId
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Invalid, Refusal
from shopbell.kernel.texts import Locale, text
from shopbell.web.pages import charts, figures
from shopbell.web.pages import format as written
from shopbell.web.pages.case_files import Shelf, attach
from shopbell.web.pages.case_post import FORM_MOST, all_kept, posted_form
from shopbell.web.pages.errors import Told, explain
from shopbell.web.pages.look import Look
from shopbell.web.pages.office import at_work, elsewhere
from shopbell.web.pages.score_appeals import AppealUnclear
from shopbell.web.pages.score_words import formula, judged

PAGE = "/shop/score"


class AppealFilesMany(Invalid):
    """An appeal has ``most`` files at most."""


class Seen(msgspec.Struct, frozen=True):
    """All that stands on the page."""

    shop: Shop
    score: ScoreShown
    rounds: ScoreRounds


def see(tx: Tx, actor: Actor, shop: ShopId, verdict: Verdict | None, after: str) -> Seen:
    """Look at the score of a shop, and at a page of the rounds behind it."""
    found = commerce.shop(tx, shop)
    rounds = service.rounds(tx, actor, shop, verdict, after=after)
    return Seen(found, service.score(tx, actor, shop), rounds)


@get(PAGE)
async def score_page(
    *,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    verdict: FromQuery[str] = "",
    after: FromQuery[str] = "",
    done: FromQuery[bool] = False,
) -> Response[Any]:
    """Show a manager how responsive the shop is, and every round that says so."""
    if away := elsewhere(look):
        return away
    return await _page(look, db, verdict, after, done=done)


@post(f"{PAGE}/appeals", status_code=303, request_max_body_size=FORM_MOST)
async def appeal(
    request: Request[Any, Any, Any],
    look: NamedDependency[Look],
    app: NamedDependency[App],
    crowd: NamedDependency[Crowd],
) -> Response[Any]:
    """Ask that a round should not count; what is refused is told above, what was written stays."""
    form = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, form)
    actor, shop = at_work(look)
    try:
        asked = _asked(form)
        shelf = Shelf(actor, app.db, app.blobs, crowd, app.settings.attachment_bytes)
        proofs = [await attach(shelf, asked.conversation, one) for one in _proofs(form)]
        await app.db.write(appealing.file, actor, shop, replace(asked, files=proofs))
    except Refusal as refusal:
        typed = {name: str(form.get(name, "")) for name in ("conversation", "n", "words", "ground")}
        return await _page(look, app.db, told=explain(refusal, look.locale), typed=typed)
    return Redirect(f"{PAGE}?done=true", status_code=303)


def _proofs(form: FormMultiDict) -> list[UploadFile]:
    """Return the files that were chosen; an empty input sends one without a name."""
    sent = [one for one in form.getall("files", []) if isinstance(one, UploadFile) and one.filename]
    if len(sent) > ATTACHMENTS_MOST:
        raise AppealFilesMany(most=ATTACHMENTS_MOST)
    return sent


def _asked(form: Mapping[str, object]) -> FileAppeal:
    named = set(FileAppeal.__struct_fields__) - {"files"}
    sent = {name: str(form.get(name, "")).strip() for name in named}
    try:
        return msgspec.convert(sent, FileAppeal, strict=False)
    except msgspec.ValidationError:
        raise AppealUnclear(most=REASON_MOST) from None


async def _page(
    look: Look,
    db: Database,
    verdict: str = "",
    after: str = "",
    *,
    done: bool = False,
    told: Told | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response[str]:
    (actor, shop), locale = at_work(look), look.locale
    only = Verdict(verdict) if verdict in set(Verdict) else None
    seen = await db.read(see, actor, shop, only, after)
    shown, kept = seen.score, {"verdict": only} if only else {}
    following = urlencode({**kept, "after": seen.rounds.next}) if seen.rounds.next else ""
    return look.at(PAGE).page(
        "score.html",
        told.status if told else 200,
        score=shown,
        rounds=seen.rounds.items,
        following=f"{PAGE}?{following}" if following else "",
        csv=f"/api/v1/shops/{shop}/score/rounds.csv?{urlencode(kept)}",
        only=only,
        verdicts=[one for one in Verdict if one in shown.verdicts],
        zone=find_zone(seen.shop.zone),
        formula=formula(shown.rule.profile, locale),
        judged=judged(shown.standing, locale),
        drawings=[charts.share_lines(shown.trend, shown.standing.target, w) for w in _WIDTHS],
        said=_said(shown.trend, locale),
        grounds=list(Ground),
        reason_most=REASON_MOST,
        files_most=ATTACHMENTS_MOST,
        new_id=new_id,
        done=done,
        told=told,
        typed=defaultdict(str, typed or {}),
        share=partial(figures.share, locale=locale),
        duration=partial(figures.duration, locale=locale),
        short_day=partial(written.short_day, locale=locale),
    )


_WIDTHS = (charts.BROAD, charts.NARROW)


def _said(trend: list[Trend], locale: Locale) -> str:
    """Say in a sentence what the chart shows, for whoever does not see it."""
    known = [one.score for one in trend if one.score is not None]
    if not known:
        return text(locale, "figures.nothing")
    return text(
        locale,
        "score.chart",
        first=figures.share(known[0], locale),
        last=figures.share(known[-1], locale),
        least=figures.share(min(known), locale),
    )


ROUTES = (score_page, appeal)
