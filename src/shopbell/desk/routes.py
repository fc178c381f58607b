"""The desk over HTTP: decode, call one service, encode."""

from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from shopbell.accounts.model import Visit
from shopbell.accounts.refusals import NoSuchPerson
from shopbell.conversations.model import ConversationId, Listed, Stream, TagId
from shopbell.desk import seating, service, shops, snoozing, tagging
from shopbell.desk.commands import Assign, ChoosePresence, Equip, MakeTag, Snooze, Sort
from shopbell.desk.model import OwnShop, Rule, Seat, Tag, Teammate
from shopbell.desk.refusals import NoSuchTag
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor, PersonId
from shopbell.kernel.ids import is_id
from shopbell.kernel.refusals import SignInFirst

DESK = "/api/v1/desk"
TALK = "/api/v1/conversations/{talk:str}"


class Team(Struct, frozen=True):
    """Everybody who works for the shop."""

    items: list[Teammate]


class OwnShops(Struct, frozen=True):
    """The shops of whoever asks, the first they joined first."""

    items: list[OwnShop]


class Tags(Struct, frozen=True):
    """The tags of the shop, by name."""

    items: list[Tag]


@get("/api/v1/me/shops")
async def list_own_shops(
    db: NamedDependency[Database], visit: NamedDependency[Visit | None]
) -> OwnShops:
    """List the shops one works for, with one's rank and how much waits at each."""
    return OwnShops(await db.read(shops.own, _signed_in(visit)))


@get(TALK + "/own-shop")
async def find_own_shop(
    db: NamedDependency[Database], visit: NamedDependency[Visit | None], talk: FromPath[str]
) -> OwnShop:
    """Say which of one's shops a conversation belongs to, whichever one acts for now."""
    return await db.read(shops.of_talk, _signed_in(visit), _talk(talk))


@get(DESK + "/seat")
async def get_seat(db: NamedDependency[Database], actor: NamedDependency[Actor]) -> Seat:
    """Return one's own seat at the desk of one's shop."""
    return await db.read(seating.seat, actor)


@put(DESK + "/seat")
async def choose_presence(
    db: NamedDependency[Database], actor: NamedDependency[Actor], data: JSONBody[ChoosePresence]
) -> Seat:
    """Be available, busy, away or off; perhaps until a shift ends."""
    return await db.write(seating.choose_presence, actor, data)


@get(DESK + "/team")
async def get_team(db: NamedDependency[Database], actor: NamedDependency[Actor]) -> Team:
    """List who works for the shop: who is there, and how much they have."""
    return Team(await db.read(seating.team, actor))


@put(DESK + "/team/{person:str}")
async def equip(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    person: FromPath[str],
    data: JSONBody[Equip],
) -> Seat:
    """Say how much somebody can take, and which languages and kinds they know; by managers."""
    if not is_id(person):
        raise NoSuchPerson
    return await db.write(seating.equip, actor, PersonId(person), data)


@get(DESK + "/rule")
async def get_rule(db: NamedDependency[Database], actor: NamedDependency[Actor]) -> Rule:
    """Return how the shop gives out what waits."""
    return await db.read(service.rule, actor)


@put(DESK + "/rule")
async def lay_down_rule(
    db: NamedDependency[Database], actor: NamedDependency[Actor], data: JSONBody[Rule]
) -> Rule:
    """Have the shop give out what waits by this rule; by managers."""
    return await db.write(service.lay_down, actor, data)


@get(DESK + "/tags")
async def list_tags(db: NamedDependency[Database], actor: NamedDependency[Actor]) -> Tags:
    """List the tags of the shop."""
    return Tags(await db.read(tagging.tags, actor))


@post(DESK + "/tags", status_code=200)
async def make_tag(
    db: NamedDependency[Database], actor: NamedDependency[Actor], data: JSONBody[MakeTag]
) -> Tag:
    """Have a tag of this name; the same name again is the same tag."""
    return await db.write(tagging.make, actor, data)


@put(TALK + "/assignment")
async def assign(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    talk: FromPath[str],
    data: JSONBody[Assign],
) -> Listed:
    """Give a conversation to somebody of the team, or take it oneself."""
    return await db.write(service.assign, actor, _talk(talk), data)


@delete(TALK + "/assignment", status_code=200)
async def unassign(
    db: NamedDependency[Database], actor: NamedDependency[Actor], talk: FromPath[str]
) -> Listed:
    """Give a conversation back to the shop."""
    return await db.write(service.unassign, actor, _talk(talk))


@put(TALK + "/kind")
async def sort(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    talk: FromPath[str],
    data: JSONBody[Sort],
) -> Listed:
    """Say what kind a conversation is."""
    return await db.write(service.sort, actor, _talk(talk), data)


@put(TALK + "/snooze")
async def snooze(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    talk: FromPath[str],
    data: JSONBody[Snooze],
) -> Listed:
    """Put a conversation aside until a time, or until something happens."""
    return await db.write(snoozing.snooze, actor, _talk(talk), data)


@delete(TALK + "/snooze", status_code=200)
async def wake(
    db: NamedDependency[Database], actor: NamedDependency[Actor], talk: FromPath[str]
) -> Listed:
    """Have a conversation back before its time."""
    return await db.write(snoozing.wake, actor, _talk(talk))


@put(TALK + "/tags/{tag:str}")
async def put_tag(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    talk: FromPath[str],
    tag: FromPath[str],
) -> Listed:
    """Put a tag on a conversation."""
    return await db.write(tagging.tag, actor, _talk(talk), _tag(tag))


@delete(TALK + "/tags/{tag:str}", status_code=200)
async def take_tag(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    talk: FromPath[str],
    tag: FromPath[str],
) -> Listed:
    """Take a tag off a conversation."""
    return await db.write(tagging.untag, actor, _talk(talk), _tag(tag))


def _signed_in(visit: Visit | None) -> Visit:
    if visit is None:
        raise SignInFirst
    return visit


def _talk(talk: str) -> ConversationId:
    return Stream.parse(f"c.{talk}.n").conversation


def _tag(tag: str) -> TagId:
    if not is_id(tag):
        raise NoSuchTag
    return TagId(tag)


ROUTES = (
    list_own_shops,
    find_own_shop,
    get_seat,
    choose_presence,
    get_team,
    equip,
    get_rule,
    lay_down_rule,
    list_tags,
    make_tag,
    assign,
    unassign,
    sort,
    snooze,
    wake,
    put_tag,
    take_tag,
)
