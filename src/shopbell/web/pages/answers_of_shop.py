"""A shop's answers by plain forms: what waits in public, its FAQ, and what it publishes."""

from collections import defaultdict
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from msgspec import Struct
from msgspec.structs import replace

from shopbell.commerce import service as commerce
from shopbell.commerce.commands import PAGE_MOST, Search
from shopbell.commerce.model import Product, Shop
from shopbell.conversations.model import Stream
from shopbell.conversations.refusals import TextTooLong
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor, ShopId
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import LOCALES
from shopbell.knowledge.answers import asking, publishing, writing
from shopbell.knowledge.answers.commands import ANSWER_MOST, ReplyInPublic
from shopbell.knowledge.answers.model import Asked, Kept, Proposed
from shopbell.knowledge.answers.refusals import WordsEmpty
from shopbell.web.pages import answer_form
from shopbell.web.pages.answer_form import Sheet
from shopbell.web.pages.case_post import all_kept, cmid_in, posted_form
from shopbell.web.pages.contact import kept as kept_words
from shopbell.web.pages.contact import tidied
from shopbell.web.pages.errors import Told, explain
from shopbell.web.pages.look import Look
from shopbell.web.pages.office import at_work, elsewhere

Sent = Request[Any, Any, Any]
PAGE = "/shop/answers"
FROM_THREAD = PAGE + "/publish/{talk:str}/{seq:int}"
DONE = {"saved", "removed", "replied", "published"}


class Shelf(Struct, frozen=True):
    """What a shop sees of its answers."""

    shop: Shop
    waiting: list[Asked]
    kept: list[Kept]


class Draft(Struct, frozen=True):
    """A form as it was sent, and what came of it."""

    sheet: Sheet
    wrong: dict[str, str] = {}
    told: Told | None = None
    status: int = 200


def see_shelf(tx: Tx, actor: Actor, shop: ShopId) -> Shelf:
    """Look at all answers of the own shop, and what waits for one."""
    return Shelf(
        commerce.shop(tx, shop),
        asking.waiting(tx, actor, shop),
        writing.of_shop(tx, actor, shop),
    )


def see_goods(tx: Tx, shop: ShopId, chosen: str) -> tuple[Shop, list[Product]]:
    """Look at the shop and the newest of its products; the chosen one is always among them."""
    found = commerce.catalogue(tx, Search(shop=shop, limit=PAGE_MOST)).items
    if chosen and chosen not in {one.id for one in found}:
        found = [*(one for one in [commerce.product(tx, chosen)] if one.shop == shop), *found]
    return commerce.shop(tx, shop), found


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
    return await _form(look, db, draft, f"{PAGE}/{new_id()}")


@get(PAGE + "/{answer:str}")
async def answer_page(
    look: NamedDependency[Look], db: NamedDependency[Database], answer: FromPath[str]
) -> Response[Any]:
    """Show one answer of the shop in its form."""
    if away := elsewhere(look):
        return away
    shop, kept = await db.read(see_entry, *at_work(look), answer)
    draft = Draft(answer_form.sheet_of(kept.answer, shop.zone))
    return await _form(look, db, draft, f"{PAGE}/{answer}", kept=kept)


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
    draft = _draft(form, look)
    if draft.wrong:
        return await _form(look, db, draft, f"{PAGE}/{answer}")
    try:
        await db.write(save, actor, shop, answer, draft.sheet)
    except Refusal as refusal:
        return await _form(look, db, _refused(draft, refusal, look), f"{PAGE}/{answer}")
    return Redirect(f"{PAGE}?done=saved", status_code=303)


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
    return await _form(look, db, draft, _from_thread(talk, seq), proposed=proposed)


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
    draft = _draft(form, look)
    if draft.wrong:
        return await _form(look, db, draft, here, proposed=proposed)
    try:
        await db.write(publish, actor, stream, seq, draft.sheet)
    except Refusal as refusal:
        return await _form(look, db, _refused(draft, refusal, look), here, proposed=proposed)
    return Redirect(f"{PAGE}?done=published", status_code=303)


@post("/shop/questions/{question:str}", status_code=303)
async def reply_publicly(
    request: Sent,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    question: FromPath[str],
) -> Response[Any]:
    """Answer a public question; words that are refused stay in the form."""
    form = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, form)
    actor, _ = at_work(look)
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


def publish(tx: Tx, actor: Actor, stream: Stream, seq: int, sheet: Sheet) -> None:
    """Publish from a thread what a sheet says."""
    zone = commerce.shop(tx, actor.shop or "").zone
    words = answer_form.words_of(sheet, zone)
    publishing.publish(tx, actor, stream.conversation, seq, words)


def reply(tx: Tx, actor: Actor, question: str, cmid: str, typed: str) -> None:
    """Answer a public question with what was typed."""
    words = tidied(typed.replace("\x00", ""))
    if not words:
        raise WordsEmpty(field="answer")
    if len(words) > ANSWER_MOST:
        raise TextTooLong(most=ANSWER_MOST)
    asking.reply(tx, actor, question, ReplyInPublic(cmid, words))


# --- the form -------------------------------------------------------------------------------


def _draft(form: Any, look: Look) -> Draft:  # noqa: ANN401 - as it was sent
    sheet = answer_form.sheet_in(form, look.locale)
    wrong = answer_form.troubles(sheet, look.locale)
    return Draft(sheet, wrong, status=422 if wrong else 200)


def _refused(draft: Draft, refusal: Refusal, look: Look) -> Draft:
    told = explain(refusal, look.locale)
    return Draft(draft.sheet, told=told, status=told.status)


def _from_thread(talk: str, seq: int) -> str:
    return f"{PAGE}/publish/{talk}/{seq}"


async def _form(
    look: Look,
    db: Database,
    draft: Draft,
    action: str,
    *,
    kept: Kept | None = None,
    proposed: Proposed | None = None,
) -> Response[str]:
    _, shop_id = at_work(look)
    shop, goods = await db.read(see_goods, shop_id, draft.sheet.product)
    chosen = next((one for one in goods if one.id == draft.sheet.product), None)
    return look.page(
        "answer_form.html",
        draft.status,
        action=action,
        draft=draft,
        wrong=defaultdict(str, draft.wrong),
        kept=kept,
        proposed=proposed,
        goods=goods,
        variants=chosen.variants if chosen else [],
        zone=shop.zone,
        locales=LOCALES,
        most=answer_form.MOST,
    )


ROUTES = (
    answers_page,
    new_answer_page,
    answer_page,
    save_answer,
    proposed_page,
    publish_from_thread,
    reply_publicly,
)
