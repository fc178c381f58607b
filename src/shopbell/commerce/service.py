"""What people do in the marketplace. Each function is one transaction.

Everything that has a name of its own outside (a shop's address, an offer id, an order's
number, a carrier's event) may be given again: the second time changes only what differs.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from shopbell.accounts import service as accounts
from shopbell.commerce import listening, roster, stocking, watch
from shopbell.commerce.carriers import Carrier
from shopbell.commerce.commands import (
    PAGE,
    PAGE_MOST,
    ListProduct,
    OpenShop,
    Outcome,
    PlaceOrder,
    Put,
    Search,
    SentParcel,
)
from shopbell.commerce.facts import (
    EtaChanged,
    OrderChanged,
    OrderPlaced,
    ShopOpened,
    TrackingSeen,
)
from shopbell.commerce.hours import find_zone
from shopbell.commerce.listing import search_patterns
from shopbell.commerce.model import (
    BadCursor,
    Errand,
    Eta,
    NoSuchOrder,
    NoSuchPicture,
    NoSuchProduct,
    NoSuchShipment,
    NoSuchShop,
    NotYourShop,
    NoWayToReach,
    Offer,
    Order,
    OrderId,
    OrderOfAnotherBuyer,
    Page,
    Product,
    ProductId,
    SeveralOrders,
    Shipment,
    ShipmentId,
    Shop,
    TrackingEvent,
)
from shopbell.commerce.ordering import (
    Goods,
    ordered,
    parcel_beside,
    state_after,
    with_another,
    with_eta,
    with_event,
)
from shopbell.commerce.stocking import check_may_look, check_may_write
from shopbell.commerce.storage import Orders, Products, Shops
from shopbell.commerce.tracking import milestone_of
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, PersonId, ShopId, Side
from shopbell.kernel.ids import is_id, new_id
from shopbell.kernel.texts import Words

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NO_SHOP = ShopId("00000000-0000-0000-0000-000000000000")


def shops(tx: Tx) -> list[Shop]:
    """List the shops of the marketplace by name."""
    return Shops(tx).all()


def shop(tx: Tx, slug_or_id: str) -> Shop:
    """Return one shop."""
    kept = Shops(tx)
    found = kept.by_id(slug_or_id) if is_id(slug_or_id) else None
    found = found or kept.by_slug(_name(slug_or_id))
    if found is None:
        raise NoSuchShop(shop=slug_or_id[:80])
    return found


def managed(tx: Tx, actor: Actor, slug_or_id: str) -> Shop:
    """Return a shop whose rules ``actor`` may see: its managers and the operator."""
    found = shop(tx, slug_or_id)
    check_may_look(actor, found.id)
    return found


def open_shop(tx: Tx, actor: Actor, asked: OpenShop) -> Shop:
    """Open a shop, or change the one at this address."""
    find_zone(asked.zone)
    if not asked.channels:
        raise NoWayToReach
    kept = Shops(tx)
    known = kept.by_slug(asked.slug)
    check_may_write(actor, known.id if known else NO_SHOP)
    fields = {name: getattr(asked, name) for name in asked.__struct_fields__}
    wanted = Shop(id=known.id if known else ShopId(new_id()), **fields)
    kept.show_pictures(filter(None, [wanted.picture]))
    if known is None:
        kept.add(wanted)
        tx.announce(ShopOpened(shop=wanted.id, slug=wanted.slug))
    elif known != wanted:
        kept.change(wanted)
    return wanted


def change_shop(tx: Tx, actor: Actor, slug_or_id: str, asked: OpenShop) -> Shop:
    """Say anew what an existing shop shows of itself; its address stays as it is."""
    known = shop(tx, slug_or_id)
    changed = open_shop(tx, actor, replace(asked, slug=known.slug))
    accounts.audit(tx, actor, "shop_changed", shop=known.id)
    return changed


def categories(tx: Tx) -> list[str]:
    """List the categories that hold products."""
    return Products(tx).categories()


def catalogue(tx: Tx, search: Search) -> Page[Product]:
    """Show a page of what is on sale, newest first."""
    given = search_patterns(search.q or "")
    if search.shop:
        given["shop"] = shop(tx, search.shop).id
    if search.category:
        given["category"] = _name(search.category)
    if search.after:
        given["after"] = _checked_id(search.after)
    limit = _clamped(search.limit)
    found = Products(tx).find(limit + 1, given)
    return Page(found[:limit], found[limit - 1].id if len(found) > limit else None)


def product(tx: Tx, slug_or_id: str, *, hold: bool = False) -> Product:
    """Return one product; ``hold`` lets nobody else have it held meanwhile."""
    kept = Products(tx)
    found = kept.find(1, {"id": slug_or_id}, hold=hold) if is_id(slug_or_id) else []
    found = found or kept.find(1, {"slug": _name(slug_or_id)}, hold=hold)
    if not found:
        raise NoSuchProduct(product=slug_or_id[:80])
    return found[0]


def add_product(tx: Tx, actor: Actor, shop_id: ShopId, asked: ListProduct) -> Product:
    """Put a product on sale, or change its listing."""
    return put_product(tx, actor, shop_id, asked).item


def put_product(tx: Tx, actor: Actor, shop_id: ShopId, asked: ListProduct) -> Put[Product]:
    """Do the same, and tell whether that was news."""
    return stocking.put_products(tx, actor, shop_id, [asked])[0]


def find_offer(tx: Tx, shop_id: ShopId, offer_id: str) -> Offer | None:
    """Return what the shop sells under a code of its own: a product, or a choice of one."""
    if known := stocking.listed_as(tx, shop_id, [offer_id]).get(offer_id):
        return Offer(known)
    given = {"shop": shop_id, "variant_offer_id": _name(offer_id)}
    found = next(iter(Products(tx).find(1, given)), None)
    if found is None:
        return None
    return Offer(found, next(v for v in found.variants if v.offer_id == offer_id))


def picture(tx: Tx, sha256: str) -> str:
    """Return the name of a file that anybody may see, or refuse."""
    if not Shops(tx).shows_picture(_name(sha256)):
        raise NoSuchPicture
    return sha256


def orders(
    tx: Tx,
    actor: Actor,
    after: str | None = None,
    limit: int = PAGE,
    buyer: PersonId | None = None,
) -> Page[Order]:
    """Show a page of the actor's orders, newest first; of one buyer's only, if named."""
    limit, place = _clamped(limit), _place(after) if after else None
    scope = {**({"buyer": _checked_id(buyer)} if buyer else {}), **_scope(actor)}
    found = Orders(tx).find(limit + 1, scope, after=place)
    more = len(found) > limit
    page = [order for order in found[:limit] if order.admits(actor)]
    return Page(page, _cursor(found[limit - 1]) if more else None)


def orders_with(tx: Tx, actor: Actor, buyer: PersonId, shop_id: ShopId, most: int) -> list[Order]:
    """Return the latest orders of one buyer with one shop that the actor may see."""
    found = Orders(tx).find(most, {"buyer": _checked_id(buyer), "shop": shop_id})
    return [order for order in found if order.admits(actor)]


def count_with(tx: Tx, actor: Actor, buyer: PersonId, shop_id: ShopId) -> int:
    """Count the orders of one buyer with one shop, for whoever works for it."""
    if not actor.works_for(shop_id):
        raise NotYourShop
    return Orders(tx).count_between(buyer, shop_id)


def order(tx: Tx, actor: Actor, number_or_id: str) -> Order:
    """Return one order that the actor may see, by its id, or by a number only one of them has."""
    by_id = {"id": number_or_id, **_scope(actor)}
    found = Orders(tx).find(1, by_id) if is_id(number_or_id) else []
    found = [one for one in found if one.admits(actor)] or numbered(tx, actor, number_or_id, 2)
    if not found:
        raise NoSuchOrder(order=number_or_id[:80])
    if len(found) > 1:
        raise SeveralOrders(order=number_or_id[:80])
    return found[0]


def numbered(tx: Tx, actor: Actor, number: str, limit: int = PAGE) -> list[Order]:
    """Return the actor's orders of this number: each shop numbers its own."""
    found = Orders(tx).find(limit, {"number": _name(number), **_scope(actor)})
    return [one for one in found if one.admits(actor)]


