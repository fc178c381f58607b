"""The form of a policy: its clocks and clauses as they were typed, what is wrong, what it asks for.

Only what the form shows is changed; everything else stays as in the version it was written from.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time

from msgspec.structs import replace

from shopbell.commerce.hours import find_zone
from shopbell.kernel.texts import Locale, text
from shopbell.knowledge.commands import Publish
from shopbell.knowledge.model import (
    ANY,
    PAYERS,
    UNITS,
    Length,
    Matter,
    PolicyRef,
    PolicyVersion,
    Profile,
    Rule,
    Verdict,
)
from shopbell.knowledge.rulebook import Rulebook
from shopbell.web.pages.office_form import Filled

Sheet = dict[str, str]
"""What stands in the form, by the name of each field."""

UNUSED = "unused_original_packaging"
YEAR = 12
"""The warranty of what the preview is about, in months."""

_NUMBER = re.compile(r"[0-9]{1,4}")


def sheet_of(body: Profile) -> Sheet:
    """Write down what the rules are."""
    clocks = ((f"clock-{name}", length) for name, length in body.clocks.items())
    return {
        "from": "",
        "category": ANY,
        "reason": body.reasons[0].code,
        **{f"{key}-length": str(length.length) for key, length in clocks},
        **{f"clock-{name}-unit": length.unit for name, length in body.clocks.items()},
        **{key: value for rule in body.rules for key, value in _typed(rule)},
    }


def sheet_in(form: Filled, body: Profile) -> Sheet:
    """Read what was sent; a box that is not ticked is not sent at all."""
    return {name: _one(form, name) for name in sheet_of(body)}


def troubles(sheet: Sheet, body: Profile, locale: Locale) -> dict[str, str]:
    """Say what is wrong, by the name of the field."""
    found = {
        f"clock-{name}-length": text(locale, "policy.bad_number")
        for name in body.clocks
        if not _NUMBER.fullmatch(sheet[f"clock-{name}-length"])
        or not int(sheet[f"clock-{name}-length"])
        or sheet[f"clock-{name}-unit"] not in UNITS
    }
    for rule in body.rules:
        days, payer = sheet[f"rule-{rule.id}-days"], sheet[f"rule-{rule.id}-payer"]
        if (days and not _NUMBER.fullmatch(days)) or payer not in PAYERS:
            found[f"rule-{rule.id}-days"] = text(locale, "policy.bad_days")
    if sheet["from"] and _day(sheet["from"]) is None:
        found["from"] = text(locale, "policy.bad_from")
    return found


def body_of(sheet: Sheet, body: Profile) -> Profile:
    """Return the rules as a sheet without troubles has them."""
    clocks = {name: _length(sheet, name, length) for name, length in body.clocks.items()}
    return replace(body, clocks=clocks, rules=[_rule(sheet, rule) for rule in body.rules])


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


def _typed(rule: Rule) -> Iterator[tuple[str, str]]:
    key = f"rule-{rule.id}"
    yield f"{key}-days", "" if rule.window_days is None else str(rule.window_days)
    yield f"{key}-payer", rule.return_shipping_payer
    yield f"{key}-returnable", "on" if rule.returnable else ""
    yield f"{key}-unused", "on" if rule.condition_required else ""


def _rule(sheet: Sheet, rule: Rule) -> Rule:
    key = f"rule-{rule.id}"
    days = sheet[f"{key}-days"]
    return replace(
        rule,
        window_days=int(days) if days else None,
        return_shipping_payer=sheet[f"{key}-payer"],
        returnable=bool(sheet[f"{key}-returnable"]),
        condition_required=UNUSED if sheet[f"{key}-unused"] else "",
    )


def _length(sheet: Sheet, name: str, known: Length) -> Length:
    length, unit = sheet[f"clock-{name}-length"], sheet[f"clock-{name}-unit"]
    return replace(known, length=int(length), unit=unit)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _one(form: Filled, name: str) -> str:
    sent = next(iter(form.getall(name, [])), "")
    return sent.strip() if isinstance(sent, str) else ""
