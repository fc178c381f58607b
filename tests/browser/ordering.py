"""Orders of today, placed beside a running marketplace: those of the demo are of another day."""

from datetime import UTC, datetime, timedelta

from shopbell.accounts import service as accounts
from shopbell.commerce import service as commerce
from shopbell.commerce.commands import OrderedLine, PlaceOrder, Search, SentParcel
from shopbell.commerce.model import Eta, Order
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import SYSTEM, PersonId
from shopbell.kernel.ids import new_id
from tests.support.server import RunningServer

SHOES = "teply-shag"
"""The demo's shop that sells shoes."""


def came(market: RunningServer, buyer: str) -> Order:
    """Let shoes of one size have come the day before yesterday."""
    now = datetime.now(UTC)
    parcel = SentParcel(
        carrier="CDEK",
        tracking_number=_number(),
        shipped_at=now - timedelta(days=5),
        delivered_at=now - timedelta(days=2),
    )
    return _placed(market, PersonId(buyer), parcel, now - timedelta(days=6))


def is_late(market: RunningServer, buyer: str) -> Order:
    """Let shoes be on their way, two days later than was promised."""
    now = datetime.now(UTC)
    due = (now - timedelta(days=2)).date()
    parcel = SentParcel(
        carrier="CDEK",
        tracking_number=_number(),
        shipped_at=now - timedelta(days=9),
        eta=Eta(due - timedelta(days=2), due, "Europe/Moscow"),
    )
    return _placed(market, PersonId(buyer), parcel, now - timedelta(days=10))


def _placed(market: RunningServer, buyer: PersonId, parcel: SentParcel, at: datetime) -> Order:
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
                buyer=accounts.person(tx, buyer).id,
                shop=shop.id,
                placed_at=at,
                currency=pair.price.currency,
                lines=[line],
                shipments=[parcel],
            ),
        )

    db = Database(f"sqlite:///{market.data}/shopbell.db")
    try:
        return db.write_now(place)
    finally:
        db.close()


def _number() -> str:
    return f"10{int(new_id()[-8:], 16) % 10**9:09}"
