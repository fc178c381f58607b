"""The form of one rule on the screen: its rows as they were sent, and what they mean."""

import re
from collections.abc import Callable, Sequence

from msgspec import UNSET, Struct
from msgspec.structs import replace

from shopbell.desk.macros.model import Deed
from shopbell.desk.rules.acts import ACTS, OF_ONE_SHOP
from shopbell.desk.rules.commands import PutRule
from shopbell.desk.rules.fields import FIELDS
from shopbell.desk.rules.model import Condition, Group, Rehearsal, Rule, RuleBody, Trial, Trigger
from shopbell.desk.rules.refusals import RuleTriggerOdd
from shopbell.web.pages.errors import Told
from shopbell.web.pages.office_form import Filled, one

CONDITIONS, ACTIONS = 8, 5
"""So many rows a form has at least; two are always left empty."""

CONDITIONS_MOST, ACTIONS_MOST = 20, 10
_BOUNDS = re.compile(r"(\d{0,9})\s*[-–—]\s*(\d{0,9})|(\d{1,9})")
_BETWEEN = re.compile("[,，、]")


class ConditionRow(Struct, frozen=True):
    """One condition, as it was typed."""

    group: str = "all"
    field: str = ""
    value: str = ""


class ActRow(Struct, frozen=True):
    """One action, as it was typed."""

    do: str = ""
    value: str = ""


class Sheet(Struct, frozen=True):
    """A form as it was sent; whatever it is, it can be shown again."""

    name: str = ""
    place: str = "100"
    on: bool = True
    trigger: str = Trigger.BUYER_WROTE
    value: str = ""
    version: str = ""
    conditions: Sequence[ConditionRow] = ()
    acts: Sequence[ActRow] = ()


class Draft(Struct, frozen=True):
    """A form, and what came of it."""

    sheet: Sheet
    told: Told | None = None
    rehearsal: Rehearsal | None = None
    trial: Trial | None = None


def sheet_of(rule: Rule | None) -> Sheet:
    """Write a rule down, with rows to add to it."""
    if rule is None:
        return _with_room(Sheet())
    body = rule.body
    conditions = [
        ConditionRow(group, condition.field, _typed(condition))
        for group, _at, condition in body.conditions()
    ]
    acts = [ActRow(act.do, act.value) for act in body.acts]
    sheet = Sheet(body.name, str(body.place), body.on, body.trigger, body.value, str(rule.version))
    return _with_room(replace(sheet, conditions=conditions, acts=acts))


def sheet_in(form: Filled) -> Sheet:
    """Read what was sent; rows in which nothing is chosen are left out."""
    conditions = [
        ConditionRow(
            _sent(form, f"g{at}", 10), _sent(form, f"f{at}", 20), _sent(form, f"v{at}", 2_000)
        )
        for at in range(CONDITIONS_MOST)
    ]
    acts = [
        ActRow(_sent(form, f"a{at}", 20), _sent(form, f"w{at}", 2_000))
        for at in range(ACTIONS_MOST)
    ]
    return _with_room(
        Sheet(
            name=_sent(form, "name", 80),
            place=_sent(form, "place", 4),
            on=_sent(form, "on", 5) != "no",
            trigger=_sent(form, "trigger", 40),
            value=_sent(form, "value", 40),
            version=_sent(form, "version", 10),
            conditions=[row for row in conditions if row.field],
            acts=[row for row in acts if row.do],
        )
    )


def _condition_in(form: Filled, at: int) -> ConditionRow:
    group, field, value = (_sent(form, f"{part}{at}", 2_000) for part in "gfv")
    return ConditionRow(group, field, value)


def asked_in(sheet: Sheet) -> PutRule:
    """Return what a form means to keep, or refuse what is no rule at all."""
    if sheet.trigger not in set(Trigger):
        raise RuleTriggerOdd(trigger=sheet.trigger, value=sheet.value)
    place = int(sheet.place) if sheet.place.isdecimal() else 100
    conditions = [row for row in sheet.conditions if row.field]
    body = RuleBody(
        name=sheet.name,
        trigger=Trigger(sheet.trigger),
        acts=[Deed(row.do, row.value) for row in sheet.acts if row.do],
        value=sheet.value,
        on=sheet.on,
        place=min(place, 1_000),
        all=_of(conditions, lambda group: group not in {Group.ANY, Group.NONE}),
        any=_of(conditions, lambda group: group == Group.ANY),
        none=_of(conditions, lambda group: group == Group.NONE),
    )
    version = int(sheet.version) if sheet.version.isdecimal() and int(sheet.version) else UNSET
    return PutRule(body, version)


def actions(*, for_all_shops: bool) -> list[str]:
    """List what a rule can do."""
    return [one for one in ACTS if not (for_all_shops and one in OF_ONE_SHOP)]


def _of(rows: Sequence[ConditionRow], wanted: Callable[[str], bool]) -> list[Condition]:
    return [_meant(row) for row in rows if wanted(row.group)]


def _meant(row: ConditionRow) -> Condition:
    field = FIELDS.get(row.field)
    bounds = _BOUNDS.fullmatch(row.value) if field and field.counted else None
    if bounds is None:
        return Condition(
            row.field, [one.strip()[:80] for one in _BETWEEN.split(row.value) if one.strip()][:50]
        )
    low, high, exact = bounds.groups()
    return Condition(row.field, at_least=_number(exact or low), at_most=_number(exact or high))


def _number(typed: str | None) -> int | None:
    return int(typed) if typed else None


def _typed(condition: Condition) -> str:
    if condition.one_of:
        return ", ".join(condition.one_of)
    low, high = ("" if one is None else str(one) for one in (condition.at_least, condition.at_most))
    return f"{low}-{high}"


def _sent(form: Filled, name: str, most: int) -> str:
    return one(form, name).replace("\x00", "")[:most]


def _with_room(sheet: Sheet) -> Sheet:
    """Add rows to fill in: two at least, as long as there may be more."""
    conditions = _missing(len(sheet.conditions), CONDITIONS, CONDITIONS_MOST)
    acts = _missing(len(sheet.acts), ACTIONS, ACTIONS_MOST)
    return replace(
        sheet,
        conditions=[*sheet.conditions, *[ConditionRow()] * conditions],
        acts=[*sheet.acts, *[ActRow()] * acts],
    )


def _missing(filled: int, least: int, most: int) -> int:
    return max(least, min(filled + 2, most)) - filled
