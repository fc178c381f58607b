"""Publishing an answer that was given in a thread, by a plain form."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from shopbell.commerce import service as commerce
from shopbell.conversations.model import Stream
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.refusals import Refusal
from shopbell.knowledge.answers import publishing
from shopbell.web.pages import answer_form
from shopbell.web.pages.answer_draft import Draft, draft_in, refused, show_form
from shopbell.web.pages.answer_form import Sheet
from shopbell.web.pages.answers_of_shop import PAGE
from shopbell.web.pages.case_post import all_kept, posted_form
from shopbell.web.pages.look import Look
from shopbell.web.pages.office import at_work, elsewhere

Sent = Request[Any, Any, Any]
FROM_THREAD = PAGE + "/publish/{talk:str}/{seq:int}"


@get(FROM_THREAD)
async def proposed_page(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    talk: FromPath[str],
    seq: FromPath[int],
) -> Response[Any]:
    """Show an answer given in a thread as everybody could read it."""
    if away := elsewhere(look):
        return away
    actor, _ = at_work(look)
    stream = Stream.parse(f"c.{talk}.p")
    proposed = await db.read(publishing.propose, actor, stream.conversation, seq)
    if proposed.published:
        return Redirect(f"{PAGE}/{proposed.published}", status_code=303)
    draft = Draft(answer_form.sheet_proposed(proposed))
    return await show_form(look, db, draft, _from_thread(talk, seq), proposed=proposed)


@post(FROM_THREAD, status_code=303)
async def publish_from_thread(
    request: Sent,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    talk: FromPath[str],
    seq: FromPath[int],
) -> Response[Any]:
    """Publish it in these words, once."""
    form = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, form)
    actor, _ = at_work(look)
    stream, here = Stream.parse(f"c.{talk}.p"), _from_thread(talk, seq)
    proposed = await db.read(publishing.propose, actor, stream.conversation, seq)
    draft = draft_in(form, look, proposed.product)
    if draft.wrong:
        return await show_form(look, db, draft, here, proposed=proposed)
    try:
        await db.write(publish, actor, stream, seq, draft.sheet)
    except Refusal as refusal:
        return await show_form(look, db, refused(draft, refusal, look), here, proposed=proposed)
    return Redirect(f"{PAGE}?done=published", status_code=303)


def publish(tx: Tx, actor: Actor, stream: Stream, seq: int, sheet: Sheet) -> None:
    """Publish from a thread what a sheet says."""
    zone = commerce.shop(tx, actor.shop or "").zone
    words = answer_form.words_of(sheet, zone)
    publishing.publish(tx, actor, stream.conversation, seq, words)


def _from_thread(talk: str, seq: int) -> str:
    return f"{PAGE}/publish/{talk}/{seq}"


ROUTES = (proposed_page, publish_from_thread)
