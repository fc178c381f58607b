"""Carriers that tell of many parcels: words that are news, then the same words once more."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from msgspec import Struct

from shopbell.app import App, build
from shopbell.cli.bench import floor
from shopbell.cli.bench.people import found
from shopbell.cli.bench.server import database
from shopbell.commerce import listening, roster, service
from shopbell.commerce.carriers import CarrierId, GiveSecret
from shopbell.commerce.commands import OrderedLine, PlaceOrder, SentParcel
from shopbell.commerce.listening import Told
from shopbell.commerce.model import Eta, Money
from shopbell.commerce.reports import CarrierNews, Heard
from shopbell.commerce.signing import sign
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import SYSTEM, PersonId
from shopbell.kernel.ids import new_id

WAY = (
    "RECEIVED_AT_SHIPMENT_WAREHOUSE",
    "SEND_TO_TRANSIT_OFFICE",
    "MET_AT_TRANSIT_OFFICE",
    "SEND_TO_RECIPIENT_OFFICE",
    "MET_AT_RECIPIENT_OFFICE",
    "ISSUED_FOR_DELIVERY",
    "DELIVERED",
)
"""What a courier tells of a parcel from hand-over to delivery."""

CARRIER = CarrierId("cdek")
AT_ONCE = 500


class TrackingFigures(Struct, frozen=True):
    """One run: every request was signed, read from its JSON, and answered after its commit."""

    parcels: int
    events: int
    batch: int
    lines: int
    news_per_second: float
    again_per_second: float
    news_cpu_us: float
    again_cpu_us: float
    again_share: float
    insert_cpu_us: float
    times_the_floor: float
    lost: int
    doubled: int


class Round(Struct, frozen=True):
    """How long a round took, by the clock and by the processor, and how much of it was news."""

    seconds: float
    cpu: float
    news: int


def measure(parcels: int, batch: int, lines: int) -> TrackingFigures:
    """Fill a house with parcels, tell of them, and tell the same again; then the floor."""
    with TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), database=database())
        found(settings, 1)
        app = build(settings)
        try:
            _send(app, parcels)
            bodies = list(_bodies(app.db.clock(), parcels, batch))
            news, again = _tell(app, bodies, lines), _tell(app, bodies, lines)
        finally:
            app.close()
    with TemporaryDirectory() as folder:
        insert = floor.inserts(database(), Path(folder), parcels, batch, floor.SECONDS)
    events = parcels * len(WAY)
    cost, repeat = (one.cpu / events * 1e6 for one in (news, again))
    return TrackingFigures(
        parcels=parcels,
        events=events,
        batch=batch,
        lines=lines,
        news_per_second=round(events / news.seconds, 1),
        again_per_second=round(events / again.seconds, 1),
        news_cpu_us=round(cost, 1),
        again_cpu_us=round(repeat, 1),
        again_share=round(repeat / cost, 2),
        insert_cpu_us=round(insert, 1),
        times_the_floor=round(cost / insert, 2),
        lost=max(0, events - news.news),
        doubled=again.news,
    )


def _send(app: App, parcels: int) -> None:
    """Have a shop send parcels, each by an order of its own."""
    write = app.db.write_now
    write(roster.put_well_known, SYSTEM, [CARRIER])
    write(roster.give_secret, SYSTEM, CARRIER, GiveSecret(CARRIER * 10))
    shop, buyer = app.db.read_now(service.shops)[0], PersonId(new_id())
    today = app.db.clock().date()
    eta = Eta(today + timedelta(days=3), today + timedelta(days=5), "Europe/Moscow")
    line = OrderedLine(title={"en": "Lamp"}, price=Money(100, "EUR"))
    asked = [
        PlaceOrder(
            number=f"B-{n}",
            buyer=buyer,
            shop=shop.id,
            placed_at=app.db.clock(),
            currency="EUR",
            lines=[line],
            shipments=[SentParcel("CDEK", _number(n), eta=eta)],
        )
        for n in range(parcels)
    ]
    for begin in range(0, parcels, AT_ONCE):
        write(service.put_orders, SYSTEM, shop.id, asked[begin : begin + AT_ONCE])


def _bodies(now: datetime, parcels: int, batch: int) -> Iterator[bytes]:
    """Tell of all parcels a step at a time, as carriers do."""
    begin = now - timedelta(days=2)
    said = [
        {"number": _number(n), "code": code, "at": _at(begin, step), "place": f"City {n % 90}"}
        for step, code in enumerate(WAY)
        for n in range(parcels)
    ]
    for place in range(0, len(said), batch):
        yield msgspec.json.encode({"events": said[place : place + batch]})


def _tell(app: App, bodies: Sequence[bytes], lines: int) -> Round:
    """Tell everything over several lines at once."""
    began, used = time.monotonic(), time.process_time()
    news = asyncio.run(_told(app, iter(bodies), lines))
    return Round(time.monotonic() - began, time.process_time() - used, news)


async def _told(app: App, bodies: Iterator[bytes], lines: int) -> int:
    return sum(await asyncio.gather(*(_over_a_line(app, bodies) for _line in range(lines))))


async def _over_a_line(app: App, bodies: Iterator[bytes]) -> int:
    """Make the requests that come next, each once the one before is answered."""
    return sum([await _ask(app, body) for body in bodies])


async def _ask(app: App, body: bytes) -> int:
    """Make one signed request as the web does, and return how much of it was news."""
    stamp = str(int(app.db.clock().timestamp()))
    news = msgspec.json.decode(body, type=CarrierNews)
    told = Told(CARRIER, stamp, sign(CARRIER * 10, stamp, body), body, news)
    took = await app.db.write_together(listening.hear_all, told)
    return sum(one.heard is Heard.TAKEN for one in took)


def _number(n: int) -> str:
    return str(1_480_000_000 + n)


def _at(begin: datetime, step: int) -> str:
    return (begin + timedelta(hours=6 * step)).isoformat()
