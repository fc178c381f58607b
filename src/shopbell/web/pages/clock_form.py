"""The form of a shop's clocks: what stands in it, what is wrong with that, the rules it means.

Hours of a day are written ``09:00-13:00, 14:00-18:00``, days unlike others one a line, as
``2026-12-24 09:00-13:00``, or ``12-25`` alone for a holiday of every year. A calendar without a
name and a policy without a calendar are left out: there is always one of each to fill in.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from shopbell.commerce.calendars import Calendar, NoSuchDay, OtherDay
from shopbell.commerce.hours import Hours, Opening, UnknownZone
from shopbell.commerce.model import Shop
from shopbell.conversations.model import Channel, TalkKind
from shopbell.conversations.targets.model import (
    MINUTES_MOST,
    ClockRules,
    Consequence,
    Goals,
    Policy,
)
from shopbell.conversations.targets.refusals import ClocksWrong
from shopbell.conversations.targets.running import Target
from shopbell.kernel.texts import LOCALES, Locale, text
from shopbell.web.pages.errors import explain
from shopbell.web.pages.office_form import WEEK, Filled

Sheet = Mapping[str, Sequence[str]]
"""What stands in the form, by the name of each field."""

CALENDARS_MOST, POLICIES_MOST, NAME_MOST, DAYS_MOST = 20, 50, 40, 400
UNITS: Mapping[str, int] = {"minutes": 1, "hours": 60}
CHOICES: Mapping[str, Sequence[str]] = {
    "kinds": [kind.value for kind in TalkKind],
    "locales": LOCALES,
    "channels": [channel.value for channel in Channel],
}
"""What a policy may be for; none of a row chosen is all of it."""

OUTCOMES = ("on_warning", "on_breach")
_CLOCK = r"([01]?[0-9]|2[0-4]):[0-5][0-9]"
_PAIR = re.compile(rf"\s*({_CLOCK})\s*[-–—]\s*({_CLOCK})\s*")
_DAY = re.compile(r"((?:[0-9]{4}-)?[0-9]{2}-[0-9]{2})\s*(.*)")
_COUNT = re.compile(r"[0-9]{1,6}")


def rules_to_begin_with(shop: Shop, name: str) -> ClockRules:
    """Return what a shop without rules goes by now, for it to be changed."""
    hours = shop.hours or [Hours(day, "00:00", "24:00") for day in WEEK]
    days = [OtherDay(str(day)) for day in sorted(shop.holidays)]
    goals = {
        Channel.CHAT: shop.promise.chat_minutes,
        Channel.MESSAGE: 60 * shop.promise.message_hours,
        Channel.EMAIL: 60 * shop.promise.email_hours,
    }
    return ClockRules(
        {name: Calendar(shop.zone, hours, days)},
        [
            Policy(name, Goals(min(MINUTES_MOST, max(1, goals[channel]))), channels=[channel])
            for channel in Channel
            if channel in shop.channels
        ],
    )


# --- writing down -------------------------------------------------------------------------


def sheet_of(rules: ClockRules) -> Sheet:
    """Write down what rules say, with room for one calendar and one policy more."""
    sheet = dict[str, Sequence[str]]()
    for number, (name, calendar) in enumerate([*rules.calendars.items(), ("", None)]):
        sheet |= {f"cal-{number}-{key}": value for key, value in _written(name, calendar).items()}
    for number, policy in enumerate([*rules.policies, None]):
        sheet |= {f"pol-{number}-{key}": value for key, value in _stated(policy).items()}
    return sheet


def sheet_in(form: Filled) -> Sheet:
    """Read what was sent; whatever it is, it can be shown again, with room for more."""
    sheet = dict[str, Sequence[str]]()
    for prefix, most, blank in (
        ("cal", CALENDARS_MOST, _written("", None)),
        ("pol", POLICIES_MOST, _stated(None)),
    ):
        sent = [_block(form, f"{prefix}-{number}", blank) for number in range(most)]
        marks = {"cal": "name", "pol": "calendar"}
        kept = [block for block in sent if any(block[marks[prefix]])]
        for number, block in enumerate([*kept, blank]):
            sheet |= {f"{prefix}-{number}-{key}": value for key, value in block.items()}
    return sheet


def blocks(sheet: Sheet, prefix: str) -> list[str]:
    """List the names of the calendars (``cal``) or policies (``pol``) of a form."""
    mark = {"cal": "name", "pol": "calendar"}[prefix]
    names = re.compile(rf"({prefix}-\d+)-{mark}")
    return [found[1] for key in sheet if (found := names.fullmatch(key))]


def _block(form: Filled, prefix: str, blank: Sheet) -> Sheet:
    return {key: _sent(form, f"{prefix}-{key}", key) for key in blank}


def _sent(form: Filled, name: str, key: str) -> list[str]:
    found = [one for one in form.getall(name, []) if isinstance(one, str)]
    tidy = [one.replace("\r\n", "\n").replace("\x00", "").strip() for one in found]
    return tidy[:8] if key in {*CHOICES, *OUTCOMES} else [one[:20_000] for one in tidy[:1]] or [""]


def _written(name: str, calendar: Calendar | None) -> Sheet:
    hours = calendar.hours if calendar else []
    by_day = {f"day-{day}": [_spans([one for one in hours if one.weekday == day])] for day in WEEK}
    days = [f"{day.on} {_spans(day.openings)}".strip() for day in calendar.days] if calendar else []
    zone = calendar.zone if calendar else ""
    return {"name": [name], "zone": [zone], **by_day, "days": ["\n".join(days)]}


def _spans(openings: Sequence[Hours | Opening]) -> str:
    return ", ".join(f"{one.opens}-{one.closes}" for one in openings)


def _stated(policy: Policy | None) -> Sheet:
    goals = {
        f"{target}-{part}": [value]
        for target in Target
        for part, value in measured(policy.goals.of(target) if policy else None).items()
    }
    return {
        "calendar": [policy.calendar if policy else ""],
        **{key: [*getattr(policy, key, ())] for key in (*CHOICES, *OUTCOMES)},
        **goals,
        "warn": [str(policy.warn_at if policy else 75)],
    }


def measured(minutes: int | None) -> Mapping[str, str]:
    """Write down a goal: how much of which unit."""
    if minutes is None:
        return {"length": "", "unit": "minutes"}
    unit = "minutes" if minutes % UNITS["hours"] else "hours"
    return {"length": str(minutes // UNITS[unit]), "unit": unit}


# --- what is wrong, and what is meant -----------------------------------------------------


def troubles(sheet: Sheet, now: datetime, locale: Locale) -> dict[str, str]:
    """Say what is wrong, by the name of the field, or of the policy that cannot be kept."""
    wrong = dict(_wrong_fields(sheet, locale))
    if wrong:
        return wrong
    try:
        rules = rules_of(sheet)
    except ClocksWrong as refusal:
        return {f"pol-{int(str(refusal.facts['place'])) - 1}": why(refusal, locale)}
    if not rules.policies:
        return {"pol-0": text(locale, "clocks.no_policy")}
    never = rules.never_done(now)
    return {f"pol-{at - 1}": why(ClocksWrong.at(at, code), locale) for at, code in never}


def why(refusal: ClocksWrong, locale: Locale) -> str:
    """Say what is wrong with a policy."""
    return text(locale, "clocks.not_so", why=text(locale, refusal.named["why"]))


def rules_of(sheet: Sheet) -> ClockRules:
    """Return the rules that a sheet without wrong fields means."""
    calendars = {
        sheet[f"{block}-name"][0]: _calendar(sheet, block) for block in blocks(sheet, "cal")[:-1]
    }
    return ClockRules(calendars, [_policy(sheet, block) for block in blocks(sheet, "pol")[:-1]])


def _wrong_fields(sheet: Sheet, locale: Locale) -> Iterator[tuple[str, str]]:
    names = [sheet[f"{block}-name"][0] for block in blocks(sheet, "cal")[:-1]]
    for block, name in zip(blocks(sheet, "cal"), names, strict=False):
        if len(name) > NAME_MOST or names.count(name) > 1:
            yield f"{block}-name", text(locale, "clocks.bad_name", most=NAME_MOST)
        yield from _wrong_calendar(sheet, block, locale)
    for block in blocks(sheet, "pol")[:-1]:
        yield from _wrong_policy(sheet, block, names, locale)


def _wrong_calendar(sheet: Sheet, block: str, locale: Locale) -> Iterator[tuple[str, str]]:
    try:
        Calendar(sheet[f"{block}-zone"][0])
    except UnknownZone as refusal:
        yield f"{block}-zone", explain(refusal, locale).title
    for day in WEEK:
        if _pairs(sheet[f"{block}-day-{day}"][0]) is None:
            yield f"{block}-day-{day}", text(locale, "clocks.bad_hours")
    lines = sheet[f"{block}-days"][0].splitlines()
    wrong = next((line for line in lines if line.strip() and _day(line) is None), None)
    if wrong is not None or len(lines) > DAYS_MOST:
        yield f"{block}-days", text(locale, "clocks.bad_day", line=(wrong or lines[-1])[:40])


def _wrong_policy(
    sheet: Sheet, block: str, names: Sequence[str], locale: Locale
) -> Iterator[tuple[str, str]]:
    if sheet[f"{block}-calendar"][0] not in names:
        yield f"{block}-calendar", text(locale, "clocks.bad_calendar")
    for target in Target:
        typed, unit = sheet[f"{block}-{target}-length"][0], sheet[f"{block}-{target}-unit"][0]
        if typed and minutes_in(typed, unit) is None:
            yield f"{block}-{target}-length", text(locale, "clocks.bad_goal")
    warn = sheet[f"{block}-warn"][0]
    if not _COUNT.fullmatch(warn) or not 1 <= int(warn) <= 99:  # noqa: PLR2004 - percent
        yield f"{block}-warn", text(locale, "clocks.bad_warn")


def minutes_in(typed: str, unit: str) -> int | None:
    """Read a goal; None if it is none."""
    if not _COUNT.fullmatch(typed) or unit not in UNITS:
        return None
    minutes = int(typed) * UNITS[unit]
    return minutes if 1 <= minutes <= MINUTES_MOST else None


def _pairs(typed: str) -> list[Opening] | None:
    """Read the hours of a day; None if they are none."""
    parts = [part for part in re.split(r"[,;，；]", typed) if part.strip()]
    found = [_PAIR.fullmatch(part) for part in parts]
    if not all(found):
        return None
    pairs = [(one[1].zfill(5), one[3].zfill(5)) for one in found if one]
    if any(clock[:2] == "24" and clock != "24:00" for pair in pairs for clock in pair):
        return None
    return [Opening(opens, closes) for opens, closes in pairs]


def _day(line: str) -> OtherDay | None:
    found = _DAY.fullmatch(line.strip())
    openings = _pairs(found[2]) if found else None
    if found is None or openings is None:
        return None
    try:
        return OtherDay(found[1], openings)
    except NoSuchDay:
        return None


def _calendar(sheet: Sheet, block: str) -> Calendar:
    hours = [
        Hours(day, one.opens, one.closes)
        for day in WEEK
        for one in _pairs(sheet[f"{block}-day-{day}"][0]) or ()
    ]
    lines = (_day(line) for line in sheet[f"{block}-days"][0].splitlines())
    return Calendar(sheet[f"{block}-zone"][0], hours, [day for day in lines if day])


def _policy(sheet: Sheet, block: str) -> Policy:
    def chosen(key: str, known: Sequence[str]) -> list[str]:
        return [one for one in known if one in sheet[f"{block}-{key}"]]

    def goal(target: Target) -> int | None:
        return minutes_in(sheet[f"{block}-{target}-length"][0], sheet[f"{block}-{target}-unit"][0])

    return Policy(
        calendar=sheet[f"{block}-calendar"][0],
        goals=Goals(*(goal(target) for target in Target)),
        kinds=[TalkKind(one) for one in chosen("kinds", CHOICES["kinds"])],
        locales=[one for one in LOCALES if one in sheet[f"{block}-locales"]],
        channels=[Channel(one) for one in chosen("channels", CHOICES["channels"])],
        warn_at=int(sheet[f"{block}-warn"][0]),
        on_warning=[Consequence(one) for one in chosen("on_warning", list(Consequence))],
        on_breach=[Consequence(one) for one in chosen("on_breach", list(Consequence))],
    )
