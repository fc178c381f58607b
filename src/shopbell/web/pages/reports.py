"""Reports of the marketplace and of each shop: one screen, and the list behind each figure."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from msgspec import Struct
from msgspec.structs import replace

from shopbell.accounts.standing import check_operates
from shopbell.analytics import indexing, service
from shopbell.analytics.asking import Wish, manages, shop_of
from shopbell.analytics.board import Board, board
from shopbell.analytics.looking import note_look
from shopbell.analytics.model import BehindPage, Dimension, Figure, FigureReport
from shopbell.analytics.routes import API, WISH
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Shop
from shopbell.conversations.model import Channel
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.texts import LOCALES, Locale, text
from shopbell.web.pages import charts, figures
from shopbell.web.pages import format as written
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.look import Look
from shopbell.web.pages.office import elsewhere

CONSOLE, OFFICE = "/console/reports", "/shop/reports"
QUICK = (7, 30, 90)
LATE_SECONDS = 60
"""From so far behind on the screen says that the newest is missing."""

RANKED_MOST = 8


class Seen(Struct, frozen=True):
    """The screen's report, with what its form offers."""

    board: Board
    shops: list[Shop]
    promise: float
    lag: float
    today: date


class Ranked(Struct, frozen=True):
    """A shop or a person on the screen: how many of their promises they kept, and how fast."""

    id: str
    kept: Figure
    speed: Figure | None
    amount: Figure | None


@get(CONSOLE, dependencies=WISH)
async def console_reports(
    look: NamedDependency[Look], db: NamedDependency[Database], wish: NamedDependency[Wish]
) -> Response[Any]:
    """Show the operator how buyers are answered."""
    check_operates(visitor_of(look))
    return await _page(look, db, wish, CONSOLE)


@get(OFFICE, dependencies=WISH)
async def shop_reports(
    look: NamedDependency[Look], db: NamedDependency[Database], wish: NamedDependency[Wish]
) -> Response[Any]:
    """Show somebody of a shop how it answers, or how they do."""
    return elsewhere(look) or await _page(look, db, wish, OFFICE)


@get(f"{CONSOLE}/{{metric:str}}", dependencies=WISH)
async def console_behind(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    wish: NamedDependency[Wish],
    metric: FromPath[str],
    after: FromQuery[str] = "",
) -> Response[Any]:
    """List the conversations that a figure is made of; the operator's look is written down."""
    check_operates(visitor_of(look))
    report, page = await db.read(see_behind, visitor_of(look), metric, wish, after)
    await note_look(db, visitor_of(look), metric, len(page.items))
    return _list(look, wish, report, page, CONSOLE)


@get(f"{OFFICE}/{{metric:str}}", dependencies=WISH)
async def shop_behind(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    wish: NamedDependency[Wish],
    metric: FromPath[str],
    after: FromQuery[str] = "",
) -> Response[Any]:
    """List the conversations that a figure of the shop is made of."""
    if away := elsewhere(look):
        return away
    report, page = await db.read(see_behind, visitor_of(look), metric, wish, after)
    return _list(look, wish, report, page, OFFICE)


def _list(
    look: Look, wish: Wish, report: FigureReport, page: BehindPage, start: str
) -> Response[str]:
    """Show what stands behind a figure."""
    locale, kept, metric = look.locale, _query(wish, report), report.metric
    return look.page(
        "report_list.html",
        report=report,
        page=page,
        start=start,
        query=kept,
        api=f"{API}/{metric}",
        talk_at="/console/questions/" if start == CONSOLE else "/desk/",
        following=f"{start}/{metric}?{kept}&{urlencode({'after': page.next})}" if page.next else "",
        figure=partial(figures.figure, locale=locale),
        duration=partial(figures.duration, locale=locale),
        named=partial(figures.named, report, locale=locale),
        only=[figures.named(report, name, value, locale) for name, value in wish.only],
    )


def see(tx: Tx, actor: Actor, wish: Wish) -> Seen:
    """Look at everything that stands on the screen."""
    found = board(tx, actor, wish)
    every = commerce.shops(tx)
    asked = shop_of(actor) or dict(wish.only).get(Dimension.SHOP)
    ours = [shop for shop in every if asked in {None, shop.id, shop.slug}]
    return Seen(found, every, _promise(ours), indexing.lag(tx), tx.now.date())


def see_behind(
    tx: Tx, actor: Actor, metric: str, wish: Wish, after: str
) -> tuple[FigureReport, BehindPage]:
    """Look at a figure, and at a page of what it is made of."""
    report = service.report(tx, actor, metric, wish)
    return report, service.behind(tx, actor, metric, wish, after=after)


def _promise(shops: Sequence[Shop]) -> float:
    """Return within how many seconds most of some shops promise to answer in chat."""
    often = Counter(shop.promise.chat_minutes for shop in shops).most_common(1)
    return often[0][0] * 60.0 if often else 0.0


