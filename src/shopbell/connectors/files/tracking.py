"""Events of parcels from a table, as a carrier sends them: each row is one, in its own words."""

from collections.abc import Sequence
from datetime import datetime

from shopbell.commerce import listening, roster
from shopbell.commerce.carriers import Carrier
from shopbell.commerce.commands import Outcome
from shopbell.commerce.reports import Heard, Said, read
from shopbell.commerce.reports import Report as Event
from shopbell.connectors.files.cells import Row
from shopbell.connectors.files.intake import Trade, silent, take_rows
from shopbell.connectors.files.model import Kept, Options, Progress, Report
from shopbell.connectors.files.sheet import Columns, Source
from shopbell.engine.database import Database, Tx

COLUMNS = Columns(needed=("number", "at", "code note"))
BECAME = {
    Heard.TAKEN: Kept(Outcome.ADDED),
    Heard.KNOWN: Kept(Outcome.UNCHANGED),
    Heard.WAITING: Kept(Outcome.ADDED, waiting=True),
    Heard.UNCODED: Kept(Outcome.ADDED, uncoded=True),
}


def import_tracking(
    db: Database,
    carrier: str,
    source: Source,
    options: Options | None = None,
    progress: Progress = silent,
) -> Report:
    """Take in what a table tells in the name of ``carrier``; again, it changes nothing."""
    options = options or Options()
    trade = _events_of(db.read_now(roster.carrier, carrier), options, db.clock())
    return take_rows(db, source, options, progress, trade)


def _events_of(carrier: Carrier, options: Options, now: datetime) -> Trade[Event]:
    """Say how events of ``carrier`` are read and kept."""

    def told(rows: Sequence[Row]) -> Event:
        return read(carrier, _said(rows[0], options), now)

    def keep(tx: Tx, events: Sequence[Event]) -> list[Kept]:
        took = listening.take(tx, events)
        for one in took:
            if one.why:
                raise one.why
        return [BECAME[one.heard] for one in took]

    return Trade("number", COLUMNS, told, keep, apart=True)


def _said(row: Row, options: Options) -> Said:
    """Read a row; times in a form of their own are written as ISO 8601."""
    return Said(
        number=row.need("number", 64),
        at=row.time_as_told("at"),
        code=row.text("code", 60),
        place=row.text("place"),
        note=row.text("note", 500),
        zone=row.text("zone", 64) or options.zone,
    )
