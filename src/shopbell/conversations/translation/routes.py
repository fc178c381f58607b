"""Translations over HTTP."""

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from shopbell.conversations.model import Stream
from shopbell.conversations.translation import service
from shopbell.conversations.translation.model import AskTranslations, Translations
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor
from shopbell.kernel.texts import Locale


@post("/api/v1/streams/{stream:str}/translations", status_code=200)
async def ask_translations(
    *,
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    stream: FromPath[str],
    data: JSONBody[AskTranslations],
) -> Translations:
    """Return what messages say in one's language; what nobody translated yet is begun."""
    asked = (actor, Stream.parse(stream), locale, data.seqs)
    found = await db.read(service.translations, *asked)
    if found.waiting and not data.again:
        return await db.write(service.ask_for, *asked)
    return found


ROUTES = (ask_translations,)
