"""How one reader sees a page: in which language and theme, as whom, and where they stand."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Request, Response
from litestar.datastructures import Cookie
from litestar.response import Stream
from msgspec import Struct
from msgspec.structs import replace

from shopbell.accounts import roles
from shopbell.accounts.model import Person, Visit
from shopbell.accounts.roles import Right
from shopbell.commerce.commands import Search
from shopbell.commerce.model import Money, Order, Product, Shop
from shopbell.kernel.actor import Actor, Rank, ShopId, Side
from shopbell.kernel.texts import LOCALES, Locale, catalogue, say, text
from shopbell.web.language import LANGUAGE_COOKIE
from shopbell.web.pages import format as written
from shopbell.web.pages import shopfront
from shopbell.web.pages.assets import Entry, entry_or_nothing

THEMES = ("light", "dark")
A_YEAR = 365 * 24 * 3600
ENTRY = "pages/main.ts"
DRAWN_FOR = "for"
"""In its address a form says for which shop its page was drawn."""

SCRIPTS: Mapping[Locale, tuple[str, ...]] = {
    "en": ("latin",),
    "ru": ("latin", "cyrillic"),
    "zh": ("latin",),
}
"""Which parts of the font a page of each language shows at once."""

_JINJA = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Place(Struct, frozen=True):
    """One link of the head of every page."""

    href: str
    word: str
    here: bool


PLACES: Mapping[Side | None, tuple[tuple[str, str], ...]] = {
    None: (("/", "pages.catalogue"),),
    Side.BUYER: (
        ("/", "pages.catalogue"),
        ("/me/orders", "pages.orders"),
        ("/me/messages", "pages.messages"),
    ),
    Side.SELLER: (
        ("/", "pages.catalogue"),
        ("/desk", "pages.desk"),
        ("/shop/settings", "office.title"),
    ),
    Side.OPERATOR: (("/", "pages.catalogue"), ("/console", "pages.console")),
}
HOMES: Mapping[Side, str] = {Side.BUYER: "/", Side.SELLER: "/desk", Side.OPERATOR: "/console"}
BELONGS = {
    "/orders/": "/me/orders",
    "/cases/": "/me/orders",
    "/me/cases": "/me/orders",
    "/contact": "/me/messages",
    "/console/": "/console",
    "/shop/": "/shop/settings",
}
"""Under which link of the head a page without its own stands."""


class Stall(Struct, frozen=True):
    """A shop that this reader is of the staff of; ``here``: they act for it now."""

    id: ShopId
    name: str
    here: bool


class Look(Struct, frozen=True):
    """One reader's view of the house."""

    locale: Locale
    path: str
    query: tuple[tuple[str, str], ...] = ()
    visitor: Actor | None = None
    person: Person | None = None
    theme: str | None = None
    stalls: tuple[Stall, ...] = ()

    @property
    def places(self) -> list[Place]:
        """List the links of the head for this reader."""
        side = self.visitor.side if self.visitor else None
        above = next((at for start, at in BELONGS.items() if self.path.startswith(start)), None)
        here = above or self.path
        return [Place(href, word, here == href) for href, word in PLACES.get(side, PLACES[None])]

    @property
    def initials(self) -> str:
        """Shorten the reader's name to a mark: two letters, or one Chinese character."""
        words = self.person.name.split() if self.person else []
        return "".join(word[0] for word in words[:2]).upper()

    @property
    def manages(self) -> bool:
        """Tell whether this reader may change the shop they work for."""
        shop = self.visitor.shop if self.visitor else None
        return bool(shop and self.visitor and self.visitor.works_for(shop, Rank.MANAGER))

    def may(self, right: str) -> bool:
        """Tell whether this reader is an operator who may do this; nothing else is offered."""
        return self.visitor is not None and roles.may(self.visitor, Right(right))

    @property
    def for_shop(self) -> str:
        """End the address of a form of the office: it is sent for the shop this page shows."""
        shop = self.visitor.shop if self.visitor else dict(self.query).get(DRAWN_FOR)
        return f"?{urlencode({DRAWN_FOR: shop})}" if shop else ""

    @property
    def may_ask(self) -> bool:
        """Tell whether this reader is one who may write to a shop."""
        return self.visitor is None or self.visitor.side is Side.BUYER

    @property
    def here(self) -> str:
        """Return this page's own address."""
        return self._address(self.query)

    @property
    def sign_in(self) -> str:
        """Return the way to the sign-in and back."""
        home = self.path in {"/", "/sign-in", "/sign-up"}
        return "/sign-in" if home else sign_in_for(self.here)

    @property
    def chosen(self) -> Locale | None:
        """Return the language this request asks to keep."""
        asked = dict(self.query).get("lang")
        return next((locale for locale in LOCALES if locale == asked), None)

    @property
    def remembered(self) -> list[Cookie]:
        """Return what the browser is to remember of this request: the language it chose."""
        return [_remember(self.chosen)] if self.chosen else []

    @property
    def keeping(self) -> str:
        """Say what a browser may keep: nothing of somebody's own, or the next one would see it."""
        return "no-store" if self.visitor else "private, no-cache"

    def at(self, path: str) -> "Look":
        """Return the same view at ``path``: a form may be sent elsewhere than its page is."""
        return self if self.path == path else replace(self, path=path, query=())

    def in_language(self, locale: Locale) -> str:
        """Return this page's address in another language."""
        others = tuple(pair for pair in self.query if pair[0] != "lang")
        return self._address((*others, ("lang", locale)))

    def page(self, template: str, status: int = 200, **facts: object) -> Response[str]:
        """Write a page for this reader."""
        return Response(
            self.filled(template, **facts),
            status_code=status,
            media_type=MediaType.HTML,
            headers=self._headers(),
            cookies=self.remembered,
        )

    def page_of(self, parts: AsyncIterator[str]) -> Stream:
        """Send a page in parts, each as soon as it is there."""
        return Stream(
            parts, media_type=MediaType.HTML, headers=self._headers(), cookies=self.remembered
        )

    def filled(self, template: str, **facts: object) -> str:
        """Fill in the template of a whole page."""
        assets = entry_or_nothing(ENTRY)
        return self.write(template, assets=assets, fonts=_fonts(assets, self.locale), **facts)

    def _headers(self) -> dict[str, str]:
        return {"Cache-Control": self.keeping, "Content-Language": self.locale}

    def write(self, template: str, **facts: object) -> str:
        """Fill a template in, with everything it may call."""
        return _JINJA.get_template(template).render(**_words(self.locale), **facts, look=self)

    def _address(self, query: tuple[tuple[str, str], ...]) -> str:
        return f"{self.path}?{urlencode(query)}" if query else self.path


