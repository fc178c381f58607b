"""What stands in a case's form: kept as a browser posts it, read as the answers a step takes.

An input is named ``f_<field>``, a part of an answer ``f_<field>.<part>``. So a form can be carried
from screen to screen as it is, and nothing typed is ever lost.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from msgspec import Struct
from msgspec.structs import replace

from shopbell.cases.fields import Field, FieldKind
from shopbell.commerce.model import Money, Order, Product

MARK = "f_"
PARTS_MOST, PART_MOST = 200, 8_000
"""How many values a form may carry, and how long each may be."""


class Around(Struct, frozen=True, kw_only=True):
    """What a form may look at: the order and its products, whose calendar, and which money.

    ``clauses`` are the rules that a decision may be based on, by name, in words.
    """

    zone: str = "UTC"
    currency: str = "EUR"
    order: Order | None = None
    products: dict[str, Product] = {}
    carriers: list[str] = []
    clauses: dict[str, str] = {}


class Sheet(Struct, frozen=True):
    """All that was entered so far, by the names of the inputs."""

    raw: dict[str, list[str]] = {}

    @classmethod
    def of(cls, posted: Iterable[tuple[str, object]]) -> "Sheet":
        """Take what is ours of a posted form."""
        raw: dict[str, list[str]] = {}
        ours = [pair for pair in posted if pair[0].startswith(MARK)][:PARTS_MOST]
        for name, value in ours:
            if isinstance(value, str):
                raw.setdefault(name[:200], []).append(value[:PART_MOST])
        return cls(raw)

    def all(self, name: str) -> list[str]:
        """Return all values of an input."""
        return [one for one in self.raw.get(MARK + name, []) if one]

    def first(self, name: str) -> str:
        """Return the value of an input, or nothing."""
        return next(iter(self.all(name)), "")

    def put(self, name: str, values: list[str]) -> "Sheet":
        """Return the same with other values of one input."""
        return replace(self, raw={**self.raw, MARK + name: values})

    def without(self, fields: Iterable[Field]) -> list[tuple[str, str]]:
        """List what stands beside some fields: it is carried along, out of sight."""
        shown = {MARK + field.name for field in fields}
        return [
            (name, value)
            for name, values in self.raw.items()
            for value in values
            if name.partition(".")[0] not in shown
        ]

    def answer(self, field: Field, around: Around) -> Any:  # noqa: ANN401 - each kind has its own
        """Return a field's answer as a step takes it; none where nothing was entered."""
        return _READ.get(field.kind, _text)(self, field, around)

    def answers(self, fields: Iterable[Field], around: Around) -> dict[str, Any]:
        """Return all that was answered to what is asked for after the other answers."""
        found: dict[str, Any] = {}
        for field in fields:
            if field.wanted(found) and (answer := self.answer(field, around)) is not None:
                found[field.name] = answer
        return found

    def settled(self, fields: Iterable[Field], around: Around) -> "Sheet":
        """Fill in what can be only one thing, and drop choices that no longer fit."""
        sheet, found = self, dict[str, Any]()
        for field in fields:
            only = _only(field, found, around)
            if field.kind is FieldKind.CHOICE and sheet.first(field.name) not in field.fitting(
                found
            ):
                sheet = sheet.put(field.name, [])
            if only and field.wanted(found):
                sheet = sheet.put(field.name, [only])
            if field.wanted(found) and (answer := sheet.answer(field, around)) is not None:
                found[field.name] = answer
        return sheet


def is_known(field: Field, answers: Mapping[str, Any], around: Around) -> bool:
    """Tell whether nobody has to be asked, as there is only one possible answer."""
    return _only(field, answers, around) is not None


def _only(field: Field, answers: Mapping[str, Any], around: Around) -> str | None:
    match field.kind:
        case FieldKind.LINES:
            lines = around.order.lines if around.order else []
            return lines[0].id if len(lines) == 1 and lines[0].quantity == 1 else None
        case FieldKind.SHIPMENT:
            parcels = around.order.to_buyer if around.order else []
            return parcels[0].id if len(parcels) == 1 else None
        case FieldKind.CHOICE:
            fitting = field.fitting(answers)
            return fitting[0] if len(fitting) == 1 else None
        case _:
            return None


# --- how each kind is read -------------------------------------------------------------------


def _text(sheet: Sheet, field: Field, _around: Around) -> str | None:
    return sheet.first(field.name).replace("\r\n", "\n").strip() or None


