"""How an order as it is told becomes an order as we keep it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from shopbell.commerce.commands import OrderedLine, PlaceOrder, SentParcel
from shopbell.commerce.model import (
    CurrenciesMixed,
    Eta,
    LineIncomplete,
    Money,
    Order,
    OrderId,
    OrderLine,
    OrderLineId,
    OrderState,
    Product,
    ProductId,
    Shipment,
    ShipmentId,
    TrackingEvent,
    in_order,
)
from shopbell.commerce.tracking import Milestone, check_number
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import Words

MOVED = frozenset(Milestone) - {Milestone.PENDING, Milestone.INFO_RECEIVED, Milestone.CANCELLED}
Goods = Mapping[ProductId, Product]


def ordered(asked: PlaceOrder, goods: Goods, known: Order | None) -> Order:
    """Return the whole order as told, on top of what we knew of it."""
    earlier = known.lines if known else []
    lines = [
        _line(line, goods, earlier[n] if n < len(earlier) else None)
        for n, line in enumerate(asked.lines)
    ]
    order = Order(
        id=known.id if known else OrderId(new_id()),
        number=asked.number,
        buyer=asked.buyer,
        shop=asked.shop,
        state=asked.state or (known.state if known else OrderState.CREATED),
        placed_at=asked.placed_at,
        total=_total(asked, lines),
        lines=lines,
        shipments=_parcels(asked.shipments, known.shipments if known else []),
    )
    return order if asked.state else replace(order, state=state_after(order))


def with_event(parcel: Shipment, event: TrackingEvent) -> Shipment:
    """Return the parcel after one more word of its carrier; a repeated word changes nothing."""
    if _said(event) in map(_said, parcel.events):
        return parcel
    return _told(replace(parcel, events=[*parcel.events, event]))


def with_eta(
    parcel: Shipment, eta: Eta | None, reason: Words | None, said_at: datetime | None
) -> Shipment:
    """Return the parcel with the days it is expected on now; the first ones stay.

    Days said earlier than those we know, or nobody knows when, change nothing.
    """
    if eta is None or not _is_news(parcel, said_at):
        return parcel
    if eta == parcel.eta:
        return replace(parcel, eta_at=said_at)
    first = parcel.first_eta or eta
    return replace(parcel, eta=eta, first_eta=first, eta_at=said_at, eta_reason=reason)


def _is_news(parcel: Shipment, said_at: datetime | None) -> bool:
    if parcel.eta is None:
        return True
    return said_at is not None and (parcel.eta_at is None or said_at > parcel.eta_at)


def state_after(order: Order) -> OrderState:
    """Return how far the order has come, judged by its parcels."""
    states = {parcel.state for parcel in order.shipments}
    if order.state is OrderState.CANCELLED or not states:
        return order.state
    if states == {Milestone.RETURNED}:
        return OrderState.RETURNED
    if states == {Milestone.DELIVERED}:
        return OrderState.DELIVERED
    begun = order.state in {OrderState.CREATED, OrderState.PAID}
    return OrderState.SHIPPED if begun and states & MOVED else order.state


def _total(asked: PlaceOrder, lines: Sequence[OrderLine]) -> Money:
    parts = [line.price.times(line.quantity) for line in lines]
    total = asked.total or Money(sum(part.amount for part in parts), asked.currency)
    if {part.currency for part in (*parts, total)} != {asked.currency}:
        raise CurrenciesMixed(number=asked.number)
    return total


def _line(asked: OrderedLine, goods: Goods, known: OrderLine | None) -> OrderLine:
    """Fill in what was not told: from the line as we know it, else from the product of today."""
    if known and (known.product, known.variant) == (asked.product, asked.variant):
        return replace(
            known,
            quantity=asked.quantity,
            price=asked.price or known.price,
            title=asked.title or known.title,
        )
    product = goods.get(asked.product) if asked.product else None
    title = asked.title or (product.title if product else None)
    price = asked.price or _price(product, asked)
    if title is None or price is None:
        raise LineIncomplete
    return OrderLine(
        id=known.id if known else OrderLineId(new_id()),
        product=asked.product,
        variant=asked.variant,
        title=title,
        picture=next(iter(product.pictures), None) if product else None,
        quantity=asked.quantity,
        price=price,
        warranty_months=product.warranty_months if product else None,
    )


def _price(product: Product | None, asked: OrderedLine) -> Money | None:
    if product is None:
        return None
    return next((v.price for v in product.variants if v.id == asked.variant), product.price)


def _parcels(told: Iterable[SentParcel], known: Sequence[Shipment]) -> list[Shipment]:
    """Return the known parcels with what was told of them, then the new ones."""
    parcels = list(known)
    for news in told:
        check_number(news.tracking_number)
        found = _same(parcels, news)
        if found is None:
            parcels.append(_after(_new_parcel(), news))
        else:
            parcels[found] = _after(parcels[found], news)
    return parcels


def _same(parcels: Sequence[Shipment], news: SentParcel) -> int | None:
    """Find the parcel that is meant: by its number, else the one that had none yet."""
    numbers = [parcel.tracking_number for parcel in parcels]
    return next((numbers.index(n) for n in (news.tracking_number, "") if n in numbers), None)


def _after(parcel: Shipment, news: SentParcel) -> Shipment:
    """Return the parcel after the news."""
    told = replace(
        with_eta(parcel, news.eta, news.eta_reason, news.eta_at),
        carrier=news.carrier or parcel.carrier,
        tracking_number=news.tracking_number or parcel.tracking_number,
        shipped_at=news.shipped_at or parcel.shipped_at,
        delivered_at=news.delivered_at or parcel.delivered_at,
    )
    for event in news.events:
        told = with_event(told, event)
    return _told(told)


def _told(parcel: Shipment) -> Shipment:
    """Return the parcel in the state its events tell, sorted by when they happened."""
    events = in_order(parcel.events)
    moved = next((event.at for event in events if event.milestone in MOVED), None)
    arrived = [event.at for event in events if event.milestone is Milestone.DELIVERED]
    return replace(
        parcel,
        events=events,
        state=events[-1].milestone if events else _state_without_events(parcel),
        shipped_at=parcel.shipped_at or moved,
        delivered_at=parcel.delivered_at or (arrived[-1] if arrived else None),
    )


def _state_without_events(parcel: Shipment) -> Milestone:
    if parcel.delivered_at:
        return Milestone.DELIVERED
    return Milestone.ACCEPTED if parcel.shipped_at else Milestone.PENDING


def _new_parcel() -> Shipment:
    return Shipment(
        id=ShipmentId(new_id()),
        carrier="",
        tracking_number="",
        state=Milestone.PENDING,
        eta=None,
        first_eta=None,
        eta_reason=None,
        shipped_at=None,
        delivered_at=None,
    )


def _said(event: TrackingEvent) -> tuple[object, ...]:
    return event.code, event.at, event.place
