"""The shops, their teams and what they sell, and who buys there; made once, found again later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct

from shopbell.accounts import service as accounts
from shopbell.accounts import staff as colleagues
from shopbell.accounts.model import NewStaff
from shopbell.accounts.passwords import PasswordHash
from shopbell.commerce import roster
from shopbell.commerce import service as commerce
from shopbell.commerce.carriers import Carrier
from shopbell.commerce.commands import ListProduct, OpenShop, Search
from shopbell.commerce.model import Money, Product, Shop
from shopbell.demo.history import chance
from shopbell.demo.history.chance import Chance, Ranks
from shopbell.demo.people import address_of
from shopbell.demo.shops import traders
from shopbell.demo.tables import read
from shopbell.desk import tagging
from shopbell.desk.commands import MakeTag
from shopbell.desk.model import Tag
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, Rank, Side
from shopbell.kernel.texts import Locale

LANGUAGES: Sequence[tuple[Locale, float]] = (("ru", 0.45), ("zh", 0.3), ("en", 0.25))
_HOMES: Mapping[Locale, Sequence[str]] = {
    "zh": ("Asia/Shanghai",),
    "ru": ("Europe/Moscow", "Europe/Moscow", "Asia/Yekaterinburg", "Asia/Novosibirsk"),
    "en": ("Europe/London", "Europe/Berlin", "Europe/Warsaw", "Europe/Lisbon"),
}
_CHEAPER, _DEARER = 0.6, 1.8
_OF_ONE_BUYER = 2.9
"""So many orders a year places somebody on average."""


class Named(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who works in a shop."""

    name: str
    locale: Locale


class Names(Struct, frozen=True, forbid_unknown_fields=True):
    """Of what the names of buyers are made."""

    family: list[str]
    given: list[str]


class More(Struct, frozen=True, forbid_unknown_fields=True):
    """What the table of further shops tells."""

    shops: list[tuple[str, str, str]]
    series: list[str]
    colleague: list[Named]
    names: dict[Locale, Names]


@dataclass(frozen=True)
class Counter:
    """A shop at work: who answers there, what is sold, with which tags things are found again."""

    shop: Shop
    team: Sequence[Actor]
    products: Sequence[Product]
    tags: Sequence[Tag]
    pace: float
    """How slowly it answers, as a multiple of the usual."""

    popular: Ranks


class Buyer(Struct, frozen=True):
    """Somebody who buys: ``n`` tells who, also in a later run."""

    n: int
    name: str
    locale: Locale
    zone: str


@dataclass
class Town:
    """All of it, and the buyers that were met so far."""

    counters: Sequence[Counter]
    carriers: Mapping[str, Carrier]
    names: Mapping[Locale, Names]
    seed: int
    buyers: int
    sizes: Ranks
    operator: Actor
    known: dict[int, Actor] = field(default_factory=dict[int, Actor])

    def buyer(self, drawn: Chance) -> Buyer:
        """Draw who buys: some often, most of them seldom."""
        n = int(self.buyers * drawn.random() ** 1.6)
        own = chance.of(self.seed, "buyer", n)
        locale = chance.one_of(own, LANGUAGES)
        names = self.names[locale]
        parts = (own.choice(names.given), own.choice(names.family))
        name = "".join(reversed(parts)) if locale == "zh" else " ".join(parts)
        return Buyer(n, name, locale, own.choice(_HOMES[locale]))

    def counter(self, drawn: Chance, buyer: Buyer) -> Counter:
        """Draw where somebody buys: in large shops mostly, and where their language is spoken."""
        found = self.counters[self.sizes.choose(drawn)]
        if buyer.locale not in found.shop.languages:
            return self.counters[self.sizes.choose(drawn)]
        return found

    def meet(self, tx: Tx, buyer: Buyer) -> Actor:
        """Return a buyer as the marketplace tells of them."""
        if buyer.n not in self.known:
            person = accounts.known_buyer(tx, address_of(f"buyer-{buyer.n}"), buyer.name)
            actor = Actor(person.id, Side.BUYER, name=person.called)
            if person.locale != buyer.locale:
                accounts.choose_language(tx, actor, buyer.locale)
            self.known[buyer.n] = actor
        return self.known[buyer.n]