def place_order(tx: Tx, actor: Actor, asked: PlaceOrder) -> Order:
    """Record an order, or what has changed about it."""
    return put_order(tx, actor, asked).item


def put_order(tx: Tx, actor: Actor, asked: PlaceOrder) -> Put[Order]:
    """Do the same, and tell whether that was news."""
    return put_orders(tx, actor, asked.shop, [asked])[0]


def put_orders(
    tx: Tx, actor: Actor, shop_id: ShopId, asked: Sequence[PlaceOrder]
) -> list[Put[Order]]:
    """Record many orders of one shop, each number once, in few statements."""
    check_may_write(actor, shop_id)
    kept, numbers = Orders(tx), [order.number for order in asked]
    found = kept.find(len(numbers), {"shop": shop_id, "numbers": numbers}, hold=True)
    earlier = {order.number: order for order in found}
    named = _goods(tx, shop_id, asked)
    carriers = roster.every(tx) if any(order.shipments for order in asked) else ()
    wanted = [_ordered(order, named, earlier.get(order.number), carriers) for order in asked]
    kept.add([order for order in wanted if order.number not in earlier])
    puts = [_put(tx, earlier.get(order.number), order) for order in wanted]
    return _with_what_waited(tx, shop_id, earlier, puts)


def _with_what_waited(
    tx: Tx, shop_id: ShopId, earlier: Mapping[str, Order], puts: list[Put[Order]]
) -> list[Put[Order]]:
    """Give parcels that are new, or have a number now, what was told of that number before."""
    known = {p.tracking_number for order in earlier.values() for p in order.shipments}
    sent = {p.tracking_number for put in puts for p in put.item.shipments}
    if not listening.take_waiting(tx, sent - known):
        return puts
    given = {"shop": shop_id, "numbers": [put.item.number for put in puts]}
    found = {order.number: order for order in Orders(tx).find(len(puts), given)}
    return [replace(put, item=found[put.item.number]) for put in puts]


