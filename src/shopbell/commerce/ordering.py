"""How an order as it is told becomes an order as we keep it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from shopbell.commerce.carriers import Carrier, find
from shopbell.commerce.commands import OrderedLine, PlaceOrder, SentParcel
from shopbell.commerce.model import (
    CurrenciesMixed,
    Errand,
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
    awaited,
    in_order,
)
from shopbell.commerce.numbers import check_number
from shopbell.commerce.tracking import Milestone
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import Words

MOVED = frozenset(Milestone) - {Milestone.PENDING, Milestone.INFO_RECEIVED, Milestone.CANCELLED}
RANKS: Mapping[Milestone, int] = {milestone: rank for rank, milestone in enumerate(Milestone)}
"""Of two things that happened at one moment, the later one in our list is the news."""

Goods = Mapping[ProductId, Product]


def ordered(
    asked: PlaceOrder, goods: Goods, known: Order | None, carriers: Sequence[Carrier] = ()
) -> Order:
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
        shipments=_parcels(asked.shipments, known.shipments if known else [], carriers),
        beside=known.beside if known else [],
    )
    if asked.state:
        return order
    return replace(order, state=state_after(order.state, order.shipments))


def with_event(parcel: Shipment, event: TrackingEvent) -> Shipment:
    """Return the parcel after one more word of its carrier; a repeated word changes nothing."""
    if _said(event) in map(_said, parcel.events):
        return parcel
    return after(replace(parcel, events=in_order([*parcel.events, event])), event)


def with_another(
    order: Order, sent: SentParcel, lost: ShipmentId | None, carriers: Sequence[Carrier]
) -> Order:
    """Return the order with one more parcel; as that one is to come, the order has not arrived."""
    _check_number(sent, carriers)
    parcel = _after(replace(_new_parcel(), instead_of=lost), sent)
    return replace(order, shipments=[*order.shipments, parcel], state=OrderState.SHIPPED)


def after(parcel: Shipment, event: TrackingEvent) -> Shipment:
    """Return the parcel as a word of its carrier leaves it, in whatever order the words arrive."""
    is_newest = parcel.event_at is None or (event.at, RANKS[event.milestone]) >= (
        parcel.event_at,
        RANKS[parcel.state],
    )
    shipped, delivered = parcel.shipped_at, parcel.delivered_at
    if event.milestone in MOVED:
        shipped = min(shipped or event.at, event.at)
    if event.milestone is Milestone.DELIVERED:
        delivered = max(delivered or event.at, event.at)
    return replace(
        parcel,
        state=event.milestone if is_newest else parcel.state,
        event_at=event.at if is_newest else parcel.event_at,
        shipped_at=shipped,
        delivered_at=delivered,
        late=parcel.late and delivered is None,
        stalled_since=None if is_newest else parcel.stalled_since,
    )


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
    return replace(parcel, eta=eta, first_eta=first, eta_at=said_at, eta_reason=reason, late=False)


def _is_news(parcel: Shipment, said_at: datetime | None) -> bool:
    if parcel.eta is None:
        return True
    return said_at is not None and (parcel.eta_at is None or said_at > parcel.eta_at)


def state_after(state: OrderState, parcels: Iterable[Shipment]) -> OrderState:
    """Return how far an order has come that was in ``state``, judged by its parcels."""
    parcels = awaited(parcels)
    states = {parcel.state for parcel in parcels}
    if state is OrderState.CANCELLED or not states:
        return state
    if states == {Milestone.RETURNED}:
        return OrderState.RETURNED
    if all(_has_arrived(parcel) for parcel in parcels):
        return OrderState.DELIVERED
    begun = state in {OrderState.CREATED, OrderState.PAID}
    return OrderState.SHIPPED if begun and states & MOVED else state


def _has_arrived(parcel: Shipment) -> bool:
    """Tell whether it was delivered once; it may be on its way back."""
    return parcel.state is Milestone.DELIVERED or parcel.delivered_at is not None


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


def _parcels(
    told: Iterable[SentParcel], known: Sequence[Shipment], carriers: Sequence[Carrier]
) -> list[Shipment]:
    """Return the known parcels with what was told of them, then the new ones."""
    parcels = list(known)
    for news in told:
        _check_number(news, carriers)
        found = _same(parcels, news)
        if found is None:
            parcels.append(_after(_new_parcel(), news))
        else:
            parcels[found] = _after(parcels[found], news)
    return parcels


def parcel_beside(errand: Errand, news: SentParcel, carriers: Sequence[Carrier]) -> Shipment:
    """Return the new parcel of a return or an exchange."""
    _check_number(news, carriers)
    return _after(replace(_new_parcel(), errand=errand), news)


def _check_number(news: SentParcel, carriers: Sequence[Carrier]) -> None:
    if carrier := find(carriers, news.carrier):
        carrier.check(news.tracking_number)
    else:
        check_number(news.tracking_number)


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
    return _as_told(told)


def _as_told(parcel: Shipment) -> Shipment:
    """Return the parcel in the state its dates tell, if no event has told one."""
    if parcel.event_at is not None:
        return parcel
    told = Milestone.DELIVERED if parcel.delivered_at else Milestone.ACCEPTED
    return replace(
        parcel, state=told if parcel.delivered_at or parcel.shipped_at else Milestone.PENDING
    )


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
