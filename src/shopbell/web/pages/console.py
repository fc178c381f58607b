"""The operator's landing: what waits, what failed, whether the record is whole."""

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from msgspec import Struct

from shopbell.accounts import audit
from shopbell.accounts.model import Letter
from shopbell.app import App
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Shop
from shopbell.engine import outbox
from shopbell.engine.database import Database, Tx
from shopbell.engine.outbox import BACK_OFF, WaitingJob
from shopbell.kernel.actor import Actor, Side
from shopbell.kernel.ids import is_id
from shopbell.kernel.refusals import Forbidden, NotFound, SignInFirst
from shopbell.web.pages import shopfront
from shopbell.web.pages.look import Look


class OperatorsOnly(Forbidden):
    """This page is for whoever runs the marketplace."""


class NoSuchJob(NotFound):
    """No given-up job has this id; perhaps it is waiting again already."""


class Record(Struct, frozen=True):
    """The state of the audit log: its length, and the first entry that does not fit."""

    entries: int
    broken: int | None


class House(Struct, frozen=True):
    """What the landing shows."""

    letters: int
    dead: list[WaitingJob]
    audit: Record
    shops: list[Shop]
    now: datetime


class ShopRow(Struct, frozen=True):
    """One shop on the landing."""

    shop: Shop
    hours: str
    online: bool


def see_house(tx: Tx) -> House:
    """Look at everything the operator should know of."""
    newest = audit.newest(tx, 1)
    return House(
        letters=len(outbox.waiting(tx, Letter)),
        dead=outbox.dead(tx),
        audit=Record(newest[0].seq if newest else 0, audit.verify(tx)),
        shops=commerce.shops(tx),
        now=tx.now,
    )


def revive(tx: Tx, actor: Actor, job: str) -> None:
    """Try a given-up job again."""
    if not is_id(job) or not outbox.revive(tx, job):
        raise NoSuchJob
    audit.record(tx, actor, "job_revived", job=job)


def operator(look: Look) -> Actor:
    """Return the operator who looks, or refuse."""
    if look.visitor is None:
        raise SignInFirst
    if look.visitor.side is not Side.OPERATOR:
        raise OperatorsOnly
    return look.visitor


@get("/console")
async def console_page(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    app: NamedDependency[App],
    retried: FromQuery[bool] = False,
) -> Response[Any]:
    """Show the operator how the house is."""
    operator(look)
    house = await db.read(see_house)
    rows = [
        ShopRow(shop, shopfront.today(shop, house.now, look.locale), app.hub.shop_online(shop.id))
        for shop in house.shops
    ]
    return look.page(
        "console.html",
        letters=house.letters,
        dead=house.dead,
        audit=house.audit,
        tries=len(BACK_OFF) + 1,
        shops=rows,
        retried=retried,
    )


@post("/console/jobs/{job:str}/retry", status_code=303)
async def retry(
    look: NamedDependency[Look], db: NamedDependency[Database], job: FromPath[str]
) -> Redirect:
    """Try a given-up job again."""
    await db.write(revive, operator(look), job)
    return Redirect("/console?retried=true", status_code=303)


ROUTES = (console_page, retry)
