"""What this room announces. Others may react; all of it is in the journal."""

from datetime import datetime

from shopbell.commerce.model import Eta, OrderId, OrderState, ProductId, ShipmentId, TrackingEvent
from shopbell.commerce.tracking import Milestone
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


class ShipmentLate(Fact, frozen=True):
    """The days a parcel was expected on have passed; said once for these days."""

    shop: ShopId
    order: OrderId
    buyer: PersonId
    shipment: ShipmentId
    eta: Eta


class ShipmentStalled(Fact, frozen=True):
    """Too long nothing was heard of a parcel: since its ``last`` event, or its hand-over."""

    shop: ShopId
    order: OrderId
    buyer: PersonId
    shipment: ShipmentId
    since: datetime
    last: Milestone | None
