"""What a file says of a product, laid over what is listed. Pure.

Columns that the file lacks change nothing.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec.structs import replace

from shopbell.commerce.commands import ListProduct, ListVariant
from shopbell.commerce.listing import listed
from shopbell.commerce.model import Attribute, Product, Variant
from shopbell.connectors.listings import cells
from shopbell.connectors.listings.columns import ATTRIBUTE
from shopbell.connectors.listings.model import Change, FieldChange
from shopbell.kernel.actor import ShopId
from shopbell.kernel.texts import LOCALES, Locale, Words, say

PLAIN = ("category", "stock", "was", "tags", "warranty_months")
PICTURES = frozenset({"picture", "more_pictures", "variant_picture"})
_OWN = {
    "brand": cells.BRAND,
    "barcode": cells.BARCODE,
    "weight": cells.WEIGHT,
    **dict.fromkeys(cells.SIDES, cells.SIZE),
}
LONGEST = 120


class Overlay:
    """Lays products of one file over those that are listed."""

    def __init__(self, columns: Collection[str], language: Locale) -> None:
        self._columns, self._language = frozenset(columns), language
        self._chooses = any(name.startswith(("option", "variant_offer")) for name in columns)

    def merged(self, asked: ListProduct, known: Product | None) -> ListProduct:
        """Return what to list: what the file says, and the rest as it is."""
        if known is None:
            return asked
        kept = {name: getattr(known, name) for name in PLAIN if name not in self._columns}
        if not PICTURES & self._columns:
            kept["picture_refs"] = known.picture_refs
        return replace(
            asked,
            title=self._words("title", asked.title, known.title) or asked.title,
            about=self._words("about", asked.about or {}, known.about) or None,
            attributes=self._attributes(asked.attributes, known.attributes),
            pictures=known.pictures,
            variants=self._variants(asked.variants, known.variants),
            **kept,
        )

    def _words(self, column: str, asked: Mapping[Locale, str], known: Words) -> Words:
        said: dict[Locale, str | None] = {
            locale: (asked if f"{column}_{locale}" in self._columns else known).get(locale)
            for locale in LOCALES
        }
        given: Words = {locale: words for locale, words in said.items() if words}
        return given

    def _variants(
        self, asked: Sequence[ListVariant], known: Sequence[Variant]
    ) -> list[ListVariant]:
        if not self._chooses:
            return [ListVariant(v.offer_id, v.options, v.price, v.stock) for v in known]
        if "stock" in self._columns:
            return list(asked)
        stock = {variant.offer_id: variant.stock for variant in known}
        return [replace(one, stock=stock.get(one.offer_id, 0)) for one in asked]

    def _attributes(
        self, asked: Sequence[Attribute], known: Sequence[Attribute]
    ) -> list[Attribute]:
        """Keep the order of those known; one whose cell is empty now goes."""
        rest, result = list(asked), list[Attribute]()
        for one in known:
            said = [new for new in rest if _alike(new, one)]
            rest = [new for new in rest if new not in said]
            if said:
                result.append(_restated(one, said))
            elif not self._covers(one):
                result.append(one)
        return [*result, *rest]

    def _covers(self, known: Attribute) -> bool:
        """Tell whether the file has a column for an attribute."""
        named = {
            f"{ATTRIBUTE}_{locale}:{name}"
            for locale, name in known.name.items()
            if locale in known.value
        }
        own = any(name == known.name for column, name in _OWN.items() if column in self._columns)
        return bool(named & self._columns) or (own and self._language in known.value)


def _alike(asked: Attribute, known: Attribute) -> bool:
    return any(known.name.get(locale) == name for locale, name in asked.name.items())


def _restated(known: Attribute, said: Sequence[Attribute]) -> Attribute:
    """Return an attribute as said now: translations of what was said before go, if that is new."""
    value: Words = {locale: words for one in said for locale, words in one.value.items()}
    if all(known.value.get(locale) == words for locale, words in value.items()):
        return known
    return Attribute(known.name, value)


def compared(asked: ListProduct, shop: ShopId, known: Product | None) -> Change | None:
    """Tell what listing a product would change; nothing if it is listed just so."""
    if known is None:
        return Change(asked.offer_id, asked.title, new=True)
    wanted = listed(asked, shop, known.slug, known)
    if wanted == known:
        return None
    fields = list(_differences(known, wanted))
    return Change(asked.offer_id, asked.title, new=False, fields=fields)


def _differences(before: Product, after: Product) -> Iterator[FieldChange]:
    for name in ("title", "about", "category", "price", "was", "stock", "tags", "variants"):
        old, new = (_shown(getattr(one, name)) for one in (before, after))
        if old != new:
            yield FieldChange(name, old, new)
    for name in ("warranty_months", "picture_refs"):
        if getattr(before, name) != getattr(after, name):
            yield FieldChange(name, _shown(getattr(before, name)), _shown(getattr(after, name)))
    olds, news = (
        {say(a.name, "en"): _shown(a.value) for a in p.attributes} for p in (before, after)
    )
    for name in dict.fromkeys([*olds, *news]):
        if olds.get(name) != news.get(name):
            yield FieldChange(name, olds.get(name, ""), news.get(name, ""))


def _shown(value: object) -> str:
    """Write a value so that two of them can be compared by people, too."""
    match value:
        case None:
            return ""
        case dict():
            return " / ".join(str(words) for words in value.values() if words)[:LONGEST]
        case list():
            return ", ".join(map(_shown, value))[:LONGEST]
        case Variant():
            return f"{' · '.join(value.options.values())}: {_shown(value.price)}"
        case _:
            return _sum(value)


def _sum(value: object) -> str:
    amount, currency = getattr(value, "amount", None), getattr(value, "currency", "")
    return str(value)[:LONGEST] if amount is None else f"{amount} {currency}"