async def _page(look: Look, db: Database, wish: Wish, start: str) -> Response[str]:
    visitor, locale = visitor_of(look), look.locale
    seen = await db.read(see, visitor, wish)
    shown, answers = seen.board, seen.board.answers
    return look.page(
        "reports.html",
        board=shown,
        start=start,
        title=_title(visitor),
        shops=seen.shops if start == CONSOLE else [],
        channels=list(Channel),
        locales=LOCALES,
        given=dict(wish.only),
        query=_query(wish, answers),
        quick=[_quick(wish, seen, days) for days in QUICK],
        api=API,
        lag=seen.lag if seen.lag >= LATE_SECONDS else None,
        promise=seen.promise,
        lines=[charts.lines(answers, seen.promise, w) for w in (charts.BROAD, charts.NARROW)],
        bars=_bars(shown.volume),
        squares=charts.squares(shown.heat) if shown.heat else [],
        ranked=_ranked(shown),
        charts=charts,
        figure=partial(figures.figure, locale=locale),
        duration=partial(figures.duration, locale=locale),
        share=partial(figures.share, locale=locale),
        change=partial(figures.change, locale=locale),
        named=partial(figures.named, locale=locale),
        weekday=partial(figures.weekday, locale=locale),
        hour=figures.hour,
        date=partial(_short, locale),
        said=_said(shown, locale),
        state=partial(_state, locale),
        high_of=_high_of,
    )


def _title(visitor: Actor) -> str:
    if shop_of(visitor) is None:
        return "figures.title"
    return "figures.title_shop" if manages(visitor) else "figures.title_own"


def _bars(volume: FigureReport | None) -> list[list[charts.Bar]]:
    return [charts.bars(volume, width) for width in (charts.HALF, charts.NARROW)] if volume else []


def _ranked(shown: Board) -> list[Ranked]:
    """Return who kept the fewest of their promises first; those who kept all, last."""
    speed = {row.by[0]: row for row in shown.speed.rows}
    amount = {row.by[0]: row for row in shown.amount.rows}
    rows = [row for row in shown.ranked.rows if row.by[0]]
    if shown.rank is Dimension.SHOP:
        rows = [row for row in rows if row.hits < row.n]
    worst = sorted(rows, key=lambda row: (row.value or 0, -row.n))[:RANKED_MOST]
    return [Ranked(row.by[0], row, speed.get(row.by[0]), amount.get(row.by[0])) for row in worst]


def _query(wish: Wish, report: FigureReport) -> str:
    """Return what was asked, to be asked again elsewhere."""
    asked = {"since": str(report.since), "until": str(report.until), "zone": report.zone}
    return urlencode({**asked, **dict(wish.only)})


def _quick(wish: Wish, seen: Seen, days: int) -> tuple[int, str, bool]:
    """Return a link to the last so many days, and whether one is there already."""
    answers = seen.board.answers
    here = answers.until == seen.today and seen.board.days == days
    since = seen.today - timedelta(days=days - 1)
    asked = {"since": str(since), "until": str(seen.today), **dict(wish.only)}
    return days, urlencode(asked), here


def _high_of(row: Figure) -> Figure:
    """Return a time's 90th percentile as a figure of its own."""
    return replace(row, value=row.high)


def _state(locale: Locale, kind: str, state: str) -> str:
    return text(locale, f"case.{kind}_is_{state}")


def _short(locale: Locale, on: date | str) -> str:
    day = date.fromisoformat(on) if isinstance(on, str) else on
    return written.short_day(day, locale)


def _said(shown: Board, locale: Locale) -> dict[str, str]:
    """Say in a sentence what each chart shows, for whoever does not see it."""
    return {
        "answers": _said_of_answers(shown.answers, locale),
        "volume": _said_of_volume(shown.volume, locale) if shown.volume else "",
        "heat": _said_of_heat(shown.heat, locale) if shown.heat else "",
    }


def _said_of_answers(report: FigureReport, locale: Locale) -> str:
    medians = [row.value for row in report.rows if row.value is not None]
    if not medians:
        return text(locale, "figures.nothing")
    return text(
        locale,
        "figures.chart_line",
        median=figures.figure(report.total, report.measure, locale),
        least=figures.duration(min(medians), locale),
        most=figures.duration(max(medians), locale),
        days=len(medians),
    )


def _said_of_volume(report: FigureReport, locale: Locale) -> str:
    found = charts.bars(report, charts.HALF)
    peak = max(found, key=lambda bar: bar.total)
    return text(
        locale,
        "figures.chart_volume",
        total=written.number(report.total.n, locale),
        most=peak.total,
        peak=_short(locale, peak.start),
    )


def _said_of_heat(report: FigureReport, locale: Locale) -> str:
    if not report.rows:
        return text(locale, "figures.nothing")
    peak = max(report.rows, key=lambda row: row.n)
    return text(
        locale,
        "figures.chart_heat",
        day=figures.weekday(int(peak.by[0]), locale),
        hour=figures.hour(int(peak.by[1])),
        most=peak.n,
        total=report.total.n,
    )


ROUTES = (console_reports, shop_reports, console_behind, shop_behind)
