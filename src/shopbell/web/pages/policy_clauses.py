"""The clauses in the form of a policy: as they were typed, one to add, some to leave out."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from shopbell.kernel.texts import Locale, text
from shopbell.knowledge import wording
from shopbell.knowledge.model import (
    ANY,
    OPTIONS,
    PARTS,
    PAYERS,
    PROOFS,
    Condition,
    Match,
    Profile,
    Rule,
)

Sheet = dict[str, str]
"""What stands in the form, by the name of each field; of boxes the ticked ones, with spaces."""

S = TypeVar("S", bound=str)

UNUSED = "unused_original_packaging"
DAYS_MOST = 3_660
NUMBER = re.compile(r"[0-9]{1,4}")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")

SETS: Mapping[str, tuple[str, ...]] = {
    "refund_parts": PARTS,
    "options": OPTIONS,
    "evidence": PROOFS,
}
"""What a clause holds several of."""

ADDED = "added"
BLANK = Rule(
    id="",
    priority=0,
    match=Match(categories=[ANY], conditions=[Condition.PROPER]),
    returnable=False,
    return_shipping_payer="buyer",
    window_days=0,
)
"""What a clause to be added begins as: goods that are not taken back."""


class Row(Struct, frozen=True):
    """A clause as its part of the form is headed: what it is for, and what it comes to."""

    key: str
    rule: Rule
    goods: str
    conditions: str
    short: str
    open: bool


def rows(sheet: Sheet, body: Profile, wrong: Collection[str], locale: Locale) -> list[Row]:
    """Head each clause in words; one that was changed, or in which something is wrong, is open."""
    known = typed(body)
    news = {name for name in known if {*sheet[name].split()} != {*known[name].split()}}
    return [_row(sheet, rule, body, news | {*wrong}, locale) for rule in (*body.rules, BLANK)]


def _row(sheet: Sheet, rule: Rule, body: Profile, news: Collection[str], locale: Locale) -> Row:
    key = key_of(rule)
    goods = sheet[f"{key}-categories"].split() or rule.match.categories
    return Row(
        key,
        rule,
        ", ".join(wording.category(body, code, locale) for code in goods),
        "; ".join(text(locale, f"policy.condition_{one.value}") for one in rule.match.conditions),
        _short(sheet, rule, locale),
        any(name.startswith(f"{key}-") for name in news),
    )


def _short(sheet: Sheet, rule: Rule, locale: Locale) -> str:
    """Say in a few words what a clause comes to."""
    key = key_of(rule)
    if sheet[f"{key}-gone"]:
        return text(locale, "policy.goes")
    if not sheet[f"{key}-returnable"]:
        return text(locale, "policy.not_taken_back")
    days, payer = sheet[f"{key}-days"], sheet[f"{key}-payer"]
    if _is_days(days):
        told = [text(locale, "policy.length_days", n=int(days))]
    else:
        warranty = rule.match.warranty == "set_by_seller"
        told = [text(locale, "policy.by_warranty" if warranty else "policy.no_last_day")]
    if payer in {"buyer", "seller"}:
        told.append(text(locale, f"policy.way_{payer}"))
    return " · ".join(told)


def key_of(rule: Rule) -> str:
    """Return how the names of a clause's fields begin."""
    return f"rule-{rule.id}" if rule.id else ADDED


def typed(body: Profile) -> Sheet:
    """Write down what the clauses are, with room for another one."""
    fields = (field for rule in (*body.rules, BLANK) for field in _typed(rule))
    return dict(fields) | {f"{ADDED}-id": "", f"{ADDED}-conditions": "", f"{ADDED}-categories": ""}


def troubles(sheet: Sheet, body: Profile, locale: Locale) -> dict[str, str]:
    """Say what is wrong, by the name of the field."""
    found = dict[str, str]()
    for rule in _kept(sheet, body):
        for field, word in _wrong(sheet, rule, {one.code for one in body.categories}):
            found[f"{key_of(rule)}-{field}"] = text(locale, f"policy.bad_{word}")
    return found


