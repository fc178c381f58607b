"""How the rows of a table become things we keep: whole or not at all, each with its report.

A batch is one transaction. When something in it is refused, the batch is undone and taken
again in halves, down to the one that must stay out; everything else is kept.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from shopbell.commerce import service as commerce
from shopbell.commerce.model import Shop
from shopbell.connectors.files.cells import Row
from shopbell.connectors.files.model import Kept, Options, Progress, Report, WithAnother
from shopbell.connectors.files.sheet import Columns, Source, read
from shopbell.engine.database import Database, Tx
from shopbell.kernel.refusals import Refusal, Unavailable

T = TypeVar("T")
BATCH = 200


@dataclass(frozen=True)
class Trade(Generic[T]):
    """What to make of rows: those with the same ``key`` are one thing, read, then kept.

    Where each row is a thing of its own, as an event, they stay ``apart``.
    """

    key: str
    columns: Columns
    read: Callable[[Sequence[Row]], T]
    keep: Callable[[Tx, Sequence[T]], list[Kept]]
    apart: bool = False


@dataclass(frozen=True)
class _Piece(Generic[T]):
    """One thing read from its rows."""

    rows: Sequence[Row]
    name: str
    thing: T


def take_in(  # noqa: PLR0917 - what an import is given, and for what
    db: Database,
    shop: str,
    source: Source,
    options: Options | None,
    progress: Progress,
    trade_of: Callable[[Shop, Options], Trade[T]],
) -> Report:
    """Keep what a table describes for a shop (its slug or id), and report on every row."""
    options = options or Options()
    return take_rows(
        db, source, options, progress, trade_of(db.read_now(commerce.shop, shop), options)
    )


def take_rows(
    db: Database, source: Source, options: Options, progress: Progress, trade: Trade[T]
) -> Report:
    """Keep what a table describes, and report on every row."""
    sheet = read(source, trade.columns, options)
    rows = len(sheet.rows) + len(sheet.broken)
    report = Report(rows=rows, encoding=sheet.encoding)
    for number, refusal in sheet.broken:
        report.skip(number, "", refusal)
    done = len(sheet.broken)
    progress(done, rows)
    groups = iter(_groups(sheet.rows, "" if trade.apart else trade.key))
    while batch := list(islice(groups, BATCH)):
        pieces = [piece for group in batch if (piece := _read(group, trade, report))]
        _keep(db, pieces, trade, report)
        done += sum(map(len, batch))
        progress(done, rows)
    report.skipped.sort(key=lambda skipped: skipped.row)
    return report


def silent(_done: int, _of: int) -> None:
    """Tell nobody how far the work is."""


def _groups(rows: Iterable[Row], key: str) -> list[list[Row]]:
    """Put rows of the same name together; each row without a name stands alone."""
    groups: dict[str | int, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.cells.get(key) or row.number, []).append(row)
    return list(groups.values())


def _read(rows: Sequence[Row], trade: Trade[T], report: Report) -> _Piece[T] | None:
    name = rows[0].cells.get(trade.key, "")[:60]
    try:
        return _Piece(rows, name, trade.read(rows))
    except Refusal as refusal:
        _leave_out(report, rows, name, refusal)
        return None


def _keep(db: Database, pieces: Sequence[_Piece[T]], trade: Trade[T], report: Report) -> None:
    if not pieces:
        return
    try:
        kept = db.write_now(trade.keep, [piece.thing for piece in pieces])
    except Unavailable:
        raise
    except Refusal as refusal:
        if len(pieces) == 1:
            _leave_out(report, pieces[0].rows, pieces[0].name, refusal)
            return
        half = len(pieces) // 2
        _keep(db, pieces[:half], trade, report)
        _keep(db, pieces[half:], trade, report)
    else:
        for one in kept:
            report.count(one)


def _leave_out(report: Report, rows: Sequence[Row], name: str, why: Refusal) -> None:
    at_fault = int(why.facts.get("row", rows[0].number))
    for row in rows:
        report.skip(row.number, name, why if row.number == at_fault else WithAnother(row=at_fault))
