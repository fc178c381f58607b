"""The form of a shop's own page: what stands in it, what is wrong with that, what it asks for.

A day has pairs of times, and always one pair more than it needs. A pair that closes at
midnight shows ``00:00``, which is kept as ``24:00``.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from shopbell.accounts.model import checked_email, checked_name
from shopbell.accounts.refusals import NameUnreadable
from shopbell.commerce.commands import OpenShop
from shopbell.commerce.hours import find_zone
from shopbell.commerce.model import CHANNELS, Shop
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import LOCALES, Locale, text
from shopbell.web.pages.errors import explain

Pair = tuple[str, str]
WEEK = range(7)
SPARE_DAYS_OFF = 3
ABOUT_MOST = 2_000
CENTRES_MOST, CENTRE_MOST = 50, 200
MIDNIGHT, DAYS_END = "00:00", "24:00"
UNITS: Mapping[str, str] = {
    "chat": "chat_minutes",
    "message": "message_hours",
    "email": "email_hours",
}
"""What the promise of each channel is counted in."""

LONGEST = 10_000
_COUNT = re.compile(r"[0-9]{1,5}")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class Filled(Protocol):
    """A form as it was sent: several values may stand under one name."""

    def getall(self, key: str, default: list[Any]) -> list[Any]:
        """Return every value of a name."""
        ...


class Sheet(Struct, frozen=True):
    """What stands in the form, as it was typed."""

    name: str
    email: str
    zone: str
    about: dict[Locale, str]
    languages: list[str]
    days: list[list[Pair]]
    holidays: list[str]
    channels: list[str]
    promise: dict[str, str]
    centres: list[str]

    @property
    def rows(self) -> list[list[Pair]]:
        """Return the pairs of each day with room for one more."""
        return [[*day, *[("", "")] * max(1, 2 - len(day))] for day in self.days]

    @property
    def days_off(self) -> list[str]:
        """Return the days off with room for some more."""
        return [*self.holidays, *[""] * SPARE_DAYS_OFF]


def sheet_of(shop: Shop) -> Sheet:
    """Write down what a shop is now."""
    spans = sorted(shop.hours, key=lambda span: span.opens)
    return Sheet(
        name=shop.name,
        email=shop.email,
        zone=shop.zone,
        about={locale: shop.about.get(locale, "") for locale in LOCALES},
        languages=list(shop.languages),
        days=[
            [(span.opens, _shown(span.closes)) for span in spans if span.weekday == day]
            for day in WEEK
        ],
        holidays=[str(day) for day in sorted(shop.holidays)],
        channels=list(shop.channels),
        promise={unit: str(getattr(shop.promise, unit)) for unit in UNITS.values()},
        centres=list(shop.service_centres),
    )


def sheet_in(form: Filled) -> Sheet:
    """Read what was sent; whatever it is, it can be shown again."""
    return Sheet(
        name=one(form, "name"),
        email=one(form, "email"),
        zone=one(form, "zone"),
        about={locale: one(form, f"about-{locale}") for locale in LOCALES},
        languages=_all(form, "languages"),
        days=[_pairs(form, day) for day in WEEK],
        holidays=sorted(filter(None, _all(form, "holidays"))),
        channels=_all(form, "channels"),
        promise={unit: one(form, unit) for unit in UNITS.values()},
        centres=[line for said in one(form, "centres").splitlines() if (line := said.strip())],
    )


def troubles(sheet: Sheet, locale: Locale) -> dict[str, str]:
    """Say what is wrong, by the name of the field."""
    found = {
        "name": text(locale, "office.bad_name") if _is_refused(sheet.name) else "",
        "email": _refused(lambda: checked_email(sheet.email), locale),
        "zone": _refused(lambda: find_zone(sheet.zone), locale),
        "about": _about(sheet.about, locale),
        "languages": ""
        if set(sheet.languages) & set(LOCALES)
        else text(locale, "office.bad_languages"),
        "holidays": _days_off(sheet.holidays, locale),
        "centres": "" if _fit(sheet.centres) else text(locale, "office.bad_centres"),
        **{unit: _promise(sheet, channel, locale) for channel, unit in UNITS.items()},
        **{f"hours-{day}": _hours(sheet.days[day], locale) for day in WEEK},
    }
    return {field: wrong for field, wrong in found.items() if wrong}


def asked(sheet: Sheet, shop: Shop) -> OpenShop:
    """Turn a sheet without troubles into what is asked of the shop."""
    kept = {unit: getattr(shop.promise, unit) for unit in UNITS.values()}
    told = {unit: int(typed) for unit, typed in sheet.promise.items() if _is_count(typed)}
    wanted = {
        "slug": shop.slug,
        "name": checked_name(sheet.name),
        "about": {locale: words for locale, words in sheet.about.items() if words},
        "zone": sheet.zone,
        "languages": [locale for locale in LOCALES if locale in sheet.languages],
        "email": checked_email(sheet.email),
        "hours": [
            {"weekday": day, "opens": opens, "closes": _kept(closes)}
            for day in WEEK
            for opens, closes in sorted(sheet.days[day])
        ],
        "holidays": sorted(set(sheet.holidays)),
        "channels": [channel for channel in CHANNELS if channel in sheet.channels],
        "promise": {**kept, **told},
        "picture": shop.picture,
        "service_centres": list(dict.fromkeys(sheet.centres)),
    }
    return msgspec.convert(wanted, OpenShop)


def _fit(centres: list[str]) -> bool:
    return len(centres) <= CENTRES_MOST and all(len(one) <= CENTRE_MOST for one in centres)


# --- fields -------------------------------------------------------------------------------


def _about(about: Mapping[Locale, str], locale: Locale) -> str:
    if not any(about.values()):
        return text(locale, "office.bad_about")
    too_long = any(len(words) > ABOUT_MOST for words in about.values())
    return text(locale, "office.bad_about_long", most=ABOUT_MOST) if too_long else ""


def _languages(chosen: Sequence[str], locale: Locale) -> str:
    return "" if set(chosen) & set(LOCALES) else text(locale, "office.bad_languages")


def _hours(pairs: Sequence[Pair], locale: Locale) -> str:
    if any(not _CLOCK.fullmatch(clock) for pair in pairs for clock in pair):
        return text(locale, "office.bad_pair")
    if any(opens == closes != MIDNIGHT for opens, closes in pairs):
        return text(locale, "office.bad_empty_pair")
    ordered = sorted((opens, _end(opens, closes)) for opens, closes in pairs)
    overlap = any(later[0] < earlier[1] for earlier, later in pairwise(ordered))
    return text(locale, "office.bad_overlap") if overlap else ""


def _days_off(days: Sequence[str], locale: Locale) -> str:
    wrong = next((day for day in days if not _is_day(day)), "")
    return text(locale, "office.bad_day", day=wrong[:20]) if wrong else ""


def _is_day(typed: str) -> bool:
    try:
        return str(date.fromisoformat(typed)) == typed
    except ValueError:
        return False


def _promise(sheet: Sheet, channel: str, locale: Locale) -> str:
    if channel not in sheet.channels or _is_count(sheet.promise[UNITS[channel]]):
        return ""
    return text(locale, "office.bad_promise", most=LONGEST)


def _is_count(typed: str) -> bool:
    return bool(_COUNT.fullmatch(typed)) and 1 <= int(typed) <= LONGEST


def _is_refused(name: str) -> bool:
    try:
        checked_name(name)
    except NameUnreadable:
        return True
    return False


def _refused(check: Callable[[], object], locale: Locale) -> str:
    try:
        check()
    except Refusal as refusal:
        return explain(refusal, locale).title
    return ""


# --- times --------------------------------------------------------------------------------


def _shown(closes: str) -> str:
    return MIDNIGHT if closes == DAYS_END else closes


def _kept(closes: str) -> str:
    return DAYS_END if closes == MIDNIGHT else closes


def _end(opens: str, closes: str) -> str:
    """Return when an interval ends on its own day: one that goes on past midnight, with it."""
    return closes if closes > opens else DAYS_END


# --- what was sent ------------------------------------------------------------------------


def _pairs(form: Filled, day: int) -> list[Pair]:
    opens, closes = _all(form, f"opens-{day}"), _all(form, f"closes-{day}")
    return [pair for pair in zip(opens, closes, strict=False) if any(pair)]


def one(form: Filled, name: str) -> str:
    """Return the first value of a field."""
    return next(iter(_all(form, name)), "")


def _all(form: Filled, name: str) -> list[str]:
    return list(_tidied(form.getall(name, [])))


def _tidied(values: Sequence[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value.replace("\r\n", "\n").replace("\x00", "").strip()
