"""A shop's answers by plain forms: what waits in public, its FAQ, and what it publishes."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from msgspec import Struct
from msgspec.structs import replace

from shopbell.commerce import service as commerce
from shopbell.commerce.model import Shop
from shopbell.conversations.refusals import TextTooLong
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor, ShopId
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal
from shopbell.knowledge.answers import asking, writing
from shopbell.knowledge.answers.commands import ANSWER_MOST, ReplyInPublic
from shopbell.knowledge.answers.model import Asked, Kept
from shopbell.knowledge.answers.refusals import WordsEmpty
from shopbell.knowledge.suggesting import service as suggesting
from shopbell.knowledge.suggesting.commands import Confirm
from shopbell.web.pages import answer_form
from shopbell.web.pages.answer_draft import Draft, draft_in, refused, show_form
from shopbell.web.pages.answer_form import Sheet
from shopbell.web.pages.case_post import all_kept, cmid_in, posted_form
from shopbell.web.pages.contact import kept as kept_words
from shopbell.web.pages.contact import tidied
from shopbell.web.pages.look import Look
from shopbell.web.pages.office import at_work, elsewhere

Sent = Request[Any, Any, Any]
PAGE = "/shop/answers"
DONE = {"saved", "removed", "right", "replied", "published", "aside"}


class Shelf(Struct, frozen=True):
    """What a shop sees of its answers."""

    shop: Shop
    waiting: list[Asked]
    kept: list[Kept]
    wrong: Mapping[str, int]


def see_shelf(tx: Tx, actor: Actor, shop: ShopId) -> Shelf:
    """Look at all answers of the own shop, and what waits for one."""
    return Shelf(
        commerce.shop(tx, shop),
        asking.waiting(tx, actor, shop),
        writing.of_shop(tx, actor, shop),
        _reported_wrong(tx, actor, shop),
    )


def _reported_wrong(tx: Tx, actor: Actor, shop: ShopId) -> dict[str, int]:
    """Count by answer how many buyers lately said that it was suggested to them wrongly."""
    found: Counter[str] = Counter()
    for taken in suggesting.reported(tx, actor, shop):
        found[taken.id.removeprefix("answer.")] += taken.wrong
    return dict(+found)


def see_entry(tx: Tx, actor: Actor, shop: ShopId, answer: str) -> tuple[Shop, Kept]:
    """Look at one answer of the own shop."""
    return commerce.shop(tx, shop), writing.one(tx, actor, shop, answer)


@get(PAGE)
async def answers_page(
    look: NamedDependency[Look], db: NamedDependency[Database], done: FromQuery[str] = ""
) -> Response[Any]:
    """Show the team what waits for an answer in public, and what everybody reads of the shop."""
    if away := elsewhere(look):
        return away
    shelf = await db.read(see_shelf, *at_work(look))
    return look.page(
        "answers_of_shop.html",
        shelf=shelf,
        done=done if done in DONE else "",
        new_cmid=new_id,
    )


@get(PAGE + "/new")
async def new_answer_page(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    product: FromQuery[str] = "",
    question: FromQuery[str] = "",
) -> Response[Any]:
    """Show an empty form, or one with what is known already."""
    if away := elsewhere(look):
        return away
    sheet = Sheet(question=question[: answer_form.MOST["question"]], locale=look.locale)
    draft = Draft(replace(sheet, product=product[:120]))
    return await show_form(look, db, draft, f"{PAGE}/{new_id()}")


@get(PAGE + "/{answer:str}")
async def answer_page(
    look: NamedDependency[Look], db: NamedDependency[Database], answer: FromPath[str]
) -> Response[Any]:
    """Show one answer of the shop in its form."""
    if away := elsewhere(look):
        return away
    shop, kept = await db.read(see_entry, *at_work(look), answer)
    draft = Draft(answer_form.sheet_of(kept.answer, shop.zone))
    return await show_form(look, db, draft, f"{PAGE}/{answer}", kept=kept)


@post(PAGE + "/{answer:str}", status_code=303)
async def save_answer(
    request: Sent,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    answer: FromPath[str],
) -> Response[Any]:
    """Keep an entry, or take it away; what is not right is told at its field."""
    form = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, form)
    actor, shop = at_work(look)
    if form.get("do") == "remove":
        await db.write(writing.remove, actor, shop, answer)
        return Redirect(f"{PAGE}?done=removed", status_code=303)
    if form.get("do") == "right":
        await db.write(suggesting.confirm, actor, shop, Confirm(f"answer.{answer}"))
        return Redirect(f"{PAGE}?done=right", status_code=303)
    draft = draft_in(form, look)
    if draft.wrong:
        return await show_form(look, db, draft, f"{PAGE}/{answer}")
    try:
        await db.write(save, actor, shop, answer, draft.sheet)
    except Refusal as refusal:
        return await show_form(look, db, refused(draft, refusal, look), f"{PAGE}/{answer}")
    return Redirect(f"{PAGE}?done=saved", status_code=303)


@post("/shop/questions/{question:str}", status_code=303)
async def reply_publicly(
    request: Sent,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    question: FromPath[str],
) -> Response[Any]:
    """Answer a public question, or set it aside; words that are refused stay in the form."""
    form = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, form)
    actor, _ = at_work(look)
    if form.get("do") == "aside":
        await db.write(asking.set_aside, actor, question)
        return Redirect(f"{PAGE}?done=aside", status_code=303)
    cmid, words = cmid_in(form), str(form.get("text", ""))
    try:
        await db.write(reply, actor, question, cmid, words)
    except Refusal as refusal:
        return kept_words(look, f"/shop/questions/{question}", {"cmid": cmid}, words, refusal)
    return Redirect(f"{PAGE}?done=replied", status_code=303)


# --- work -----------------------------------------------------------------------------------


def save(tx: Tx, actor: Actor, shop: ShopId, answer: str, sheet: Sheet) -> None:
    """Keep the entry that a sheet means."""
    zone = commerce.shop(tx, shop).zone
    writing.put(tx, actor, shop, answer, answer_form.entry_of(sheet, zone))


def reply(tx: Tx, actor: Actor, question: str, cmid: str, typed: str) -> None:
    """Answer a public question with what was typed."""
    words = tidied(typed.replace("\x00", ""))
    if not words:
        raise WordsEmpty(field="answer")
    if len(words) > ANSWER_MOST:
        raise TextTooLong(most=ANSWER_MOST)
    asking.reply(tx, actor, question, ReplyInPublic(cmid, words))


ROUTES = (
    answers_page,
    new_answer_page,
    answer_page,
    save_answer,
    reply_publicly,
)
