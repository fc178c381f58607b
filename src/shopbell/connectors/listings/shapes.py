"""Products as rows of a table: in our own columns, or in columns like Ozon's. Pure.

What is written so is read back as it was: headings are those that `columns` knows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from babel.numbers import get_currency_precision
from msgspec import Struct

from shopbell.commerce.model import Attribute, Money, Product, Variant
from shopbell.connectors.listings import cells, units
from shopbell.connectors.listings.columns import ATTRIBUTE
from shopbell.connectors.listings.model import Form
from shopbell.kernel.texts import LOCALES, Locale, text

Cell = str | float
OPTIONS_MOST, ATTRIBUTES_MOST = 30, 300
OWN = (
    *("offer_id", "variant_offer_id", "title", "about", "category", "brand", "barcode"),
    *("price", "was", "currency", "stock", "tags", "warranty_months", "weight", "weight_unit"),
    *("depth", "width", "height", "dimension_unit", "picture"),
)
OZON = (
    *("offer_id", "title", "price", "was", "currency", "stock", "barcode", "weight", "width"),
    *("height", "depth", "picture", "more_pictures", "brand", "category", "about"),
)
NEEDED = frozenset({"offer_id", "title", "price", "currency"})


class Shape(Struct, frozen=True):
    """The columns of a table of products, under our names, and how they are headed.

    ``language`` is that of texts in columns which do not say theirs.
    """

    form: Form
    language: Locale
    columns: list[str]
    headings: list[str]


def shape(form: Form, language: Locale, reader: Locale, products: Iterable[Product] = ()) -> Shape:
    """Return the columns that hold all of ``products``, headed for ``reader``."""
    if form is Form.OZON:
        extra = _attributes(products, language, only=True)
        own = [f"{name}_{language}" if name in {"title", "about"} else name for name in OZON]
        heads = [text(reader, f"listings.ozon_{name}") for name in OZON]
        return Shape(form, language, [*own, *extra], [*heads, *map(_plain, extra)])
    columns = [*_spoken(OWN), *_options(products), *_attributes(products, language, only=False)]
    return Shape(form, language, columns, [_heading(name, reader) for name in columns])


def _spoken(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield from (
            (f"{name}_{locale}" for locale in LOCALES) if name in {"title", "about"} else [name]
        )


def _heading(column: str, reader: Locale) -> str:
    if ":" in column:
        return column.replace(ATTRIBUTE, "attr", 1)
    name, _, locale = column.rpartition("_")
    if name in {"title", "about"}:
        return f"{text(reader, f'listings.col_{name}')} ({locale})"
    return text(reader, f"listings.col_{column}")


def _plain(column: str) -> str:
    return column.partition(":")[2]


def _options(products: Iterable[Product]) -> list[str]:
    names = (name for one in products for v in one.variants for name in v.options)
    return [f"option:{name}" for name in dict.fromkeys(names)][:OPTIONS_MOST]


def _attributes(products: Iterable[Product], language: Locale, *, only: bool) -> list[str]:
    """Name the columns of attributes that have none of their own; the commonest first."""
    counts: dict[str, int] = {}
    for product in products:
        for one in product.attributes:
            if column := _column(one, language, only=only):
                counts[column] = counts.get(column, 0) + 1
    return sorted(counts, key=lambda name: -counts[name])[:ATTRIBUTES_MOST]


def _column(one: Attribute, language: Locale, *, only: bool) -> str:
    if _special(one, language):
        return ""
    wanted: tuple[Locale, ...] = (language,) if only else (language, *LOCALES)
    spoken: list[Locale] = [at for at in wanted if at in one.name and at in one.value]
    locale = spoken[0] if spoken else None
    return f"{ATTRIBUTE}_{locale}:{one.name[locale]}" if locale else ""


def _special(one: Attribute, language: Locale) -> Mapping[str, Cell]:
    """Return the columns of their own that an attribute goes into."""
    said = one.value.get(language, "")
    if one.name == cells.BRAND and said:
        return {"brand": said}
    if one.name == cells.BARCODE and said:
        return {"barcode": said}
    if one.name == cells.WEIGHT and (weight := units.read_back(said, "g", language)):
        return {"weight": float(weight[0]), "weight_unit": units.SAID["g"][language]}
    if one.name == cells.SIZE and (sides := units.read_back(said, "mm", language)):
        lengths: dict[str, Cell] = dict(zip(cells.SIDES, map(float, sides), strict=False))
        return {**lengths, "dimension_unit": units.SAID["mm"][language]}
    return {}


def rows(product: Product, form: Shape) -> Iterator[list[Cell]]:
    """Write a product as rows: one, or one for each choice of it."""
    choices: Sequence[Variant | None] = product.variants or [None]
    for n, choice in enumerate(choices):
        filled = {**_own(product, choice), **(_described(product, form) if n == 0 else {})}
        yield [filled.get(name, "") for name in form.columns]


def _own(product: Product, choice: Variant | None) -> dict[str, Cell]:
    sold = choice or product
    own: dict[str, Cell] = {
        "offer_id": product.offer_id,
        "price": amount(sold.price),
        "currency": sold.price.currency,
        "stock": sold.stock,
    }
    if choice:
        own["variant_offer_id"] = choice.offer_id
        own |= {f"option:{name}": value for name, value in choice.options.items()}
    return own


def _described(product: Product, form: Shape) -> dict[str, Cell]:
    said: dict[str, Cell] = {
        "category": product.category,
        "was": amount(product.was) if product.was else "",
        "tags": ", ".join(product.tags),
        "warranty_months": product.warranty_months or "",
        **{f"title_{locale}": words for locale, words in product.title.items()},
        **{f"about_{locale}": words for locale, words in product.about.items()},
        **_pictures(product, form),
    }
    for one in product.attributes:
        own = _special(one, form.language)
        column = _column(one, form.language, only=form.form is Form.OZON)
        said |= own or ({column: _value(one, column)} if column else {})
    return said


def _value(one: Attribute, column: str) -> str:
    return next(
        one.value[locale] for locale in LOCALES if column.startswith(f"{ATTRIBUTE}_{locale}:")
    )


def _pictures(product: Product, form: Shape) -> dict[str, Cell]:
    if "more_pictures" not in form.columns:
        return {"picture": " ".join(product.picture_refs)}
    first, rest = product.picture_refs[:1], product.picture_refs[1:]
    return {"picture": " ".join(first), "more_pictures": " ".join(rest)}


def amount(money: Money) -> float:
    """Write an amount as a number with the decimals of its currency."""
    return float(Decimal(money.amount).scaleb(-get_currency_precision(money.currency)))


def guide(form: Form, reader: Locale) -> Iterator[tuple[str, str, str]]:
    """Explain each column: how it is headed, whether it is needed, what stands in it."""
    names = OZON if form is Form.OZON else OWN
    prefix = "ozon" if form is Form.OZON else "col"
    for name in names:
        need = "needed" if name in NEEDED else "optional"
        heading = text(reader, f"listings.{prefix}_{name}")
        yield heading, text(reader, f"listings.{need}"), text(reader, f"listings.about_{name}")
