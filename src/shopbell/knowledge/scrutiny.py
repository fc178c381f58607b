"""What a profile must be before it is published: exactly one clause for every matter. Pure."""

from collections import Counter
from collections.abc import Iterable
from itertools import combinations

from shopbell.commerce.hours import find_zone
from shopbell.kernel.texts import LOCALES, Words, catalogue
from shopbell.knowledge.model import ANY, Condition, EvidenceRules, Match, Profile, Rule
from shopbell.knowledge.refusals import (
    CategoryUnknown,
    ClauseTwice,
    EvidenceTooMuch,
    RuleMissing,
    RulesClash,
    WindowUnclear,
    WordsMissing,
)
from shopbell.knowledge.rulebook import fits, plainest


def check(profile: Profile) -> None:
    """Refuse a profile that leaves anything open, and say what."""
    find_zone(profile.timezone)
    _check_names(profile)
    _check_words(profile)
    _check_evidence(profile.evidence)
    for rule in profile.rules:
        _check_window(rule)
    _check_one_wins(profile.rules)
    _check_none_is_without(profile.rules)


def _check_names(profile: Profile) -> None:
    for names in (
        [rule.id for rule in profile.rules],
        [reason.code for reason in profile.reasons],
        [category.code for category in profile.categories],
    ):
        if twice := [name for name, times in Counter(names).items() if times > 1]:
            raise ClauseTwice(name=twice[0])
    known = {category.code for category in profile.categories} | {ANY}
    for rule in profile.rules:
        if unknown := sorted(set(rule.match.categories) - known):
            raise CategoryUnknown(clause=rule.id, category=unknown[0])


def _check_words(profile: Profile) -> None:
    _check_said("title", profile.title, "")
    for reason in profile.reasons:
        _check_said(reason.code, reason.words, f"policy.reason_{reason.code}")
    for category in profile.categories:
        _check_said(category.code, category.words, f"policy.category_{category.code}")


def _check_evidence(limits: EvidenceRules) -> None:
    """Refuse to promise more than our forms take."""
    for field, most in FORMS_TAKE.items():
        if getattr(limits, field) > most:
            raise EvidenceTooMuch(field=field, most=most)


FORMS_TAKE = {"videos_max": 1, "comment_max": 1_000}


def _check_said(code: str, words: Words | None, key: str) -> None:
    """Refuse a code that cannot be said to people: neither we nor the profile have words for it."""
    said = words or {}
    if any(not said.get(locale) and key not in catalogue(locale) for locale in LOCALES):
        raise WordsMissing(name=code)


def _check_window(rule: Rule) -> None:
    """Refuse a clause whose time to act cannot be told to a buyer."""
    missing = set(rule.match.conditions) == {Condition.NOT_RECEIVED}
    by_warranty = rule.match.warranty == "set_by_seller" and set(rule.match.conditions) == {
        Condition.WARRANTY
    }
    mixed = not missing and Condition.NOT_RECEIVED in rule.match.conditions
    unsaid = rule.window_days is None and (missing or by_warranty)
    kept = unsaid or bool(rule.window_days) is rule.returnable
    if mixed or not kept or missing != (rule.window_from == "eta_end"):
        raise WindowUnclear(clause=rule.id)


def _check_one_wins(rules: Iterable[Rule]) -> None:
    for one, other in combinations(rules, 2):
        if one.priority == other.priority and _meet(one.match, other.match):
            raise RulesClash(clause=one.id, other=other.id)


def _check_none_is_without(rules: Iterable[Rule]) -> None:
    """Look for a clause for each of the plainest matters: they have the fewest that fit."""
    for matter, condition in plainest():
        if not any(fits(rule.match, matter, ANY, condition) for rule in rules):
            raise RuleMissing(condition=condition.value, category=ANY)


def _meet(one: Match, other: Match) -> bool:
    """Tell whether some matter is for both."""
    everywhere = ANY in one.categories or ANY in other.categories
    alike = (
        (one.warranty, other.warranty),
        (one.jurisdiction, other.jurisdiction),
        (one.scheme, other.scheme),
        (one.buyer_confirmed, other.buyer_confirmed),
    )
    return (
        (everywhere or bool(set(one.categories) & set(other.categories)))
        and bool(set(one.conditions) & set(other.conditions))
        and all(a is None or b is None or a == b for a, b in alike)
    )
