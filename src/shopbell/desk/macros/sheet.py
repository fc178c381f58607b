"""Macros as a table: to carry them to another shop, or to write many at once.

Nothing in it is a formula to a spreadsheet: a cell that would be one begins with an apostrophe.
"""

import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

from msgspec import UNSET

from shopbell.desk.macros import service
from shopbell.desk.macros.cells import COLUMNS, Cells, body_of, cells_of, flag
from shopbell.desk.macros.checking import check_keeps, cleaned, shop_of
from shopbell.desk.macros.commands import PutMacro, ReadSheet
from shopbell.desk.macros.model import Imported, Macro, MacroBody, Trouble
from shopbell.desk.macros.refusals import KeyTwice, MacroSheetOdd
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import Locale, text

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_BOM = "\ufeff"


class Meant(NamedTuple):
    """What a row means to keep, in its line of the file."""

    line: int
    body: MacroBody
    own: bool


def written(tx: Tx, actor: Actor) -> str:
    """Write down the shop's macros and one's own."""
    paper = io.StringIO()
    table = csv.writer(paper)
    table.writerow(COLUMNS)
    for one in service.shelf(tx, actor):
        cells = cells_of(one.macro.body, own=one.macro.owner is not None)
        table.writerow([_guarded(cells[name]) for name in COLUMNS])
    return _BOM + paper.getvalue()


def read(tx: Tx, actor: Actor, asked: ReadSheet, locale: Locale) -> Imported:
    """Bring in all macros of a table, by their keys; with any trouble in it, none of them."""
    meant, troubles = _looked_through(actor, asked.table, locale)
    if troubles:
        return Imported(0, 0, troubles)
    before = {(one.own, one.body.key): _standing(tx, actor, one) for one in meant}
    news = [one for one in meant if not _same(one, before[one.own, one.body.key])]
    if not asked.dry:
        for one in news:
            _keep(tx, actor, one, before[one.own, one.body.key])
    return Imported(len(news), len(meant) - len(news))


def _looked_through(actor: Actor, table: str, locale: Locale) -> tuple[list[Meant], list[Trouble]]:
    """Return what all rows mean, and what is wrong with any."""
    meant: list[Meant] = []
    troubles: list[Trouble] = []
    keys: set[tuple[bool, str]] = set()
    for line, row in _rows(table):
        try:
            one = _meant(actor, line, row)
            if (one.own, one.body.key) in keys:
                raise KeyTwice(short=one.body.key)
            keys.add((one.own, one.body.key))
            meant.append(one)
        except Refusal as refusal:
            said = text(locale, f"refusals.{refusal.code}.title", **refusal.facts)
            troubles.append(Trouble(line, refusal.code, said))
    return meant, troubles


def _rows(table: str) -> Iterator[tuple[int, Cells]]:
    """Read a table row by row, each with the line it ends in."""
    reader = csv.DictReader(io.StringIO(table.removeprefix(_BOM), newline=""), strict=True)
    try:
        if not {"key", "name"} <= set(reader.fieldnames or ()):
            raise MacroSheetOdd(reason="key, name")
        for count, row in enumerate(reader, 1):
            if count > service.MACROS_MOST:
                raise MacroSheetOdd(reason=f"> {service.MACROS_MOST}")
            yield reader.line_num, {name: cell or "" for name, cell in row.items() if name}
    except csv.Error as error:
        raise MacroSheetOdd(reason=str(error)[:60]) from None


def _meant(actor: Actor, line: int, row: Cells) -> Meant:
    cells = {name: _bare(row.get(name, "")) for name in COLUMNS}
    own = bool(flag("own", cells["own"]))
    check_keeps(actor, shop_of(actor), own=own)
    return Meant(line, cleaned(body_of(cells), own=own), own)


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _bare(cell: str) -> str:
    return cell.removeprefix("'")


def _standing(tx: Tx, actor: Actor, one: Meant) -> Macro | None:
    return service.called(tx, actor, one.body.key, own=one.own)


def _same(one: Meant, before: Macro | None) -> bool:
    return before is not None and before.body == one.body


def _keep(tx: Tx, actor: Actor, one: Meant, before: Macro | None) -> None:
    version = before.version if before else UNSET
    asked = PutMacro(one.body, own=one.own, version=version)
    service.put(tx, actor, before.id if before else new_id(), asked)