def settle(tx: Tx, orders: int, seed: int, password: PasswordHash) -> Town:
    """Open the further shops, and find all there is; done again, it changes nothing."""
    more = read("history/shops.toml", More)
    by_slug = {trader.slug: commerce.shop(tx, trader.slug) for trader in traders()}
    known = {shop.slug: shop for shop in commerce.shops(tx)}
    for n, (slug, name, like) in enumerate(more.shops):
        if slug in known:
            by_slug[slug] = known[slug]
        else:
            by_slug[slug] = _open(tx, by_slug[like], slug, name)
            _staff(tx, by_slug[slug], more.colleague, n, password)
            _stock(tx, by_slug[slug], by_slug[like], more.series, chance.of(seed, slug))
    tags = read("history/words.toml", _Tags).tags
    counters = [_counter(tx, shop, seed, tags) for shop in by_slug.values()]
    return Town(
        counters=counters,
        carriers={carrier.id: carrier for carrier in roster.every(tx)},
        names=more.names,
        seed=seed,
        buyers=max(1, round(orders / _OF_ONE_BUYER)),
        sizes=Ranks(len(counters)),
        operator=_operator(tx),
    )


def _operator(tx: Tx) -> Actor:
    found = accounts.operators(tx)[0]
    return Actor(found.id, Side.OPERATOR, name=found.called)


class _Tags(Struct, frozen=True):
    tags: dict[Locale, list[str]]


def _open(tx: Tx, like: Shop, slug: str, name: str) -> Shop:
    own = {"slug": slug, "name": name, "email": f"{slug}@demo.example"}
    asked: dict[str, Any] = {field: getattr(like, field) for field in OpenShop.__struct_fields__}
    return commerce.open_shop(tx, SYSTEM, OpenShop(**{**asked, **own}))


def _staff(tx: Tx, shop: Shop, named: Sequence[Named], place: int, password: PasswordHash) -> None:
    known = [one for one in named if one.locale in shop.languages]
    for n, rank in enumerate((Rank.OWNER, Rank.AGENT, Rank.AGENT)[: 1 + place % 3]):
        one = known[(place + n) % len(known)]
        email = address_of(f"{shop.slug}-{n + 1}")
        new = NewStaff(email, one.name, rank, one.locale, verified=True, demo=True)
        colleagues.add(tx, SYSTEM, shop.id, new, password)


def _stock(tx: Tx, shop: Shop, like: Shop, series: Sequence[str], drawn: Chance) -> None:
    """Sell what another shop of the trade sells, in other makes and at other prices."""
    for product in commerce.catalogue(tx, Search(shop=like.id)).items:
        for make in drawn.sample(series, 2):
            commerce.add_product(tx, SYSTEM, shop.id, _make(product, shop, make, drawn))


def _make(product: Product, shop: Shop, make: str, drawn: Chance) -> ListProduct:
    price = 10 * round(product.price.amount * drawn.uniform(_CHEAPER, _DEARER) / 10)
    return ListProduct(
        offer_id=f"{product.offer_id}-{make}",
        slug=f"{shop.slug}-{product.slug}-{make.lower()}",
        title={locale: f"{words} {make}" for locale, words in product.title.items()},
        about=product.about,
        category=product.category,
        attributes=product.attributes,
        warranty_months=product.warranty_months,
        price=Money(price, product.price.currency),
        pictures=product.pictures,
        stock=drawn.randint(0, 400),
    )


def _counter(tx: Tx, shop: Shop, seed: int, words: Mapping[Locale, Sequence[str]]) -> Counter:
    team = [
        Actor(one.id, Side.SELLER, shop.id, one.rank, one.called)
        for one in sorted(colleagues.of_shop(tx, SYSTEM, shop.id), key=lambda one: one.email)
    ]
    products = commerce.catalogue(tx, Search(shop=shop.id, limit=200)).items
    products.sort(key=lambda product: product.offer_id)
    tags = [tagging.make(tx, team[0], MakeTag(name)) for name in words[shop.languages[0]]]
    pace = chance.of(seed, "pace", shop.slug).lognormvariate(0, 0.5)
    return Counter(shop, team, products, tags, pace, Ranks(len(products)))
