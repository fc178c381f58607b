"""The operator's page of the audit record: who did what, whether it is whole, and its seal."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from msgspec import Struct

from shopbell.accounts import operating
from shopbell.accounts import service as accounts
from shopbell.accounts.deeds import Deed, Found, Wanted
from shopbell.accounts.model import Seal
from shopbell.accounts.operating import Record
from shopbell.analytics.export import Cell, Sheet, as_csv
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor, PersonId
from shopbell.privacy import retention
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.look import Look

PAGE = "/console/record"
CSV_MOST = 10_000
AT_ONCE = 5_000
"""So many lines are read again at once; then it is said how far that is."""

HERE = "<!-- the check -->"
"""Where the check stands on the page, as its template marks it."""


class Asked(Struct, frozen=True):
    """What the form asked for; ``noted`` is a seal that was kept elsewhere."""

    who: str = ""
    action: str = ""
    about: str = ""
    since: str = ""
    until: str = ""
    noted: str = ""

    @property
    def wanted(self) -> Wanted:
        """Return what to look for; a day that is none asks nothing."""
        last = day_in(self.until)
        return Wanted(
            actor=self.who.strip(),
            action=self.action,
            about=self.about.strip(),
            since=day_in(self.since),
            until=last + timedelta(days=1) if last else None,
        )

    @property
    def query(self) -> str:
        """Return the filter as a page's address carries it along."""
        given = {name: getattr(self, name) for name in self.__struct_fields__}
        return urlencode({name: value for name, value in given.items() if value})


class Seen(Struct, frozen=True):
    """What the page shows; ``fits`` is what became of a noted seal, if one was given."""

    found: Found
    names: dict[PersonId, str]
    actions: list[str]
    record: Record
    seal: Seal
    fits: str


@get(PAGE)
async def record_page(  # noqa: PLR0917 - a filter has these parts
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    who: FromQuery[str] = "",
    action: FromQuery[str] = "",
    about: FromQuery[str] = "",
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
    noted: FromQuery[str] = "",
    before: FromQuery[int | None] = None,
    verify: FromQuery[bool] = False,
) -> Response[Any]:
    """Show what was done, the newest first, and check the whole record if asked."""
    asked, actor = Asked(who, action, about, since, until, noted), visitor_of(look)
    seen = await db.read(see, actor, asked, before)
    told: dict[str, Any] = {"asked": asked, "seen": seen, "facts": _facts}
    if not verify:
        return look.page("record.html", **told, checks=False)
    whole = look.filled("record.html", **told, checks=True)
    return look.page_of(_checked(look, db, actor, whole))


async def _checked(look: Look, db: Database, actor: Actor, page: str) -> AsyncIterator[str]:
    """Send a page around the check of the record, and how far that is as it goes."""
    above, _, below = page.partition(HERE)
    yield above
    reading = None
    while reading is None or not reading.done:
        reading = await db.read(operating.read_on, actor, reading, AT_ONCE)
        yield look.write("record_check.html", reading=reading)
    yield below


@get("/console/record.csv")
async def record_file(  # noqa: PLR0917 - a filter has these parts
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    who: FromQuery[str] = "",
    action: FromQuery[str] = "",
    about: FromQuery[str] = "",
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
) -> Response[bytes]:
    """Give the lines that were asked for as a table, at most the newest ten thousand."""
    asked = Asked(who, action, about, since, until)
    found = await db.read(operating.found, visitor_of(look), asked.wanted, most=CSV_MOST)
    head = ["seq", "at", "actor", "action", "facts"]
    rows: list[list[Cell]] = [
        [one.seq, one.at.isoformat(timespec="seconds"), one.actor, one.action, _facts(one)]
        for one in found.deeds
    ]
    return Response(
        as_csv(Sheet(head, rows)),
        media_type="text/csv",
        headers={"Content-Disposition": 'attachment; filename="who-did-what.csv"'},
    )


def see(tx: Tx, actor: Actor, asked: Asked, before: int | None) -> Seen:
    """Look at everything the page shows."""
    found = operating.found(tx, actor, asked.wanted, before)
    return Seen(
        found=found,
        names=accounts.names(tx, {one.actor for one in found.deeds}),
        actions=operating.actions(tx, actor),
        record=operating.record(tx, actor),
        seal=operating.sealed(tx, actor),
        fits=_fits(tx, actor, asked.noted),
    )


def _fits(tx: Tx, actor: Actor, noted: str) -> str:
    """Say what became of a seal kept elsewhere: it fits, it ran out, it was changed, it is none."""
    if not noted:
        return ""
    try:
        seal = Seal.parse(noted)
    except ValueError:
        return "none"
    if operating.is_as_noted(tx, actor, seal):
        return "fits"
    return "cut" if retention.has_let_go(tx, actor, seal) else "changed"


def _facts(deed: Deed) -> str:
    return " · ".join(f"{name}: {value}" for name, value in deed.facts.items())


def day_in(given: str) -> datetime | None:
    """Return the beginning of a day that was typed, or nothing if it is none."""
    try:
        found = date.fromisoformat(given)
    except ValueError:
        return None
    return datetime(found.year, found.month, found.day, tzinfo=UTC)


ROUTES = (record_page, record_file)
