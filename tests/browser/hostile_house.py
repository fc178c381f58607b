"""A house in which everything that has words has hostile ones."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from shopbell.accounts import keys, letters, model, staff
from shopbell.accounts import service as accounts
from shopbell.accounts.model import Knock, NewKey, NewPerson, NewStaff
from shopbell.commerce import service as commerce
from shopbell.commerce.commands import (
    ListProduct,
    ListVariant,
    OpenShop,
    OrderedLine,
    PlaceOrder,
    SentParcel,
)
from shopbell.commerce.model import Attribute, Eta, Money, Order, Product, Shop, TrackingEvent
from shopbell.commerce.tracking import CODES
from shopbell.connectors.files.orders import import_orders
from shopbell.connectors.files.plain import plain_text
from shopbell.connectors.listings.bringing import Manner, bring_in
from shopbell.connectors.listings.escaping import escaped
from shopbell.connectors.listings.model import Wishes
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Append, Begin, KeepDraft
from shopbell.conversations.files import display_name
from shopbell.conversations.model import ConversationId, Stream, Subject, SubjectKind
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, Rank, Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import Words as Told
from tests.support.house import NO_PASSWORD, House

PRICE = Money(6490, "EUR")
MANY = 40
HARMLESS = "word"
MOVING = next(code for code in CODES if code.startswith("in_transit"))
Words = dict[int, str]


def readable(words: Words) -> Words:
    """Return those that can be a name of somebody."""
    return {n: one for n, one in words.items() if len(one) <= 80 and one.isprintable()}


@dataclass
class Stage:
    """Who and what is there; ``0`` is the number of what has harmless words."""

    house: House
    words: Words
    anna: Actor
    mei: Actor
    olga: Actor
    stall: Shop
    shops: dict[int, Shop] = field(default_factory=dict[int, Shop])
    products: dict[int, Product] = field(default_factory=dict[int, Product])
    orders: dict[int, Order] = field(default_factory=dict[int, Order])
    long_talk: str = ""
    about_all: str = ""
    about_orders: dict[int, ConversationId] = field(default_factory=dict[int, ConversationId])

    def cookie(self, who: Actor) -> str:
        """Sign somebody in."""
        person = self.house.db.read_now(accounts.person, who.id)
        entry = self.house.db.write_now(accounts.let_in, person, Knock(address="127.0.0.1"))
        return entry.session


def furnish(house: House, words: Words) -> Stage:
    """Put every word everywhere."""
    stage: Stage = house.db.write_now(_people, house, words)
    house.db.write_now(_goods, stage)
    house.db.write_now(_orders, stage)
    house.db.write_now(_talks, stage)
    house.clock.passes(seconds=1)
    house.db.write_now(_long_talk, stage)
    house.db.write_now(_office, stage)
    return stage


def _open(tx: Tx, slug: str, name: str) -> Shop:
    about: Told = {"en": name}
    return commerce.open_shop(
        tx, SYSTEM, OpenShop(slug, name, about, "Europe/Berlin", ["en"], f"{slug}@example.org")
    )


def _person(tx: Tx, at: str, name: str, side: Side) -> Actor:
    new = NewPerson(email=f"{at}@example.org", name=name, side=side, verified=True)
    person = accounts.add_person(tx, SYSTEM, new, NO_PASSWORD)
    return Actor(person.id, side, name=person.name)


def _joins(tx: Tx, shop: Shop, at: str, name: str, rank: Rank) -> Actor:
    new = NewStaff(email=f"{at}@example.org", name=name, rank=rank, verified=True)
    person = staff.add(tx, SYSTEM, shop.id, new, NO_PASSWORD).person
    return Actor(person.id, Side.SELLER, shop.id, rank, person.name)


def _people(tx: Tx, house: House, words: Words) -> Stage:
    name = next(iter(words.values()))
    stall = _open(tx, "stall", name)
    stage = Stage(
        house,
        words,
        anna=_person(tx, "anna", name, Side.BUYER),
        mei=_joins(tx, stall, "mei", name, Rank.OWNER),
        olga=_person(tx, "olga", name, Side.OPERATOR),
        stall=stall,
    )
    for n, word in {0: HARMLESS, **words}.items():
        stage.shops[n] = _open(tx, f"s{n}", word)
    return stage


def _goods(tx: Tx, stage: Stage) -> None:
    for n, word in {0: HARMLESS, **stage.words}.items():
        told: Told = {"en": word}
        listing = ListProduct(
            offer_id=f"p{n}",
            slug=f"p{n}",
            title=told,
            about=told,
            category=word[:200],
            attributes=[Attribute(told, told)],
            price=PRICE,
            stock=5,
            variants=[ListVariant(f"p{n}/{v}", {word[:60]: f"{word}{v}"}, PRICE, 5) for v in "ab"],
        )
        stage.products[n] = commerce.add_product(tx, SYSTEM, stage.stall.id, listing)
    everything = ListProduct(
        offer_id="all",
        slug="all",
        title={"en": "All"},
        price=PRICE,
        stock=5,
        attributes=[Attribute({"en": one}, {"en": one}) for one in stage.words.values()],
        variants=[
            ListVariant(f"all/{n}", {"kind": one}, PRICE, 5) for n, one in stage.words.items()
        ],
    )
    stage.products[-1] = commerce.add_product(tx, SYSTEM, stage.stall.id, everything)


def _orders(tx: Tx, stage: Stage) -> None:
    now = tx.now
    for n, word in {0: HARMLESS, **stage.words}.items():
        told: Told = {"en": word}
        short = word[:200]
        event = TrackingEvent(MOVING, now, place=short, note=told)
        parcel = SentParcel(
            carrier=short,
            tracking_number=short,
            eta=Eta(now.date(), now.date() + timedelta(days=3), "Europe/Berlin"),
            eta_at=now,
            eta_reason=told,
            shipped_at=now,
            events=[event],
        )
        line = OrderedLine(title=told, price=PRICE)
        order = PlaceOrder(
            number=_number(n, word),
            buyer=stage.anna.id,
            shop=stage.stall.id,
            placed_at=now - timedelta(minutes=n),
            currency="EUR",
            lines=[line],
            shipments=[parcel],
        )
        stage.orders[n] = commerce.place_order(tx, SYSTEM, order)


def _number(n: int, word: str) -> str:
    """Make a number of a word: without what no number has."""
    return f"{n}{''.join(sign for sign in word if sign.isprintable() and sign not in ' /?#')}"[:60]


def _talks(tx: Tx, stage: Stage) -> None:
    begin = _beginner(tx)
    for n, word in {0: HARMLESS, **stage.words}.items():
        buyer = _person(tx, f"b{n}", readable({n: word}).get(n, f"Buyer {n}"), Side.BUYER)
        _says(tx, buyer, begin(buyer, SubjectKind.PRODUCT, f"p{n}"), word)
        _says(tx, stage.anna, begin(stage.anna, SubjectKind.SHOP, f"s{n}"), word)
    for n in list(stage.words)[::20]:
        about = begin(stage.anna, SubjectKind.ORDER, stage.orders[n].id)
        _says(tx, stage.anna, about, stage.words[n])
        stage.about_orders[n] = about
    stage.about_all = begin(stage.anna, SubjectKind.PRODUCT, "all")
    _says(tx, stage.anna, stage.about_all, "Everything?")


def _beginner(tx: Tx) -> Callable[[Actor, SubjectKind, str], ConversationId]:
    def begin(who: Actor, kind: SubjectKind, key: str) -> ConversationId:
        return conversations.begin(tx, who, Begin(Subject(kind, key)))[0].id

    return begin


def _says(tx: Tx, who: Actor, talk: ConversationId, words: str, **data: Any) -> None:
    said = Append(new_id(), "message", {"text": words, **data})
    conversations.append(tx, who, Stream(talk), said)


def _long_talk(tx: Tx, stage: Stage) -> None:
    """Say every word, with a file of that name; few enough entries for one plain page."""
    anna, mei, words = stage.anna, stage.mei, list(stage.words.values())
    talk = _beginner(tx)(anna, SubjectKind.SHOP, "stall")
    stage.long_talk = talk
    blob = stage.house.app.blobs.keep(b"plain words")
    for word in words:
        name = display_name(word, blob.media_type)
        file = conversations.attach(tx, anna, talk, blob, name)
        _says(tx, anna, talk, word, attachments=[file.id])
    for at in range(0, len(words), MANY):
        many = "\n".join(words[at : at + MANY])
        _says(tx, mei, talk, many)
        note = Append(new_id(), "note", {"text": many})
        conversations.append(tx, mei, Stream.parse(f"c.{talk}.n"), note)
    _says(tx, anna, talk, "The last")
    for who in (anna, mei):
        conversations.keep_draft(tx, who, talk, KeepDraft("\n".join(words)))


def _office(tx: Tx, stage: Stage) -> None:
    for n, name in readable(stage.words).items():
        colleague = _joins(tx, stage.stall, f"c{n}", name, Rank.AGENT)
        person = accounts.person(tx, colleague.id)
        letters.write(tx, person, "welcome", link=f"https://example.org/{n}")
    assert len(stage.words) <= model.KEYS_PER_SHOP, "raise it while furnishing"
    for name in readable(stage.words).values():
        keys.make(tx, stage.mei, stage.stall.id, NewKey(name))


def imported(stage: Stage) -> list[str]:
    """Bring the words in by tables, too; return the titles of the products that came of it."""
    db, words = stage.house.db, stage.words
    db.write_now(_open, "tables", "Tables")
    goods = [[f"t{n}", *[escaped(word)] * 4, "1.00", "EUR"] for n, word in words.items()]
    head = ["offer_id", "title", "about", "category", "brand", "price", "currency"]
    file = stage.house.app.settings.data / "goods.csv"
    file.write_bytes(_table(head, goods).getvalue())
    listed = bring_in(db, stage.house.app.blobs, "tables", file, Wishes(), Manner())
    titles = [title for word in words.values() if (title := plain_text(word))]
    assert listed.tally.refused == len(words) - len(titles)
    sold = [
        [f"t{n}", "anna@example.org", word[:40], "2026-11-01T08:00:00Z", "1.00", "EUR", *[word] * 3]
        for n, word in words.items()
    ]
    head = ["number", "buyer_email", "buyer_name", "placed_at", "price", "currency"]
    recorded = import_orders(
        db, "tables", _table([*head, "title", "carrier", "tracking_number"], sold)
    )
    assert recorded.skipped == []
    return titles


def _table(head: list[str], rows: list[list[str]]) -> io.BytesIO:
    table = io.StringIO()
    csv.writer(table).writerows([head, *rows])
    return io.BytesIO(table.getvalue().encode())
