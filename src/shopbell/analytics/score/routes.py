"""The score over HTTP: a shop's, the rounds behind it, appeals, and the rule itself."""

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody

from shopbell.analytics.looking import note_look
from shopbell.analytics.routes import CSV, file_of
from shopbell.analytics.score import appealing, ruling, service
from shopbell.analytics.score.commands import (
    AppealQueue,
    DecideAppeal,
    FileAppeal,
    LayRule,
    Ranked,
    ScoreRounds,
    ScoreRules,
    ScoreShown,
)
from shopbell.analytics.score.model import Appeal, Rule, Verdict
from shopbell.analytics.score.sheet import of_rounds
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor
from shopbell.kernel.texts import Locale

OF_SHOP = "/api/v1/shops/{shop:str}/score"
API = "/api/v1/score"
PAGE_MOST = 200
FIGURE = "score"


@get(OF_SHOP)
async def show_score(
    db: NamedDependency[Database], actor: NamedDependency[Actor], shop: FromPath[str]
) -> ScoreShown:
    """Show how responsive a shop is, by which rule; to its managers and the operator."""
    return await db.read(service.score, actor, shop)


@get(f"{OF_SHOP}/rounds")
async def list_score_rounds(
    *,
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    shop: FromPath[str],
    verdict: FromQuery[Verdict | None] = None,
    after: FromQuery[str] = "",
    limit: FromQuery[int] = 50,
) -> ScoreRounds:
    """List every round behind a score, counted or not and why; an operator's look is noted."""
    most = min(limit, PAGE_MOST)
    page = await db.read(service.rounds, actor, shop, verdict, after=after, limit=most)
    await note_look(db, actor, FIGURE, len(page.items))
    return page


@get(f"{OF_SHOP}/rounds.csv", media_type=CSV)
async def score_rounds_as_csv(
    *,
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    shop: FromPath[str],
    verdict: FromQuery[Verdict | None] = None,
) -> Response[bytes]:
    """Give the rounds behind a score as CSV, the newest ten thousand."""
    page = await db.read(service.rounds, actor, shop, verdict, limit=service.EXPORT_MOST)
    await note_look(db, actor, FIGURE, len(page.items))
    return file_of("score-rounds", "csv", of_rounds(page.items, locale))


@post(
    f"{OF_SHOP}/appeals",
    responses={200: ResponseSpec(Appeal, generate_examples=False, description="It was already")},
)
async def file_appeal(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    shop: FromPath[str],
    data: JSONBody[FileAppeal],
) -> Response[Appeal]:
    """Ask that a round should not count, once; by a manager of the shop."""
    kept, is_new = await db.write(appealing.file, actor, shop, data)
    return Response(kept, status_code=201 if is_new else 200)


@get(f"{API}/appeals")
async def list_appeals(db: NamedDependency[Database], actor: NamedDependency[Actor]) -> AppealQueue:
    """List the appeals that wait for the operator."""
    return await db.read(appealing.queue, actor)


@put(f"{API}/appeals/{{appeal:str}}")
async def decide_appeal(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    appeal: FromPath[str],
    data: JSONBody[DecideAppeal],
) -> Appeal:
    """Grant an appeal or deny it, and say why; by the operator."""
    return await db.write(appealing.decide, actor, appeal, data)


@get(f"{API}/rule")
async def show_score_rule(db: NamedDependency[Database]) -> ScoreRules:
    """Show by which rule shops are judged, were and will be; the formula is open to everybody."""
    return await db.read(ruling.show)


@put(f"{API}/rule")
async def lay_down_score_rule(
    db: NamedDependency[Database], actor: NamedDependency[Actor], data: JSONBody[LayRule]
) -> Rule:
    """Have all shops judged by a profile from a moment on; by the operator."""
    return await db.write(ruling.lay_down, actor, data)


@get(f"{API}/shops")
async def rank_shops(db: NamedDependency[Database], actor: NamedDependency[Actor]) -> list[Ranked]:
    """List all shops, those furthest below their promise first; to the operator."""
    return await db.read(service.ranking, actor)


ROUTES = (
    show_score,
    list_score_rounds,
    score_rounds_as_csv,
    file_appeal,
    list_appeals,
    decide_appeal,
    show_score_rule,
    lay_down_score_rule,
    rank_shops,
)
