"""What somebody asks for, read and checked; and how much of it is theirs to see."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta

import msgspec

from shopbell.accounts import model as rights
from shopbell.analytics.model import FILTERS, Asked, Dimension, Metric
from shopbell.analytics.refusals import (
    DayUnreadable,
    FilterUnknown,
    NoSuchFigure,
    NotToldApartBy,
    NotYourFigures,
    OnlyYourOwnWork,
    PeriodWrong,
)
from shopbell.analytics.register import METRICS
from shopbell.commerce import service as commerce
from shopbell.commerce.hours import find_zone
from shopbell.conversations.model import Channel
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Rank, ShopId, Side
from shopbell.kernel.ids import is_id
from shopbell.kernel.texts import LOCALES

USUAL, MOST = timedelta(days=30), timedelta(days=400)
"""How long a period is that nobody has named, and how long it may be at most."""

EARLIEST = date(2000, 1, 1)
APART_MOST = 2
_IDS = {Dimension.PRODUCT, Dimension.AGENT}
_VALUES: Mapping[Dimension, Collection[str]] = {
    Dimension.WEEKDAY: [str(day) for day in range(7)],
    Dimension.HOUR: [str(hour) for hour in range(24)],
    Dimension.CHANNEL: frozenset(Channel),
    Dimension.LANGUAGE: frozenset(LOCALES),
}


class Wish(msgspec.Struct, frozen=True):
    """What was asked for in words: days as 2026-11-30, dimensions and values by their names."""

    since: str = ""
    until: str = ""
    zone: str = ""
    by: tuple[str, ...] = ()
    only: tuple[tuple[str, str], ...] = ()


def metric_of(name: str) -> Metric:
    """Return a figure by its name, or refuse."""
    if name not in METRICS:
        raise NoSuchFigure
    return METRICS[name]


def understand(tx: Tx, actor: Actor, metric: Metric, wish: Wish) -> Asked:
    """Return what a wish asks of a figure, as far as it is for ``actor`` to see."""
    own = shop_of(actor)
    zone = wish.zone or (commerce.shop(tx, own).zone if own else "UTC")
    since, until = _period(wish, tx.now.astimezone(find_zone(zone)))
    by = tuple(_dimension(metric, name) for name in dict.fromkeys(wish.by))
    if len(by) > APART_MOST:
        raise NotToldApartBy(by=", ".join(by))
    only = tuple(sorted(_only(tx, metric, wish.only)))
    return _own(actor, metric, Asked(since=since, until=until, zone=zone, by=by, only=only))


def shop_of(actor: Actor) -> ShopId | None:
    """Return the shop whose figures somebody sees; None: those of all shops."""
    if rights.may_operate(actor):
        return None
    if actor.side is not Side.SELLER or actor.shop is None:
        raise NotYourFigures
    return actor.shop


def manages(actor: Actor) -> bool:
    """Tell whether somebody sees more than their own work."""
    own = shop_of(actor)
    return own is None or actor.works_for(own, Rank.MANAGER)


def _own(actor: Actor, metric: Metric, asked: Asked) -> Asked:
    """Leave of a question what is for ``actor`` to see: THE rule for screens, lists and files."""
    own = shop_of(actor)
    if own is None:
        return asked
    asked = _bound(asked, Dimension.SHOP, own, NotYourFigures)
    if actor.works_for(own, Rank.MANAGER):
        return asked
    if Dimension.AGENT not in metric.by:
        raise OnlyYourOwnWork
    return _bound(asked, Dimension.AGENT, actor.id, OnlyYourOwnWork)


def _bound(
    asked: Asked, to: Dimension, value: str, refusal: type[NotYourFigures | OnlyYourOwnWork]
) -> Asked:
    """Hold a question to one value; refuse it if it was asked for another."""
    if any(pair[0] is to and pair[1] != value for pair in asked.only):
        raise refusal
    only = {**dict(asked.only), to: value}
    return msgspec.structs.replace(asked, only=tuple(sorted(only.items())))


def _period(wish: Wish, now: datetime) -> tuple[date, date]:
    until = _day(wish.until) if wish.until else now.date()
    since = _day(wish.since) if wish.since else until - USUAL + timedelta(days=1)
    if not timedelta() <= until - since < MOST or since < EARLIEST:
        raise PeriodWrong(most=MOST.days)
    return since, until


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DayUnreadable(day=text[:40]) from None


def _dimension(metric: Metric, name: str) -> Dimension:
    if name not in set(metric.by):
        raise NotToldApartBy(by=name[:40])
    return Dimension(name)


def _only(
    tx: Tx, metric: Metric, pairs: Iterable[tuple[str, str]]
) -> Iterable[tuple[Dimension, str]]:
    for name, value in pairs:
        dimension = _dimension(metric, name)
        if dimension not in FILTERS:
            raise NotToldApartBy(by=name)
        if dimension is Dimension.SHOP:
            yield dimension, commerce.shop(tx, value).id
        elif (dimension in _IDS and not is_id(value)) or value not in _VALUES.get(
            dimension, {value}
        ):
            raise FilterUnknown(by=name, value=value[:40])
        else:
            yield dimension, value
