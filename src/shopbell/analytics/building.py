"""The one builder of queries: screen, API and export ask for figures through it alone.

Its SQL is the same in both databases. Days and hours are whole-number arithmetic on moments, and
a percentile is the smallest value that so many in a hundred do not exceed (nearest rank).
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    tuple_,
    type_coerce,
)

from shopbell.analytics import localtime
from shopbell.analytics.localtime import DAY, HOUR, THURSDAY
from shopbell.analytics.model import OF_TIME, Asked, Dimension, Figure, Manner, Metric, Only, What
from shopbell.analytics.tables import points
from shopbell.commerce.hours import find_zone
from shopbell.conversations.satisfaction.told import RATINGS
from shopbell.engine.tables import Ident, Moment, Session
from shopbell.knowledge.suggesting.looks import LOOKS

_ELSEWHERE: Mapping[tuple[What, ...], FromClause] = {
    (What.LOOK,): LOOKS,
    (What.RATING,): RATINGS,
}
"""What is not followed and counted, but read where its own room keeps it."""

MEDIAN, HIGH = 50, 90
"""Percentiles of a time."""

ROWS_MOST = 5_000
MILLISECONDS = 1_000
"""A second has so many."""

AS_TIMES = 8
"""How tightly SQLAlchemy has a division bind."""

Value = ColumnElement[Any]


class Place(NamedTuple):
    """Where a page of points ended."""

    at: Any
    owner: str
    n: str


def figures(tx: Session, metric: Metric, asked: Asked) -> tuple[list[Figure], bool]:
    """Return a figure for each value of the dimensions it is asked by, and whether some lack."""
    query = _timed(metric, asked) if metric.measure is Manner.TIME else _counted(metric, asked)
    found = tx.execute(query.limit(ROWS_MOST + 1)).fetchall()
    return [_row(metric, asked, row) for row in found[:ROWS_MOST]], len(found) > ROWS_MOST


def is_followed(metric: Metric) -> bool:
    """Tell whether a figure changes only when more of the threads is counted."""
    return metric.of not in _ELSEWHERE


def behind(tx: Session, metric: Metric, asked: Asked, most: int, after: Place | None) -> list[Any]:
    """Return the points a figure is made of, the newest first."""
    source = _source(metric)
    c = source.c
    place = tuple_(c.at, c.owner, c.n)
    query = select(*c, _hit(metric, source).label("hit")).where(_which(metric, asked, source))
    if after is not None:
        given = (literal(after.at, Moment), literal(after.owner, Ident), _number(source, after.n))
        query = query.where(place < tuple_(*given))
    order = (c.at.desc(), c.owner.desc(), c.n.desc())
    return list(tx.execute(query.order_by(*order).limit(most)))


def _number(source: FromClause, n: str) -> Value:
    return literal(int(n) if isinstance(source.c.n.type, Integer) else n)


def _counted(metric: Metric, asked: Asked) -> Any:  # noqa: ANN401 - a Select of any shape
    source = _source(metric)
    by = _dimensions(asked, source)
    hits = func.coalesce(func.sum(_hit(metric, source)), 0)
    counts = (func.count().label("n"), cast(hits, BigInteger).label("hits"))
    query = select(*by, *counts).select_from(source).where(_which(metric, asked, source))
    return query.group_by(*by).order_by(*by)


def _timed(metric: Metric, asked: Asked) -> Any:  # noqa: ANN401
    source = _source(metric)
    by = _dimensions(asked, source)
    apart: dict[str, Any] = {"partition_by": by} if by else {}
    ranked = (
        select(
            *by,
            source.c.took,
            func.row_number().over(order_by=source.c.took, **apart).label("rank"),
            func.count().over(**apart).label("n"),
        )
        .where(_which(metric, asked, source))
        .subquery("ranked")
    )
    names = [ranked.c[column.name] for column in by]
    at = [func.max(case((_is_rank(ranked, share), ranked.c.took))) for share in (MEDIAN, HIGH)]
    counts = (ranked.c.n, literal(0, Integer).label("hits"))
    return select(*names, *counts, *at).group_by(*names, ranked.c.n).order_by(*names)


def _is_rank(ranked: FromClause, percent: int) -> ColumnElement[bool]:
    """Tell whether a row is the one that ``percent`` of all do not exceed."""
    return ranked.c["rank"] == _divided(ranked.c.n * percent + 99, 100)


# ── which points ────────────────────────────────────────────────────────────────────────────


def _source(metric: Metric) -> FromClause:
    return _ELSEWHERE.get(metric.of, points)


def _which(metric: Metric, asked: Asked, source: FromClause) -> ColumnElement[bool]:
    begin, end = localtime.bounds(find_zone(asked.zone), asked.since, asked.until)
    met = [source.c.at >= begin, source.c.at < end]
    if source is points:
        met.append(points.c.what.in_(metric.of))
    met += [_meets(source, one) for one in metric.where]
    met += [_is(asked, source, *pair) for pair in asked.only]
    if metric.known:
        met.append(source.c.good.is_not(None))
    if metric.measure is Manner.TIME:
        met.append(source.c.took.is_not(None))
    return and_(*met)


def _is(asked: Asked, source: FromClause, one: Dimension, value: str) -> ColumnElement[bool]:
    if one in _OF_TIME:
        return _OF_TIME[one](_local(asked, source)) == int(value)
    return source.c[one] == value


def _meets(source: FromClause, only: Only) -> ColumnElement[bool]:
    """Say a condition; yes and no are numbers here, as one of our sources counts them so."""
    name, values = only
    column = cast(source.c[name], Integer) if name == "good" else source.c[name]
    return column.in_(values)


def _hit(metric: Metric, source: FromClause) -> Value:
    if not metric.hits:
        return literal(0, Integer)
    return case((and_(*(_meets(source, one) for one in metric.hits)), 1), else_=0)


# ── by what they are told apart ─────────────────────────────────────────────────────────────


def _dimensions(asked: Asked, source: FromClause) -> list[Any]:
    local = _local(asked, source) if set(asked.by) & set(OF_TIME) else None
    return [
        (source.c[one] if local is None or one not in _OF_TIME else _OF_TIME[one](local)).label(one)
        for one in asked.by
    ]


def _local(asked: Asked, source: FromClause) -> Value:
    """Return the microseconds that the clocks of the zone show."""
    at = type_coerce(source.c.at, BigInteger)
    (_, first), *changes = localtime.shifts(find_zone(asked.zone), asked.since, asked.until)
    if not changes:
        return at + literal(first, BigInteger)
    whens = [(source.c.at >= turn, literal(ahead, BigInteger)) for turn, ahead in changes]
    return at + case(*reversed(whens), else_=literal(first, BigInteger))


def _day(local: Value) -> Value:
    return _divided(local, DAY)


def _week(local: Value) -> Value:
    return _divided(_day(local) + THURSDAY, 7)


def _weekday(local: Value) -> Value:
    return (_day(local) + THURSDAY) % 7


def _hour(local: Value) -> Value:
    return _divided(local, HOUR) % 24


def _divided(value: Value, by: int) -> Value:
    """Divide whole numbers: both databases then leave the rest away."""
    over = value.op("/", precedence=AS_TIMES, return_type=BigInteger())
    return over(literal(by, BigInteger))


_OF_TIME: Mapping[Dimension, Callable[[Value], Value]] = {
    Dimension.DAY: _day,
    Dimension.WEEK: _week,
    Dimension.WEEKDAY: _weekday,
    Dimension.HOUR: _hour,
}


# ── what comes back ─────────────────────────────────────────────────────────────────────────


def _row(metric: Metric, asked: Asked, found: Any) -> Figure:  # noqa: ANN401 - as the driver gives it
    names = [_name(one, value) for one, value in zip(asked.by, found, strict=False)]
    n, hits, *times = found[len(names) :]
    if metric.measure is Manner.TIME:
        median, high = (None if one is None else one / MILLISECONDS for one in times)
        return Figure(names, n, hits, median, high)
    if metric.measure is Manner.SHARE:
        return Figure(names, n, hits, hits / n if n else None)
    return Figure(names, n, hits, n)


def _name(dimension: Dimension, value: Any) -> str:  # noqa: ANN401
    if dimension is Dimension.DAY:
        return localtime.named_day(value)
    if dimension is Dimension.WEEK:
        return localtime.named_week(value)
    return "" if value is None else str(value)
