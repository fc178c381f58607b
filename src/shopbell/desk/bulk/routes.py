"""One act on many over HTTP: each is done or refused by itself."""

import asyncio
from collections.abc import Callable, Iterable

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from shopbell.conversations.model import ConversationId
from shopbell.desk.bulk import service
from shopbell.desk.bulk.model import UNDONE_WITHIN, Bulk, BulkId, DoAll, Fate, Fates
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import Locale, text

Deed = Callable[[Tx, Actor, Bulk, ConversationId], None]


@post("/api/v1/desk/acts", status_code=200)
async def act_on_many(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    data: JSONBody[DoAll],
) -> Fates:
    """Do one act to up to 200 conversations; each is done, or refused with its reason."""
    bulk = await db.write(service.begin, actor, data)
    talks = dict.fromkeys(ConversationId(talk) for talk in data.talks)
    return await _each(db, actor, locale, bulk, talks, service.do)


@post("/api/v1/desk/acts/{bulk:str}/undo", status_code=200)
async def undo_act_on_many(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    bulk: FromPath[str],
) -> Fates:
    """Take an act on many back; what somebody has changed since stays as it is."""
    found, talks = await db.read(service.begin_undo, actor, BulkId(bulk))
    return await _each(db, actor, locale, found, talks, service.undo)


async def _each(  # noqa: PLR0917 - what is done, to which, for whom
    db: Database,
    actor: Actor,
    locale: Locale,
    bulk: Bulk,
    talks: Iterable[ConversationId],
    deed: Deed,
) -> Fates:
    async def fate(talk: ConversationId) -> Fate:
        try:
            await db.write(deed, actor, bulk, talk)
        except Refusal as refusal:
            return _refused(talk, refusal, locale)
        return Fate(talk, done=True)

    items = await asyncio.gather(*map(fate, talks))
    return Fates(bulk.id, list(items), bulk.at + UNDONE_WITHIN)


def _refused(talk: ConversationId, refusal: Refusal, locale: Locale) -> Fate:
    named = {name: text(locale, key) for name, key in refusal.named.items()}
    said = refusal.facts | named
    title = text(locale, f"refusals.{refusal.code}.title", **said)
    detail = text(locale, f"refusals.{refusal.code}.next", **said)
    return Fate(talk, done=False, code=refusal.code, title=title, detail=detail)


ROUTES = (act_on_many, undo_act_on_many)
