"""Products from rows of a table, every mistake of every cell noted with its place.

Rows of one code that follow each other are one product: the first describes it, each with a price
or a choice is a choice. A product is read whole or not at all.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import partial

from shopbell.commerce.commands import ListProduct, ListVariant
from shopbell.commerce.model import Attribute, CurrenciesMixed, Money
from shopbell.connectors.files.cells import Row
from shopbell.connectors.files.model import NotPublished, VariantTwice
from shopbell.connectors.listings import cells, units
from shopbell.connectors.listings.album import Album
from shopbell.connectors.listings.columns import ATTRIBUTE
from shopbell.connectors.listings.model import Draft, Heads, Severity
from shopbell.connectors.listings.noting import Notes
from shopbell.connectors.listings.refusals import OfferTwice
from shopbell.kernel.texts import LOCALES, Locale

MANY = 100
HIDDEN = frozenset({"false", "no", "0", "нет", "否"})
NO_CHOICE = {"Title": "Default Title"}
"""How Shopify writes that there is nothing to choose."""

NOTHING = Money(0, "XXX")
"""Stands for a price that could not be read; what holds it is not kept."""


class Clerk:
    """Reads products and notes what is wrong with them; ``known`` are the shop's categories.

    ``album`` has the pictures that came beside the table.
    """

    def __init__(self, heads: Heads, known: Iterable[str] = (), album: Album | None = None) -> None:
        self.notes = Notes(heads)
        self._pictured = partial(cells.pictures, album=album)
        self._language: Locale = heads.language
        self._categories = frozenset(known)
        self._seen: dict[str, int] = {}
        self._read = self.notes.attempt

    def drafts(self, rows: Iterable[Row]) -> Iterator[Draft]:
        """Yield what can be used; of the rest the notes tell."""
        for group in _neighbours(rows):
            self.notes.wrong = []
            product = self._product(group)
            if self.notes.wrong:
                self.notes.leave_out(group)
            else:
                yield Draft([row.number for row in group], product)

    def _product(self, rows: Sequence[Row]) -> ListProduct:
        head = rows[0]
        offer_id = self._read(head, "offer_id", self._offer_id, "?")
        priced = [row for row in rows if _is_choice(row)] or [head]
        prices = [self._read(row, "price", cells.price, NOTHING) for row in priced]
        was = self._read(priced[0], "was", Row.money, None)
        self._compare(priced[0], prices[0], was)
        return ListProduct(
            offer_id=offer_id,
            title=self._read(head, f"title_{self._language}", cells.title, {"en": "?"}),
            about=self._read(head, f"about_{self._language}", cells.about, None),
            price=prices[0],
            was=was,
            category=self._category(head),
            attributes=self._attributes(head),
            stock=sum(self._read(row, "stock", Row.count, 0) for row in priced),
            tags=self._read(head, "tags", cells.tags, list[str]())[:MANY],
            picture_refs=self._pictures(rows),
            warranty_months=self._read(head, "warranty_months", Row.count, 0) or None,
            variants=self._variants(offer_id, priced, prices),
        )

    def _offer_id(self, head: Row, column: str) -> str:
        offer_id = head.need(column, 100)
        if head.text("published").casefold() in HIDDEN:
            raise NotPublished(row=head.number)
        first = self._seen.setdefault(offer_id, head.number)
        if first != head.number:
            raise OfferTwice(row=head.number, offer_id=offer_id, first=first)
        return offer_id

    def _compare(self, row: Row, price: Money, was: Money | None) -> None:
        if price.amount == 0 and price is not NOTHING:
            self.notes.remark(row, "price_zero", Severity.WARNING, "price")
        if was and was.currency == price.currency and was.amount <= price.amount:
            self.notes.remark(row, "was_lower", Severity.WARNING, "was")

    def _category(self, head: Row) -> str:
        found = self._read(head, "category", Row.text, "")
        if found and self._categories and found not in self._categories:
            self.notes.remark(head, "category_new", Severity.NOTE, "category", found)
        return found

    def _attributes(self, head: Row) -> list[Attribute]:
        own = [*self._brand(head), *self._barcode(head), *self._measures(head), *self._named(head)]
        return own[:MANY]

    def _brand(self, head: Row) -> Iterator[Attribute]:
        if brand := self._read(head, "brand", Row.text, ""):
            yield Attribute(dict(cells.BRAND), {self._language: brand})

    def _barcode(self, head: Row) -> Iterator[Attribute]:
        if code := self._read(head, "barcode", cells.barcode, ""):
            yield Attribute(dict(cells.BARCODE), dict.fromkeys(LOCALES, code))

    def _measures(self, head: Row) -> Iterator[Attribute]:
        if weight := self._read(head, "weight", cells.weight, None):
            yield Attribute(dict(cells.WEIGHT), units.shown([weight], "g"))
        sides = [self._read(head, side, cells.length, None) for side in cells.SIDES]
        known: list[Decimal] = [side for side in sides if side]
        if len(known) == len(cells.SIDES):
            yield Attribute(dict(cells.SIZE), units.shown(known, "mm"))
        elif known:
            self.notes.remark(head, "size_partial", Severity.WARNING, cells.SIDES[0])

    def _named(self, head: Row) -> Iterator[Attribute]:
        for column in [name for name in head.cells if name.startswith(f"{ATTRIBUTE}_")]:
            prefix, _, name = column.partition(":")
            locale: Locale = next(one for one in LOCALES if prefix.endswith(one))
            if value := self._read(head, column, Row.text, ""):
                yield Attribute({locale: name}, {locale: value})

    def _pictures(self, rows: Sequence[Row]) -> list[str]:
        nothing = list[str]()
        found = [
            one
            for row in rows
            for column in ("picture", "more_pictures", "variant_picture")
            for one in self._read(row, column, self._pictured, nothing)
        ]
        return list(dict.fromkeys(found))[:MANY]

    def _variants(
        self, offer_id: str, rows: Sequence[Row], prices: Sequence[Money]
    ) -> list[ListVariant]:
        """Read the choices; a single row without options is the product itself."""
        names = [rows[0].cells.get(f"option{n}_name", "")[:60] for n in (1, 2, 3)]
        variants: dict[str, ListVariant] = {}
        for row, price in zip(rows, prices, strict=True):
            options = self._read(row, "option1_value", partial(_options, names), dict[str, str]())
            if len(rows) == 1 and (not options or options == NO_CHOICE):
                return []
            own = self._read(row, "variant_offer_id", _code, "")
            code = own or "/".join([offer_id, *options.values()])[:120]
            self._check_choice(row, code, variants, {price.currency, prices[0].currency})
            stock = self._read(row, "stock", Row.count, 0)
            variants[code] = ListVariant(code, options, price, stock)
        return list(variants.values())

    def _check_choice(
        self, row: Row, code: str, known: dict[str, ListVariant], currencies: set[str]
    ) -> None:
        if code in known:
            twice = VariantTwice(row=row.number, variant=code)
            self.notes.wrong.append((row, "variant_offer_id", twice))
        if len(currencies - {NOTHING.currency}) > 1:
            self.notes.wrong.append((row, "currency", CurrenciesMixed(offer_id=code)))


def _neighbours(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Put rows together that follow each other and have one code; one without stands alone."""
    group: list[Row] = []
    for row in rows:
        if group and not _goes_on(group[0], row):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _goes_on(first: Row, row: Row) -> bool:
    """Tell whether a row is one more choice of the same product, or brings it one more picture."""
    code = row.cells.get("offer_id")
    if not code or code != first.cells.get("offer_id"):
        return False
    chooses = any(name.startswith(("option", "variant_")) for name in (*first.cells, *row.cells))
    return chooses or "price" not in row.cells


def _is_choice(row: Row) -> bool:
    """Tell a choice from a row that only brings one more picture."""
    return any(row.cells.get(name) for name in ("price", "variant_offer_id", "option1_value"))


def _code(row: Row, column: str) -> str:
    return row.text(column, 100)


def _options(names: Sequence[str], row: Row, _column: str) -> dict[str, str]:
    values = [row.text(f"option{n}_value", 120) for n in (1, 2, 3)]
    numbered = {name: value for name, value in zip(names, values, strict=True) if name and value}
    return {**numbered, **row.family("option:")}