def look_of(
    request: Request[Any, Any, Any],
    locale: Locale,
    visit: Visit | None = None,
    stalls: tuple[Stall, ...] = (),
) -> Look:
    """Return how the sender of ``request`` sees a page."""
    asked = request.query_params.get("theme")
    return Look(
        locale=locale,
        path=request.url.path,
        query=tuple((name, str(value)) for name, value in request.query_params.multi_items()),
        visitor=visit.actor if visit else None,
        person=visit.person if visit else None,
        theme=asked if asked in THEMES else None,
        stalls=stalls,
    )


def contact(
    shop: Shop, intent: str, product: Product | None = None, order: Order | None = None
) -> str:
    """Return the address of the plain contact form about something."""
    given = {"shop": shop.slug, "intent": intent}
    if product:
        given["product"] = product.slug
    if order:
        given["order"] = order.id
    return f"/contact?{urlencode(given)}"


def browse(search: Search | None, **changes: str | None) -> str:
    """Return the address of a view of the catalogue: like ``search``, except ``changes``."""
    kept = {"q": search.q, "shop": search.shop, "category": search.category} if search else {}
    given = {name: value for name, value in {**kept, **changes}.items() if value}
    return f"/?{urlencode(given)}" if given else "/"


def sign_in_for(address: str) -> str:
    """Return the way to the sign-in that leads on to ``address``."""
    return f"/sign-in?{urlencode({'next': address})}"


def local(address: str | None) -> str | None:
    """Return ``address`` if it leads to a page of our own, so that nobody is sent elsewhere."""
    if not address or not address.startswith("/") or not address.isprintable():
        return None
    return None if address[1:2] in {"/", "\\"} or "\\" in address else address


_CALLED: Mapping[str, Callable[..., object]] = {
    "stock": shopfront.stock,
    "contact": contact,
    "browse": browse,
}


def _words(locale: Locale) -> dict[str, Callable[..., object]]:
    """Return what a template may call, in the reader's language."""

    def money(price: Money, times: int = 1) -> str:
        return written.money(price.amount * times, price.currency, locale)

    def day(at: datetime, zone: tzinfo) -> str:
        return written.day(at.astimezone(zone).date(), locale)

    def moment(at: datetime, zone: tzinfo = UTC) -> str:
        return written.moment(at, locale, zone)

    def category(name: str) -> str:
        return catalogue(locale).get(f"pages.category_{name}", name)

    return {
        "t": partial(text, locale),
        "say": partial(say, locale=locale),
        "number": partial(written.number, locale=locale),
        "city": partial(written.city, locale=locale),
        "money": money,
        "day": day,
        "moment": moment,
        "category": category,
        **_CALLED,
    }


def _remember(locale: Locale) -> Cookie:
    return Cookie(LANGUAGE_COOKIE, value=locale, max_age=A_YEAR, samesite="lax")


def _fonts(assets: Entry, locale: Locale) -> list[str]:
    names = tuple(f"onest-{script}-wght" for script in SCRIPTS[locale])
    return [font for font in assets.fonts if font.rpartition("/")[2].startswith(names)]
