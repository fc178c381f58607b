"""What the shops of Marketa sell: one table per shop, read and put on sale."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from msgspec import Struct

from shopbell.commerce import service as commerce
from shopbell.commerce.commands import ListProduct, ListVariant
from shopbell.commerce.model import Money, Product, ProductId, Shop, VariantId
from shopbell.demo.pictures import Picture
from shopbell.demo.shops import Trader
from shopbell.demo.specifications import Fact, specification, warranty_months
from shopbell.demo.tables import read
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM
from shopbell.kernel.texts import Words


class Choice(Struct, frozen=True, array_like=True):
    """One line of a table of variants; without a price of its own it costs what all do."""

    name: str
    stock: int
    price: int | None = None


class Choices(Struct, frozen=True, forbid_unknown_fields=True):
    """What a buyer may choose between, such as sizes."""

    option: str
    rows: list[Choice]


class Ware(Struct, frozen=True, forbid_unknown_fields=True):
    """A product as its shop's table tells of it; prices in the smallest unit."""

    slug: str
    offer: str
    category: str
    picture: tuple[str, str]
    price: int
    stock: int
    title: Words
    about: Words
    facts: list[Fact]
    was: int | None = None
    variants: Choices | None = None


class _Shelf(Struct, frozen=True, forbid_unknown_fields=True):
    product: list[Ware]


@dataclass(frozen=True)
class Offer:
    """What an order can name by the shop's own code."""

    product: ProductId
    variant: VariantId | None = None


@dataclass(frozen=True)
class Stall:
    """One ware and who sells it."""

    trader: Trader
    ware: Ware


def wares_of(trader: Trader) -> list[Ware]:
    """Return what a shop sells."""
    return read(f"catalogue/{trader.slug}.toml", _Shelf).product


def pictures_of(trader: Trader, ware: Ware) -> list[Picture]:
    """Return the pictures of a product's page: the whole thing, and a step nearer."""
    return [trader.draw(ware.picture), trader.draw(ware.picture, close=True)]


def in_turns(told: Sequence[Trader], wares: Mapping[str, Sequence[Ware]]) -> list[Stall]:
    """Let the shops take turns, so that the front page shows something of everybody.

    The newest stand first on it: so the last of each table comes first here.
    """
    rows = zip_longest(*([Stall(t, ware) for ware in wares[t.slug]] for t in told))
    return [stall for row in rows for stall in row if stall][::-1]


def put_on_sale(
    tx: Tx, shops: Mapping[str, Shop], stalls: Iterable[Stall], drawn: Mapping[Picture, str]
) -> dict[str, Offer]:
    """List what the shops sell; return what can be ordered, by offer id."""
    offers: dict[str, Offer] = {}
    for stall in stalls:
        pictures = [drawn[picture] for picture in pictures_of(stall.trader, stall.ware)]
        listing = _listing(stall.ware, stall.trader.currency, pictures)
        offers |= _offers(commerce.add_product(tx, SYSTEM, shops[stall.trader.slug].id, listing))
    return offers


def _listing(ware: Ware, currency: str, pictures: list[str]) -> ListProduct:
    return ListProduct(
        offer_id=ware.offer,
        slug=ware.slug,
        title=ware.title,
        about=ware.about,
        category=ware.category,
        attributes=specification(ware.facts),
        warranty_months=warranty_months(ware.facts),
        price=Money(ware.price, currency),
        was=Money(ware.was, currency) if ware.was else None,
        pictures=pictures,
        stock=ware.stock,
        variants=_variants(ware, currency),
    )


def _variants(ware: Ware, currency: str) -> list[ListVariant]:
    if ware.variants is None:
        return []
    return [
        ListVariant(
            offer_id=variant_offer(ware.offer, choice.name),
            options={ware.variants.option: choice.name},
            price=Money(choice.price or ware.price, currency),
            stock=choice.stock,
        )
        for choice in ware.variants.rows
    ]


def variant_offer(offer: str, choice: str) -> str:
    """Return the shop's code for one choice of a product."""
    return f"{offer}-{choice.replace(' ', '')}"


def _offers(product: Product) -> dict[str, Offer]:
    whole = {product.offer_id: Offer(product.id)}
    return whole | {v.offer_id: Offer(product.id, v.id) for v in product.variants}
