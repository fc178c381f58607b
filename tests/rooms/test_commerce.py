"""Shops, products, orders and parcels, as those who may see them see them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace
from sqlalchemy import event, select

from shopbell.commerce import service
from shopbell.commerce.commands import (
    ListProduct,
    ListVariant,
    OpenShop,
    OrderedLine,
    Outcome,
    PlaceOrder,
    Search,
    SentParcel,
)
from shopbell.commerce.model import (
    AddressTaken,
    BadCursor,
    CurrenciesMixed,
    Eta,
    LineIncomplete,
    Money,
    NoSuchOrder,
    NoSuchPicture,
    NoSuchProduct,
    NoSuchShipment,
    NoSuchShop,
    NotYourShop,
    Offer,
    Order,
    OrderOfAnotherBuyer,
    OrderState,
    Product,
    SeveralOrders,
    Shop,
    TrackingEvent,
)
from shopbell.commerce.numbers import TrackingNumberMistyped
from shopbell.commerce.tracking import Milestone, TrackingCode
from shopbell.engine.database import Database
from shopbell.engine.journal import journal
from shopbell.kernel.actor import SYSTEM, Actor, PersonId, Rank, Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal

T = TypeVar("T")
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
ETA = Eta(date(2026, 5, 10), date(2026, 5, 12), "Europe/Moscow")
MOVING, CUSTOMS, ARRIVED, BACK = map(
    TrackingCode,
    ("in_transit.moving", "customs.held", "delivered.signed", "returned.to_sender"),
)


@dataclass(frozen=True)
class Market:
    """Two shops and the ways to put something into them."""

    db: Database
    lantern: Shop
    rival: Shop

    def sells(self, offer_id: str, **details: Any) -> Product:
        given: dict[str, Any] = {"title": {"en": offer_id.title()}, "price": Money(64_90, "EUR")}
        asked = ListProduct(offer_id=offer_id, **given | details)
        return self.db.write_now(service.add_product, SYSTEM, self.lantern.id, asked)

    def orders(self, number: str, buyer: Actor, **details: Any) -> Order:
        return self.db.write_now(service.place_order, SYSTEM, self.asks(number, buyer, **details))

    def asks(self, number: str, buyer: Actor, **details: Any) -> PlaceOrder:
        given: dict[str, Any] = {"placed_at": NOON, "currency": "EUR", "shop": self.lantern.id}
        return PlaceOrder(number=number, buyer=buyer.id, **given | details)

    def says(self, order: Order, code: TrackingCode, hours: float, place: str = "") -> None:
        told = TrackingEvent(code, NOON + timedelta(hours=hours), place)
        self.db.write_now(service.add_tracking, SYSTEM, order.shipments[0].id, told)

    def sees(self, who: Actor, number: str) -> Order:
        return self.db.read_now(service.order, who, number)

    def finds(self, q: str, **search: Any) -> list[str]:
        page = self.db.read_now(service.catalogue, Search(q=q, **search))
        return [product.offer_id for product in page.items]

    def facts(self) -> list[str]:
        named = select(journal.c.fact).order_by(journal.c.id)
        return self.db.read_now(lambda tx: [str(fact) for fact in tx.execute(named).scalars()])


@pytest.fixture
def market(db: Database) -> Market:
    return Market(db, _shop(db, "lantern"), _shop(db, "rival"))


def _shop(db: Database, slug: str) -> Shop:
    asked = OpenShop(
        slug=slug,
        name=slug.title(),
        about={"en": "Lamps", "ru": "Лампы"},
        zone="Europe/Moscow",
        languages=["ru", "en"],
        email=f"{slug}@example.org",
    )
    return db.write_now(service.open_shop, SYSTEM, asked)


def buyer() -> Actor:
    return Actor(PersonId(new_id()), Side.BUYER)


def staff(shop: Shop, rank: Rank = Rank.AGENT) -> Actor:
    return Actor(PersonId(new_id()), Side.SELLER, shop.id, rank)


OPERATOR = Actor(PersonId(new_id()), Side.OPERATOR)


# --- shops --------------------------------------------------------------------------------


def test_shop_is_found_by_its_address_and_its_id(market: Market) -> None:
    for key in ("lantern", market.lantern.id):
        assert market.db.read_now(service.shop, key) == market.lantern
    assert market.db.read_now(service.shops) == [market.lantern, market.rival]


@pytest.mark.parametrize("key", ("nowhere", "", "a\0b", "%", new_id()))
def test_no_such_shop(market: Market, key: str) -> None:
    with pytest.raises(NoSuchShop):
        market.db.read_now(service.shop, key)


def test_opening_a_shop_again_changes_it(market: Market) -> None:
    asked = {n: getattr(market.lantern, n) for n in OpenShop.__struct_fields__}
    moved = OpenShop(**asked | {"zone": "Asia/Shanghai", "holidays": [date(2026, 5, 9)]})
    changed = market.db.write_now(service.open_shop, staff(market.lantern, Rank.OWNER), moved)
    assert changed == replace(market.lantern, zone="Asia/Shanghai", holidays=[date(2026, 5, 9)])
    assert market.db.read_now(service.shop, "lantern") == changed


@pytest.mark.parametrize("rank", (Rank.OWNER, Rank.MANAGER))
def test_only_its_own_leaders_change_a_shop(market: Market, rank: Rank) -> None:
    asked = ListProduct(offer_id="lamp", title={"en": "Lamp"}, price=Money(1, "EUR"))
    put = service.add_product
    done = market.db.write_now(put, staff(market.lantern, rank), market.lantern.id, asked)
    assert done.offer_id == "lamp"
    outsiders = (staff(market.lantern), staff(market.rival, rank), buyer())
    for outsider in outsiders:
        with pytest.raises(NotYourShop):
            market.db.write_now(put, outsider, market.lantern.id, asked)


def test_nobody_but_the_operator_opens_a_shop(market: Market) -> None:
    asked = OpenShop("new", "New", {"en": "New"}, "Europe/Moscow", ["en"], "new@example.org")
    for outsider in (buyer(), staff(market.lantern, Rank.OWNER)):
        with pytest.raises(NotYourShop):
            market.db.write_now(service.open_shop, outsider, asked)
    assert market.db.write_now(service.open_shop, OPERATOR, asked).slug == "new"


# --- products -----------------------------------------------------------------------------


def test_product_is_kept_whole(market: Market) -> None:
    small = ListVariant("lamp-s", {"Size": "S"}, Money(40_00, "EUR"), 2)
    large = ListVariant("lamp-l", {"Size": "L"}, Money(60_00, "EUR"), 3)
    lamp = market.sells(
        "lamp", variants=[large, small], was=Money(70_00, "EUR"), tags=["brass"], warranty_months=24
    )
    assert (lamp.price, lamp.stock) == (Money(40_00, "EUR"), 5)
    assert [v.offer_id for v in lamp.variants] == ["lamp-l", "lamp-s"]
    for key in (lamp.slug, lamp.id):
        assert market.db.read_now(service.product, key) == lamp


def test_listing_again_keeps_ids_and_changes_the_rest(market: Market) -> None:
    small = ListVariant("lamp-s", {"Size": "S"}, Money(40_00, "EUR"))
    lamp = market.sells("lamp", variants=[small])
    asked = ListProduct("lamp", {"en": "Lamp"}, Money(40_00, "EUR"), variants=[small])
    put = service.put_product
    again = market.db.write_now(put, SYSTEM, market.lantern.id, asked)
    assert again.outcome is Outcome.UNCHANGED
    dearer = ListVariant("lamp-s", {"Size": "S"}, Money(45_00, "EUR"))
    third = ListProduct("lamp", {"en": "Lamp"}, Money(40_00, "EUR"), variants=[dearer])
    changed = market.db.write_now(put, SYSTEM, market.lantern.id, third)
    assert changed.outcome is Outcome.UPDATED
    assert changed.item.id == lamp.id
    assert changed.item.variants[0] == replace(lamp.variants[0], price=Money(45_00, "EUR"))
    assert market.db.read_now(service.product, lamp.slug) == changed.item
    assert market.facts().count("ProductListed") == 2


def test_two_shops_may_use_the_same_code(market: Market) -> None:
    asked = ListProduct("lamp", {"en": "Lamp"}, Money(1, "EUR"))
    put = service.add_product
    ours, theirs = (
        market.db.write_now(put, SYSTEM, shop.id, asked) for shop in (market.lantern, market.rival)
    )
    assert ours.slug == "lamp"
    assert theirs.slug.startswith("lamp-rival-")
    with pytest.raises(AddressTaken):
        market.sells("lamp-2", slug=theirs.slug)


def test_code_of_a_product_or_of_a_choice_is_found(market: Market) -> None:
    lamp = market.sells("lamp", variants=[ListVariant("lamp-s", {"Size": "S"}, Money(1, "EUR"))])

    def find(code: str) -> Offer | None:
        return market.db.read_now(service.find_offer, market.lantern.id, code)

    assert find("lamp") == Offer(lamp)
    assert find("lamp-s") == Offer(lamp, lamp.variants[0])
    assert find("lamp-xl") is None
    assert market.db.read_now(service.find_offer, market.rival.id, "lamp-s") is None


@pytest.mark.parametrize(
    ("q", "found"),
    (
        ("kettle", ["kettle"]),
        ("KETTLE steel", ["kettle"]),
        ("чайник ёлка", ["kettle"]),
        ("Чайник Елка", ["kettle"]),
        ("茶", ["teapot"]),
        ("tea", ["teapot"]),
        ("100%", ["teapot"]),
        ("1_0", []),
        ("kettle clay", []),
        ("   ", ["teapot", "kettle"]),
        ("\0", ["teapot", "kettle"]),
        ("\ud800", ["teapot", "kettle"]),
        ("'; drop table product; --", []),
    ),
)
def test_catalogue_finds_words_in_every_language(market: Market, q: str, found: list[str]) -> None:
    market.sells("kettle", title={"en": "Steel kettle", "ru": "Чайник «Ёлка»"})
    market.sells("teapot", title={"en": "Teapot, 100% clay", "zh": "茶壶"})
    assert market.finds(q) == found


def test_catalogue_is_narrowed_by_shop_and_category(market: Market) -> None:
    market.sells("kettle", category="kitchen")
    market.sells("lamp", category="light")
    assert market.finds("", category="light") == ["lamp"]
    assert market.finds("", shop="lantern", category="kitchen") == ["kettle"]
    assert market.finds("", shop=market.rival.id) == []
    assert market.db.read_now(service.categories) == ["kitchen", "light"]
    with pytest.raises(NoSuchShop):
        market.finds("", shop="nowhere")


def test_catalogue_is_read_page_by_page_without_a_gap(market: Market) -> None:
    names = [market.sells(f"lamp-{n}").offer_id for n in range(7)]
    seen, after = list[str](), None
    while True:
        page = market.db.read_now(service.catalogue, Search(q="lamp", after=after, limit=3))
        seen += [product.offer_id for product in page.items]
        if (after := page.next) is None:
            break
    assert seen == names[::-1]


def test_place_in_a_list_that_we_never_gave_out(market: Market) -> None:
    with pytest.raises(BadCursor):
        market.db.read_now(service.catalogue, Search(after="1; drop table"))
    for after in ("", "x", f"x.{new_id()}", f"{10**30}.{new_id()}", "5.5"):
        if after:
            with pytest.raises(BadCursor):
                market.db.read_now(service.orders, OPERATOR, after)


@pytest.mark.parametrize("key", ("nothing", "", "a\0b", "\ud800", new_id()))
def test_no_such_product(market: Market, key: str) -> None:
    with pytest.raises(NoSuchProduct):
        market.db.read_now(service.product, key)


def test_only_pictures_of_the_storefront_are_public(market: Market) -> None:
    market.sells("lamp", pictures=["ab" * 32])
    assert market.db.read_now(service.picture, "ab" * 32) == "ab" * 32
    with pytest.raises(NoSuchPicture):
        market.db.read_now(service.picture, "cd" * 32)


# --- orders -------------------------------------------------------------------------------


def test_order_remembers_the_day_it_was_placed(market: Market) -> None:
    anna = buyer()
    lamp = market.sells("lamp", pictures=["ab" * 32], warranty_months=12)
    lines = [OrderedLine(product=lamp.id, quantity=2)]
    placed = market.orders("A-1", anna, lines=lines)
    market.sells("lamp", title={"en": "Dearer lamp"}, price=Money(99_00, "EUR"))
    again = market.orders("A-1", anna, lines=lines)
    assert again == placed == market.sees(anna, "A-1")
    assert placed.total == Money(2 * 64_90, "EUR")
    assert placed.lines[0].title == {"en": "Lamp"}
    assert placed.lines[0].picture == "ab" * 32
    assert market.facts().count("OrderPlaced") == 1


def test_order_told_again_changes_only_what_differs(market: Market) -> None:
    anna, put = buyer(), service.put_order
    line = OrderedLine(title={"en": "Lamp"}, price=Money(5_00, "EUR"))
    parcel = SentParcel(carrier="post")
    asked = market.asks("A-1", anna, lines=[line], shipments=[parcel])
    placed = market.db.write_now(put, SYSTEM, asked)
    assert placed.outcome is Outcome.ADDED
    assert market.db.write_now(put, SYSTEM, asked).outcome is Outcome.UNCHANGED
    numbered = replace(parcel, tracking_number="RR473124829CH", eta=ETA)
    news = replace(asked, state=OrderState.PAID, lines=[line, line], shipments=[numbered])
    changed = market.db.write_now(put, SYSTEM, news)
    assert changed.outcome is Outcome.UPDATED
    kept = market.sees(anna, "A-1")
    assert kept == changed.item
    assert (kept.state, kept.total) == (OrderState.PAID, Money(10_00, "EUR"))
    assert kept.lines[0] == placed.item.lines[0]
    assert [p.id for p in kept.shipments] == [p.id for p in placed.item.shipments]
    assert market.db.write_now(put, SYSTEM, news).outcome is Outcome.UNCHANGED


def test_foreign_orders_do_not_exist(market: Market) -> None:
    anna, boris = buyer(), buyer()
    order = market.orders("A-1", anna, shipments=[SentParcel()])
    parcel = order.shipments[0].id
    for allowed in (anna, staff(market.lantern), OPERATOR, SYSTEM):
        assert market.sees(allowed, "A-1") == market.sees(allowed, order.id) == order
    for stranger in (boris, staff(market.rival, Rank.OWNER), Actor(anna.id, Side.SELLER)):
        for key in ("A-1", order.id):
            with pytest.raises(NoSuchOrder):
                market.sees(stranger, key)
        assert market.db.read_now(service.orders, stranger).items == []
        with pytest.raises(NoSuchShipment):
            market.db.write_now(service.set_eta, stranger, parcel, ETA)


def test_buyer_and_agent_see_an_order_but_do_not_write_it(market: Market) -> None:
    anna = buyer()
    parcel = market.orders("A-1", anna, shipments=[SentParcel()]).shipments[0].id
    for reader in (anna, staff(market.lantern)):
        with pytest.raises(NotYourShop):
            market.db.write_now(service.set_eta, reader, parcel, ETA)
        with pytest.raises(NotYourShop):
            market.db.write_now(service.place_order, reader, market.asks("A-2", anna))


def test_same_number_in_two_shops_leads_everyone_to_their_own(market: Market) -> None:
    anna, boris = buyer(), buyer()
    hers = market.orders("1001", anna)
    his = market.orders("1001", boris, shop=market.rival.id)
    assert market.sees(anna, "1001") == hers
    assert market.sees(boris, "1001") == his
    assert market.sees(staff(market.rival), "1001") == his


def test_a_number_two_shops_gave_one_buyer_is_not_guessed_at(market: Market) -> None:
    anna = buyer()
    first = market.orders("1001", anna)
    second = market.orders("1001", anna, shop=market.rival.id)
    for who in (anna, SYSTEM):
        with pytest.raises(SeveralOrders):
            market.sees(who, "1001")
    assert [market.sees(anna, one.id) for one in (first, second)] == [first, second]
    numbered = market.db.read_now(service.numbered, anna, "1001")
    assert {order.id for order in numbered} == {first.id, second.id}
    assert market.db.read_now(service.numbered, buyer(), "1001") == []
    assert market.sees(staff(market.rival), "1001") == second


def test_number_of_another_buyers_order_is_refused(market: Market) -> None:
    anna, boris = buyer(), buyer()
    order = market.orders("A-1", anna)
    with pytest.raises(OrderOfAnotherBuyer):
        market.orders("A-1", boris)
    assert market.sees(anna, "A-1") == order


@pytest.mark.parametrize(
    ("lines", "refusal"),
    (
        ([OrderedLine(product=new_id())], NoSuchProduct),  # type: ignore[arg-type]
        ([OrderedLine(title={"en": "Lamp"})], LineIncomplete),
        ([OrderedLine(title={"en": "Lamp"}, price=Money(1, "USD"))], CurrenciesMixed),
    ),
)
def test_order_that_makes_no_sense_leaves_nothing_behind(
    market: Market, lines: list[OrderedLine], refusal: type[Refusal]
) -> None:
    anna = buyer()
    with pytest.raises(refusal):
        market.orders("A-1", anna, lines=lines)
    assert market.db.read_now(service.orders, anna).items == []


def test_orders_are_read_page_by_page_even_when_placed_at_once(market: Market) -> None:
    anna = buyer()
    placed = [market.orders(f"A-{n}", anna).id for n in range(7)]
    seen, after = list[str](), None
    while True:
        page = market.db.read_now(service.orders, anna, after, 2)
        seen += [order.id for order in page.items]
        if (after := page.next) is None:
            break
    assert sorted(seen) == sorted(placed)
    assert len(seen) == len(placed)


def test_desk_may_ask_for_the_orders_of_one_buyer(market: Market) -> None:
    anna, boris = buyer(), buyer()
    hers = market.orders("A-1", anna)
    market.orders("A-2", boris)
    market.orders("B-1", anna, shop=market.rival.id)
    agent = staff(market.lantern)
    page = market.db.read_now(service.orders, agent, buyer=anna.id)
    assert page.items == [hers]
    assert [o.number for o in market.db.read_now(service.orders, boris, buyer=anna.id).items] == [
        "A-2"
    ]


def test_a_page_costs_the_same_statements_at_any_size(market: Market) -> None:
    anna = buyer()

    def more(names: range) -> None:
        for n in names:
            lamp = market.sells(f"lamp-{n}", variants=[_choice(n, "s"), _choice(n, "l")])
            parcels = [SentParcel(tracking_number=f"T{n}-{k}") for k in (1, 2)]
            lines = [OrderedLine(product=lamp.id)] * 2
            order = market.orders(f"A-{n}", anna, lines=lines, shipments=parcels)
            market.says(order, MOVING, n)

    def cost(work: Callable[[], object]) -> int:
        with _statements(market.db) as ran:
            work()
        return len(ran)

    def catalogue() -> object:
        return market.db.read_now(service.catalogue, Search())

    def orders() -> object:
        return market.db.read_now(service.orders, anna)

    more(range(1))
    few = cost(catalogue), cost(orders)
    more(range(1, 12))
    assert (cost(catalogue), cost(orders)) == few
    assert few <= (2 + 2, 4 + 2)  # SQLite begins and rolls back with statements of its own


def _choice(n: int, size: str) -> ListVariant:
    return ListVariant(f"lamp-{n}-{size}", {"Size": size}, Money(1, "EUR"))


@contextmanager
def _statements(db: Database) -> Iterator[list[str]]:
    ran: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        ran.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield ran
    event.remove(db.engine, "before_cursor_execute", note)


# --- parcels ------------------------------------------------------------------------------


def test_order_follows_its_parcel(market: Market) -> None:
    anna = buyer()
    order = market.orders("A-1", anna, state=OrderState.PAID, shipments=[SentParcel(eta=ETA)])
    market.says(order, MOVING, 1, "Riga")
    assert market.sees(anna, "A-1").state is OrderState.SHIPPED
    market.says(order, ARRIVED, 50)
    arrived = market.sees(anna, "A-1")
    assert arrived.state is OrderState.DELIVERED
    assert arrived.shipments[0].shipped_at == NOON + timedelta(hours=1)
    assert arrived.shipments[0].delivered_at == NOON + timedelta(hours=50)
    market.says(order, BACK, 90)
    assert market.sees(anna, "A-1").state is OrderState.RETURNED


def test_order_of_two_parcels_is_delivered_with_the_second(market: Market) -> None:
    anna = buyer()
    order = market.orders("A-1", anna, shipments=[SentParcel("a", "1"), SentParcel("b", "2")])
    market.says(order, ARRIVED, 5)
    assert market.sees(anna, "A-1").state is OrderState.SHIPPED
    second = replace(order, shipments=order.shipments[1:])
    market.says(second, ARRIVED, 6)
    assert market.sees(anna, "A-1").state is OrderState.DELIVERED


def test_news_that_come_late_do_not_turn_back_the_parcel(market: Market) -> None:
    anna = buyer()
    order = market.orders("A-1", anna, shipments=[SentParcel()])
    market.says(order, CUSTOMS, 20)
    market.says(order, MOVING, 10)
    [parcel] = market.sees(anna, "A-1").shipments
    assert parcel.state is Milestone.CUSTOMS
    assert [told.code for told in parcel.events] == [MOVING, CUSTOMS]


def test_a_carrier_repeating_itself_is_heard_once(market: Market) -> None:
    order = market.orders("A-1", buyer(), shipments=[SentParcel()])
    for _time in range(3):
        market.says(order, MOVING, 1, "Riga")
    market.says(order, MOVING, 1, "Tallinn")
    assert len(market.sees(SYSTEM, "A-1").shipments[0].events) == 2
    assert market.facts().count("TrackingSeen") == 2


def test_events_told_before_the_number_was_known_are_not_told_twice(market: Market) -> None:
    anna = buyer()
    told = [TrackingEvent(MOVING, NOON)]
    market.orders("A-1", anna, shipments=[SentParcel(events=told)])
    market.orders("A-1", anna, shipments=[SentParcel("post", "RR473124829CH", events=told)])
    [parcel] = market.sees(anna, "A-1").shipments
    assert (parcel.tracking_number, parcel.events) == ("RR473124829CH", told)


def test_new_delivery_date_keeps_the_first_and_says_why(market: Market) -> None:
    anna = buyer()
    order = market.orders("A-1", anna, shipments=[SentParcel(eta=ETA)])
    later = Eta(date(2026, 5, 18), date(2026, 5, 20), "Europe/Moscow")
    manager = staff(market.lantern, Rank.MANAGER)
    parcel = order.shipments[0].id
    for _time in range(2):
        market.db.write_now(service.set_eta, manager, parcel, later, {"en": "Storm in Riga"})
    [kept] = market.sees(anna, "A-1").shipments
    assert (kept.first_eta, kept.eta, kept.eta_reason) == (ETA, later, {"en": "Storm in Riga"})
    assert market.facts().count("EtaChanged") == 1


def test_mistyped_postal_number_is_refused_with_the_order(market: Market) -> None:
    anna = buyer()
    with pytest.raises(TrackingNumberMistyped):
        market.orders("A-1", anna, shipments=[SentParcel("post", "RR473124820CH")])
    assert market.db.read_now(service.orders, anna).items == []


def test_warranty_counts_from_delivery(market: Market) -> None:
    lamp = market.sells("lamp", warranty_months=12)
    order = market.orders("A-1", buyer(), lines=[OrderedLine(lamp.id)], shipments=[SentParcel()])
    assert order.warranty_until(order.lines[0]) is None
    market.says(order, ARRIVED, 24)
    arrived = market.sees(SYSTEM, "A-1")
    assert arrived.warranty_until(arrived.lines[0]) == date(2027, 5, 5)
