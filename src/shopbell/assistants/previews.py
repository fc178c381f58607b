"""How a shop sees, before it sends an answer, what the buyer will read."""

from typing import Annotated

from msgspec import Meta, Struct

from shopbell.assistants.helping import Assistants
from shopbell.assistants.model import AssistantTrouble, TranslationPreview
from shopbell.assistants.refusals import NobodyTranslates, NotTranslated, OnlyShopsPreview
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import TEXT_MOST
from shopbell.conversations.model import ConversationId, Stream
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, ShopId, Side
from shopbell.kernel.texts import Locale


class AskTranslationPreview(Struct, frozen=True, forbid_unknown_fields=True):
    """Words that are not sent yet."""

    text: Annotated[str, Meta(min_length=1, max_length=TEXT_MOST)]


class Readership(Struct, frozen=True):
    """Who will read an answer: in which language, and whose names stay as they are."""

    shop: ShopId
    locale: Locale
    names: list[str]


def readership(tx: Tx, actor: Actor, talk: ConversationId) -> Readership:
    """Return who reads what this shop would say; refuse anybody else."""
    found = conversations.entered(tx, actor, Stream(talk))
    if actor.side is not Side.SELLER:
        raise OnlyShopsPreview
    if not tx.settings.translator:
        raise NobodyTranslates
    return Readership(found.shop, found.locale, [found.buyer_name, found.shop_name])


async def preview(
    assistants: Assistants, actor: Actor, own: Locale, talk: ConversationId, text: str
) -> TranslationPreview:
    """Translate words into the buyer's language, and that back into the writer's ``own``."""
    who = await assistants.db.read(readership, actor, talk)
    try:
        language, there = await assistants.translate(who.shop, text, who.locale, who.names)
        if not there:
            if language == who.locale:
                return TranslationPreview(text, text, who.locale)
            raise NotTranslated
        _, back = await assistants.translate(who.shop, there, own, who.names, known=who.locale)
    except AssistantTrouble:
        raise NotTranslated from None
    return TranslationPreview(there, back or there, who.locale)
