"""Working as a team over HTTP: decode, call one service, encode."""

from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from shopbell.conversations import sharing
from shopbell.conversations.commands import Draft, TeamDrafts
from shopbell.conversations.model import ConversationId, Stream
from shopbell.conversations.refusals import NoSuchDraft
from shopbell.desk.together import calls, handing, history, keys, reminding
from shopbell.desk.together.model import BuyerHistory, Calls, HandOver, Keys, RemindMe
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor, PersonId
from shopbell.kernel.ids import is_id
from shopbell.kernel.texts import Locale

TALK = "/api/v1/conversations/{talk:str}"
KEYS = "/api/v1/desk/keys"


@get("/api/v1/desk/calls")
async def list_calls(db: NamedDependency[Database], actor: NamedDependency[Actor]) -> Calls:
    """List what calls one: notes that mention one, and reminders, due or not."""
    return await db.read(calls.mine, actor)


@post(TALK + "/mentions/read", status_code=204)
async def read_mentions(
    db: NamedDependency[Database], actor: NamedDependency[Actor], talk: FromPath[str]
) -> None:
    """Say that one has looked at the notes of a conversation that mention one."""
    await db.write(calls.look, actor, _talk(talk))


@put(TALK + "/reminder", status_code=204)
async def set_reminder(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    talk: FromPath[str],
    data: JSONBody[RemindMe],
) -> None:
    """Be called back to a conversation in time; there is one reminder each, and this is it."""
    await db.write(reminding.remind, actor, _talk(talk), data)


@delete(TALK + "/reminder")
async def drop_reminder(
    db: NamedDependency[Database], actor: NamedDependency[Actor], talk: FromPath[str]
) -> None:
    """Take one's reminder back, or put aside one that has called."""
    await db.write(reminding.take_back, actor, _talk(talk))


@get(TALK + "/team-drafts")
async def list_team_drafts(
    db: NamedDependency[Database], actor: NamedDependency[Actor], talk: FromPath[str]
) -> TeamDrafts:
    """Show what one's colleagues are about to answer."""
    return TeamDrafts(await db.read(sharing.of_team, actor, _talk(talk)))


@post(TALK + "/team-drafts/{person:str}/take", status_code=200)
async def take_draft(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    talk: FromPath[str],
    person: FromPath[str],
) -> Draft:
    """Put a copy of a colleague's draft behind one's own words; they are told."""
    if not is_id(person):
        raise NoSuchDraft
    return await db.write(sharing.take_over, actor, _talk(talk), PersonId(person))


@get(TALK + "/hand-over")
async def hand_over(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    talk: FromPath[str],
) -> HandOver:
    """Sum a conversation up for whoever takes it over, from what is kept of it."""
    return await db.read(handing.summary, actor, _talk(talk), locale)


@get(TALK + "/history")
async def show_history(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    talk: FromPath[str],
) -> BuyerHistory:
    """Show what the buyer ordered from this shop, and only from it."""
    return await db.read(history.history, actor, _talk(talk), locale)


@get(KEYS)
async def show_keys(db: NamedDependency[Database], actor: NamedDependency[Actor]) -> Keys:
    """Show by which keys one works at the desk."""
    return await db.read(keys.laid, actor)


@put(KEYS, status_code=204)
async def lay_keys(
    db: NamedDependency[Database], actor: NamedDependency[Actor], data: JSONBody[Keys]
) -> None:
    """Work by these keys from now on, on every device."""
    await db.write(keys.lay, actor, data)


@delete(KEYS)
async def reset_keys(db: NamedDependency[Database], actor: NamedDependency[Actor]) -> None:
    """Let the keys lie where the desk has them."""
    await db.write(keys.reset, actor)


def _talk(talk: str) -> ConversationId:
    return Stream.parse(f"c.{talk}.n").conversation


ROUTES = (
    list_calls,
    read_mentions,
    set_reminder,
    drop_reminder,
    list_team_drafts,
    take_draft,
    hand_over,
    show_history,
    show_keys,
    lay_keys,
    reset_keys,
)
