"""Orders of today, placed beside a running marketplace: those of the demo are of another day."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx
import msgspec
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Table, select, update

from shopbell.accounts import service as accounts
from shopbell.accounts.model import NewPerson
from shopbell.accounts.passwords import hash_now
from shopbell.cases.model import Due
from shopbell.cases.tables import cases, promises
from shopbell.commerce import roster
from shopbell.commerce import service as commerce
from shopbell.commerce.carriers import GiveSecret, well_known
from shopbell.commerce.commands import OrderedLine, PlaceOrder, Search, SentParcel
from shopbell.commerce.model import Eta, Order
from shopbell.commerce.signing import sign
from shopbell.commerce.tables import shipments
from shopbell.demo.carrier import SECRET
from shopbell.engine.database import Database, Tx
from shopbell.engine.deadlines import deadlines
from shopbell.kernel.actor import SYSTEM, PersonId, Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import Locale
from tests.support.server import RunningServer

SHOES = "teply-shag"
"""The demo's shop that sells shoes."""

ZONE = "Europe/Moscow"
T = TypeVar("T")


def came(market: RunningServer, buyer: str) -> Order:
    """Let shoes of one size have come the day before yesterday."""
    now = datetime.now(UTC)
    parcel = SentParcel(
        carrier="CDEK",
        tracking_number=_number(),
        shipped_at=now - timedelta(days=5),
        delivered_at=now - timedelta(days=2),
    )
    return _placed(market, buyer, parcel, now - timedelta(days=6))


def is_late(market: RunningServer, buyer: str) -> Order:
    """Let shoes be on their way, two days later than was promised."""
    now = datetime.now(UTC)
    due = (now - timedelta(days=2)).date()
    parcel = SentParcel(
        carrier="CDEK",
        tracking_number=_number(),
        shipped_at=now - timedelta(days=9),
        eta=Eta(due - timedelta(days=2), due, ZONE),
    )
    return _placed(market, buyer, parcel, now - timedelta(days=10))


def answers_at(market: RunningServer, service: str) -> None:
    """Let the carrier of these orders have a service that is asked, and that tells of parcels."""
    cdek = replace(well_known()["cdek"], api=service)

    def put(tx: Tx) -> None:
        roster.put_carrier(tx, SYSTEM, "cdek", cdek)
        roster.give_secret(tx, SYSTEM, "cdek", GiveSecret(SECRET))

    _beside(market, put)


def is_delivered(market: RunningServer, order: Order) -> None:
    """Have the carrier tell that an order's parcel was handed over."""
    told = {"number": order.shipments[0].tracking_number, "code": "DELIVERED"}
    body = msgspec.json.encode({"events": [{**told, "at": datetime.now(UTC)}]})
    stamp = str(int(time.time()))
    headers = {
        "content-type": "application/json",
        "shopbell-timestamp": stamp,
        "shopbell-signature": sign(SECRET, stamp, body),
    }
    answer = httpx.post(f"{market.url}/api/v1/tracking/cdek", content=body, headers=headers)
    assert answer.json() == {"events": [{"outcome": "taken"}]}, answer.text


def days_pass(market: RunningServer, order: str, days: int) -> None:
    """Put every date of an order's parcels and cases back by some days, as if these had passed.

    The server looks at its own clock, and finds that something has become due.
    """
    by = timedelta(days=days)

    def put_back(tx: Tx) -> None:
        parcels = _put_back(tx, shipments, shipments.c.order == order, by)
        running = _put_back(tx, cases, cases.c.order == order, by)
        _put_back(tx, promises, promises.c.case.in_(running), by)
        _put_back(tx, deadlines, deadlines.c.entity.in_([*parcels, *running]), by)

    _beside(market, put_back)


def hires(market: RunningServer, locale: Locale) -> tuple[str, str]:
    """Let one more person work for the marketplace; return address and password."""
    email, password = f"{new_id()}@example.org", "nine red kettles"
    person = NewPerson(email, "Viola Berg", Side.OPERATOR, locale, verified=True)
    _beside(market, lambda tx: accounts.add_person(tx, SYSTEM, person, hash_now(password)))
    return email, password


def _put_back(tx: Tx, table: Table, which: ColumnElement[bool], by: timedelta) -> list[str]:
    rows = [row._mapping for row in tx.execute(select(table).where(which))]  # noqa: SLF001
    for row in rows:
        of = [column == row[column.key] for column in table.primary_key]
        earlier = {name: _earlier(value, by) for name, value in row.items()}
        tx.execute(update(table).where(*of).values(earlier))
    return [row["id"] for row in rows if "id" in row]


def _earlier(value: Any, by: timedelta) -> Any:
    match value:
        case datetime():
            return value - by
        case Eta():
            return replace(value, earliest=value.earliest - by, latest=value.latest - by)
        case Due():
            return replace(value, at=value.at - by, since=value.since - by)
        case _:
            return value


def _placed(market: RunningServer, buyer: str, parcel: SentParcel, at: datetime) -> Order:
    def place(tx: Tx) -> Order:
        shop = commerce.shop(tx, SHOES)
        on_sale = commerce.catalogue(tx, Search(shop=shop.id, limit=50)).items
        pair = next(one for one in on_sale if len(one.variants) > 1)
        line = OrderedLine(product=pair.id, variant=pair.variants[0].id)
        return commerce.place_order(
            tx,
            SYSTEM,
            PlaceOrder(
                number=f"T-{new_id()[-8:]}",
                buyer=accounts.person(tx, PersonId(buyer)).id,
                shop=shop.id,
                placed_at=at,
                currency=pair.price.currency,
                lines=[line],
                shipments=[parcel],
            ),
        )

    return _beside(market, place)


def _beside(market: RunningServer, work: Callable[[Tx], T]) -> T:
    db = Database(f"sqlite:///{market.data}/shopbell.db")
    try:
        return db.write_now(work)
    finally:
        db.close()


def _number() -> str:
    return f"10{int(new_id()[-8:], 16) % 10**9:09}"
