"""Drafts of what a shop may answer: made out of what it has said already, sent by nobody."""

from msgspec import Struct

from shopbell.assistants.helping import Assistants
from shopbell.assistants.model import Source
from shopbell.assistants.refusals import NobodyDrafts
from shopbell.conversations.model import ConversationId
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.texts import Locale
from shopbell.knowledge.suggesting import service as suggesting
from shopbell.knowledge.suggesting.model import Suggestion
from shopbell.knowledge.suggesting.ordering import Looked


class DraftedReply(Struct, frozen=True):
    """What an assistant would answer, and the shop's own words it was made of.

    Without ``text`` there is none that those words bear out.
    """

    text: str
    locale: Locale
    sources: list[Suggestion]


def material(tx: Tx, actor: Actor, talk: ConversationId) -> Looked:
    """Return what waits for a shop's answer and what may answer it; refuse anybody else."""
    found = suggesting.waiting(tx, actor, talk)
    if not tx.settings.writer:
        raise NobodyDrafts
    return found


async def draft(assistants: Assistants, actor: Actor, talk: ConversationId) -> DraftedReply:
    """Have a reply drafted in the buyer's language, between transactions.

    A model is asked for nothing that nothing known answers: it would have to make it up.
    """
    asked = await assistants.db.read(material, actor, talk)
    sources = [Source(one.id, f"{one.question}\n{one.answer}") for one in asked.found]
    drafted = await assistants.draft(asked.shop, asked.words, sources, asked.locale)
    if drafted is None:
        return DraftedReply("", asked.locale, [])
    used = [one for one in asked.found if one.id in drafted.sources]
    return DraftedReply(drafted.text, asked.locale, used)
