"""Marketa, the marketplace to try things out with: what everybody else may count on."""

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from shopbell.accounts import acting
from shopbell.accounts import service as accounts
from shopbell.accounts.entrance import sign_in
from shopbell.accounts.model import Knock, SignIn
from shopbell.app import App
from shopbell.app import build as wire
from shopbell.cases import mediation
from shopbell.cases import service as cases
from shopbell.commerce import service as commerce
from shopbell.commerce.commands import Search
from shopbell.commerce.model import Order, OrderState, Product
from shopbell.commerce.numbers import is_s10
from shopbell.conversations import service as conversations
from shopbell.conversations.model import Channel, Listed
from shopbell.conversations.turns import State
from shopbell.demo.build import build
from shopbell.demo.people import PASSWORD, SIGN_INS
from shopbell.demo.pictures import Picture, draw, motifs, palettes
from shopbell.engine.database import Tx
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import Actor, PersonId, Rank, Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import LOCALES
from shopbell.language.checks import SHAPES
from tests.conftest import DATABASES
from tests.support import postgres

SMALL_PX = 32
TWO_SHOPS = ("teply-shag", "yunhe-digital")
HERE = Knock(address="127.0.0.1")
OPERATOR = Actor(PersonId(new_id()), Side.OPERATOR)


@pytest.fixture(scope="module", params=DATABASES)
def marketa(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[App]:
    """Build it once for each kind of database: no story here changes what is there."""
    folder = tmp_path_factory.mktemp("marketa")
    address = request.getfixturevalue(f"{request.param}_of_marketa")
    app = wire(Settings(data=folder, database=address))
    build(app, lambda _line: None, side_px=SMALL_PX)
    yield app
    app.close()


@pytest.fixture(scope="module")
def sqlite_of_marketa(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("marketa") / "shopbell.db"
    return f"sqlite:///{shutil.copy(migrated_file, file)}"


@pytest.fixture(scope="module")
def postgres_of_marketa(postgres_server: postgres.Server, migrated_template: str) -> Iterator[str]:
    name = postgres_server.create(template=migrated_template)
    yield postgres_server.url(name)
    postgres_server.drop(name)


def all_products(tx: Tx) -> list[Product]:
    page = commerce.catalogue(tx, Search(limit=200))
    assert page.next is None
    return page.items


def all_orders(tx: Tx) -> list[Order]:
    return commerce.orders(tx, OPERATOR, limit=200).items


def all_talks(tx: Tx) -> list[Listed]:
    return conversations.inbox(tx, OPERATOR, "all", limit=200)[0]


def orders_of(app: App, email: str) -> list[Order]:
    people = {order.buyer for order in app.db.read_now(all_orders)}
    found = [app.db.read_now(accounts.person, person) for person in people]
    buyer = next(person for person in found if person.email == email)
    return app.db.read_now(commerce.orders, Actor(buyer.id, Side.BUYER), limit=200).items


async def test_everybody_of_the_cast_can_sign_in(marketa: App) -> None:
    for email, role in SIGN_INS.items():
        side = Side.SELLER if role == "two_shops" else Side(role)
        entry = await sign_in(marketa.db, SignIn(email, PASSWORD), HERE)
        assert (entry.person.email, entry.person.side) == (email, side)
        assert entry.person.demo
        visit = marketa.db.read_now(accounts.who, entry.session)
        assert visit is not None
        assert (visit.actor.shop is not None) == (side == Side.SELLER)


async def test_somebody_works_for_two_shops_and_begins_at_the_one_they_joined_first(
    marketa: App,
) -> None:
    [both] = [email for email, role in SIGN_INS.items() if role == "two_shops"]
    entry = await sign_in(marketa.db, SignIn(both, PASSWORD), HERE)
    visit = marketa.db.read_now(accounts.who, entry.session)
    assert visit is not None
    memberships = marketa.db.read_now(acting.shops_of, visit)
    known = {slug: marketa.db.read_now(commerce.shop, slug).id for slug in TWO_SHOPS}
    assert [(one.shop, one.rank) for one in memberships] == [
        (known["teply-shag"], Rank.AGENT),
        (known["yunhe-digital"], Rank.MANAGER),
    ]
    assert visit.actor.shop == known["teply-shag"]
    marketa.db.write_now(acting.act_for, visit, known["yunhe-digital"])
    moved = marketa.db.read_now(accounts.who, entry.session)
    assert moved is not None
    assert (moved.actor.shop, moved.actor.rank) == (known["yunhe-digital"], Rank.MANAGER)


def test_the_catalogue_is_wide_and_complete_in_three_languages(marketa: App) -> None:
    products = marketa.db.read_now(all_products)
    assert len(products) >= 60
    assert len({product.category for product in products}) >= 9
    for product in products:
        spoken = [product.title, product.about]
        spoken += [side for a in product.attributes for side in (a.name, a.value)]
        assert all(set(words) == set(LOCALES) for words in spoken), product.slug
        assert all(word.strip() for words in spoken for word in words.values()), product.slug
        assert product.pictures, product.slug
        with Image.open(marketa.blobs.path(product.pictures[0])) as picture:
            assert picture.size == (SMALL_PX, SMALL_PX)


def test_one_page_of_electronics_has_no_specification(marketa: App) -> None:
    bare = [product for product in marketa.db.read_now(all_products) if not product.attributes]
    assert [(product.slug, product.category) for product in bare] == [
        ("aurora-headphones", "electronics")
    ]


def test_shops_differ_in_place_hours_and_languages(marketa: App) -> None:
    shops = marketa.db.read_now(commerce.shops)
    assert 6 <= len(shops) <= 8
    zones = {shop.zone for shop in shops}
    assert zones >= {"Europe/Moscow", "Asia/Shanghai", "Europe/Berlin", "Asia/Novosibirsk"}
    assert all(set(shop.about) == set(LOCALES) and shop.hours and shop.picture for shop in shops)
    always = next(shop for shop in shops if shop.slug == "yunhe-digital")
    now = marketa.db.clock()
    assert all(always.open_at(now + timedelta(hours=hour)) for hour in range(168))


def test_orders_stand_in_every_state(marketa: App) -> None:
    orders, now = marketa.db.read_now(all_orders), marketa.db.clock()
    assert {order.state for order in orders} == set(OrderState)
    assert sum(order.late_at(now) for order in orders) >= 2
    for language in LOCALES:
        assert len(orders_of(marketa, f"buyer-{language}@demo.example")) >= 5


def test_the_case_studies_find_their_orders(marketa: App) -> None:
    parcels = {
        order.number.partition("-")[2]: (order, order.shipments)
        for order in marketa.db.read_now(all_orders)
    }
    now = marketa.db.clock()
    still, (standing,) = parcels["52040"]
    assert still.late_at(now)
    assert now - max(event.at for event in standing.events) > timedelta(days=10)
    moved, (kettle,) = parcels["51873"]
    assert kettle.eta
    assert kettle.first_eta
    assert kettle.eta.latest > kettle.first_eta.latest
    assert set(kettle.eta_reason or {}) == set(LOCALES)
    assert not moved.late_at(now)
    wrong_size, _ = parcels["48137"]
    assert wrong_size.state is OrderState.DELIVERED
    old, _ = parcels["30992"]
    until = old.warranty_until(old.lines[0])
    assert until is not None
    assert until > now.date()


def test_tracking_numbers_are_ones_a_carrier_could_have_given(marketa: App) -> None:
    numbers = [
        parcel.tracking_number
        for order in marketa.db.read_now(all_orders)
        for parcel in order.shipments
    ]
    assert len(set(numbers)) == len(numbers)
    postal = [number for number in numbers if SHAPES["s10"].looks.fullmatch(number)]
    assert len(postal) >= 6
    assert all(is_s10(number) for number in postal)


def test_conversations_stand_in_several_states(marketa: App) -> None:
    talks, now = marketa.db.read_now(all_talks), marketa.db.clock()
    assert len(talks) >= 25
    assert {talk.state for talk in talks} == set(State) - {State.NEW}
    assert {talk.channel for talk in talks} == set(Channel)
    assert {talk.locale for talk in talks} == set(LOCALES)
    assert {talk.subject.kind for talk in talks} == {"product", "order", "shop"}
    waiting = [talk for talk in talks if talk.state is State.WAITING_SELLER]
    assert all(talk.due for talk in waiting)
    left = Counter(talk.due.at > now for talk in waiting if talk.due)
    assert left[True] >= 5
    assert left[False] >= 1
    assert all(talk.last and talk.last.at <= now for talk in talks)


def test_a_dispute_and_a_refund_are_there_to_look_at(marketa: App) -> None:
    between = marketa.db.read_now(mediation.queue, OPERATOR).between
    assert [(one.case.kind, one.case.state) for one in between] == [("dispute", "evidence")]
    assert marketa.db.read_now(running) == {
        ("return", "disputed", "none"),
        ("dispute", "evidence", "none"),
        ("return", "refund_due", "requested"),
    }


def running(tx: Tx) -> set[tuple[str, str, str]]:
    found = cases.cases(tx, OPERATOR, "open", kinds=["return", "dispute"]).items
    return {(one.kind, one.state, one.money) for one in found}


def test_building_twice_changes_nothing(marketa: App) -> None:
    before = marketa.db.read_now(all_talks), marketa.db.read_now(all_orders)
    lines: list[str] = []
    build(marketa, lines.append, locale="ru")
    assert lines == ["Демонстрационный рынок уже на месте, ничего не изменено."]
    assert (marketa.db.read_now(all_talks), marketa.db.read_now(all_orders)) == before


def test_no_two_motifs_and_no_two_palettes_look_alike() -> None:
    assert len(motifs()) >= 24
    assert len({draw(Picture(motif, "celadon"), SMALL_PX) for motif in motifs()}) == len(motifs())
    painted = {draw(Picture("kettle", palette), SMALL_PX) for palette in palettes()}
    assert len(painted) == len(palettes())
