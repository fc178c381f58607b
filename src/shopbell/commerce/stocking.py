"""What a shop has on its shelves: many listings at once, each known by the shop's own code.

A listing may be given again: what is the same stays untouched, and nobody hears of it.
"""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from shopbell.accounts.roles import Right
from shopbell.accounts.standing import check_role
from shopbell.commerce.commands import PAGE_MOST, ListProduct, Outcome, Put
from shopbell.commerce.facts import ProductListed
from shopbell.commerce.listing import listed, search_text, slug_of
from shopbell.commerce.model import AddressTaken, NoSuchProduct, NotYourShop, Product
from shopbell.commerce.storage import Products, Shops
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Rank, ShopId, Side
from shopbell.kernel.ids import new_id

FIRST = "00000000-0000-0000-0000-000000000000"


def put_products(
    tx: Tx, actor: Actor, shop_id: ShopId, asked: Sequence[ListProduct]
) -> list[Put[Product]]:
    """List many products of one shop, each offer id once, in few statements."""
    check_may_write(actor, shop_id)
    known = listed_as(tx, shop_id, [one.offer_id for one in asked], hold=True)
    slugs = _slugs(tx, shop_id, asked, known)
    puts = [_listed_put(shop_id, one, slugs[one.offer_id], known) for one in asked]
    kept = Products(tx)
    kept.add(_searched(puts, Outcome.ADDED))
    kept.change(_searched(puts, Outcome.UPDATED))
    for put in puts:
        _show(tx, put)
    return puts


def _listed_put(
    shop_id: ShopId, asked: ListProduct, slug: str, known: Mapping[str, Product]
) -> Put[Product]:
    before = known.get(asked.offer_id)
    wanted = listed(asked, shop_id, slug, before)
    if before is None:
        return Put(wanted, Outcome.ADDED)
    return Put(wanted, Outcome.UNCHANGED if wanted == before else Outcome.UPDATED)


def _searched(puts: Sequence[Put[Product]], outcome: Outcome) -> list[tuple[Product, str]]:
    return [(put.item, search_text(put.item)) for put in puts if put.outcome is outcome]


def _show(tx: Tx, put: Put[Product]) -> None:
    if put.outcome is not Outcome.UNCHANGED:
        Shops(tx).show_pictures(put.item.pictures)
        tx.announce(ProductListed(shop=put.item.shop, product=put.item.id))


def set_pictures(
    tx: Tx, actor: Actor, shop_id: ShopId, offer_id: str, pictures: Sequence[str]
) -> None:
    """Show these kept files of a product, in this order."""
    check_may_write(actor, shop_id)
    known = listed_as(tx, shop_id, [offer_id], hold=True).get(offer_id)
    if known is None:
        raise NoSuchProduct(product=offer_id[:80])
    if list(pictures) != known.pictures:
        wanted = replace(known, pictures=list(pictures))
        Products(tx).change([(wanted, search_text(wanted))])
        _show(tx, Put(wanted, Outcome.UPDATED))


def listed_as(
    tx: Tx, shop_id: ShopId, offer_ids: Sequence[str], *, hold: bool = False
) -> dict[str, Product]:
    """Return what a shop lists under codes of its own; a code of a choice names no product."""
    names = [name for one in offer_ids if (name := _named(one))]
    given = {"shop": shop_id, "offer_ids": names}
    found = Products(tx).find(len(names), given, hold=hold) if names else []
    return {product.offer_id: product for product in found}


def shelf(tx: Tx, shop_id: ShopId, after: str = "", limit: int = PAGE_MOST) -> list[Product]:
    """Return some of a shop's products in the order they were listed, after the one named."""
    return Products(tx).in_order(shop_id, after or FIRST, limit)


def _slugs(
    tx: Tx, shop_id: ShopId, asked: Sequence[ListProduct], known: Mapping[str, Product]
) -> dict[str, str]:
    """Choose products' addresses: the one asked for, the one it has, or a free one."""
    wanted = {one.offer_id: _slug(one, known.get(one.offer_id)) for one in asked}
    own = {offer: product.slug for offer, product in known.items()}
    new = {offer: slug for offer, slug in wanted.items() if own.get(offer) != slug}
    taken = Products(tx).slugs_taken(new.values())
    named = {one.offer_id for one in asked if one.slug}
    for offer, slug in new.items():
        if slug in taken and offer in named:
            raise AddressTaken(slug=slug)
        if slug in taken:
            wanted[offer] = f"{slug}-{_slug_of_shop(tx, shop_id)}-{new_id()[-6:]}"
        taken.add(wanted[offer])
    return wanted


def _slug(asked: ListProduct, known: Product | None) -> str:
    return asked.slug or (known.slug if known else slug_of(asked.offer_id))


def _slug_of_shop(tx: Tx, shop_id: ShopId) -> str:
    shop = Shops(tx).by_id(shop_id)
    return shop.slug if shop else ""


def check_may_write(actor: Actor, shop_id: ShopId) -> None:
    """Refuse who may not even look, and operators whose role is not to rule."""
    check_may_look(actor, shop_id)
    check_role(actor, Right.RULE)


def check_may_look(actor: Actor, shop_id: ShopId) -> None:
    """Refuse anyone but the shop's managers and owners, the operator, and the system itself."""
    check_role(actor, Right.SEE)
    above = actor.side in {Side.OPERATOR, Side.SYSTEM}
    if not above and not actor.works_for(shop_id, Rank.MANAGER):
        raise NotYourShop


def _named(offer_id: str) -> str:
    """Return a code that a table can hold; one with other signs in it names nothing."""
    return offer_id if offer_id.isprintable() else ""
