"""What people ask of figures. Each function is one transaction that only reads."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from shopbell.accounts import service as accounts
from shopbell.analytics import asking, building, indexing
from shopbell.analytics.asking import Wish, metric_of, understand
from shopbell.analytics.building import MILLISECONDS, Place
from shopbell.analytics.model import (
    UNITS,
    Asked,
    Behind,
    BehindPage,
    Dimension,
    Figure,
    FigureDefinition,
    FigureReport,
    Manner,
    Metric,
)
from shopbell.analytics.refusals import PlaceUnknown
from shopbell.analytics.register import ALL
from shopbell.commerce import service as commerce
from shopbell.commerce.hours import find_zone
from shopbell.commerce.model import NoSuchProduct
from shopbell.conversations import service as conversations
from shopbell.conversations.model import ConversationId, Topic
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, PersonId
from shopbell.kernel.texts import FALLBACK, LOCALES, Words, say, text

EXPORT_MOST = 10_000
NAMED_MOST = 500
_PLACE = re.compile(r"([0-9]{1,17})_([A-Za-z0-9_.-]{1,100})_([0-9a-f-]{36})")


def definitions(actor: Actor) -> list[FigureDefinition]:
    """List the figures there are, with what they mean."""
    everything = asking.manages(actor)
    return [_defined(metric) for metric in ALL if everything or Dimension.AGENT in metric.by]


def report(tx: Tx, actor: Actor, name: str, wish: Wish) -> FigureReport:
    """Return a figure; what was asked lately is known as long as nothing more was counted."""
    metric = metric_of(name)
    asked = understand(tx, actor, metric, wish)
    total, rows, more = _known(tx, metric, asked)
    return FigureReport(
        metric=name,
        title=_words(f"figures.{name}"),
        definition=_words(f"figures.{name}_means"),
        measure=metric.measure,
        better=metric.better,
        unit=UNITS[metric.measure],
        since=asked.since,
        until=asked.until,
        zone=asked.zone,
        by=list(asked.by),
        total=total,
        rows=rows,
        names=_named(tx, asked, rows),
        more=more,
        behind=round(indexing.lag(tx), 1),
    )


def behind(
    tx: Tx, actor: Actor, name: str, wish: Wish, *, after: str = "", limit: int = 50
) -> BehindPage:
    """List what a figure is made of, a page at a time, the newest first."""
    metric = metric_of(name)
    asked = understand(tx, actor, metric, wish)
    most = max(1, min(limit, EXPORT_MOST))
    found = building.behind(tx, metric, asked, most + 1, _place(after) if after else None)
    following = _name_of(found[most - 1]) if len(found) > most else None
    return BehindPage(_shown(tx, metric, asked.zone, found[:most]), following)


# ── figures ─────────────────────────────────────────────────────────────────────────────────


def _known(tx: Tx, metric: Metric, asked: Asked) -> tuple[Figure, list[Figure], bool]:
    """Return a figure as it is remembered, or count it anew; what is not followed is always."""
    place, key = indexing.place(tx), ("report", metric.name, asked)
    known_at, known = tx.remembered.get(key) or tx.memory.get(key) or (None, None)
    if known is None or known_at != place or not building.is_followed(metric):
        known = _figures(tx, metric, asked)
        tx.remembered[key] = place, known
    return known


def _figures(tx: Tx, metric: Metric, asked: Asked) -> tuple[Figure, list[Figure], bool]:
    rows, more = building.figures(tx, metric, asked)
    if not asked.by:
        return (rows[0] if rows else _total(metric, [])), [], False
    if metric.measure is Manner.TIME or more:
        return _known(tx, metric, asked.as_one())[0], rows, more
    return _total(metric, rows), rows, more


def _total(metric: Metric, rows: Sequence[Figure]) -> Figure:
    n, hits = sum(row.n for row in rows), sum(row.hits for row in rows)
    if metric.measure is Manner.COUNT:
        return Figure([], n, hits, n)
    return Figure([], n, hits, hits / n if n else None)


def _defined(metric: Metric) -> FigureDefinition:
    return FigureDefinition(
        metric=metric.name,
        title=_words(f"figures.{metric.name}"),
        definition=_words(f"figures.{metric.name}_means"),
        measure=metric.measure,
        better=metric.better,
        unit=UNITS[metric.measure],
        dimensions=list(metric.by),
    )


def _words(key: str) -> Words:
    return {locale: text(locale, key) for locale in LOCALES}


def _named(tx: Tx, asked: Asked, rows: Sequence[Figure]) -> dict[str, Words]:
    found: dict[str, Words] = {}
    for place, dimension in enumerate(asked.by):
        if dimension in _NAMED:
            found |= _NAMED[dimension](tx, {row.by[place] for row in rows} - {""})
    return found


def _shops(tx: Tx, ids: Collection[str]) -> dict[str, Words]:
    return {shop.id: {"en": shop.name} for shop in commerce.shops(tx) if shop.id in ids}


def _people(tx: Tx, ids: Collection[str]) -> dict[str, Words]:
    return {one: {"en": name} for one, name in accounts.names(tx, map(PersonId, ids)).items()}


def _goods(tx: Tx, ids: Collection[str]) -> dict[str, Words]:
    """Return the titles of goods that are still there."""
    found: dict[str, Words] = {}
    for product in sorted(ids)[:NAMED_MOST]:
        with suppress(NoSuchProduct):
            found[product] = commerce.product(tx, product).title
    return found


_NAMED: Mapping[Dimension, Callable[[Tx, Collection[str]], dict[str, Words]]] = {
    Dimension.SHOP: _shops,
    Dimension.AGENT: _people,
    Dimension.PRODUCT: _goods,
}


# ── what stands behind them ─────────────────────────────────────────────────────────────────


def _shown(tx: Tx, metric: Metric, zone: str, found: Sequence[Any]) -> list[Behind]:
    topics = conversations.topics(tx, {row.conversation for row in found if row.conversation})
    people = _people(tx, {row.agent for row in found if row.agent})
    shops = _shops(tx, {row.shop for row in found})
    goods = _goods(tx, {row.product for row in found if row.product and not row.conversation})
    clocks = find_zone(zone)
    return [
        Behind(
            conversation=row.conversation,
            subject=_subject(row, topics, goods or shops),
            buyer=topics[row.conversation].buyer_name if row.conversation else "",
            shop=say(shops[row.shop], FALLBACK),
            at=row.at,
            local=row.at.astimezone(clocks).isoformat(timespec="seconds"),
            kind=row.kind,
            channel=row.channel,
            agent=say(people[row.agent], FALLBACK) if row.agent in people else "",
            detail=row.detail,
            seconds=None if row.took is None else row.took / MILLISECONDS,
            hit=bool(row.hit) if metric.hits else None,
        )
        for row in found
    ]


def _subject(
    row: Any,  # noqa: ANN401 - a row of the builder
    topics: Mapping[ConversationId, Topic],
    others: Mapping[str, Words],
) -> Words:
    """Return what a point is about: its conversation knows, or the product that was looked at."""
    if row.conversation:
        return topics[row.conversation].subject.title
    return others.get(row.product) or others.get(row.shop) or {FALLBACK: ""}


def _name_of(row: Any) -> str:  # noqa: ANN401 - a row of the builder
    return f"{_micros(row.at)}_{row.n}_{row.owner}"


def _micros(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)


def _place(after: str) -> Place:
    """Return the point to go on behind."""
    found = _PLACE.fullmatch(after)
    if not found:
        raise PlaceUnknown
    at = datetime.fromtimestamp(int(found[1]) / 1_000_000, tz=UTC)
    return Place(at, found[3], found[2])
