"""The operator's pages of people: find somebody, see where they stand, give roles, block."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from msgspec import Struct

from shopbell.accounts import people, roles
from shopbell.accounts import service as accounts
from shopbell.accounts.blocks import service as blocks
from shopbell.accounts.blocks.model import LONGEST, Block, PutBlock, Reason, Subject
from shopbell.accounts.blocks.refusals import BlockNeedsWords
from shopbell.accounts.model import Person
from shopbell.accounts.people import Known
from shopbell.accounts.refusals import NoSuchPerson
from shopbell.accounts.roles import Right
from shopbell.cases import service as cases
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Shop
from shopbell.conversations import service as conversations
from shopbell.conversations.conduct import service as conduct
from shopbell.conversations.conduct.model import Complaint
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import SYSTEM, Actor, PersonId, Rank, Reach, Role
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import NotFound, Refusal
from shopbell.web.pages.case_post import all_kept, posted_form
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.errors import Told, explain
from shopbell.web.pages.look import Look
from shopbell.web.pages.record import day_in

PAGE = "/console/people"
DONE = ("role", "proposed", "ended", "blocked")


class Seen(Struct, frozen=True):
    """What the page of one person shows."""

    known: Known
    shops: list[tuple[Shop, Rank]]
    blocks: list[Block]
    complaints: list[Complaint]
    proposer: str
    talks: int
    cases: int


@get(PAGE)
async def people_page(
    look: NamedDependency[Look], db: NamedDependency[Database], q: FromQuery[str] = ""
) -> Response[Any]:
    """Find people by name, address, id, or the number of an order."""
    found = await db.read(find, visitor_of(look), q)
    return look.page("people.html", q=q, found=found)


@get(f"{PAGE}/{{person:str}}")
async def person_page(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    person: FromPath[str],
    done: FromQuery[str] = "",
) -> Response[Any]:
    """Show where somebody stands, and nothing of what they wrote."""
    return await _page(look, db, person, done=done if done in DONE else "")


@post(f"{PAGE}/{{person:str}}", status_code=303)
async def change_person(
    request: Request[Any, Any, Any],
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    person: FromPath[str],
) -> Response[Any]:
    """Give a role, end sign-ins or block; what is refused is told above what was typed."""
    posted = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, posted)
    try:
        done = await db.write(act, look.visitor, PersonId(person), posted)
    except msgspec.ValidationError:
        told = explain(BlockNeedsWords(days=LONGEST.days), look.locale)
        return await _page(look, db, person, told=told, posted=posted)
    except Refusal as refusal:
        told = explain(refusal, look.locale)
        return await _page(look, db, person, told=told, posted=posted)
    return Redirect(f"{PAGE}/{person}?done={done}", status_code=303)


def find(tx: Tx, actor: Actor, words: str) -> list[Person]:
    """Find people by name, address or id, or who ordered under a number."""
    found = people.find(tx, actor, words)
    if found or not words.strip():
        return found
    try:
        order = commerce.order(tx, SYSTEM, words.strip())
    except NotFound:
        return []
    return [accounts.person(tx, order.buyer)]


def see(tx: Tx, actor: Actor, person: PersonId) -> Seen:
    """Look at everything that is known of somebody but their words."""
    known = people.look(tx, actor, person)
    shops = [(commerce.shop(tx, work.shop), work.rank) for work in known.work]
    by = known.proposed_by
    return Seen(
        known=known,
        shops=shops,
        blocks=blocks.of(tx, actor, person, *(shop.id for shop, _ in shops)),
        complaints=conduct.history(tx, actor, person),
        proposer=accounts.person(tx, by).name if by else "",
        talks=conversations.count_of(tx, actor, person),
        cases=cases.count_of(tx, actor, person),
    )


def act(tx: Tx, actor: Actor, person: PersonId, posted: FormMultiDict) -> str:
    """Do what a form of the page asks for; returns what was done."""
    match posted.get("do"):
        case "role":
            role = msgspec.convert(posted.get("role"), Role)
            return "role" if people.give_role(tx, actor, person, role) else "proposed"
        case "end":
            people.end_sessions(tx, actor, person)
            return "ended"
        case _:
            blocks.put(tx, actor, _block_in(tx, actor, person, posted))
            return "blocked"


def _block_in(tx: Tx, actor: Actor, person: PersonId, posted: FormMultiDict) -> PutBlock:
    """Read the form of a block; it is on the person, or on a shop they work for."""
    whom = posted.get("whom", person)
    shop = next((one.shop for one in people.look(tx, actor, person).work if one.shop == whom), None)
    if whom != person and shop is None:
        raise NoSuchPerson
    sent = {
        "id": posted.get("id"),
        "subject": shop or person,
        "kind": Subject.SHOP if shop else Subject.PERSON,
        "reach": posted.get("reach"),
        "reason": posted.get("reason"),
        "words": str(posted.get("words", "")),
        "until": day_in(str(posted.get("until", ""))),
    }
    return msgspec.convert(sent, PutBlock)


async def _page(
    look: Look,
    db: Database,
    person: str,
    *,
    done: str = "",
    told: Told | None = None,
    posted: FormMultiDict | None = None,
) -> Response[Any]:
    seen = await db.read(see, visitor_of(look), PersonId(person))
    may = {right.value: roles.may(visitor_of(look), right) for right in Right}
    typed = {name: str(posted.get(name, "")) for name in ("words", "until")} if posted else {}
    return look.page(
        "person.html",
        told.status if told else 200,
        seen=seen,
        may=may,
        done=done,
        told=told,
        typed=typed,
        roles=list(Role),
        reaches=list(Reach),
        reasons=list(Reason),
        new_id=new_id,
    )


ROUTES = (people_page, person_page, change_person)