def add_tracking(tx: Tx, actor: Actor, shipment: ShipmentId, event: TrackingEvent) -> Shipment:
    """Note what a carrier said of a parcel; the order follows its parcels."""
    milestone_of(event.code)
    known, parcel = _held_parcel(tx, actor, shipment)
    return _change_parcel(tx, known, with_event(parcel, event))


def set_eta(
    tx: Tx, actor: Actor, shipment: ShipmentId, eta: Eta, reason: Words | None = None
) -> Shipment:
    """Say on which days a parcel is expected now, and why."""
    find_zone(eta.zone)
    known, parcel = _held_parcel(tx, actor, shipment)
    return _change_parcel(tx, known, with_eta(parcel, eta, reason, tx.now))


def send_another(
    tx: Tx, order: OrderId, sent: SentParcel, lost: ShipmentId | None = None
) -> Shipment:
    """Note one more parcel of an order, if in place of a lost one; it is watched like any."""
    held = held_order(tx, order)
    wanted = with_another(held, sent, lost, roster.every(tx))
    _change(tx, held, wanted)
    return next(one for one in wanted.shipments if one.tracking_number == sent.tracking_number)


def goods(tx: Tx, of: Order) -> dict[ProductId, Product]:
    """Return the products that an order is made of, as they are sold now."""
    ids = {line.product for line in of.lines if line.product}
    found = Products(tx).find(len(ids), {"ids": list(ids)}) if ids else []
    return {product.id: product for product in found}


def _change_parcel(tx: Tx, known: Order, parcel: Shipment) -> Shipment:
    """Keep one parcel of an order as it is now, and let the order follow."""
    shipments, beside = (
        [parcel if p.id == parcel.id else p for p in parcels]
        for parcels in (known.shipments, known.beside)
    )
    state = state_after(known.state, shipments)
    _change(tx, known, replace(known, shipments=shipments, beside=beside, state=state))
    return parcel


def add_beside(tx: Tx, order: OrderId, errand: Errand, carrier: str, number: str) -> Shipment:
    """Note the parcel of a return or an exchange; the same one again is the first one."""
    held = held_order(tx, order)
    wanted = (errand, number)
    named = (one for one in held.beside if (one.errand, one.tracking_number) == wanted)
    if known := next(named, None):
        return known
    sent = SentParcel(carrier=carrier, tracking_number=number, shipped_at=tx.now)
    parcel = parcel_beside(errand, sent, roster.every(tx))
    Orders(tx).add_shipment(order, parcel)
    watch.renew(tx, [watch.Watched(held.shop, held.state, parcel)])
    listening.take_waiting(tx, {number})
    return parcel


def held_order(tx: Tx, order: OrderId) -> Order:
    """Return an order that nobody else changes meanwhile; for rooms that hold to what it says."""
    return Orders(tx).find(1, {"id": order}, hold=True)[0]


def _change(tx: Tx, known: Order, wanted: Order) -> bool:
    """Keep what differs, and announce it."""
    kept = Orders(tx)
    if own := _itself(known) != _itself(wanted):
        kept.change(wanted)
        tx.announce(OrderChanged(shop=wanted.shop, order=wanted.id, state=wanted.state))
    parcels = {parcel.id: parcel for parcel in (*known.shipments, *known.beside)}
    moved = [p for p in (*wanted.shipments, *wanted.beside) if p != parcels.get(p.id)]
    watch.renew(tx, [_watched(known, wanted, p) for p in wanted.shipments])
    for parcel in moved:
        _keep_parcel(tx, wanted, parcels.get(parcel.id), parcel)
    return own or bool(moved)


