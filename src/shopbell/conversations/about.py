"""What a buyer asks about, looked up once and attached by machine."""

from msgspec import Struct

from shopbell.accounts import service as accounts
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Order, Product, Shop
from shopbell.conversations.model import Card, Subject, SubjectKind
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, PersonId, Side


class Found(Struct, frozen=True):
    """A subject with the shop that answers for it.

    ``buyer`` is the order's buyer, or the one who asks; None when staff ask their own shop.
    """

    card: Card
    shop: Shop
    buyer: PersonId | None
    buyer_name: str


def about_subject(tx: Tx, actor: Actor, subject: Subject) -> Found:
    """Find a subject for ``actor``, or refuse as if it did not exist."""
    match subject.kind:
        case SubjectKind.PRODUCT:
            product = commerce.product(tx, subject.id)
            return _asked(actor, product_card(product), commerce.shop(tx, product.shop))
        case SubjectKind.SHOP:
            shop = commerce.shop(tx, subject.id)
            return _asked(actor, _shop_card(shop), shop)
        case SubjectKind.ORDER:
            order = commerce.order(tx, actor, subject.id)
            name = accounts.names(tx, [order.buyer])[order.buyer]
            return Found(order_card(order), commerce.shop(tx, order.shop), order.buyer, name)


def _asked(actor: Actor, card: Card, shop: Shop) -> Found:
    buyer = actor.id if actor.side is Side.BUYER else None
    return Found(card, shop, buyer, actor.name)


def product_card(product: Product) -> Card:
    """Show a product as a subject."""
    return Card(
        SubjectKind.PRODUCT,
        product.id,
        product.title,
        f"/products/{product.slug}",
        picture=product.pictures[0] if product.pictures else None,
        price=product.price,
    )


def _shop_card(shop: Shop) -> Card:
    return Card(
        SubjectKind.SHOP, shop.id, {"en": shop.name}, f"/shops/{shop.slug}", picture=shop.picture
    )


def order_card(order: Order) -> Card:
    """Show an order as a subject, by its first goods."""
    first = order.lines[0] if order.lines else None
    parcel = order.shipments[0] if order.shipments else None
    return Card(
        SubjectKind.ORDER,
        order.id,
        first.title if first else {"en": order.number},
        f"/orders/{order.id}",
        picture=first.picture if first else None,
        price=order.total,
        number=order.number,
        tracking=parcel.tracking_number if parcel else None,
    )
