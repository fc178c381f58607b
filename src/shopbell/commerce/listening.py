"""What carriers tell, taken in: a batch at a time, once each, in whatever order it comes."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from msgspec import Struct

from shopbell.accounts.roles import Right
from shopbell.commerce import parcels, roster, watch
from shopbell.commerce.facts import OrderChanged, TrackingSeen
from shopbell.commerce.model import TrackingEvent
from shopbell.commerce.ordering import after, state_after
from shopbell.commerce.parcels import Place
from shopbell.commerce.reports import CarrierNews, Heard, Lacks, Report, UnknownCode, read_all
from shopbell.commerce.signing import check_signature
from shopbell.engine import metrics
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.refusals import Refusal

Key = tuple[str, str]
"""What makes an event one: its parcel, or its number, and the key of what was said."""


class Told(Struct, frozen=True):
    """A request in a carrier's name: what it says, and what shows that it is the carrier's."""

    carrier: str
    timestamp: str
    signature: str
    body: bytes
    news: CarrierNews


class Took(NamedTuple):
    """What became of one event; a refused one says why."""

    heard: Heard
    why: Refusal | None = None


class _Home(NamedTuple):
    """Where a report belongs: parcels by the key it has there, or what it lacks for that."""

    places: dict[Key, Place]
    lacks: Lacks | None = None


def hear_all(tx: Tx, asks: Sequence[Told]) -> list[list[Took] | Refusal]:
    """Take in what several requests tell at this moment; each stands or falls by its signature."""
    read = tx.each(_read, asks)
    heard = [report for found in read if isinstance(found, list) for report in found]
    taken = iter(take(tx, [report for report in heard if isinstance(report, Report)]))
    return [
        [_took(report, taken) for report in found] if isinstance(found, list) else found
        for found in read
    ]


def _read(tx: Tx, told: Told) -> list[Report | Refusal]:
    carrier, secrets = roster.signing(tx, told.carrier)
    check_signature(secrets, told.timestamp, told.body, told.signature, tx.now)
    return read_all(carrier, told.news.events, tx.now)


def _took(report: Report | Refusal, taken: Iterator[Took]) -> Took:
    return Took(Heard.REFUSED, report) if isinstance(report, Refusal) else next(taken)


def take(tx: Tx, reports: Sequence[Report]) -> list[Took]:
    """Take in what was read: events of parcels we know, and what waits until it can be placed."""
    homes = _homes(tx, reports)
    known = parcels.known(tx, {key for home in homes for key in home.places})
    aside = _set_aside(tx, reports, homes)
    outcomes: list[Took] = []
    news: list[tuple[Place, TrackingEvent]] = []
    for report, home in zip(reports, homes, strict=True):
        if home.lacks:
            outcomes.append(next(aside))
            continue
        fresh = home.places.keys() - known
        outcomes.append(Took(Heard.TAKEN if fresh else Heard.KNOWN))
        news += [(home.places[key], report.event) for key in fresh]
        known |= fresh
    if news:
        _tell(tx, news)
    return outcomes


def take_waiting(tx: Tx, numbers: Iterable[str]) -> bool:
    """Give parcels that have just come what was told of their numbers before."""
    wanted = {number for number in numbers if number}
    if not (found := parcels.waiting(tx, wanted)):
        return False
    parcels.take_up(tx, wanted)
    carriers = {carrier.id: carrier for carrier in roster.every(tx)}
    take(tx, [Report.again(carriers[by], number, event) for by, number, event in found])
    return True


def unknown_codes(tx: Tx, actor: Actor) -> list[UnknownCode]:
    """List carriers' words that no vocabulary has."""
    roster.check_may_look_after(actor, Right.SEE)
    return parcels.unknown_codes(tx)


def _homes(tx: Tx, reports: Sequence[Report]) -> list[_Home]:
    """Find where reports belong: parcels of that number which that carrier may carry."""
    by_number: dict[str, list[Place]] = {}
    for place in parcels.find(tx, {report.number for report in reports}) if reports else ():
        by_number.setdefault(place.number, []).append(place)
    return [_home(report, by_number.get(report.number, ())) for report in reports]


def _home(report: Report, there: Iterable[Place]) -> _Home:
    fitting = [place for place in there if report.carrier.is_called(place.carrier)]
    if not fitting:
        return _Home({}, Lacks.NUMBER)
    if report.lacks_code:
        return _Home({}, Lacks.CODE)
    return _Home({place.key(report.event): place for place in fitting})


def _set_aside(tx: Tx, reports: Sequence[Report], homes: Sequence[_Home]) -> Iterator[Took]:
    """Keep what cannot be placed yet, once each; return what became of each, in order."""
    lost = [(r, home.lacks) for r, home in zip(reports, homes, strict=True) if home.lacks]
    keys = [(report.number, report.key) for report, _lacks in lost]
    known = parcels.set_aside(tx, set(keys))
    outcomes: list[Took] = []
    kept: list[tuple[Report, Lacks]] = []
    for key, (report, lacks) in zip(keys, lost, strict=True):
        why = _slip(report) if lacks is Lacks.NUMBER else None
        if why or key in known:
            outcomes.append(Took(Heard.REFUSED, why) if why else Took(Heard.KNOWN))
            continue
        known.add(key)
        kept.append((report, lacks))
        outcomes.append(Took(Heard.WAITING if lacks is Lacks.NUMBER else Heard.UNCODED))
        if report.lacks_code:
            metrics.UNKNOWN_CODES.labels(report.carrier.id).inc()
    parcels.put_aside(tx, kept)
    return iter(outcomes)


def _slip(report: Report) -> Refusal | None:
    """Tell what is wrong with a number no parcel has; those of parcels were looked at before."""
    try:
        report.carrier.check(report.number)
    except Refusal as refusal:
        return refusal
    return None


def _tell(tx: Tx, news: Sequence[tuple[Place, TrackingEvent]]) -> None:
    """Add events to their parcels, let their orders follow, and say so."""
    orders = parcels.hold(tx, {place.order for place, _event in news})
    before = parcels.of_orders(tx, orders)
    now = {order: dict(its) for order, its in before.items()}
    for place, event in news:
        now[place.order][place.id] = after(now[place.order][place.id], event)
    states = {id_: state_after(held.state, now[id_].values()) for id_, held in orders.items()}
    parcels.add_events(tx, news)
    changes = [
        watch.Watched(orders[order].shop, states[order], parcel, orders[order].state, was)
        for order, its in now.items()
        for id_, parcel in its.items()
        if parcel != (was := before[order][id_]) or states[order] is not orders[order].state
    ]
    parcels.change(tx, [c.parcel for c in changes if c.parcel != c.before])
    watch.renew(tx, changes)
    moved = [held for id_, held in orders.items() if held.state is not states[id_]]
    parcels.move(tx, [(states[held.id], held.id) for held in moved])
    for held in moved:
        tx.announce(OrderChanged(shop=held.shop, order=held.id, state=states[held.id]))
    for place, event in news:
        shop = orders[place.order].shop
        seen = TrackingSeen(shop=shop, order=place.order, shipment=place.id, event=event)
        tx.announce(seen)
