"""Where a shop is kinder than the rules: what it may say of itself, and what follows. Pure.

Whatever a shop says is never worse for the buyer than the rules that count: if the marketplace
grows kinder than the shop was, the marketplace's rule holds.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from shopbell.knowledge.model import Kinder, Length, Profile, Rule, Terms
from shopbell.knowledge.refusals import (
    HalfTakenBack,
    NoSuchClause,
    NotKinder,
    NotTheShopsClock,
)

SHOPS_CLOCKS = frozenset(
    {
        "first_response",
        "seller_decision",
        "inspection",
        "replace",
        "repair_check",
        "repair_max",
        "inquiry_answer",
        "reship",
        "goods_home",
    }
)
"""The time that the shop itself takes; everybody else's is for the marketplace to say."""

_MINUTES: Mapping[str, int] = {
    "minutes": 1,
    "hours": 60,
    "days": 24 * 60,
    "business_hours": 60,
    "business_days": 24 * 60,
}


def own_clocks(clocks: Mapping[str, Length]) -> dict[str, Length]:
    """Return those of a policy's clocks that are a shop's own, and so its to shorten."""
    return {name: length for name, length in clocks.items() if name in SHOPS_CLOCKS}


def can_be_kinder(rule: Rule) -> bool:
    """Tell whether there is anything that a shop may give beyond a clause."""
    can_pay = rule.return_shipping_payer == "buyer"
    return rule.window_days is not None or can_pay or bool(rule.condition_required)


def applied(rule: Rule, given: Kinder | None) -> tuple[Rule, list[str]]:
    """Return a clause with what a shop gives beyond it, and the names of what that is."""
    if given is None:
        return rule, []
    gifts: dict[str, object] = {}
    if given.window_days is not None and _is_longer(given.window_days, rule):
        gifts["window_days"] = given.window_days
    if given.returnable and not rule.returnable:
        gifts["returnable"] = True
    if given.seller_pays and rule.return_shipping_payer == "buyer":
        gifts["return_shipping_payer"] = "seller"
    if given.any_condition and rule.condition_required:
        gifts["condition_required"] = ""
    return replace(rule, **gifts), sorted(gifts)


def quicker(rule: Length, given: Length | None) -> Length:
    """Return the shorter of two; what happens then stays the marketplace's word."""
    if given is None or not _is_shorter(given, rule):
        return rule
    return replace(given, then=rule.then)


def check(profile: Profile, terms: Terms, clocks: Mapping[str, Length]) -> None:
    """Refuse terms that are not kinder than the profile, by the name of the field."""
    clauses = {rule.id: rule for rule in profile.rules}
    for given in terms.clauses:
        if given.clause not in clauses:
            raise NoSuchClause(clause=given.clause)
        _check_clause(clauses[given.clause], given)
    for name, length in terms.clocks.items():
        if name not in SHOPS_CLOCKS:
            raise NotTheShopsClock(field=f"clocks.{name}")
        if not _is_shorter(length, clocks[name]):
            raise NotKinder(field=f"clocks.{name}")


def _check_clause(rule: Rule, given: Kinder) -> None:
    """Refuse what takes something from the buyer, or says nothing new."""
    place = f"clauses.{rule.id}"
    if given.window_days is not None and not _is_longer(given.window_days, rule):
        raise NotKinder(field=f"{place}.window_days")
    if given.returnable and rule.returnable:
        raise NotKinder(field=f"{place}.returnable")
    if not rule.returnable and given.returnable != bool(given.window_days):
        raise HalfTakenBack(field=f"{place}.window_days")
    if given.seller_pays and rule.return_shipping_payer != "buyer":
        raise NotKinder(field=f"{place}.seller_pays")
    if given.any_condition and not rule.condition_required:
        raise NotKinder(field=f"{place}.any_condition")


def _is_longer(days: int, rule: Rule) -> bool:
    return rule.window_days is not None and days > rule.window_days


def _is_shorter(given: Length, rule: Length) -> bool:
    """Compare two lengths. Business time never is shorter than other time: nights count in that."""
    if given.unit.startswith("business_") and not rule.unit.startswith("business_"):
        return False
    if given.unit == "business_hours" and rule.unit == "business_days":
        return False
    return given.length * _MINUTES[given.unit] < rule.length * _MINUTES[rule.unit]
