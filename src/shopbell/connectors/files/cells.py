"""One row of a table, its cells read as what they should be, or refused with row and column."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision, list_currencies

from shopbell.commerce.model import Money
from shopbell.connectors.files.model import (
    NotACount,
    NotAnAddress,
    NotAnAmount,
    NotATime,
    Options,
    UnknownCurrency,
    ValueMissing,
    ValueTooLong,
)

TEXT = 200
COUNT_MOST = 1_000_000_000
AMOUNT_MOST = Decimal(10) ** 12
THREE = 3
YEARS = range(1970, 2200)
CURRENCIES: frozenset[str] = frozenset(list_currencies())

_SPACES = re.compile(r"[\s\u00a0\u202f'’]")
_GROUPED = re.compile(
    r"\d{1,3}([.,])\d{3}(?:\1\d{3})+|\d{1,3}(,)\d{3}(?=\.)|\d{1,3}(\.)\d{3}(?=,)", re.ASCII
)
_DOUBTFUL = re.compile(r"\d+[.,]\d{3}", re.ASCII)
_AMOUNT = re.compile(r"\d+(?:[.,]\d+)?", re.ASCII)
_ADDRESS = re.compile(r"[^\s@<>,;\"]{1,64}@[^\s@<>,;\"]{1,180}\.[^\s@<>,;\".]+|[^\s@]+@[\w.-]+")


@dataclass(frozen=True)
class Row:
    """The filled cells of a row under our names; ``number`` is what a spreadsheet shows."""

    number: int
    cells: Mapping[str, str]
    options: Options

    def text(self, column: str, most: int = TEXT) -> str:
        """Return what the cell says, or nothing."""
        found = self.cells.get(column, "")
        if len(found) > most:
            raise ValueTooLong(row=self.number, column=column, most=most)
        return found

    def need(self, column: str, most: int = TEXT) -> str:
        """Return what the cell says; it must say something."""
        if not (found := self.text(column, most)):
            raise ValueMissing(row=self.number, column=column)
        return found

    def family(self, prefix: str) -> dict[str, str]:
        """Return the filled cells whose columns begin with ``prefix``, by the rest of the name."""
        names = [name for name in self.cells if name.startswith(prefix)]
        return {name.removeprefix(prefix): self.text(name) for name in names}

    def count(self, column: str, otherwise: int = 0) -> int:
        """Read a whole number; stock below zero is none."""
        found = self.text(column)
        if not found:
            return otherwise
        if not re.fullmatch(r"-?\d{1,10}(\.0+)?", found, re.ASCII):
            raise NotACount(row=self.number, column=column, value=found[:40])
        return min(max(0, int(found.partition(".")[0])), COUNT_MOST)

    def currency(self) -> str:
        """Read the currency of the row's amounts."""
        found = self.need("currency").upper()
        if found not in CURRENCIES:
            raise UnknownCurrency(row=self.number, column="currency", value=found[:10])
        return found

    def money(self, column: str) -> Money | None:
        """Read an amount in the row's currency; more decimals than that has are refused."""
        found = self.text(column)
        if not found:
            return None
        currency = self.currency()
        try:
            return Money.of(_decimal(found, get_currency_precision(currency)), currency)
        except ValueError:
            raise NotAnAmount(row=self.number, column=column, value=found[:40]) from None

    def moment(self, column: str, zone: ZoneInfo) -> datetime | None:
        """Read a point in time; one without a zone is a time of ``zone``."""
        found = self._time(column)
        return found if found is None or found.tzinfo else found.replace(tzinfo=zone)

    def time_as_told(self, column: str) -> str:
        """Read a point in time as ISO 8601, with a zone only if it came with one."""
        found = self._time(column)
        if found is None:
            raise ValueMissing(row=self.number, column=column)
        return found.isoformat()

    def day(self, column: str) -> date | None:
        """Read a day on the calendar; a time beside it says nothing."""
        found = self._time(column)
        return found and found.date()

    def address(self, column: str) -> str:
        """Read an e-mail address, or make one of a code if the options name a domain."""
        found = self.need(column, 254)
        if "@" not in found and self.options.buyer_domain:
            found = f"{found}@{self.options.buyer_domain}"
        if not _ADDRESS.fullmatch(found):
            raise NotAnAddress(row=self.number, column=column, value=found[:60])
        return found

    def _time(self, column: str) -> datetime | None:
        found = self.text(column)
        if not found:
            return None
        try:
            time = self._parsed(found)
        except ValueError:
            time = None
        if time is None or time.year not in YEARS:
            form = self.options.dates or "ISO 8601"
            raise NotATime(row=self.number, column=column, value=found[:40], form=form)
        return time

    def _parsed(self, found: str) -> datetime:
        form = self.options.dates
        return datetime.strptime(found, form) if form else datetime.fromisoformat(found)  # noqa: DTZ007 - the zone comes after


def _decimal(words: str, decimals: int) -> Decimal:
    """Read ``1 234,50``, ``1,234.50`` or ``1234.5``; refuse what could mean two things.

    ``1,000`` is a thousand to one and one to another: three digits after a single sign are
    believed only of a currency with three decimals, and only after a point.
    """
    plain = _SPACES.sub("", words)
    if found := _GROUPED.match(plain):
        plain = plain.replace(next(filter(None, found.groups())), "")
    elif _DOUBTFUL.fullmatch(plain) and not (decimals == THREE and "." in plain):
        raise ValueError(words)
    if not _AMOUNT.fullmatch(plain):
        raise ValueError(words)
    amount = Decimal(plain.replace(",", "."))
    if amount > AMOUNT_MOST:
        raise ValueError(words)
    return amount
