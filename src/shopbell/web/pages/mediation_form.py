"""What the operator may do in a case, as forms: steps that ask for the same share one."""

from collections.abc import Iterable

from msgspec import Struct

from shopbell.cases.fields import MEDIA, Field, FieldKind
from shopbell.cases.money import Part
from shopbell.cases.shown import Action

MONEY = (
    Field("part", FieldKind.CHOICE, choices=tuple(Part)),
    Field("amount", FieldKind.MONEY),
)
"""What it takes to ask for more money."""


class Group(Struct, frozen=True):
    """What one form asks for, and the steps that it may take."""

    asks: list[Field]
    takes: list[Field]
    actions: list[str]


def groups(actions: Iterable[Action]) -> list[Group]:
    """Put steps that ask for the same into one form; the weightiest comes first."""
    found: dict[tuple[tuple[str, ...], ...], Group] = {}
    for one in actions:
        takes = [field for field in one.takes if field.kind not in MEDIA]
        key = tuple(tuple(field.name for field in fields) for fields in (one.asks, takes))
        found.setdefault(key, Group(one.asks, takes, [])).actions.append(one.action)
    return sorted(found.values(), key=lambda one: -len(one.asks))
