"""How slow the marketplace lets a shop be, and which shops would be slower."""

from collections import defaultdict
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect

from shopbell.conversations.model import Channel
from shopbell.conversations.targets.model import Goals, Maxima
from shopbell.conversations.targets.running import Target
from shopbell.desk.clocks import service
from shopbell.desk.clocks.commands import MaximaShown
from shopbell.engine.database import Database
from shopbell.kernel.texts import Locale, text
from shopbell.web.pages.case_post import all_kept, posted_form
from shopbell.web.pages.clock_form import UNITS, measured, minutes_in
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.look import Look
from shopbell.web.pages.office_form import Filled, one

Sent = Request[Any, Any, Any]
Sheet = dict[str, str]
PATH = "/console/clocks"


@get(PATH)
async def maxima_page(
    look: NamedDependency[Look], db: NamedDependency[Database], done: FromQuery[str] = ""
) -> Response[Any]:
    """Show the operator how slow shops may be, and which would be slower."""
    shown = await db.read(service.maxima, visitor_of(look))
    return _page(look, shown, _sheet_of(_last(shown)), {}, saved=done == "saved")


@post(PATH, status_code=303)
async def change_maxima(
    request: Sent, look: NamedDependency[Look], db: NamedDependency[Database]
) -> Response[Any]:
    """Say how slow shops may be, or say what is wrong and keep what was typed."""
    form = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, form)
    shown = await db.read(service.maxima, look.visitor)
    sheet = _sheet_in(form)
    if wrong := _troubles(sheet, look.locale):
        return _page(look, shown, sheet, wrong)
    await db.write(service.cap, look.visitor, _maxima(sheet))
    return Redirect(f"{PATH}?done=saved", status_code=303)


def _last(shown: MaximaShown) -> Maxima:
    known = [*shown.coming, *([shown.counting] if shown.counting else [])]
    return known[0].maxima if known else Maxima()


def _fields() -> list[tuple[Channel, Target, str]]:
    return [(by, target, f"{by}-{target}") for by in Channel for target in Target]


def _sheet_of(most: Maxima) -> Sheet:
    return {
        f"{field}-{part}": value
        for by, target, field in _fields()
        for part, value in measured(most.of(by).of(target)).items()
    }


def _sheet_in(form: Filled) -> Sheet:
    return {name: one(form, name)[:20] for name in _sheet_of(Maxima())}


def _troubles(sheet: Sheet, locale: Locale) -> dict[str, str]:
    return {
        f"{field}-length": text(locale, "clocks.bad_goal")
        for _by, _target, field in _fields()
        if sheet[f"{field}-length"] and _minutes(sheet, field) is None
    }


def _minutes(sheet: Sheet, field: str) -> int | None:
    return minutes_in(sheet[f"{field}-length"], sheet[f"{field}-unit"])


def _maxima(sheet: Sheet) -> Maxima:
    goals = {by: Goals(*(_minutes(sheet, f"{by}-{one}") for one in Target)) for by in Channel}
    return Maxima(goals[Channel.CHAT], goals[Channel.MESSAGE], goals[Channel.EMAIL])


def _page(
    look: Look, shown: MaximaShown, sheet: Sheet, wrong: dict[str, str], *, saved: bool = False
) -> Response[str]:
    return look.at(PATH).page(
        "clock_maxima.html",
        422 if wrong else 200,
        shown=shown,
        sheet=sheet,
        wrong=defaultdict(str, wrong),
        saved=saved,
        channels=list(Channel),
        targets=list(Target),
        units=list(UNITS),
        said=lambda minutes: _said(minutes, look.locale),
    )


def _said(minutes: int, locale: Locale) -> str:
    length = measured(minutes)
    return text(locale, f"clocks.length_{length['unit']}", n=int(length["length"]))


ROUTES = (maxima_page, change_maxima)
