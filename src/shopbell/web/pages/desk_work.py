"""How a shop's team shares its work, by plain forms: the rule, who is there, what each can take."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from msgspec import Struct

from shopbell.accounts.refusals import NoSuchPerson
from shopbell.conversations.model import TalkKind
from shopbell.desk import seating, service
from shopbell.desk.commands import ChoosePresence, Equip
from shopbell.desk.model import CAPACITY_MOST, Attendance, Mode, Rule, Teammate
from shopbell.desk.refusals import DeskFormWrong
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor, PersonId, Rank
from shopbell.kernel.ids import is_id
from shopbell.kernel.refusals import Forbidden, Refusal
from shopbell.kernel.texts import LOCALES
from shopbell.web.pages.case_post import all_kept, posted_form
from shopbell.web.pages.errors import explain
from shopbell.web.pages.look import Look
from shopbell.web.pages.office import at_work, elsewhere

Sent = Request[Any, Any, Any]
PATH = "/shop/desk"
T = TypeVar("T", bound=Struct)
_is_number = re.compile("[0-9]{1,4}").fullmatch


class Place(Struct, frozen=True):
    """What stands on the page: the rule, the team, and what the reader is."""

    rule: Rule
    team: Sequence[Teammate]
    presence: Attendance


@get(PATH)
async def desk_page(
    look: NamedDependency[Look], db: NamedDependency[Database], done: FromQuery[str] = ""
) -> Response[Any]:
    """Show how work is given out, and who is there."""
    if away := elsewhere(look):
        return away
    return await _page(look, db, saved=done == "saved")


@post(PATH, status_code=303)
async def save_rule(
    request: Sent, look: NamedDependency[Look], db: NamedDependency[Database]
) -> Response[Any]:
    """Have work given out by another rule."""
    return await _save(request, look, db, _lay_down)


@post(PATH + "/presence", status_code=303)
async def save_presence(
    request: Sent, look: NamedDependency[Look], db: NamedDependency[Database]
) -> Response[Any]:
    """Be available, busy, away or off."""
    return await _save(request, look, db, _be)


@post(PATH + "/seats/{person:str}", status_code=303)
async def save_seat(
    request: Sent,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    person: FromPath[str],
) -> Response[Any]:
    """Say what somebody can take, and what they know."""
    if not is_id(person):
        raise NoSuchPerson
    who = PersonId(person)
    return await _save(request, look, db, lambda tx, actor, form: _equip(tx, actor, who, form))


def see(tx: Tx, actor: Actor) -> Place:
    """Look up how work is given out, and who is there."""
    mine = seating.seat(tx, actor).presence
    return Place(service.rule(tx, actor), seating.team(tx, actor), mine)


def _lay_down(tx: Tx, actor: Actor, form: FormMultiDict) -> None:
    minutes = {name: 60 * _number(form, name) for name in ("patience", "grace")}
    asked = {"mode": form.get("mode"), "limit": _number(form, "limit"), **minutes}
    service.lay_down(tx, actor, _read(asked, Rule))


def _be(tx: Tx, actor: Actor, form: FormMultiDict) -> None:
    asked = {"presence": form.get("presence")}
    seating.choose_presence(tx, actor, _read(asked, ChoosePresence))


def _equip(tx: Tx, actor: Actor, person: PersonId, form: FormMultiDict) -> None:
    capacity = _number(form, "capacity") if form.get("capacity", "").strip() else None
    known = {name: form.getall(name, []) for name in ("languages", "kinds")}
    seating.equip(tx, actor, person, _read({"capacity": capacity, **known}, Equip))


def _number(form: FormMultiDict, name: str) -> int:
    typed = form.get(name, "").strip()
    if not _is_number(typed):
        raise DeskFormWrong(most=CAPACITY_MOST)
    return int(typed)


def _read(asked: Mapping[str, object], kind: type[T]) -> T:
    try:
        return msgspec.convert(asked, kind)
    except msgspec.ValidationError:
        raise DeskFormWrong(most=CAPACITY_MOST) from None


async def _save(
    request: Sent, look: Look, db: Database, do: Callable[[Tx, Actor, FormMultiDict], None]
) -> Response[Any]:
    form = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, form)
    actor, _shop = at_work(look)
    try:
        await db.write(do, actor, form)
    except Forbidden:
        raise
    except Refusal as refusal:
        return await _page(look, db, refusal)
    return Redirect(f"{PATH}?done=saved", status_code=303)


async def _page(
    look: Look, db: Database, refusal: Refusal | None = None, *, saved: bool = False
) -> Response[str]:
    actor, shop = at_work(look)
    told = explain(refusal, look.locale) if refusal else None
    return look.at(PATH).page(
        "desk_work.html",
        told.status if told else 200,
        place=await db.read(see, actor),
        manages=actor.works_for(shop, Rank.MANAGER),
        me=actor.id,
        modes=list(Mode),
        presences=list(Attendance),
        kinds=list(TalkKind),
        locales=LOCALES,
        most=CAPACITY_MOST,
        told=told,
        saved=saved,
    )


ROUTES = (desk_page, save_rule, save_presence, save_seat)
