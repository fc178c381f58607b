"""How a table is to be read, what became of it, and the ways it can be refused. Pure."""

from collections.abc import Callable

from msgspec import Struct

from shopbell.commerce.commands import Outcome
from shopbell.commerce.model import Shop
from shopbell.kernel.refusals import (
    Conflict,
    Invalid,
    Malformed,
    NotFound,
    Refusal,
    TooLarge,
)
from shopbell.kernel.texts import FALLBACK, LOCALES, Locale, Words, text

Progress = Callable[[int, int], None]
"""Told now and then how many rows of how many are done."""


class NoSuchTable(NotFound):
    """There is no readable file of this name."""


class TableTooLarge(TooLarge):
    """More bytes, or more rows, than we take at once."""


class TableEmpty(Invalid):
    """No row below the headings."""


class TableBroken(Malformed):
    """Not a table of text: NUL bytes, or an encoding nobody can tell."""


class EncodingUnknown(Malformed):
    """The named encoding does not exist, or the file is not in it."""


class ColumnsMissing(Invalid):
    """The table lacks columns that cannot be done without."""


class QuoteOpen(Malformed):
    """A quotation mark is wrong or left open in lines ``first`` to ``last`` of the file."""


class RowBroken(Malformed):
    """A row with more cells than there are headings."""


class ValueMissing(Invalid):
    """A cell that must not be empty."""


class ValueTooLong(Invalid):
    """More text than the cell may hold."""


class NotAnAmount(Invalid):
    """Not an amount of money, or with more decimals than its currency has."""


class NotACount(Invalid):
    """Not a whole number from zero up."""


class NotATime(Invalid):
    """Not a date in the form that was named."""


class NotAnAddress(Invalid):
    """Not an e-mail address."""


class UnknownCurrency(Invalid):
    """No currency has this code."""


class NotAnOrderNumber(Invalid):
    """It has signs in it that no address can hold, such as spaces or slashes."""


class UnknownState(Invalid):
    """Not a state of an order of ours, and no translation was named."""


class UnknownOffer(Invalid):
    """The shop lists no such code, and the line brings no title and price of its own."""


class NotPublished(Conflict):
    """The file says that this product is not to be shown."""


class VariantTwice(Conflict):
    """Two rows describe the same choice of one product."""


class WithAnother(Conflict):
    """It describes the same thing as another row that was left out."""


class BuyerIsStaff(Conflict):
    """The buyer's address belongs to somebody who sells here."""


class Options(Struct, frozen=True, kw_only=True):
    """How to read a table that is not written in our own columns.

    Attributes:
        columns: our column to the table's, as ``{"number": "order_id"}``.
        values: our column to a value for every row, as ``{"currency": "BRL"}``.
        states: the table's word for an order's state to ours, as ``{"canceled": "cancelled"}``.
        dates: the form of its dates as in ``strptime``; ISO 8601 where empty.
        zone: where times without a zone were written down; the shop's own where empty.
        buyer_domain: makes e-mail addresses of buyers' codes that are none.
        language: of texts in columns without a language; the shop's first where none.
        encoding: of the file; found out where empty.
    """

    columns: dict[str, str] = {}
    values: dict[str, str] = {}
    states: dict[str, str] = {}
    dates: str = ""
    zone: str = ""
    buyer_domain: str = ""
    language: Locale | None = None
    encoding: str = ""

    def language_for(self, shop: Shop) -> Locale:
        """Return the language of texts whose column does not say it."""
        spoken: Locale = shop.languages[0] if shop.languages else FALLBACK
        return self.language or spoken


class Kept(Struct, frozen=True):
    """What became of one thing; ``older``: days it came with were older than those known.

    ``waiting``: nothing here has its number yet; ``uncoded``: its word is new to us.
    """

    outcome: Outcome
    older: bool = False
    waiting: bool = False
    uncoded: bool = False


class Skipped(Struct, frozen=True):
    """A row that was left out, and why."""

    row: int
    name: str
    code: str
    reason: Words

    def says(self, locale: Locale) -> str:
        """Tell it to a reader."""
        name = f" {self.name}" if self.name else ""
        return text(locale, "imports.skipped", row=self.row, name=name, reason=self.reason[locale])


class Report(Struct, kw_only=True):
    """What became of a table, row by row where something was left out."""

    rows: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    older: int = 0
    waiting: int = 0
    uncoded: int = 0
    encoding: str = ""
    skipped: list[Skipped] = []

    @property
    def came_to_nothing(self) -> bool:
        """Tell whether not one row could be used."""
        return bool(self.skipped) and not self.added + self.updated + self.unchanged

    def count(self, kept: Kept) -> None:
        """Count one thing that was kept."""
        setattr(self, kept.outcome, getattr(self, kept.outcome) + 1)
        self.older += kept.older
        self.waiting += kept.waiting
        self.uncoded += kept.uncoded

    def skip(self, row: int, name: str, why: Refusal) -> None:
        """Note what was left out, in every language."""
        reason: Words = {locale: _title(locale, why) for locale in LOCALES}
        self.skipped.append(Skipped(row, name, why.code, reason))

    def says(self, locale: Locale) -> str:
        """Sum it up for a reader."""
        sums = text(
            locale,
            "imports.summary",
            rows=self.rows,
            added=self.added,
            updated=self.updated,
            unchanged=self.unchanged,
            skipped=len(self.skipped),
        )
        more = [
            text(locale, f"imports.{name}", n=n)
            for name in ("older", "waiting", "uncoded")
            if (n := getattr(self, name))
        ]
        return "\n".join([sums, *more])


def _title(locale: Locale, why: Refusal) -> str:
    return text(locale, f"refusals.{why.code}.title", **why.facts)
