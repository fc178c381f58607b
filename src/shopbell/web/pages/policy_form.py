"""The form of a policy: what was typed, what is wrong with it, and the rules it asks for.

Only what the form shows is changed; everything else stays as in the version it was written from.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from msgspec.structs import replace

from shopbell.cases.fields import FILES_MOST, TEXT_MOST
from shopbell.cases.kinds import KINDS
from shopbell.commerce.hours import find_zone
from shopbell.kernel.texts import Locale, text
from shopbell.knowledge.commands import Publish
from shopbell.knowledge.model import (
    ANGLES,
    ANY,
    UNITS,
    Length,
    Matter,
    PolicyRef,
    PolicyVersion,
    Profile,
    Verdict,
)
from shopbell.knowledge.rulebook import Rulebook
from shopbell.web.pages import policy_clauses
from shopbell.web.pages.office_form import Filled
from shopbell.web.pages.policy_clauses import NUMBER, Sheet, chosen

YEAR = 12
"""The warranty of what the preview is about, in months."""

LIMITS: Mapping[str, int] = {
    "photos_min_defect": FILES_MOST - 1,
    "photos_max": FILES_MOST - 1,
    "videos_max": 1,
    "photo_max_mb": 100,
    "total_max_mb": 100,
    "comment_max": TEXT_MOST,
}
"""How much evidence may be asked for and taken at most, as far as forms can carry it."""

SILENCES: Mapping[str, tuple[str, ...]] = {
    wait.due.clock: (wait.due.then, *wait.due.instead)
    for kind in KINDS.values()
    for wait in kind.waits.values()
    if wait.due and wait.due.instead
}
"""What may follow where the rules say what silence means, by the clock."""


def sheet_of(body: Profile) -> Sheet:
    """Write down what the rules are."""
    return {
        "from": "",
        "category": ANY,
        "reason": body.reasons[0].code,
        "before": "",
        **{
            key: value
            for name, length in body.clocks.items()
            for key, value in _clock(name, length)
        },
        **{f"evidence-{name}": str(getattr(body.evidence, name)) for name in LIMITS},
        "evidence-angles": " ".join(body.evidence.required_angles),
        **policy_clauses.typed(body),
    }


def sheet_in(form: Filled, body: Profile) -> Sheet:
    """Read what was sent; a box that is not ticked is not sent at all."""
    return {name: _sent(form, name) for name in sheet_of(body)}


def troubles(sheet: Sheet, body: Profile, locale: Locale) -> dict[str, str]:
    """Say what is wrong, by the name of the field."""
    found = policy_clauses.troubles(sheet, body, locale)
    for name in body.clocks:
        length = sheet[f"clock-{name}-length"]
        if not NUMBER.fullmatch(length) or not int(length) or not _is_clock(sheet, name, body):
            found[f"clock-{name}-length"] = text(locale, "policy.bad_number")
    for name, most in LIMITS.items():
        typed = sheet[f"evidence-{name}"]
        if not NUMBER.fullmatch(typed) or int(typed) > most:
            found[f"evidence-{name}"] = text(locale, "policy.bad_limit", most=most)
    if not found and int(sheet["evidence-photos_min_defect"]) > int(sheet["evidence-photos_max"]):
        fewer = text(locale, "policy.bad_limit", most=sheet["evidence-photos_max"])
        found["evidence-photos_min_defect"] = fewer
    if sheet["from"] and _day(sheet["from"]) is None:
        found["from"] = text(locale, "policy.bad_from")
    return found


def body_of(sheet: Sheet, body: Profile) -> Profile:
    """Return the rules as a sheet without troubles has them."""
    evidence: dict[str, Any] = {name: int(sheet[f"evidence-{name}"]) for name in LIMITS}
    evidence["required_angles"] = chosen(
        sheet["evidence-angles"], body.evidence.required_angles, ANGLES
    )
    return replace(
        body,
        clocks={name: _length(sheet, name, length) for name, length in body.clocks.items()},
        evidence=replace(body.evidence, **evidence),
        rules=policy_clauses.rules(sheet, body),
    )


def asked(sheet: Sheet, known: PolicyVersion, now: datetime) -> Publish:
    """Turn a sheet without troubles into what is asked: from a day on, or at once."""
    zone, day = find_zone(known.body.timezone), _day(sheet["from"])
    begins = datetime.combine(day, time(), zone) if day else None
    today = day == now.astimezone(zone).date()
    return Publish(body_of(sheet, known.body), known.version, None if today else begins)


def previewed(sheet: Sheet, known: PolicyVersion, now: datetime) -> Verdict:
    """Decide by the sheet what it is asked about: something that was delivered today."""
    body = body_of(sheet, known.body)
    codes = [category.code for category in body.categories]
    reasons = [reason.code for reason in body.reasons]
    matter = Matter(
        category=sheet["category"] if sheet["category"] in codes else ANY,
        reason=sheet["reason"] if sheet["reason"] in reasons else reasons[0],
        asked_at=now,
        delivered_at=now,
        warranty_months=YEAR,
    )
    return Rulebook(PolicyRef(body.profile, known.version + 1), body).decide(matter)


def followers(name: str, length: Length) -> Sequence[str]:
    """Return what may follow when a clock has run out, if that is for the rules to say."""
    return tuple(dict.fromkeys((length.then, *SILENCES[name]))) if name in SILENCES else ()


def _clock(name: str, length: Length) -> Iterator[tuple[str, str]]:
    yield f"clock-{name}-length", str(length.length)
    yield f"clock-{name}-unit", length.unit
    yield f"clock-{name}-then", length.then


def _is_clock(sheet: Sheet, name: str, body: Profile) -> bool:
    then, known = sheet[f"clock-{name}-then"], body.clocks[name]
    follows = not followers(name, known) or then in followers(name, known)
    return follows and sheet[f"clock-{name}-unit"] in UNITS


def _length(sheet: Sheet, name: str, known: Length) -> Length:
    then = sheet[f"clock-{name}-then"] if followers(name, known) else known.then
    length, unit = sheet[f"clock-{name}-length"], sheet[f"clock-{name}-unit"]
    return replace(known, length=int(length), unit=unit, then=then)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _sent(form: Filled, name: str) -> str:
    """Return what was sent under a name; of boxes all that were ticked."""
    return " ".join(sent.strip() for sent in form.getall(name, []) if isinstance(sent, str))
