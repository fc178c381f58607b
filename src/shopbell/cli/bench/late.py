"""Real orders once more: placed, sent and delivered as they were, by a clock that runs ahead.

Everything goes through the house's own services. Only the silence of carriers is left out: the
table tells of hand-over and delivery, and of nothing in between.
"""

import csv
import statistics
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from sqlalchemy import select

from shopbell.accounts import service as accounts
from shopbell.accounts.model import NewPerson
from shopbell.app import App, build
from shopbell.cli.bench.people import NOBODY_SIGNS_IN, found
from shopbell.cli.bench.server import database
from shopbell.commerce import listening, roster, service
from shopbell.commerce.carriers import CarrierKind, PutCarrier
from shopbell.commerce.commands import OrderedLine, PlaceOrder, SentParcel
from shopbell.commerce.facts import ShipmentLate
from shopbell.commerce.lateness import GRACE, day_after
from shopbell.commerce.model import Eta, Money, OrderState
from shopbell.commerce.reports import Said, read
from shopbell.commerce.watch import LATE
from shopbell.engine import deadlines
from shopbell.engine.database import Tx
from shopbell.engine.journal import journal
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import SYSTEM, PersonId

ZONE = "America/Sao_Paulo"
WRITTEN = "%m/%d/%Y %H:%M"
NEVER_SENT = {"canceled", "unavailable"}
CARRIER = "correios"
AT_ONCE = 500
LINE = OrderedLine(title={"en": "Goods"}, price=Money(1, "BRL"))


class LateFigures(Struct, frozen=True):
    """What the house noticed, and when; lateness is counted in days where the parcel went.

    ``flagged``: of the late ones that came. ``false_alarms`` had come by their last day.
    """

    heard_after_hours: float
    orders: int
    delivered: int
    late: int
    late_percent: float
    flagged: int
    not_flagged: int
    came_within_grace: int
    false_alarms: int
    never_came_flagged: int
    flagged_after_hours: float
    told_before_arrival_p50_hours: float
    told_before_arrival_p10_hours: float
    virtual_days: int
    seconds: float


class Bought(NamedTuple):
    """One order of the table."""

    number: str
    placed: datetime
    sent: datetime | None
    came: datetime | None
    eta: Eta

    @property
    def is_late(self) -> bool:
        return self.came is not None and self.eta.day_of(self.came) > self.eta.latest

    @property
    def due(self) -> datetime:
        return day_after(self.eta) + GRACE


class Step(NamedTuple):
    """Something that becomes known: an order, or what its carrier said of it."""

    at: datetime
    order: Bought
    said: Said | None = None


