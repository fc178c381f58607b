"""Who works for a shop: the list, other ranks, the end of somebody's work, a new colleague."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect
from msgspec import Struct
from msgspec.structs import replace

from shopbell.accounts import entrance, model, staff
from shopbell.accounts.model import LEAST, MOST, Colleague, Membership, NewColleague
from shopbell.accounts.refusals import (
    AskedBefore,
    NameHasContact,
    NameUnreadable,
    NoSuchPerson,
    NotAnEmail,
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooShort,
    WorksHereAlready,
)
from shopbell.accounts.secret import new_password
from shopbell.engine.database import Database
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import Actor, PersonId, Rank, ShopId
from shopbell.kernel.ids import is_id, new_id
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import Locale, text
from shopbell.web.pages.errors import Told, explain
from shopbell.web.pages.look import Look
from shopbell.web.pages.office import at_work, elsewhere
from shopbell.web.pages.sign import Typed

DONE = {"moved": "office.moved_done", "left": "office.left_done"}
FIELDS: dict[type[Refusal], str] = {
    NameHasContact: "name",
    NameUnreadable: "name",
    NotAnEmail: "email",
    WorksHereAlready: "email",
    PasswordTooShort: "password",
    PasswordTooLong: "password",
    PasswordTooCommon: "password",
}
"""The field a refusal is about; any other is said above the list."""


class AddForm(Struct, frozen=True):
    """A colleague to add; ``id`` was made when the form was shown, so that twice is once."""

    id: Typed = ""
    name: Typed = ""
    email: Typed = ""
    password: Typed = ""
    rank: Rank = Rank.AGENT
    language: Locale = "en"


class RankForm(Struct, frozen=True):
    """Another rank."""

    rank: Rank


class Row(Struct, frozen=True):
    """A colleague, and what the reader may do about them."""

    who: Colleague
    me: bool
    ranks: list[Rank]
    may_end: bool


class Added(Struct, frozen=True):
    """Who works here now; ``password`` only where it is new."""

    name: str
    email: str
    password: str


@get("/shop/team")
async def team_page(
    look: NamedDependency[Look], db: NamedDependency[Database], done: FromQuery[str] = ""
) -> Response[Any]:
    """Show who works here."""
    if away := elsewhere(look):
        return away
    return await _page(look, db, _blank(look), done=done)


@post("/shop/team", status_code=200)
async def add_colleague(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    data: URLEncodedBody[AddForm],
) -> Response[Any]:
    """Add somebody, and show this once what they come in with."""
    actor, shop = at_work(look)
    asked = data.id if is_id(data.id) else None
    new = NewColleague(data.email, data.name, data.password, data.rank, data.language, asked)
    try:
        joined = await entrance.add_colleague(db, actor, shop, new, settings.base_url)
    except AskedBefore as refusal:
        return await _page(look, db, replace(data, id=new_id()), refusal)
    except Refusal as refusal:
        return await _page(look, db, data, refusal)
    who, fresh = joined.person, "" if joined.back else data.password
    return await _page(look, db, _blank(look), added=Added(who.name, who.email, fresh))


@post("/shop/team/{person:str}/rank", status_code=303)
async def set_rank(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    person: FromPath[PersonId],
    data: URLEncodedBody[RankForm],
) -> Response[Any]:
    """Give somebody another rank."""
    actor, shop = at_work(look)
    try:
        await db.write(staff.set_rank, actor, shop, person, data.rank)
    except Refusal as refusal:
        return await _page(look, db, _blank(look), refusal)
    return Redirect("/shop/team?done=moved", status_code=303)


@post("/shop/team/{person:str}/end", status_code=303)
async def end_work(
    look: NamedDependency[Look], db: NamedDependency[Database], person: FromPath[PersonId]
) -> Response[Any]:
    """End somebody's work here; ending it again changes nothing."""
    actor, shop = at_work(look)
    try:
        await db.write(staff.leave, actor, shop, person)
    except NoSuchPerson:
        return Redirect("/shop/team?done=left", status_code=303)
    except Refusal as refusal:
        return await _page(look, db, _blank(look), refusal)
    return Redirect("/shop/team?done=left", status_code=303)


async def _page(
    look: Look,
    db: Database,
    form: AddForm,
    refusal: Refusal | None = None,
    *,
    added: Added | None = None,
    done: str = "",
) -> Response[str]:
    actor, shop = at_work(look)
    told = explain(refusal, look.locale) if refusal else None
    return look.at("/shop/team").page(
        "team.html",
        told.status if told else 200,
        rows=[_row(actor, shop, one) for one in await db.read(staff.of_shop, actor, shop)],
        form=form,
        ranks=[rank for rank in Rank if model.may_add_staff(actor, shop, rank)],
        told=told,
        wrong=_wrong(refusal, told),
        added=added,
        done=text(look.locale, DONE[done]) if done in DONE else "",
        least=LEAST,
        most=MOST,
    )


def _wrong(refusal: Refusal | None, told: Told | None) -> dict[str, Told | None]:
    at = FIELDS.get(type(refusal)) if refusal else None
    return {field: told if field == at else None for field in set(FIELDS.values())}


def _row(actor: Actor, shop: ShopId, one: Colleague) -> Row:
    member = Membership(one.id, shop, one.rank)
    return Row(
        who=one,
        me=one.id == actor.id,
        ranks=[rank for rank in Rank if model.may_move_staff(actor, shop, member, rank)],
        may_end=model.may_move_staff(actor, shop, member),
    )


def _blank(look: Look) -> AddForm:
    return AddForm(id=new_id(), password=new_password(), language=look.locale)


ROUTES = (team_page, add_colleague, set_rank, end_work)
