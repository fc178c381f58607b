"""What is printed on a page of reports, number by number, and what a recount says must stand there.

Nothing here asks the program for a figure, or has it write one: both are done another way.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

from shopbell.analytics.model import Asked, Dimension, Figure, Manner
from shopbell.analytics.register import METRICS
from shopbell.kernel.actor import ShopId
from shopbell.kernel.texts import text
from tests.browser.people import Visitor
from tests.support import recount

NOTHING = "–"
WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG = ((172_800, "d", 86_400), (7_200, "h", 3_600), (60, "min", 60), (0, "s", 1))
"""From so many seconds on a time is told in a unit of so many."""

TILES = ("first_answer", "within_promise", "first_contact", "deflected")

Table = list[list[str]]

_READ = Path(__file__).with_suffix(".js").read_text()


def printed(reader: Visitor) -> dict[str, Any]:
    """Read the page that somebody has open, charts included, in English."""
    found: dict[str, Any] = reader.page.evaluate(_READ)
    return found


class Recounted:
    """The same page as a recount of all threads has it: of all shops, or of one."""

    def __init__(
        self,
        things: Sequence[recount.Thing],
        period: tuple[date, date],
        names: Mapping[Any, str],
        zone: str = "UTC",
        shop: ShopId | None = None,
    ) -> None:
        self._things = things
        only = ((Dimension.SHOP, str(shop)),) if shop else ()
        self._asked = Asked(since=period[0], until=period[1], zone=zone, only=only)
        self._rank = Dimension.AGENT if shop else Dimension.SHOP
        self._names = names

    def page(self) -> dict[str, Any]:
        """Return what must be read there."""
        return {
            "figures": {name: self._figure(name) for name in METRICS},
            "tiles": [
                [_worth(self._one(name), METRICS[name].measure), text("en", "figures.no_before")]
                for name in TILES
            ],
            "tables": self._tables(),
            "said": self._said(),
            "bars": [[_tidy(row.n) for row in self._of("contacts", Dimension.WEEK)]] * 2,
        }

    def _of(self, name: str, *by: Dimension) -> list[Figure]:
        asked = Asked(
            since=self._asked.since,
            until=self._asked.until,
            zone=self._asked.zone,
            only=self._asked.only,
            by=by,
        )
        return recount.figures(self._things, METRICS[name], asked)

    def _one(self, name: str) -> Figure | None:
        return next(iter(self._of(name)), None)

    def _figure(self, name: str) -> str:
        row, measure = self._one(name), METRICS[name].measure
        if measure is Manner.COUNT:
            return _worth(row, measure)
        return f"{_worth(row, measure)} of {_tidy(row.n if row else 0)}"

    def _tables(self) -> dict[str, Table]:
        d = Dimension
        answers = [
            [row.by[0], _lasting(row.value), _lasting(row.high), _tidy(row.n)]
            for row in self._of("first_answer", d.DAY)
        ]
        volume = [
            [row.by[0], _kind(row.by[1]), _tidy(row.n)]
            for row in self._of("contacts", d.WEEK, d.KIND)
        ]
        heat = [
            [WEEK[int(row.by[0])], f"{int(row.by[1]):02}:00", _tidy(row.n)]
            for row in self._of("contacts", d.WEEKDAY, d.HOUR)
        ]
        steps = [
            [text("en", f"figures.step_{row.by[0]}"), _tidy(row.n)]
            for row in self._of("ladder", d.DETAIL)
        ]
        ends = [
            [text("en", f"case.{kind}"), text("en", f"case.{kind}_is_{state}"), _tidy(row.n)]
            for row in self._of("cases", d.KIND, d.DETAIL)
            for kind, state in [row.by]
        ]
        found = {"answers": answers, "ranked": self._ranked(), "volume": volume, "heat": heat}
        return found | {name: rows for name, rows in (("steps", steps), ("outcomes", ends)) if rows}

    def _ranked(self) -> Table:
        """Return who is listed by how many promises they kept; a shop that kept all is not."""
        speed = {row.by[0]: row for row in self._of("first_answer", self._rank)}
        by_shop = self._rank is Dimension.SHOP
        amount = {
            row.by[0]: row for row in self._of("waiting" if by_shop else "workload", self._rank)
        }
        rows = [
            row
            for row in self._of("within_promise", self._rank)
            if row.by[0] and not (by_shop and row.hits == row.n)
        ]
        return [
            [
                self._names[who],
                _worth(speed.get(who), Manner.TIME),
                _share(row),
                _tidy(amount[who].n if who in amount else 0),
            ]
            for row in sorted(rows, key=lambda row: (row.hits / row.n, -row.n))
            for who in row.by
        ]

    def _said(self) -> dict[str, str]:
        """Return the sentences that tell of the charts to whoever does not see them."""
        days, weeks = self._of("first_answer", Dimension.DAY), self._of("contacts", Dimension.WEEK)
        hours = self._of("contacts", Dimension.WEEKDAY, Dimension.HOUR)
        full, busy = max(weeks, key=_amount), max(hours, key=_amount)
        start = date.fromisoformat(full.by[0])
        whole = _tidy(sum(map(_amount, weeks)))
        least, most = (_lasting(of(row.value or 0 for row in days)) for of in (min, max))
        median = _worth(self._one("first_answer"), Manner.TIME)
        return {
            "answers": f"Line chart. First answer, median: {median} in all,"
            f" from {least} to {most} by day. Days with answers: {len(days)}.",
            "volume": f"Bar chart. Matters in all: {whole}."
            f" Most from {start:%b} {start.day} on: {full.n}.",
            "heat": f"Heat map. Most matters: {WEEK[int(busy.by[0])]} at {int(busy.by[1]):02}:00,"
            f" {busy.n} of {whole}.",
        }


def _amount(row: Figure) -> int:
    return row.n


def _worth(row: Figure | None, measure: Manner) -> str:
    if row is None:
        return "0" if measure is Manner.COUNT else NOTHING
    match measure:
        case Manner.COUNT:
            return _tidy(row.n)
        case Manner.SHARE:
            return _share(row)
        case Manner.TIME:
            return _lasting(row.value)


def _share(row: Figure) -> str:
    """Write so many of so many in a hundred."""
    hundredths = Decimal(100 * row.hits) / row.n
    return f"{_short(hundredths.quantize(Decimal('0.1'), ROUND_HALF_EVEN))}%"


def _lasting(seconds: float | None) -> str:
    length = seconds or 0
    unit, size = next((unit, size) for least, unit, size in LONG if length >= least)
    return f"{_tidy(length / size)} {unit}"


def _tidy(value: float) -> str:
    return _short(Decimal(f"{value:.1f}"))


def _short(value: Decimal) -> str:
    return f"{value:,}".removesuffix(".0")


def _kind(name: str) -> str:
    asked = name in {"product", "order", "shop"}
    return text("en", f"figures.kind_{name}" if asked else f"case.{name}")


def unlike(found: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """Name what is printed otherwise than it was recounted."""
    pairs = [(part, _in_order(found[part]), _in_order(wanted[part])) for part in wanted]
    return [f"{part}: printed {had}, recounted {got}" for part, had, got in pairs if had != got]


def _in_order(part: Any) -> Any:
    """Sort the rows of tables that say nothing by their order, so that they can be compared."""
    if not isinstance(part, dict) or "ranked" not in part:
        return part
    return {name: rows if name == "ranked" else sorted(rows) for name, rows in part.items()}
