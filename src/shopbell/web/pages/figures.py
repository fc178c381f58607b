"""Figures as a reader of each language writes them, and whether they changed for the better."""

from babel import dates, numbers
from msgspec import Struct

from shopbell.analytics.board import Tile
from shopbell.analytics.model import Better, Figure, FigureReport, Manner
from shopbell.kernel.texts import Locale, catalogue, text
from shopbell.web.pages import format as written

MINUTE, HOUR, DAY = 60, 3_600, 86_400
_UNITS = ((2 * DAY, "days", DAY), (2 * HOUR, "hours", HOUR), (MINUTE, "minutes", MINUTE))
"""From so many seconds on a time is written in a unit of so many."""

NAMED_BY = {
    "kind": ("figures.kind_", "case."),
    "channel": ("pages.way_",),
    "language": ("pages.lang_",),
    "detail": ("figures.step_", "figures.end_"),
}
"""Under which keys the values of a dimension have their words."""

UNCHANGED = 0.0005


class Change(Struct, frozen=True):
    """How a figure differs from the period before, and whether that is ``good``, ``bad`` or not."""

    words: str
    tone: str
    shape: str


def figure(row: Figure, measure: Manner, locale: Locale) -> str:
    """Write a figure: ``2.7 min``, ``96.2%``, ``1,091``; a dash where nothing was counted."""
    if row.value is None:
        return text(locale, "figures.none")
    match measure:
        case Manner.TIME:
            return duration(row.value, locale)
        case Manner.SHARE:
            return share(row.value, locale)
        case Manner.COUNT:
            return written.number(row.value, locale)


def duration(seconds: float, locale: Locale) -> str:
    """Write how long something took, in the unit that says it shortest."""
    unit, size = next(
        ((name, size) for least, name, size in _UNITS if seconds >= least), ("seconds", 1)
    )
    return text(locale, f"figures.{unit}", n=written.number(round(seconds / size, 1), locale))


def share(value: float, locale: Locale) -> str:
    """Write a share as a percentage with one place."""
    return numbers.format_percent(value, "#,##0.#%", locale=locale)


def change(tile: Tile, locale: Locale) -> Change | None:
    """Say how a figure has changed; None where there is nothing to compare with."""
    now, before = tile.now.total.value, tile.before.total.value
    if now is None or not before:
        return None
    points = tile.now.measure is Manner.SHARE
    moved = now - before if points else now / before - 1
    if abs(moved) < UNCHANGED:
        return Change(text(locale, "figures.same"), "same", "even")
    shown = numbers.format_decimal(moved * 100, "+#,##0.#;−#,##0.#", locale=locale)
    words = text(locale, "figures.points", change=shown) if points else f"{shown}%"
    return Change(words, _tone(tile.now.better, moved), "rise" if moved > 0 else "fall")


def _tone(better: Better, moved: float) -> str:
    if better is Better.NEITHER:
        return "same"
    return "good" if (moved > 0) is (better is Better.MORE) else "bad"


def value_of(report: FigureReport, row: Figure, place: int, locale: Locale) -> str:
    """Name what a row is told apart by: a day, a shop, a kind."""
    return named(report, report.by[place], row.by[place], locale)


def named(report: FigureReport, dimension: str, value: str, locale: Locale) -> str:
    """Name one value of a dimension in words; what has none is shown as it is."""
    if value in report.names:
        words = report.names[value]
        return words.get(locale) or next(iter(words.values()))
    if dimension == "weekday":
        return weekday(int(value), locale)
    if dimension == "hour":
        return hour(int(value))
    keys = [f"{start}{value}" for start in NAMED_BY.get(dimension, ())]
    known = next((key for key in keys if key in catalogue(locale)), None)
    return text(locale, known) if known else value or text(locale, "figures.none")


def weekday(number: int, locale: Locale) -> str:
    """Name a day of the week shortly; 0 is Monday."""
    name = str(dates.get_day_names("abbreviated", "stand-alone", locale)[number])
    return name[0].upper() + name[1:]


def hour(number: int) -> str:
    """Write an hour of the day."""
    return f"{number:02}:00"
