"""Blocks on pages: the operator's list with its appeals, and what somebody blocked is shown."""

from typing import Any, Literal

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from msgspec import Struct

from shopbell.accounts import service as accounts
from shopbell.accounts.blocks import service
from shopbell.accounts.blocks.model import Block, BlockId
from shopbell.commerce import service as commerce
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor, PersonId
from shopbell.kernel.refusals import Refusal, SignInFirst
from shopbell.web.pages.case_post import all_kept, posted_form
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.errors import Told, explain
from shopbell.web.pages.look import Look

PAGE = "/console/blocks"
OWN = "/blocked"
Box = Literal["standing", "appeals", "ended"]
BOXES: tuple[Box, ...] = ("appeals", "standing", "ended")
_AT: dict[str, Box] = {box: box for box in BOXES}


class Row(Struct, frozen=True):
    """One block with the names of those it is about."""

    block: Block
    whom: str
    by: str


@get(PAGE)
async def blocks_page(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    box: FromQuery[str] = "appeals",
    done: FromQuery[bool] = False,
) -> Response[Any]:
    """List appeals that wait, blocks that stand, or those that have ended."""
    return await _page(look, db, _AT.get(box, "appeals"), done=done)


@post(f"{PAGE}/{{block:str}}", status_code=303)
async def decide_block(
    request: Request[Any, Any, Any],
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    block: FromPath[str],
) -> Response[Any]:
    """Lift a block, or decide about an appeal."""
    posted = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, posted)
    box = _AT.get(str(posted.get("box", "")), "appeals")
    do, words = str(posted.get("do", "")), str(posted.get("words", ""))
    try:
        await db.write(_decide, look.visitor, BlockId(block), do, words)
    except Refusal as refusal:
        told = explain(refusal, look.locale)
        return await _page(look.at(PAGE), db, box, told=told, typed=(block, words))
    return Redirect(f"{PAGE}?box={box}&done=true", status_code=303)


@get(OWN)
async def own_blocks(
    look: NamedDependency[Look], db: NamedDependency[Database], done: FromQuery[bool] = False
) -> Response[Any]:
    """Show somebody what keeps them from writing, why, until when, and how to appeal."""
    return await _own(look, db, done=done)


@post(f"{OWN}/{{block:str}}", status_code=303)
async def appeal(
    request: Request[Any, Any, Any],
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    block: FromPath[str],
) -> Response[Any]:
    """Take an appeal; what was written stays if it is refused."""
    posted = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, posted)
    words = str(posted.get("words", ""))
    try:
        await db.write(service.appeal, look.visitor, BlockId(block), words)
    except Refusal as refusal:
        told = explain(refusal, look.locale)
        return await _own(look.at(OWN), db, told=told, words=words)
    return Redirect(f"{OWN}?done=true", status_code=303)


def _decide(tx: Tx, actor: Actor, block: BlockId, do: str, words: str) -> None:
    if do == "lift":
        service.lift(tx, actor, block)
    else:
        service.decide(tx, actor, block, words, ends=do == "end")


def _listed(tx: Tx, actor: Actor, box: Box) -> list[Row]:
    found = service.listed(tx, actor, box)
    people = {PersonId(one.subject) for one in found} | {one.by for one in found}
    names = {str(person): name for person, name in accounts.names(tx, people).items()}
    names |= {str(shop.id): shop.name for shop in commerce.shops(tx)}
    return [Row(one, names.get(one.subject, ""), names.get(one.by, "")) for one in found]


async def _page(
    look: Look,
    db: Database,
    box: Box,
    *,
    done: bool = False,
    told: Told | None = None,
    typed: tuple[str, str] = ("", ""),
) -> Response[Any]:
    visitor = visitor_of(look)
    rows = await db.read(_listed, visitor, box)
    status = told.status if told else 200
    facts = {"rows": rows, "box": box, "boxes": BOXES, "done": done, "told": told}
    return look.page("blocks.html", status, **facts, me=visitor.id, typed=dict([typed]))


async def _own(
    look: Look, db: Database, *, done: bool = False, told: Told | None = None, words: str = ""
) -> Response[Any]:
    if look.visitor is None:
        raise SignInFirst(back=OWN)
    found = await db.read(service.own, look.visitor)
    status = told.status if told else 200
    facts = {"blocks": found, "done": done, "told": told, "words": words, "visitor": look.visitor}
    return look.page("blocked.html", status, **facts)


ROUTES = (blocks_page, decide_block, own_blocks, appeal)
