"""A profile, ready to decide: which category a product is in, which clause wins, what follows."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import product

from msgspec.structs import replace

from shopbell.commerce.hours import find_zone
from shopbell.commerce.model import months_after
from shopbell.knowledge.kindness import applied
from shopbell.knowledge.model import (
    ANY,
    COMPLEX,
    Category,
    Condition,
    Document,
    Evidence,
    EvidenceRules,
    Match,
    Matter,
    PolicyRef,
    Profile,
    Reason,
    ReasonGroup,
    Rule,
    Terms,
    Verdict,
    Warranty,
)
from shopbell.knowledge.refusals import NoSuchReason, RuleMissing

_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")


class Rulebook:
    """The rules of one version with what a shop adds to them; it keeps what it has worked out."""

    def __init__(self, ref: PolicyRef, profile: Profile, terms: Terms | None = None) -> None:
        self.ref = ref
        self.profile = profile
        self.terms = terms or Terms()
        self._zone = find_zone(profile.timezone)
        self._reasons = {reason.code: reason for reason in profile.reasons}
        self._by_weight = sorted(profile.rules, key=lambda rule: -rule.priority)
        self._categories: dict[str, str] = {
            category.code: category.code for category in profile.categories
        }
        given = {one.clause: one for one in self.terms.clauses}
        self._clauses = {rule.id: applied(rule, given.get(rule.id)) for rule in profile.rules}
        self._evidence: dict[tuple[str, str], Evidence] = {}

    def decide(self, matter: Matter) -> Verdict:
        """Say what the rules come to."""
        reason = self.reason(matter.reason)
        category = self.category_of(matter.category)
        clause = self.winner(matter, category, reason.condition)
        rule, shop_gives = self._clauses[clause.id]
        asked_on = self._day(matter.asked_at)
        opens, until = self._window(rule, matter)
        in_time = (opens is None or opens <= asked_on) and (until is None or asked_on <= until)
        return Verdict(
            profile=self.ref.profile,
            version=self.ref.version,
            terms=self.ref.terms,
            title=self.profile.title,
            rule=rule.id,
            category=category,
            reason=reason.code,
            condition=reason.condition,
            defect=reason.defect,
            returnable=rule.returnable,
            allowed=rule.returnable and in_time,
            asked_on=asked_on,
            opens=opens,
            until=until if rule.returnable else None,
            window_days=rule.window_days,
            window_from=rule.window_from,
            return_shipping_payer=rule.return_shipping_payer,
            condition_required=rule.condition_required,
            refund_parts=rule.refund_parts if rule.returnable else [],
            options=rule.options,
            evidence=self.evidence(rule, category),
            src=rule.src,
            shop_gives=shop_gives,
        )

    def reason(self, code: str) -> Reason:
        """Return a reason by its code, or refuse."""
        if not self.knows(code):
            raise NoSuchReason(reason=code[:40])
        return self._reasons[code]

    def knows(self, code: str) -> bool:
        """Tell whether there is such a reason."""
        return code in self._reasons

    @cached_property
    def groups(self) -> list[ReasonGroup]:
        """Return the reasons in two steps: how it is, then why."""
        found: dict[Condition, list[Reason]] = {}
        for reason in self.profile.reasons:
            found.setdefault(reason.condition, []).append(reason)
        return [
            ReasonGroup(condition, reasons[0].defect, [reason.code for reason in reasons])
            for condition, reasons in found.items()
        ]

    def category_of(self, said: str) -> str:
        """Return which of the profile's categories a shop's own word for its goods means."""
        known = self._categories.get(said)
        if known is None:
            known = category_of(self.profile.categories, said)
            if len(self._categories) < MOST_WORDS:
                self._categories[said] = known
        return known

    def winner(self, matter: Matter, category: str, condition: Condition) -> Rule:
        """Return the one clause that decides."""
        for rule in self._by_weight:
            if fits(rule.match, matter, category, condition):
                return rule
        raise RuleMissing(category=category, condition=condition.value)

    def _window(self, rule: Rule, matter: Matter) -> tuple[date | None, date | None]:
        """Return the first and the last day; none where it is open, or not known yet."""
        delivered = self._day(matter.delivered_at) if matter.delivered_at else None
        if rule.window_from == "eta_end":
            over = matter.eta.latest + timedelta(days=1) if matter.eta else None
            opens = min(filter(None, (over, delivered)), default=None)
            return opens, _after(opens, rule.window_days)
        if rule.window_days is None and matter.warranty_months is not None and delivered:
            least = delivered + timedelta(days=rule.window_min_days)
            return None, max(months_after(delivered, matter.warranty_months), least)
        return None, _after(delivered, rule.window_days)

    def evidence(self, rule: Rule, category: str) -> Evidence:
        """Return what a buyer is to show by a clause."""
        known = self._evidence.get((rule.id, category))
        if known is None:
            known = _evidence(self.profile.evidence, rule, category)
            self._evidence[rule.id, category] = known
        return known

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()


MOST_WORDS = 5_000
"""How many words of shops one book remembers the category of."""


def category_of(categories: Sequence[Category], said: str) -> str:
    """Return the first category one of whose patterns is found in what a shop said."""
    said = said.casefold()
    words = re.findall(r"\w+", said.replace("_", " "))
    for category in categories:
        for pattern in category.patterns:
            if _means(pattern.casefold(), said, words):
                return category.code
    return ANY


def fits(match: Match, matter: Matter, category: str, condition: Condition) -> bool:
    """Tell whether a clause is for this matter."""
    return (
        condition in match.conditions
        and (category in match.categories or ANY in match.categories)
        and (match.warranty is None or match.warranty == _warranty(matter))
        and (match.jurisdiction is None or match.jurisdiction == matter.jurisdiction)
        and (match.scheme is None or match.scheme == matter.scheme)
        and (match.buyer_confirmed is None or match.buyer_confirmed == matter.buyer_confirmed)
    )


def plainest() -> Iterator[tuple[Matter, Condition]]:
    """List the matters that only a clause for everything can decide: one of each kind.

    Whoever decides these decides all: every other matter only has more clauses that fit.
    """
    blank = Matter(category=ANY, reason="", asked_at=datetime(2000, 1, 1, tzinfo=UTC))
    for condition, months, confirmed in product(Condition, (None, 12), (False, True)):
        yield replace(blank, warranty_months=months, buyer_confirmed=confirmed), condition


def _warranty(matter: Matter) -> Warranty:
    return "unset" if matter.warranty_months is None else "set_by_seller"


def _documents(rule: Rule, category: str) -> list[Document]:
    if "service_conclusion" in rule.evidence:
        return ["service_conclusion"]
    if "service_conclusion_if_complex" in rule.evidence and category == COMPLEX:
        return ["service_conclusion"]
    return []


def _evidence(limits: EvidenceRules, rule: Rule, category: str) -> Evidence:
    photos = "photos" in rule.evidence
    return Evidence(
        photos_min=limits.photos_min_defect if photos else 0,
        photos_max=limits.photos_max,
        videos_max=limits.videos_max,
        photo_max_mb=limits.photo_max_mb,
        total_max_mb=limits.total_max_mb,
        comment_max=limits.comment_max,
        required_angles=limits.required_angles if photos else [],
        documents=_documents(rule, category),
        reason_for_photos=limits.reason_for_photos,
    )


def _after(first: date | None, days: int | None) -> date | None:
    return None if first is None or days is None else first + timedelta(days=days)


def _means(pattern: str, said: str, words: Sequence[str]) -> bool:
    if _IDEOGRAPH.search(pattern):
        return pattern in said
    if pattern.startswith("="):
        return pattern[1:] in words
    if " " in pattern:
        return pattern in " ".join(words)
    return any(word.startswith(pattern) for word in words)
