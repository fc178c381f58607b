"""Charts as plain geometry: where lines, bars and squares of a report stand, for two widths."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from msgspec import Struct

from shopbell.analytics.model import Dimension, FigureReport
from shopbell.analytics.score.model import Trend

MATTERS = {
    "product": ("product", "shop", "question"),
    "order": ("order", "logistics_inquiry"),
    "return": ("return",),
    "after": ("repair", "dispute"),
}
"""What buyers come with, as few bars show it, by kinds of conversations and cases."""

BROAD, HALF, NARROW = 640, 480, 320
HEIGHT, LEFT, TOP, BOTTOM = 240, 40, 12, 26
TICKS, LABEL_WIDTH = 4, 74
SHADES = 6
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400)
"""Seconds between two lines of a grid, so that they are whole in some unit."""


class Mark(Struct, frozen=True):
    """A line of the grid, or a label below: where it stands, and what it is for."""

    at: float
    value: float


class Lines(Struct, frozen=True, kw_only=True):
    """A chart of medians with a band up to the 90th percentile; ``promise`` is a line across."""

    width: int
    grid: list[Mark]
    days: list[Mark]
    medians: list[str]
    bands: list[str]
    dots: list[tuple[float, float]]
    promise: float | None


class Piece(Struct, frozen=True):
    """A part of a bar."""

    matter: str
    y: float
    height: float
    n: int


class Bar(Struct, frozen=True):
    """One bar with its parts, the lowest first; ``labelled`` if there is room for its name."""

    start: str
    x: float
    width: float
    top: float
    total: int
    pieces: list[Piece]
    labelled: bool


class Square(Struct, frozen=True):
    """One hour of a weekday, and how dark it is."""

    weekday: int
    hour: int
    n: int
    shade: int


# ── lines ───────────────────────────────────────────────────────────────────────────────────


def lines(report: FigureReport, promise: float | None, width: int) -> Lines:
    """Draw first answers by day; a day without any interrupts the line."""
    days = (report.until - report.since).days + 1
    known = {(date.fromisoformat(row.by[0]) - report.since).days: row for row in report.rows}
    most = max([row.high or 0 for row in report.rows] + [promise or 0, 1])
    step = next(
        (one for one in _STEPS if most / one <= TICKS),
        _STEPS[-1] * -(-most // (TICKS * _STEPS[-1])),
    )
    top = step * -(-most // step)
    x = _scale(days - 1, LEFT, width - 8)
    y = _scale(top, HEIGHT - BOTTOM, TOP)
    runs = [*_runs(sorted(known))]
    return Lines(
        width=width,
        grid=[Mark(y(n * step), n * step) for n in range(round(top / step) + 1)],
        days=[Mark(x(day), day) for day in range(0, days, _every(days, width))],
        medians=[_path((x(day), y(known[day].value or 0)) for day in run) for run in runs],
        bands=[_band(run, x, lambda day: y(known[day].high or 0), y(0)) for run in runs],
        dots=[(x(run[0]), y(known[run[0]].value or 0)) for run in runs if len(run) == 1],
        promise=y(promise) if promise else None,
    )


class Shares(Struct, frozen=True):
    """A chart of shares from 0 to 1 by day; ``target`` is a line across."""

    width: int
    grid: list[Mark]
    days: list[Mark]
    paths: list[str]
    dots: list[tuple[float, float]]
    target: float


def share_lines(trend: Sequence[Trend], target: float, width: int) -> Shares:
    """Draw a score by day; a day without one interrupts the line."""
    x = _scale(len(trend) - 1, LEFT, width - 8)
    y = _scale(1, HEIGHT - BOTTOM, TOP)
    known = {day: one.score for day, one in enumerate(trend) if one.score is not None}
    runs = [*_runs(sorted(known))]
    return Shares(
        width=width,
        grid=[Mark(y(n / TICKS), n / TICKS) for n in range(TICKS + 1)],
        days=[Mark(x(day), day) for day in range(0, len(trend), _every(len(trend), width))],
        paths=[_path((x(day), y(known[day])) for day in run) for run in runs],
        dots=[(x(run[0]), y(known[run[0]])) for run in runs if len(run) == 1],
        target=y(target),
    )


def day_of(report: FigureReport, mark: Mark) -> date:
    """Return the day that a mark below a chart stands for."""
    return report.since + timedelta(days=int(mark.value))


def _scale(most: float, begin: float, end: float) -> Callable[[float], float]:
    return lambda value: round(begin + (end - begin) * (value / most if most else 0.5), 1)


def _every(days: int, width: int) -> int:
    """Return how many days lie between two labels, so that none touches another."""
    room = max(1, (width - LEFT) // LABEL_WIDTH)
    return max(1, -(-days // room))


def _runs(days: Sequence[int]) -> Iterator[list[int]]:
    """Give days that follow each other together."""
    run: list[int] = []
    for before, day in pairwise([None, *days]):
        if before is not None and day != before + 1:
            yield run
            run = []
        run = [*run, day]  # type: ignore[list-item]
    if run:
        yield run


def _path(points: Iterator[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in points)


def _band(
    run: Sequence[int], x: Callable[[float], float], high: Callable[[int], float], floor: float
) -> str:
    edge = "L".join(f"{x(day)} {high(day)}" for day in run)
    return f"M{x(run[0])} {floor}L{edge}L{x(run[-1])} {floor}Z"


# ── bars ────────────────────────────────────────────────────────────────────────────────────


def bars(report: FigureReport, width: int) -> list[Bar]:
    """Draw how many matters of each sort there were, one bar for each day or week."""
    by_start = _by_matter(report)
    most = max([sum(parts.values()) for parts in by_start.values()] + [1])
    slot = width / max(1, len(by_start))
    height = _scale(most, 0, HEIGHT - BOTTOM - TOP - 14)
    every = max(1, -(-LABEL_WIDTH // slot)) if slot < LABEL_WIDTH else 1
    return [
        _bar(start, parts, (n * slot + slot * 0.15, slot * 0.7), height, labelled=n % every == 0)
        for n, (start, parts) in enumerate(by_start.items())
    ]


def _bar(
    start: str,
    parts: dict[str, int],
    place: tuple[float, float],
    height: Callable[[float], float],
    *,
    labelled: bool,
) -> Bar:
    pieces, y = list[Piece](), float(HEIGHT - BOTTOM)
    for matter, n in parts.items():
        if n:
            y -= height(n)
            pieces.append(Piece(matter, round(y, 1), max(1.0, height(n) - 1.5), n))
    x, width = (round(one, 1) for one in place)
    return Bar(start, x, width, round(y, 1), sum(parts.values()), pieces, labelled)


def _by_matter(report: FigureReport) -> dict[str, dict[str, int]]:
    """Add kinds up to matters, for every day or week of the period, those without any included."""
    step = timedelta(days=7 if report.by[0] is Dimension.WEEK else 1)
    first = report.since - timedelta(days=report.since.weekday() if step.days > 1 else 0)
    starts = [str(first + step * n) for n in range((report.until - first).days // step.days + 1)]
    found = {start: dict.fromkeys(MATTERS, 0) for start in starts}
    matter_of = {kind: matter for matter, kinds in MATTERS.items() for kind in kinds}
    for row in report.rows:
        found[row.by[0]][matter_of.get(row.by[1], "after")] += row.n
    return found


# ── squares ─────────────────────────────────────────────────────────────────────────────────


def squares(report: FigureReport) -> list[list[Square]]:
    """Draw a week of hours: seven rows, the darker the more was asked."""
    counts = {(int(row.by[0]), int(row.by[1])): row.n for row in report.rows}
    most = max(counts.values(), default=0)
    return [
        [_square(weekday, hour, counts.get((weekday, hour), 0), most) for hour in range(24)]
        for weekday in range(7)
    ]


def _square(weekday: int, hour: int, n: int, most: int) -> Square:
    return Square(weekday, hour, n, -(-n * (SHADES - 1) // most) if most else 0)