def _number(sheet: Sheet, field: Field, _around: Around) -> int | str | None:
    typed = sheet.first(field.name).strip()
    return _count(typed) if typed else None


def _yes(sheet: Sheet, field: Field, _around: Around) -> bool | None:
    return True if sheet.first(field.name) else None


def _days(sheet: Sheet, field: Field, around: Around) -> dict[str, str] | None:
    first, last = (sheet.first(f"{field.name}.{end}") for end in ("earliest", "latest"))
    if not first and not last:
        return None
    return {"earliest": first or last, "latest": last or first, "zone": around.zone}


def _money(sheet: Sheet, field: Field, around: Around) -> dict[str, Any] | str | None:
    typed = "".join(sheet.first(field.name).split())
    if not typed:
        return None
    places = get_currency_precision(around.currency)
    if not re.fullmatch(rf"[0-9]{{1,15}}([.,][0-9]{{0,{places}}})?", typed):
        return typed  # 1,000 may be a thousand or one: nobody guesses
    amount = Money.of(Decimal(typed.replace(",", ".")), around.currency)
    return {"amount": amount.amount, "currency": amount.currency}


def _clause(sheet: Sheet, field: Field, _around: Around) -> str | None:
    """Return what stands below the choice, if anything does: it was typed on purpose."""
    return next(reversed(sheet.all(field.name)), None)


def _some(sheet: Sheet, field: Field, _around: Around) -> list[str] | None:
    return sheet.all(field.name) or None


def _shots(sheet: Sheet, field: Field, _around: Around) -> list[dict[str, str]] | None:
    return [
        {"file": file, "shows": angle}
        for angle in field.choices
        for file in sheet.all(f"{field.name}.{angle}")
    ] or None


def _checks(sheet: Sheet, field: Field, _around: Around) -> dict[str, bool] | None:
    said = {check: sheet.first(f"{field.name}.{check}") for check in field.choices}
    return {check: answer == "yes" for check, answer in said.items() if answer} or None


def _item(sheet: Sheet, field: Field, _around: Around) -> dict[str, Any] | None:
    product, _, variant = sheet.first(field.name).partition(":")
    if not product:
        return None
    quantity = _quantity(sheet, f"{field.name}.quantity")
    return {"product": product, "variant": variant or None, "quantity": quantity}


def _lines(sheet: Sheet, field: Field, _around: Around) -> list[dict[str, Any]] | None:
    return [
        {"line": line, "quantity": _quantity(sheet, f"{field.name}.{line}")}
        for line in sheet.all(field.name)
    ] or None


def _parcel(sheet: Sheet, field: Field, _around: Around) -> dict[str, str] | None:
    carrier = sheet.first(f"{field.name}.carrier").strip()
    number = "".join(sheet.first(f"{field.name}.number").split())
    return {"carrier": carrier, "number": number} if carrier or number else None


def _moment(sheet: Sheet, field: Field, around: Around) -> str | None:
    typed = sheet.first(field.name)
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=ZoneInfo(around.zone)).isoformat()
    except ValueError:
        return typed or None


def _quantity(sheet: Sheet, name: str) -> int | str:
    return _count(sheet.first(name) or "1")


def _count(typed: str) -> int | str:
    """Return a whole number; what is none stays as it was typed, to be refused."""
    typed = typed.strip()
    return int(typed) if re.fullmatch("[0-9]{1,9}", typed) else typed


_READ: Mapping[FieldKind, Callable[[Sheet, Field, Around], Any]] = {
    FieldKind.NUMBER: _number,
    FieldKind.CLAUSE: _clause,
    FieldKind.YES: _yes,
    FieldKind.DAYS: _days,
    FieldKind.MONEY: _money,
    FieldKind.FILES: _some,
    FieldKind.PHOTOS: _some,
    FieldKind.VIDEO: _some,
    FieldKind.SHOTS: _shots,
    FieldKind.CHECKS: _checks,
    FieldKind.SOME: _some,
    FieldKind.ITEM: _item,
    FieldKind.LINES: _lines,
    FieldKind.PARCEL: _parcel,
    FieldKind.MOMENT: _moment,
}


def named_files(sheet: Sheet, fields: Iterable[Field]) -> Iterator[str]:
    """List the files that a form names so far."""
    for field in fields:
        if field.kind is FieldKind.SHOTS:
            yield from (file for a in field.choices for file in sheet.all(f"{field.name}.{a}"))
        elif field.kind in {FieldKind.FILES, FieldKind.PHOTOS, FieldKind.VIDEO}:
            yield from sheet.all(field.name)