def rules(sheet: Sheet, body: Profile) -> list[Rule]:
    """Return the clauses as a sheet without troubles has them; one that is new goes before all."""
    first = max(rule.priority for rule in body.rules) + 1
    known = [category.code for category in body.categories]
    return [_rule(sheet, rule, known, first) for rule in _kept(sheet, body)]


def chosen(ticked: str, before: Sequence[S], known: Sequence[S]) -> list[S]:
    """Return what was ticked; what was ticked before keeps its order."""
    named = set(ticked.split())
    return [one for one in dict.fromkeys((*before, *known)) if one in named]


def _kept(sheet: Sheet, body: Profile) -> Iterator[Rule]:
    """Return the clauses that are not to be left out, and the new one if it was named."""
    yield from (rule for rule in body.rules if not sheet[f"{key_of(rule)}-gone"])
    if sheet[f"{ADDED}-id"]:
        yield BLANK


def _typed(rule: Rule) -> Iterator[tuple[str, str]]:
    key = key_of(rule)
    yield f"{key}-days", "" if rule.window_days is None else str(rule.window_days)
    yield f"{key}-least", str(rule.window_min_days)
    yield f"{key}-payer", rule.return_shipping_payer
    yield f"{key}-returnable", "on" if rule.returnable else ""
    yield f"{key}-unused", "on" if rule.condition_required else ""
    yield f"{key}-categories", " ".join(rule.match.categories)
    yield f"{key}-gone", ""
    for name in SETS:
        yield f"{key}-{name}", " ".join(getattr(rule, name))


def _wrong(sheet: Sheet, rule: Rule, known: Collection[str]) -> Iterator[tuple[str, str]]:
    key = key_of(rule)
    days, categories = sheet[f"{key}-days"], sheet[f"{key}-categories"].split()
    if days and not _is_days(days):
        yield "days", "days"
    if not _is_days(sheet[f"{key}-least"]):
        yield "least", "least"
    if sheet[f"{key}-payer"] not in PAYERS:
        yield "payer", "payer"
    for name, every in SETS.items():
        if set(sheet[f"{key}-{name}"].split()) - {*every}:
            yield name, "set"
    if not categories or not {*categories} <= {*known, *rule.match.categories}:
        yield "categories", "categories"
    if rule is BLANK:
        if not _NAME.fullmatch(sheet[f"{key}-id"]):
            yield "id", "id"
        if not {*sheet[f"{key}-conditions"].split()} & {*Condition}:
            yield "conditions", "conditions"


def _is_days(typed: str) -> bool:
    return bool(NUMBER.fullmatch(typed)) and int(typed) <= DAYS_MOST


def _rule(sheet: Sheet, rule: Rule, known: Sequence[str], first: int) -> Rule:
    key = key_of(rule)
    days = sheet[f"{key}-days"]
    changes: dict[str, Any] = {
        name: chosen(sheet[f"{key}-{name}"], getattr(rule, name), every)
        for name, every in SETS.items()
    }
    categories = chosen(sheet[f"{key}-categories"], rule.match.categories, known)
    changes["match"] = replace(rule.match, categories=categories)
    if rule is BLANK:
        conditions = chosen(sheet[f"{key}-conditions"], (), tuple(Condition))
        late = conditions == [Condition.NOT_RECEIVED]
        changes |= {
            "id": sheet[f"{key}-id"],
            "priority": first,
            "match": Match(categories=categories, conditions=conditions),
            "window_from": "eta_end" if late else "delivered",
        }
    return replace(
        rule,
        window_days=int(days) if days else None,
        window_min_days=int(sheet[f"{key}-least"]),
        return_shipping_payer=sheet[f"{key}-payer"],
        returnable=bool(sheet[f"{key}-returnable"]),
        condition_required=UNUSED if sheet[f"{key}-unused"] else "",
        **changes,
    )
