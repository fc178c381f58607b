"""What there is to say about the cells of a table, noted while it is read."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from shopbell.connectors.files.cells import Row
from shopbell.connectors.files.model import WithAnother
from shopbell.connectors.listings.model import Finding, Heads, Severity
from shopbell.kernel.refusals import Refusal

T = TypeVar("T")


class Notes:
    """Findings so far, and how many rows are refused; `wrong` is about the product being read."""

    def __init__(self, heads: Heads) -> None:
        self._heads = heads
        self.wrong: list[tuple[Row, str, Refusal]] = []
        self.found: list[Finding] = []
        self.refused = 0

    def attempt(self, row: Row, column: str, read: Callable[[Row, str], T], otherwise: T) -> T:
        """Read a cell; what is wrong with it is noted, and reading goes on."""
        try:
            return read(row, column)
        except Refusal as why:
            self.wrong.append((row, column, why))
            return otherwise

    def remark(self, row: Row, code: str, severity: Severity, column: str, value: str = "") -> None:
        """Note something about a cell that keeps nothing out."""
        heading, place = self._heads.heading(column)
        said: dict[str, str | int] = {"column": heading, "value": value[:60]}
        self.found.append(Finding(row.number, code, severity, heading, place, _name(row), said))

    def refuse(self, number: int, name: str, column: str, why: Refusal) -> None:
        """Note why a row is left out."""
        heading, place = self._heads.heading(str(why.facts.get("column", column)))
        facts = {**why.facts, "column": heading}
        error = Severity.ERROR
        self.found.append(Finding(number, why.code, error, heading, place, name, facts))

    def leave_out(self, rows: Sequence[Row]) -> None:
        """Refuse all rows of a product: those at fault for what is wrong, others with them."""
        at_fault = {row.number for row, _, _ in self.wrong}
        for row, column, why in self.wrong:
            self.refuse(row.number, _name(row), column, why)
        for row in rows:
            if row.number not in at_fault:
                self.refuse(row.number, _name(row), "", WithAnother(row=min(at_fault)))
        self.refused += len(rows)


def _name(row: Row) -> str:
    return row.cells.get("offer_id", "")[:60]