def _itself(order: Order) -> Order:
    return replace(order, shipments=[], beside=[])


def _keep_parcel(tx: Tx, order: Order, known: Shipment | None, wanted: Shipment) -> None:
    kept = Orders(tx)
    if known is None:
        kept.add_shipment(order.id, wanted)
        return
    kept.change_shipment(order.id, wanted)
    for event in wanted.events:
        if event not in known.events and kept.add_event(wanted, event):
            tx.announce(_seen(order, wanted, event))
    if wanted.eta and wanted.eta != known.eta:
        tx.announce(_expected(order, wanted, wanted.eta, before=known.eta))


def _watched(known: Order | None, wanted: Order, parcel: Shipment) -> watch.Watched:
    before = next((p for p in known.shipments if p.id == parcel.id), None) if known else None
    state_before = known.state if known else None
    return watch.Watched(wanted.shop, wanted.state, parcel, state_before, before)


def _placed(order: Order) -> OrderPlaced:
    return OrderPlaced(shop=order.shop, order=order.id, number=order.number, buyer=order.buyer)


def _seen(order: Order, parcel: Shipment, event: TrackingEvent) -> TrackingSeen:
    return TrackingSeen(shop=order.shop, order=order.id, shipment=parcel.id, event=event)


def _expected(order: Order, parcel: Shipment, eta: Eta, *, before: Eta | None) -> EtaChanged:
    return EtaChanged(
        shop=order.shop,
        order=order.id,
        shipment=parcel.id,
        before=before,
        after=eta,
        reason=parcel.eta_reason,
    )


def _held_parcel(tx: Tx, actor: Actor, shipment: ShipmentId) -> tuple[Order, Shipment]:
    """Return a parcel and its order, held against others' changes."""
    kept = Orders(tx)
    order_id = kept.id_of_shipment(shipment) if is_id(shipment) else None
    found = kept.find(1, {"id": order_id}, hold=True) if order_id else []
    if not found or not found[0].admits(actor):
        raise NoSuchShipment(shipment=shipment[:80])
    check_may_write(actor, found[0].shop)
    parcels = (*found[0].shipments, *found[0].beside)
    return found[0], next(parcel for parcel in parcels if parcel.id == shipment)


def _ordered(
    asked: PlaceOrder, goods: Goods, known: Order | None, carriers: Sequence[Carrier]
) -> Order:
    if known and known.buyer != asked.buyer:
        raise OrderOfAnotherBuyer(order=asked.number)
    return ordered(asked, goods, known, carriers)


def _put(tx: Tx, known: Order | None, wanted: Order) -> Put[Order]:
    """Announce an order that was added, or keep what has changed about it."""
    if known is None:
        watch.renew(tx, [_watched(None, wanted, parcel) for parcel in wanted.shipments])
        tx.announce(_placed(wanted))
        return Put(wanted, Outcome.ADDED)
    return Put(wanted, Outcome.UPDATED if _change(tx, known, wanted) else Outcome.UNCHANGED)


def _goods(tx: Tx, shop_id: ShopId, asked: Iterable[PlaceOrder]) -> Goods:
    """Return the products that orders name, all of them from their shop."""
    ids = {line.product for order in asked for line in order.lines if line.product}
    found = Products(tx).find(len(ids), {"ids": list(ids)}) if ids else []
    goods = {product.id: product for product in found if product.shop == shop_id}
    if missing := ids - goods.keys():
        raise NoSuchProduct(product=min(missing))
    return goods


def _scope(actor: Actor) -> dict[str, str]:
    """Narrow a search for orders to those that admit the actor."""
    match actor.side:
        case Side.BUYER:
            return {"buyer": actor.id}
        case Side.SELLER:
            return {"shop": actor.shop or NO_SHOP}
        case Side.OPERATOR | Side.SYSTEM:
            return {}


def _clamped(limit: int) -> int:
    return max(1, min(limit, PAGE_MOST))


def _cursor(order: Order) -> str:
    return f"{(order.placed_at - EPOCH) // timedelta(microseconds=1)}.{order.id}"


def _place(cursor: str) -> tuple[datetime, str]:
    micros, _, order_id = cursor.partition(".")
    try:
        return EPOCH + timedelta(microseconds=int(micros)), _checked_id(order_id)
    except (ValueError, OverflowError):
        raise BadCursor from None


def _checked_id(text: str) -> str:
    if not is_id(text):
        raise BadCursor
    return text


def _name(text: str) -> str:
    """Return a name that a table can hold; one with other signs in it names nothing."""
    return text if text.isprintable() else ""
