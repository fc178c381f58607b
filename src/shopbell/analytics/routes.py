"""Figures over HTTP: what there is, one of them, what stands behind it, and both as files."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from shopbell.analytics import export, service
from shopbell.analytics.asking import Wish
from shopbell.analytics.export import Sheet
from shopbell.analytics.looking import note_look
from shopbell.analytics.model import FILTERS, BehindPage, FigureDefinition, FigureReport
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor
from shopbell.kernel.texts import Locale

API = "/api/v1/reports"
PAGE_MOST = 200
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def wish_of(
    *,
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
    zone: FromQuery[str] = "",
    by: FromQuery[list[str] | None] = None,
    shop: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    channel: FromQuery[str] = "",
    language: FromQuery[str] = "",
    product: FromQuery[str] = "",
    agent: FromQuery[str] = "",
    detail: FromQuery[str] = "",
    weekday: FromQuery[str] = "",
    hour: FromQuery[str] = "",
) -> Wish:
    """Read what is asked of a figure; an empty filter is none."""
    given = locals()
    only = tuple((name.value, given[name]) for name in FILTERS if given[name])
    return Wish(since=since, until=until, zone=zone, by=tuple(by or ()), only=only)


WISH = {"wish": Provide(wish_of, sync_to_thread=False)}


@get(API)
async def list_reports(actor: NamedDependency[Actor]) -> list[FigureDefinition]:
    """List the figures there are, what each means, and by what it can be told apart."""
    return service.definitions(actor)


@get(f"{API}/{{metric:str}}", dependencies=WISH)
async def show_report(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    metric: FromPath[str],
    wish: NamedDependency[Wish],
) -> FigureReport:
    """Show a figure of a period, told apart by up to two dimensions."""
    return await db.read(service.report, actor, metric, wish)


@get(f"{API}/{{metric:str}}/table.csv", dependencies=WISH, media_type=CSV)
async def report_as_csv(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    metric: FromPath[str],
    wish: NamedDependency[Wish],
) -> Response[bytes]:
    """Give a figure as CSV: the same rows."""
    report = await db.read(service.report, actor, metric, wish)
    return file_of(metric, "csv", export.of_report(report, locale))


@get(f"{API}/{{metric:str}}/table.xlsx", dependencies=WISH, media_type=XLSX)
async def report_as_xlsx(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    metric: FromPath[str],
    wish: NamedDependency[Wish],
) -> Response[bytes]:
    """Give a figure as a workbook: the same rows."""
    report = await db.read(service.report, actor, metric, wish)
    return file_of(metric, "xlsx", export.of_report(report, locale))


@get(f"{API}/{{metric:str}}/behind", dependencies=WISH)
async def show_behind(
    *,
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    metric: FromPath[str],
    wish: NamedDependency[Wish],
    after: FromQuery[str] = "",
    limit: FromQuery[int] = 50,
) -> BehindPage:
    """List what a figure is made of, the newest first; an operator's look is written down."""
    most = min(limit, PAGE_MOST)
    page = await db.read(service.behind, actor, metric, wish, after=after, limit=most)
    await note_look(db, actor, metric, len(page.items))
    return page


@get(f"{API}/{{metric:str}}/behind.csv", dependencies=WISH, media_type=CSV)
async def behind_as_csv(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    metric: FromPath[str],
    wish: NamedDependency[Wish],
) -> Response[bytes]:
    """Give what a figure is made of as CSV, the newest ten thousand."""
    page = await db.read(service.behind, actor, metric, wish, limit=service.EXPORT_MOST)
    await note_look(db, actor, metric, len(page.items))
    return file_of(f"{metric}-list", "csv", export.of_behind(page.items, locale))


def file_of(name: str, kind: str, sheet: Sheet) -> Response[Any]:
    """Answer with a table as a file."""
    write, media = {"csv": (export.as_csv, CSV), "xlsx": (export.as_xlsx, XLSX)}[kind]
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.{kind}"',
        "Cache-Control": "no-store",
    }
    return Response(write(sheet), media_type=media, headers=headers)


ROUTES = (
    list_reports,
    show_report,
    report_as_csv,
    report_as_xlsx,
    show_behind,
    behind_as_csv,
)
