"""The operator's landing: what waits, what failed, whether the record is whole."""

from datetime import datetime
from functools import partial
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Struct

from shopbell.accounts import operating
from shopbell.accounts.blocks import service as blocks
from shopbell.accounts.operating import Record
from shopbell.app import App
from shopbell.cases import cashdesk, mediation
from shopbell.cases.cashdesk import Till
from shopbell.cases.mediation import Waiting
from shopbell.channels.mail import service as letters
from shopbell.channels.mail.arriving import service as arriving
from shopbell.commerce import listening
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Shop
from shopbell.commerce.reports import UnknownCode
from shopbell.conversations import service as conversations
from shopbell.conversations.conduct import service as conduct
from shopbell.conversations.model import Listed
from shopbell.engine.database import Database, Tx
from shopbell.engine.vitals import worst
from shopbell.kernel.actor import Actor
from shopbell.kernel.refusals import SignInFirst
from shopbell.knowledge.answers import moderating
from shopbell.web import vitals
from shopbell.web.pages import figures, shopfront
from shopbell.web.pages.look import Look


class House(Struct, frozen=True):
    """What the landing shows."""

    questions: list[Listed]
    called: list[Waiting]
    refunds: Till
    letters: int
    mail: int
    rude: int
    appeals: tuple[int, datetime | None]
    doubted: int
    codes: list[UnknownCode]
    audit: Record
    shops: list[Shop]
    now: datetime


class ShopRow(Struct, frozen=True):
    """One shop on the landing."""

    shop: Shop
    hours: str
    online: bool


def see_house(tx: Tx, actor: Actor) -> House:
    """Look at everything the operator should know of."""
    return House(
        questions=conversations.called_for(tx, actor),
        called=mediation.queue(tx, actor).rows,
        refunds=cashdesk.waiting(tx, actor),
        letters=letters.counts(tx, actor).total(),
        mail=arriving.count_held(tx, actor),
        rude=conduct.count(tx, actor),
        appeals=blocks.appeals(tx, actor),
        doubted=len(moderating.doubted(tx, actor)),
        codes=listening.unknown_codes(tx, actor),
        audit=operating.record(tx, actor),
        shops=commerce.shops(tx),
        now=tx.now,
    )


@get("/console")
async def console_page(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    app: NamedDependency[App],
) -> Response[Any]:
    """Show the operator how the house is."""
    house = await db.read(see_house, visitor_of(look))
    taken = await vitals.take(app)
    rows = [
        ShopRow(shop, shopfront.today(shop, house.now, look.locale), app.hub.shop_online(shop.id))
        for shop in house.shops
    ]
    return look.page(
        "console.html",
        questions=house.questions,
        called=house.called,
        refunds=house.refunds,
        letters=house.letters,
        mail=house.mail,
        rude=house.rude,
        appeals=house.appeals,
        doubted=house.doubted,
        dead=next(int(one.value or 0) for one in taken if one.name == "jobs_dead"),
        worst=worst(taken),
        share=partial(figures.share, locale=look.locale),
        codes=house.codes,
        audit=house.audit,
        shops=rows,
    )


def visitor_of(look: Look) -> Actor:
    """Return who looks, or ask for a sign-in; whether they may is for the rooms to say."""
    if look.visitor is None:
        raise SignInFirst
    return look.visitor


ROUTES = (console_page,)
