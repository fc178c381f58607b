"""Products from a table: in our own columns, or as Shopify exports them.

Rows with the same ``offer_id`` (Shopify: *Handle*) are one product; the first describes it,
each with a price or an option is a choice. Pictures are kept as the addresses they are;
nothing is fetched.
"""

from collections.abc import Sequence

from shopbell.commerce import service as commerce
from shopbell.commerce.commands import ListProduct, ListVariant
from shopbell.commerce.model import Attribute, Money, Shop
from shopbell.connectors.files.cells import Row
from shopbell.connectors.files.intake import Trade, silent, take_in
from shopbell.connectors.files.model import (
    Kept,
    NotPublished,
    Options,
    Progress,
    Report,
    ValueMissing,
    VariantTwice,
)
from shopbell.connectors.files.plain import plain_text
from shopbell.connectors.files.sheet import Columns, Source
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import SYSTEM
from shopbell.kernel.texts import LOCALES, Locale, Words, text

LONG = 20_000
MANY = 100
COLUMNS = Columns(
    needed=("offer_id", "title title_en title_zh title_ru", "price", "currency"),
    known_as={
        "offer_id": "Handle",
        "about": "Body (HTML)",
        "brand": "Vendor",
        "category": "Type",
        "option1_name": "Option1 Name",
        "option1_value": "Option1 Value",
        "option2_name": "Option2 Name",
        "option2_value": "Option2 Value",
        "option3_name": "Option3 Name",
        "option3_value": "Option3 Value",
        "variant_offer_id": "Variant SKU",
        "stock": "Variant Inventory Qty",
        "price": "Variant Price",
        "was": "Variant Compare At Price",
        "picture": "Image Src",
        "variant_picture": "Variant Image",
    },
)
NO_CHOICE = {"Title": "Default Title"}
"""How Shopify writes that there is nothing to choose."""


def import_products(
    db: Database,
    shop: str,
    source: Source,
    options: Options | None = None,
    progress: Progress = silent,
) -> Report:
    """List what a table describes in ``shop`` (its slug or id).

    A table read again changes only what differs.
    """
    return take_in(db, shop, source, options, progress, _products_of)


def _products_of(seller: Shop, options: Options) -> Trade[ListProduct]:
    """Say how products of ``seller`` are read and kept."""
    language = options.language_for(seller)

    def listing(rows: Sequence[Row]) -> ListProduct:
        return _listing(rows, language)

    def keep(tx: Tx, listings: Sequence[ListProduct]) -> list[Kept]:
        return [Kept(commerce.put_product(tx, SYSTEM, seller.id, it).outcome) for it in listings]

    return Trade("offer_id", COLUMNS, listing, keep)


def _listing(rows: Sequence[Row], language: Locale) -> ListProduct:
    """Read one product from its rows."""
    head = rows[0]
    offer_id = head.need("offer_id", 100)
    if head.text("published").casefold() in {"false", "no", "0"}:
        raise NotPublished(row=head.number)
    priced = [row for row in rows if _is_choice(row)] or [head]
    return ListProduct(
        offer_id=offer_id,
        title=_title(head, language),
        about=_words(head, "about", language, LONG),
        price=_price(priced[0]),
        was=priced[0].money("was"),
        category=head.text("category"),
        attributes=_attributes(head, language),
        stock=sum(row.count("stock") for row in priced),
        tags=[tag.strip() for tag in head.text("tags", 2_000).split(",") if tag.strip()][:MANY],
        picture_refs=_pictures(rows),
        warranty_months=head.count("warranty_months") or None,
        variants=_variants(offer_id, priced),
    )


def _is_choice(row: Row) -> bool:
    """Tell a choice from a row that only brings one more picture."""
    return any(map(row.text, ("price", "variant_offer_id", "option1_value")))


def _title(head: Row, language: Locale) -> Words:
    if (title := _words(head, "title", language)) is None:
        raise ValueMissing(row=head.number, column="title")
    return title


def _words(row: Row, column: str, language: Locale, most: int = 200) -> Words | None:
    """Read a text in the languages it is given in; a column without one is in ``language``."""
    columns: dict[Locale, str] = {locale: f"{column}_{locale}" for locale in LOCALES}
    found: Words = {locale: plain_text(row.text(name, most)) for locale, name in columns.items()}
    found[language] = found[language] or plain_text(row.text(column, most))
    return {locale: words for locale, words in found.items() if words} or None


def _price(row: Row) -> Money:
    if (price := row.money("price")) is None:
        raise ValueMissing(row=row.number, column="price")
    return price


def _attributes(head: Row, language: Locale) -> list[Attribute]:
    named = [
        Attribute({language: name}, {language: value})
        for name, value in head.family("attribute:").items()
    ]
    if brand := head.text("brand"):
        called: Words = {locale: text(locale, "imports.brand") for locale in LOCALES}
        named.insert(0, Attribute(called, {language: brand}))
    return named[:MANY]


def _pictures(rows: Sequence[Row]) -> list[str]:
    columns = ("picture", "variant_picture")
    found = [row.text(column, 2_000) for row in rows for column in columns]
    return list(dict.fromkeys(filter(None, found)))[:MANY]


def _variants(offer_id: str, rows: Sequence[Row]) -> list[ListVariant]:
    """Read the choices; a single row without options is the product itself."""
    names = _option_names(rows[0])
    variants: dict[str, ListVariant] = {}
    for row in rows:
        options = _options(row, names)
        if len(rows) == 1 and (not options or options == NO_CHOICE):
            return []
        own = row.text("variant_offer_id", 100)
        code = own or "/".join([offer_id, *options.values()])[:120]
        if code in variants:
            raise VariantTwice(row=row.number, variant=code)
        variants[code] = ListVariant(code, options, _price(row), row.count("stock"))
    return list(variants.values())


def _option_names(head: Row) -> list[str]:
    """Return what the numbered options are called; only the first row says so."""
    return [head.text(f"option{n}_name", 60) for n in (1, 2, 3)]


def _options(row: Row, names: Sequence[str]) -> dict[str, str]:
    values = [row.text(f"option{n}_value", 120) for n in (1, 2, 3)]
    numbered = {name: value for name, value in zip(names, values, strict=True) if name and value}
    return {**numbered, **row.family("option:")}
