"""An installation under test, and people who behave like people.

::

    halo = house.shop("halo", staff=["mei"])
    teapot = halo.sells("teapot")
    anna = house.buyer("anna")
    talk = anna.asks(halo, teapot, "How heavy is it?")
    house.passes(minutes=3)
    halo.mei.says(talk, "1.2 kg with the box.")
    assert anna.reads(talk) == ["How heavy is it?", "1.2 kg with the box."]
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import msgspec

from shopbell.accounts import service as accounts
from shopbell.accounts import staff as colleagues
from shopbell.accounts.model import NewPerson, NewStaff
from shopbell.accounts.model import Person as Account
from shopbell.accounts.passwords import PasswordHash
from shopbell.app import App
from shopbell.commerce import service as commerce
from shopbell.commerce.commands import ListProduct, OpenShop, OrderedLine, PlaceOrder
from shopbell.commerce.hours import Hours
from shopbell.commerce.model import Money, Order, Product, Shop
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Append, Appended, Begin
from shopbell.conversations.model import (
    ConversationId,
    Event,
    Listed,
    MarkKind,
    Stream,
    Subject,
    SubjectKind,
)
from shopbell.kernel.actor import SYSTEM, Actor, Rank, Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import Locale
from shopbell.worker import Worker
from tests.support.clock import WoundClock

NO_PASSWORD = PasswordHash("nobody signs in with this")
ROUND_THE_CLOCK = [Hours(weekday=day, opens="00:00", closes="24:00") for day in range(7)]

About = Product | Order | None


class House:
    """A wired installation whose clock we wind."""

    def __init__(self, app: App, clock: WoundClock, domain: str = "example.org") -> None:
        self.app = app
        self.db = app.db
        self.clock = clock
        self.domain = domain

    def buyer(self, name: str, locale: Locale = "en") -> "Person":
        """Let somebody in who buys."""
        return Person(self, self._actor(name, Side.BUYER, locale))

    def operator(self, name: str = "olga") -> "Person":
        """Let somebody of the marketplace in."""
        return Person(self, self._actor(name, Side.OPERATOR, "en"))

    def shop(
        self,
        slug: str,
        staff: Sequence[str] = ("mei",),
        languages: Sequence[Locale] = ("en", "ru", "zh"),
        hours: Sequence[Hours] = ROUND_THE_CLOCK,
    ) -> "Counter":
        """Open a shop with its staff, the first of them its owner; it never closes by itself."""
        opened = OpenShop(
            slug=slug,
            name=slug.title(),
            about={"en": f"The shop {slug}"},
            zone="Europe/Berlin",
            languages=list(languages),
            email=self.address(slug),
            hours=list(hours),
        )
        shop = self.db.write_now(commerce.open_shop, SYSTEM, opened)
        ranks = [Rank.OWNER] + [Rank.AGENT] * len(staff)
        people = {
            name: self._joins(shop, name, rank) for name, rank in zip(staff, ranks, strict=False)
        }
        return Counter(self, shop, people)

    def address(self, name: str) -> str:
        """Return where somebody gets letters."""
        return f"{name}@{self.domain}"

    def passes(self, **time: float) -> None:
        """Let time pass, as ``passes(minutes=6)``, and do what has become due."""
        self.clock.passes(**time)
        with ThreadPoolExecutor(1) as apart:  # a test may have an event loop of its own
            apart.submit(asyncio.run, self._work()).result()

    async def _work(self) -> None:
        worker = Worker(self.app)
        while await worker.turn():
            pass

    def _actor(self, name: str, side: Side, locale: Locale) -> Actor:
        new = NewPerson(
            email=self.address(name), name=name.title(), side=side, locale=locale, verified=True
        )
        person = self.db.write_now(accounts.add_person, SYSTEM, new, NO_PASSWORD)
        return Actor(person.id, side, name=person.name)

    def _joins(self, shop: Shop, name: str, rank: Rank) -> "Person":
        new = NewStaff(
            email=self.address(name),
            name=name.title(),
            rank=rank,
            locale=shop.languages[0],
            verified=True,
        )
        joined = self.db.write_now(colleagues.add, SYSTEM, shop.id, new, NO_PASSWORD)
        person: Account = joined.person
        actor = Actor(person.id, Side.SELLER, shop.id, rank, person.name)
        return Person(self, actor)


Opens = Callable[..., House]
"""Opens a house with other settings."""


@dataclass(frozen=True)
class Counter:
    """A shop, and those who stand behind its counter; ``halo.mei`` is one of them."""

    house: House
    shop: Shop
    staff: Mapping[str, "Person"] = field(default_factory=dict[str, "Person"])

    def __getattr__(self, name: str) -> "Person":
        try:
            return self.staff[name]
        except KeyError:
            raise AttributeError(name) from None

    def sells(self, offer: str, **details: Any) -> Product:
        """Put something on sale."""
        given: dict[str, Any] = {
            "title": {"en": offer.title()},
            "price": Money(6490, "EUR"),
            "stock": 5,
        }
        listing = ListProduct(offer_id=offer, **given | details)
        return self.house.db.write_now(commerce.add_product, SYSTEM, self.shop.id, listing)

    def ships_to(self, buyer: "Person", product: Product, **details: Any) -> Order:
        """Record an order of one product."""
        given: dict[str, Any] = {
            "number": f"N-{new_id()[-8:]}",
            "placed_at": self.house.clock(),
            "currency": product.price.currency,
        }
        order = PlaceOrder(
            buyer=buyer.actor.id,
            shop=self.shop.id,
            lines=[OrderedLine(product=product.id)],
            **given | details,
        )
        return self.house.db.write_now(commerce.place_order, SYSTEM, order)


@dataclass(frozen=True)
class Person:
    """Somebody who can do what their side can do, by calling services."""

    house: House
    actor: Actor

    def asks(self, counter: Counter, about: About, words: str) -> ConversationId:
        """Write to a shop about a product, an order or the shop itself."""
        talk = self.begins(counter, about)
        self.says(talk, words)
        return talk

    def begins(self, counter: Counter, about: About) -> ConversationId:
        """Open the conversation, or find it."""
        begin = Begin(_subject(counter, about))
        found, _is_new = self.house.db.write_now(conversations.begin, self.actor, begin)
        talk: ConversationId = found.id
        return talk

    def says(self, talk: ConversationId, words: str, cmid: str | None = None) -> Appended:
        """Say something; the same ``cmid`` again is the same message again."""
        return self.adds(Stream(talk), "message", cmid, text=words)

    answers = says

    def notes(self, talk: ConversationId, words: str) -> Appended:
        """Write something only the own team can read."""
        return self.adds(Stream.parse(f"c.{talk}.n"), "note", text=words)

    def does(self, talk: ConversationId, action: str) -> Appended:
        """Press a button, as ``resolve``."""
        return self.adds(Stream(talk), action)

    def adds(self, stream: Stream, kind: str, cmid: str | None = None, **data: object) -> Appended:
        """Append one entry to a stream."""
        entry = Append(cmid or new_id(), kind, data)
        return self.house.db.write_now(conversations.append, self.actor, stream, entry)

    def events(self, talk: ConversationId, audience: str = "p") -> list[Event]:
        """Return everything in a stream."""
        stream = Stream.parse(f"c.{talk}.{audience}")
        page = self.house.db.read_now(conversations.page, self.actor, stream)
        return page.events

    def reads(self, talk: ConversationId) -> list[str]:
        """Look at the conversation to its end, and return what was said."""
        events = self.events(talk)
        self.house.db.write_now(
            conversations.mark, self.actor, Stream(talk), MarkKind.READ, events[-1].seq
        )
        said = [event for event in events if event.type == "message"]
        return [str(msgspec.json.decode(event.data)["text"]) for event in said]

    def sees(self, talk: ConversationId) -> Listed:
        """Return the conversation as it looks from this side."""
        return self.house.db.read_now(conversations.conversation, self.actor, talk)


def _subject(counter: Counter, about: About) -> Subject:
    if isinstance(about, Product):
        return Subject(SubjectKind.PRODUCT, about.id)
    if isinstance(about, Order):
        return Subject(SubjectKind.ORDER, about.number)
    return Subject(SubjectKind.SHOP, counter.shop.id)
