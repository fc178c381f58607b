"""What the operator may do in a case, as forms: made of its fields, read from what is typed."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import get_currency_precision
from msgspec import Struct

from shopbell.cases.fields import Answers, Field, FieldKind
from shopbell.cases.model import Action
from shopbell.cases.refusals import DetailMalformed
from shopbell.commerce.model import Money

TYPED = frozenset(
    {FieldKind.TEXT, FieldKind.SHORT, FieldKind.CHOICE, FieldKind.MONEY, FieldKind.PARCEL}
)
"""What can be typed into a plain form."""


class Sheet(Struct, frozen=True):
    """One form: its fields, and the buttons of all steps that ask for the same."""

    asks: list[Field]
    takes: list[Field]
    actions: list[str]

    @property
    def fields(self) -> list[tuple[Field, bool]]:
        """Return the fields, each with whether it must be filled in."""
        return [(one, True) for one in self.asks] + [(one, False) for one in self.takes]


def sheets(actions: Iterable[Action]) -> list[Sheet]:
    """Put steps that ask for the same into one form."""
    found: dict[tuple[tuple[str, ...], ...], Sheet] = {}
    for one in actions:
        takes = [field for field in one.takes if field.kind in TYPED]
        key = tuple(tuple(field.name for field in fields) for fields in (one.asks, takes))
        sheet = found.setdefault(key, Sheet(one.asks, takes, []))
        sheet.actions.append(one.action)
    return list(found.values())


def given_in(form: Mapping[str, Any], action: Action, currency: str) -> Answers:
    """Read what was typed for a step; what is empty was not given."""
    read = ((one, _read(form, one, currency)) for one in (*action.asks, *action.takes))
    return {field.name: answer for field, answer in read if answer is not None}


def _read(form: Mapping[str, Any], field: Field, currency: str) -> object:
    typed = str(form.get(field.name, "")).strip()
    match field.kind:
        case FieldKind.MONEY if typed:
            return _money(field.name, typed, currency)
        case FieldKind.PARCEL:
            number = str(form.get(f"{field.name}-number", "")).strip()
            return {"carrier": typed, "number": number} if typed or number else None
        case _:
            return typed or None


def _money(name: str, typed: str, currency: str) -> Money:
    try:
        return Money.of(Decimal(typed.replace(",", ".")), currency)
    except (InvalidOperation, ValueError):
        places = get_currency_precision(currency)
        raise DetailMalformed(field=name, reason=f"{Decimal(0):.{places}f} {currency}") from None
