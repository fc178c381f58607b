"""The marketplace's own pages: catalogue, product, shop, order."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from msgspec import Meta, Struct

from shopbell.analytics.score import service as responsiveness
from shopbell.analytics.score.model import Standing
from shopbell.app import App
from shopbell.cases import refunding
from shopbell.cases.kinds import KINDS
from shopbell.cases.looking import note_look
from shopbell.commerce import service as commerce
from shopbell.commerce.commands import Search
from shopbell.commerce.model import Order, OrderState, Page, Product, SeveralOrders, Shop
from shopbell.conversations import service as conversations
from shopbell.conversations.model import Listed, Subject, SubjectKind
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor, ShopId, Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import SignInFirst
from shopbell.kernel.texts import Locale
from shopbell.knowledge.answers.commands import Order as AnswerOrder
from shopbell.web.pages import known, parcel, shopfront
from shopbell.web.pages.case_view import CaseView, buttons, running, see_cases
from shopbell.web.pages.look import Look
from shopbell.web.pages.score_words import judged, usual_minutes
from shopbell.web.pages.shopfront import Presence

CARDS = 24
SHOP_CARDS = 12

THREADS = {Side.BUYER: "/me/messages", Side.SELLER: "/desk"}
"""Where each side reads a conversation."""

Asked = Annotated[str, Meta(max_length=200)] | None


class Shelf(Struct, frozen=True):
    """A page of the catalogue with what surrounds it."""

    found: Page[Product]
    shops: dict[ShopId, Shop]
    shop: Shop | None
    categories: list[str]
    now: datetime


class Counter(Struct, frozen=True):
    """A shop, and what may be expected of it by how it has answered."""

    shop: Shop
    standing: Standing
    now: datetime


def see_shelf(tx: Tx, search: Search) -> Shelf:
    """Search the catalogue."""
    return Shelf(
        found=commerce.catalogue(tx, search),
        shops={shop.id: shop for shop in commerce.shops(tx)},
        shop=commerce.shop(tx, search.shop) if search.shop else None,
        categories=commerce.categories(tx),
        now=tx.now,
    )


def see_counter(tx: Tx, shop: str) -> Counter:
    """Look at one shop."""
    found = commerce.shop(tx, shop)
    return Counter(found, responsiveness.expected(tx, found), tx.now)


def see_product(tx: Tx, product: str) -> tuple[Product, Counter]:
    """Look at a product and who sells it."""
    found = commerce.product(tx, product)
    return found, see_counter(tx, found.shop)


def see_shop(tx: Tx, shop: str) -> tuple[Counter, Page[Product]]:
    """Look at a shop and the first of its products."""
    counter = see_counter(tx, shop)
    search = Search(shop=counter.shop.id, limit=SHOP_CARDS)
    return counter, commerce.catalogue(tx, search)


class OrderSeen(Struct, frozen=True):
    """An order, its shop, what was said about it, and the cases about it."""

    order: Order
    counter: Counter
    talk: Listed | None
    cases: list[CaseView]
    is_all_back: bool


def see_order(tx: Tx, actor: Actor, number: str, locale: Locale) -> OrderSeen:
    """Look at an order, its shop, and what was said about it."""
    order = commerce.order(tx, actor, number)
    talk = conversations.about(tx, actor, Subject(SubjectKind.ORDER, order.id))
    cases = see_cases(tx, actor, order, locale)
    counter = see_counter(tx, order.shop)
    return OrderSeen(order, counter, talk, cases, refunding.is_all_back(tx, order))


def see_namesakes(tx: Tx, actor: Actor, number: str) -> list[tuple[Order, Shop]]:
    """Look at all orders of one number, each with the shop that gave it."""
    found = commerce.numbered(tx, actor, number)
    return [(order, commerce.shop(tx, order.shop)) for order in found]


@get("/")
async def catalogue(
    *,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    q: FromQuery[Asked] = None,
    shop: FromQuery[Asked] = None,
    category: FromQuery[Asked] = None,
    after: FromQuery[Asked] = None,
) -> Response[str]:
    """Show what is on sale."""
    words = (q or "").strip() or None
    search = Search(
        q=words, shop=shop or None, category=category or None, after=after or None, limit=CARDS
    )
    shelf = await db.read(see_shelf, search)
    return look.page(
        "catalogue.html",
        search=search,
        shop=shelf.shop,
        shops=shelf.shops,
        categories=shelf.categories,
        products=shelf.found.items,
        next=shelf.found.next,
        now=shelf.now,
    )


@get("/products/{product:str}")
async def product_page(
    *,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    app: NamedDependency[App],
    product: FromPath[str],
    qa: FromQuery[Asked] = None,
    order: FromQuery[AnswerOrder] = "helpful",
    most: FromQuery[int] = known.FIRST,
    done: FromQuery[str] = "",
    variant: FromQuery[str] = "",
) -> Response[str]:
    """Show one product, what is known about it, and how to ask."""
    found, counter = await db.read(see_product, product)
    wish = known.Wish((qa or "").strip(), order, most)
    return look.page(
        "product.html",
        product=found,
        variant=variant if variant in {one.id for one in found.variants} else "",
        known=await db.read(known.see_answers, look.visitor, found.id, wish, look.locale),
        done=done if done in known.DONE else "",
        new_cmid=new_id,
        **_counter_facts(counter, app, look),
    )


@get("/shops/{shop:str}")
async def shop_page(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    app: NamedDependency[App],
    shop: FromPath[str],
) -> Response[str]:
    """Show a shop: who they are, when they are there, how soon they answer."""
    counter, shelf = await db.read(see_shop, shop)
    return look.page(
        "shop.html",
        products=shelf.items,
        more=shelf.next is not None,
        week=shopfront.week(counter.shop, counter.now, look.locale),
        holidays=shopfront.holidays_ahead(counter.shop, counter.now, look.locale),
        **_counter_facts(counter, app, look),
    )


@get("/orders/{number:str}")
async def order_page(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    app: NamedDependency[App],
    number: FromPath[str],
) -> Response[str]:
    """Show an order; first of all the one fact about it that matters now."""
    if look.visitor is None:
        raise SignInFirst
    try:
        seen = await db.read(see_order, look.visitor, number, look.locale)
    except SeveralOrders:
        namesakes = await db.read(see_namesakes, look.visitor, number)
        return look.page("choose_order.html", 300, asked=number, namesakes=namesakes)
    await note_look(db, look.visitor, *(view.case.id for view in seen.cases))
    order, counter = seen.order, seen.counter
    zone = parcel.zone_of(parcel.leading(order), counter.shop.zone)
    mine = look.visitor.side is Side.BUYER
    return look.page(
        "order.html",
        order=order,
        mine=mine,
        cases=[(view, buttons(view, look.locale)) for view in seen.cases],
        asks=questions(order, seen.cases, is_all_back=seen.is_all_back) if mine else [],
        zone=zone,
        fact=parcel.headline(order, counter.now, look.locale, zone, asked=_is_asked(seen)),
        parcels=[
            {"shipment": one, "steps": parcel.journey(order, one, look.locale, zone)}
            for one in order.shipments
        ],
        warranties=parcel.guarantees(order, counter.now, look.locale),
        talk=seen.talk,
        talk_at=THREADS.get(look.visitor.side),
        **_counter_facts(counter, app, look),
    )


ICONS = {"return": "undo", "logistics_inquiry": "truck", "repair": "wrench"}
COME, ON_ITS_WAY = ("return", "repair", "logistics_inquiry"), ("logistics_inquiry", "return")
"""What is asked most about an order that has come, and about one that has not."""


class Question(Struct, frozen=True):
    """A form about an order, or the case that it has led to already."""

    kind: str
    icon: str
    href: str


def _is_asked(seen: OrderSeen) -> bool:
    """Tell whether a carrier has still to answer where a parcel of an order is."""
    open_cases = (view for view in seen.cases if view.next)
    return any(one.answered_at is None for view in open_cases for one in view.questions)


def questions(order: Order, cases: list[CaseView], *, is_all_back: bool = False) -> list[Question]:
    """List what a buyer may ask for about an order; what runs already is led to.

    Where all the money goes back, nothing more is returned.
    """
    first = COME if order.state in {OrderState.DELIVERED, OrderState.RETURNED} else ON_ITS_WAY
    forms = [one.name for one in KINDS.values() if Side.BUYER in one.opens and one.needs_order]
    more = [kind for kind in forms if kind not in COME]
    asked = [kind for kind in (*first, *more) if not (is_all_back and KINDS[kind].judged)]
    return [_question(order, cases, kind) for kind in asked]


def _question(order: Order, cases: list[CaseView], kind: str) -> Question:
    earlier = running(KINDS[kind], order, [view.case for view in cases])
    there = f"/cases/{earlier}" if earlier else f"/orders/{order.id}/ask/{kind}"
    return Question(kind, ICONS.get(kind, "question"), there)


def presence_of(counter: Counter, app: App) -> Presence:
    """Say what is known of a shop at this moment."""
    return Presence(
        counter.now, app.hub.shop_online(counter.shop.id), usual_minutes(counter.standing)
    )


def _counter_facts(counter: Counter, app: App, look: Look) -> dict[str, Any]:
    presence = presence_of(counter, app)
    return {
        "shop": counter.shop,
        "presence": presence,
        "judged": judged(counter.standing, look.locale),
        "ways": shopfront.ways(counter.shop, presence, look.locale),
        "hours": shopfront.today(counter.shop, counter.now, look.locale),
        "now": counter.now,
    }


ROUTES = (catalogue, product_page, shop_page, order_page)
