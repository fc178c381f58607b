"""How a listing becomes a product, and how the catalogue is searched. Pure."""

import re
import secrets
import unicodedata

from shopbell.commerce.commands import ListProduct, ListVariant
from shopbell.commerce.model import (
    Attribute,
    CurrenciesMixed,
    Product,
    ProductId,
    Variant,
    VariantId,
)
from shopbell.kernel.actor import ShopId
from shopbell.kernel.ids import new_id

SEARCH_WORDS = 8
SLUG_LENGTH = 80


def listed(asked: ListProduct, shop: ShopId, slug: str, known: Product | None) -> Product:
    """Return the product as asked for; what we named ourselves keeps its name."""
    choices = [_choice(variant, known) for variant in asked.variants]
    prices = [choice.price for choice in choices] or [asked.price]
    if len({price.currency for price in (*prices, asked.was or asked.price)}) > 1:
        raise CurrenciesMixed(offer_id=asked.offer_id)
    return Product(
        id=known.id if known else ProductId(new_id()),
        shop=shop,
        slug=slug,
        sku=asked.sku or (known.sku if known else new_sku()),
        offer_id=asked.offer_id,
        title=asked.title,
        about=asked.about or dict.fromkeys(asked.title, ""),
        category=asked.category,
        attributes=asked.attributes,
        price=min(prices, key=lambda price: price.amount),
        pictures=asked.pictures,
        stock=sum(choice.stock for choice in choices) if choices else asked.stock,
        was=asked.was,
        tags=asked.tags,
        picture_refs=asked.picture_refs,
        warranty_months=asked.warranty_months,
        variants=choices,
    )


def relisted(known: Product, attributes: list[Attribute]) -> ListProduct:
    """Return what would list a product as it is, but with these attributes."""
    return ListProduct(
        offer_id=known.offer_id,
        title=known.title,
        price=known.price,
        about=known.about,
        category=known.category,
        attributes=attributes,
        pictures=known.pictures,
        stock=known.stock,
        was=known.was,
        tags=known.tags,
        picture_refs=known.picture_refs,
        warranty_months=known.warranty_months,
        variants=[_as_listed(choice) for choice in known.variants],
        sku=known.sku,
    )


def _as_listed(choice: Variant) -> ListVariant:
    return ListVariant(
        offer_id=choice.offer_id,
        options=choice.options,
        price=choice.price,
        stock=choice.stock,
        sku=choice.sku,
    )


def _choice(asked: ListVariant, product: Product | None) -> Variant:
    earlier = product.variants if product else []
    known = next((v for v in earlier if v.offer_id == asked.offer_id), None)
    return Variant(
        id=known.id if known else VariantId(new_id()),
        sku=asked.sku or (known.sku if known else new_sku()),
        offer_id=asked.offer_id,
        options=asked.options,
        price=asked.price,
        stock=asked.stock,
    )


def new_sku() -> str:
    """Return a code of the platform's own: twelve digits, easy to read out."""
    return str(secrets.randbelow(9 * 10**11) + 10**11)


def slug_of(words: str) -> str:
    """Make an address of ``words``: small letters and digits of any script, joined by dashes."""
    return re.sub(r"\W+", "-", fold(words)).strip("-")[:SLUG_LENGTH] or new_sku()


def search_text(product: Product) -> str:
    """Return everything the catalogue finds a product by."""
    codes = [product.sku, product.offer_id]
    codes += [code for variant in product.variants for code in (variant.sku, variant.offer_id)]
    return fold(" ".join([*product.title.values(), *product.tags, *codes]))


def search_patterns(q: str) -> dict[str, str]:
    """Return one LIKE pattern for each word of ``q``; signs with a meaning there lose it."""
    words = fold(q).split()[:SEARCH_WORDS]
    plain = [re.sub("([!%_])", r"!\1", word) for word in words]
    return {f"word{n}": f"%{word}%" for n, word in enumerate(plain)}


def fold(words: str) -> str:
    """Make spellings equal that people do not tell apart, and drop what is no text at all."""
    plain = unicodedata.normalize("NFKC", words).casefold().replace("ё", "е")
    return "".join(sign for sign in plain if sign.isprintable() or sign.isspace())