class Clock:
    """A clock that is set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def measure(table: Path, heard_after: float) -> LateFigures:
    """Play the table once; what carriers say is heard so many hours after it happened."""
    orders = list(_read(table))
    steps = sorted(_steps(orders, timedelta(hours=heard_after)), key=lambda step: step.at)
    began, clock = time.monotonic(), Clock(steps[0].at)
    with TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), database=database())
        found(settings, 1)
        app = build(settings, clock=clock)
        try:
            _play(app, clock, orders, steps)
            flagged = app.db.read_now(_flagged)
        finally:
            app.close()
    took = time.monotonic() - began
    return _figures(orders, flagged, heard_after, took)


def _read(table: Path) -> Iterator[Bought]:
    zone = ZoneInfo(ZONE)

    def moment(words: str) -> datetime | None:
        return datetime.strptime(words, WRITTEN).replace(tzinfo=zone) if words else None

    with table.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            placed = moment(row["order_purchase_timestamp"])
            last = moment(row["order_estimated_delivery_date"])
            if row["order_status"] in NEVER_SENT or placed is None or last is None:
                continue
            sent = moment(row["order_delivered_carrier_date"])
            came = moment(row["order_delivered_customer_date"])
            eta = Eta(last.date(), last.date(), ZONE)
            yield Bought(row["order_id"], placed, sent, came, eta)


def _steps(orders: Iterable[Bought], later: timedelta) -> Iterator[Step]:
    for order in orders:
        yield Step(order.placed, order)
        for code, at in (("EMA", order.sent), ("EMI", order.came)):
            if at is not None:
                heard = max(at + later, order.placed)
                yield Step(heard, order, Said(order.number, at.isoformat(), code))


def _play(app: App, clock: Clock, orders: Sequence[Bought], steps: Sequence[Step]) -> None:
    """Let time run from one moment at which something is due to the next, and do what is due."""
    carrier = PutCarrier(name="Correios", vocabulary="upu_emsevt", kind=CarrierKind.POST, zone=ZONE)
    app.db.write_now(roster.put_carrier, SYSTEM, CARRIER, carrier)
    buyer = app.db.write_now(_buyer)
    ends = sorted({order.due for order in orders} | {steps[-1].at})
    waiting = iter(steps)
    step = next(waiting, None)
    for end in ends:
        news: list[Step] = []
        while step is not None and step.at < end:
            news.append(step)
            step = next(waiting, None)
        clock.now = end
        _take(app, buyer, news)
        while app.db.write_now(_fire, app):
            pass


def _buyer(tx: Tx) -> PersonId:
    new = NewPerson(email="late@example.org", name="Bench", verified=True)
    return accounts.add_person(tx, SYSTEM, new, NOBODY_SIGNS_IN).id


def _take(app: App, buyer: PersonId, news: Sequence[Step]) -> None:
    shop = app.db.read_now(service.shops)[0]
    placed = [
        PlaceOrder(
            number=step.order.number,
            buyer=buyer,
            shop=shop.id,
            placed_at=step.order.placed,
            currency="BRL",
            state=OrderState.PAID,
            lines=[LINE],
            shipments=[SentParcel("Correios", step.order.number.upper(), eta=step.order.eta)],
        )
        for step in news
        if step.said is None
    ]
    said = [step.said for step in news if step.said is not None]
    for begin in range(0, len(placed), AT_ONCE):
        app.db.write_now(service.put_orders, SYSTEM, shop.id, placed[begin : begin + AT_ONCE])
    for begin in range(0, len(said), AT_ONCE):
        app.db.write_now(_hear, said[begin : begin + AT_ONCE])


def _hear(tx: Tx, said: Sequence[Said]) -> None:
    carrier = roster.carrier(tx, CARRIER)
    listening.take(tx, [read(carrier, one, tx.now) for one in said])


def _fire(tx: Tx, app: App) -> int:
    """Do what is due now of parcels' days; return how much that was."""
    due = deadlines.due(tx, [LATE], AT_ONCE)
    for deadline in deadlines.fire(tx, due):
        app.deadlines[LATE](tx, deadline.entity)
    return len(due)


def _flagged(tx: Tx) -> dict[str, datetime]:
    """Return when each order was said to be late, by its number."""
    told = select(journal.c.at, journal.c.body).where(journal.c.fact == ShipmentLate.__name__)
    facts = [(at, msgspec.json.decode(body, type=ShipmentLate)) for at, body in tx.execute(told)]
    return {service.order(tx, SYSTEM, fact.order).number: at for at, fact in facts}


def _figures(
    orders: Sequence[Bought], flagged: Mapping[str, datetime], heard_after: float, took: float
) -> LateFigures:
    came = [order for order in orders if order.came is not None]
    late = [order for order in came if order.is_late]
    seen = [order for order in late if order.number in flagged]
    missed = [order for order in late if order.number not in flagged]
    early = [_hours(order.came - flagged[order.number]) for order in seen if order.came]
    after = [_hours(flagged[order.number] - day_after(order.eta)) for order in seen]
    return LateFigures(
        heard_after_hours=heard_after,
        orders=len(orders),
        delivered=len(came),
        late=len(late),
        late_percent=round(100 * len(late) / len(came), 2),
        flagged=len(seen),
        not_flagged=len(missed),
        came_within_grace=sum(o.came is not None and o.came < o.due for o in missed),
        false_alarms=sum(o.number in flagged and not o.is_late for o in came),
        never_came_flagged=sum(o.number in flagged and o.came is None for o in orders),
        flagged_after_hours=round(max(after, default=0.0), 2),
        told_before_arrival_p50_hours=round(statistics.median(early), 1),
        told_before_arrival_p10_hours=round(sorted(early)[len(early) // 10], 1),
        virtual_days=(max(o.due for o in orders) - min(o.placed for o in orders)).days,
        seconds=round(took, 1),
    )


def _hours(time: timedelta) -> float:
    return time.total_seconds() / 3600
