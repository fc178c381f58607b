"""Money, dates and times as a reader of each language writes them."""

import re
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import dates, numbers
from babel.core import Locale as Culture

from shopbell.kernel.texts import Locale


def money(amount: int, currency: str, locale: Locale) -> str:
    """Write minor units: ``€64.90``, ``6 490 ₽``; whole amounts go without cents."""
    places = numbers.get_currency_precision(currency)
    value = Decimal(amount).scaleb(-places)
    whole = value == value.to_integral_value()
    pattern = _whole_pattern(locale) if whole else None
    written = numbers.format_currency(
        value, currency, format=pattern, locale=locale, currency_digits=not whole
    )
    return re.sub(r"(?<=[A-Z])(?=\d)", "\N{NO-BREAK SPACE}", written)


def number(value: float, locale: Locale) -> str:
    """Write a number with its separators, and one place after the point if it needs one."""
    return numbers.format_decimal(value, "#,##0.#", locale=locale)


def day(on: date, locale: Locale, today: date | None = None) -> str:
    """Write a calendar date: ``November 18``; with its year when that is not this year."""
    if on.year != (today or _today()).year:
        return dates.format_date(on, "long", locale)
    return dates.format_skeleton("MMMMd", _noon(on), locale=locale)


def short_day(on: date, locale: Locale) -> str:
    """Write a calendar date shortly: ``Nov 18``."""
    return dates.format_skeleton("MMMd", _noon(on), locale=locale)


def span(first: date, last: date, locale: Locale, today: date | None = None) -> str:
    """Write a range of dates: ``November 18 – 20``; one date when both are the same."""
    if first == last:
        return day(first, locale, today)
    same_year = first.year == last.year == (today or _today()).year
    skeleton = "MMMMd" if same_year else "yMMMMd"
    return dates.format_interval(_noon(first), _noon(last), skeleton, locale=locale)


def clock(at: datetime, locale: Locale, zone: tzinfo = UTC) -> str:
    """Write the time of day of a moment in ``zone``."""
    return dates.format_time(at.astimezone(zone), "short", locale=locale)


def moment(at: datetime, locale: Locale, zone: tzinfo = UTC) -> str:
    """Write a moment: ``November 18, 10:12 AM``."""
    local = at.astimezone(zone)
    joint = " " if locale == "zh" else ", "
    return f"{day(local.date(), locale)}{joint}{clock(at, locale, zone)}"


def weekday_moment(at: datetime, locale: Locale, zone: tzinfo = UTC) -> str:
    """Write a moment with its day of the week: ``Wednesday, November 18, 10:12 AM``."""
    day = weekday(at.astimezone(zone).weekday(), locale)
    return f"{day}{' ' if locale == 'zh' else ', '}{moment(at, locale, zone)}"


def ago(at: datetime, now: datetime, locale: Locale) -> str:
    """Write how long ago something was: ``3 hours ago``."""
    return dates.format_timedelta(at - now, locale=locale, add_direction=True)


def weekday(index: int, locale: Locale) -> str:
    """Name a day of the week; 0 is Monday."""
    name = str(dates.get_day_names("wide", "stand-alone", locale)[index])
    return name[0].upper() + name[1:]


def hours(opens: str, closes: str) -> str:
    """Write one interval of opening hours."""
    return f"{opens}–{closes}"


def city(zone: str, locale: Locale) -> str:
    """Name the place a time zone is called after."""
    return dates.get_timezone_location(ZoneInfo(zone), locale, return_city=True)


def _whole_pattern(locale: Locale) -> str:
    standard = Culture.parse(locale).currency_formats["standard"].pattern
    return str(standard).split(";", 1)[0].replace(".00", "")


def _noon(on: date) -> datetime:
    return datetime.combine(on, time(12))


def _today() -> date:
    return datetime.now(UTC).date()
