"""Previews and drafts over HTTP."""

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from shopbell.assistants import drafting, previews
from shopbell.assistants.drafting import DraftedReply
from shopbell.assistants.helping import Assistants
from shopbell.assistants.model import TranslationPreview
from shopbell.assistants.previews import AskTranslationPreview
from shopbell.conversations.crowd import Crowd
from shopbell.conversations.model import ConversationId, Stream
from shopbell.kernel.actor import Actor
from shopbell.kernel.texts import Locale


@post("/api/v1/conversations/{talk:str}/translation-previews", status_code=200)
async def preview_translation(
    *,
    assistants: NamedDependency[Assistants],
    crowd: NamedDependency[Crowd],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    talk: FromPath[str],
    data: JSONBody[AskTranslationPreview],
) -> TranslationPreview:
    """Show an answer as its buyer will read it, and what that says in one's own language again."""
    read = ConversationId(Stream.parse(f"c.{talk}.p").conversation)
    crowd.previews(actor)
    return await previews.preview(assistants, actor, locale, read, data.text)


@post("/api/v1/conversations/{talk:str}/reply-drafts", status_code=200)
async def draft_reply(
    *,
    assistants: NamedDependency[Assistants],
    crowd: NamedDependency[Crowd],
    actor: NamedDependency[Actor],
    talk: FromPath[str],
) -> DraftedReply:
    """Draft what a shop may answer, out of what it has said already; nothing is sent."""
    read = ConversationId(Stream.parse(f"c.{talk}.p").conversation)
    crowd.previews(actor)
    return await drafting.draft(assistants, actor, read)


ROUTES = (preview_translation, draft_reply)
