"""What this room announces. Others may react; all of it is in the journal."""

from shopbell.commerce.model import Eta, OrderId, OrderState, ProductId, ShipmentId, TrackingEvent
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.kernel.events import Fact
from shopbell.kernel.texts import Words


class ShopOpened(Fact, frozen=True):
    """A shop joined the marketplace."""

    shop: ShopId
    slug: str


class ProductListed(Fact, frozen=True):
    """A product was put on sale, or its listing changed."""

    shop: ShopId
    product: ProductId


class OrderPlaced(Fact, frozen=True):
    """An order reached us."""

    shop: ShopId
    order: OrderId
    number: str
    buyer: PersonId


class OrderChanged(Fact, frozen=True):
    """An order's state or lines are other than before."""

    shop: ShopId
    order: OrderId
    state: OrderState


class OrdersMoved(Fact, frozen=True):
    """The buyer of some orders, known by an address only, has an account that owns it now."""

    orders: list[OrderId]
    before: PersonId
    buyer: PersonId


class TrackingSeen(Fact, frozen=True):
    """A carrier said something new about a parcel."""

    shop: ShopId
    order: OrderId
    shipment: ShipmentId
    event: TrackingEvent


class EtaChanged(Fact, frozen=True):
    """A parcel is expected on other days than before."""

    shop: ShopId
    order: OrderId
    shipment: ShipmentId
    before: Eta | None
    after: Eta
    reason: Words | None
