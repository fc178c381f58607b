"""Answers that were reported, or that the operator has hidden: the marketplace's own page."""

from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect
from msgspec import Meta, Struct

from shopbell.commerce import service as commerce
from shopbell.commerce.model import Shop
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor, ShopId
from shopbell.knowledge.answers import moderating
from shopbell.knowledge.answers.commands import REASON_MOST, HideAnswer
from shopbell.knowledge.answers.model import Kept
from shopbell.knowledge.answers.refusals import WordsEmpty
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.contact import tidied
from shopbell.web.pages.look import Look

PAGE = "/console/answers"
DONE = {"hidden", "cleared"}


class Verdict(Struct, frozen=True):
    """What the operator does about an answer, and why."""

    do: Literal["hide", "clear"]
    reason: Annotated[str, Meta(max_length=REASON_MOST)] = ""


def see_doubted(tx: Tx, actor: Actor) -> tuple[list[Kept], dict[ShopId, Shop]]:
    """Look at what was reported, and whose it is."""
    found = moderating.doubted(tx, actor)
    return found, {one: commerce.shop(tx, one) for one in {kept.answer.shop for kept in found}}


@get(PAGE)
async def doubted_page(
    look: NamedDependency[Look], db: NamedDependency[Database], done: FromQuery[str] = ""
) -> Response[Any]:
    """Show the operator what was reported."""
    found, shops = await db.read(see_doubted, visitor_of(look))
    done = done if done in DONE else ""
    return look.page("answers_doubted.html", found=found, shops=shops, done=done)


@post(PAGE + "/{answer:str}", status_code=303)
async def judge_answer(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    answer: FromPath[str],
    data: URLEncodedBody[Verdict],
) -> Redirect:
    """Hide an answer with a reason for its shop, or let it stand."""
    actor = visitor_of(look)
    if data.do == "clear":
        await db.write(moderating.clear, actor, answer)
        return Redirect(f"{PAGE}?done=cleared", status_code=303)
    reason = tidied(data.reason)
    if not reason:
        raise WordsEmpty(field="reason")
    await db.write(moderating.hide, actor, answer, HideAnswer(reason))
    return Redirect(f"{PAGE}?done=hidden", status_code=303)


ROUTES = (doubted_page, judge_answer)
