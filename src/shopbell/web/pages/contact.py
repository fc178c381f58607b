"""Writing to a shop by a plain form, and reading the answer on a plain page.

The form carries the sender's own name for the message (``cmid``), made when the form was
shown. So sending it twice says it once. Whatever is refused, the answer is a page with the
words still in it.
"""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect
from msgspec import Meta, Struct

from shopbell.app import App
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Channel, Order, Product, Shop
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import TEXT_MOST, Append, Begin, Cmid
from shopbell.conversations.commands import Page as Entries
from shopbell.conversations.model import (
    ConversationId,
    Listed,
    MarkKind,
    Stream,
    Subject,
    SubjectKind,
)
from shopbell.conversations.refusals import OnlyBuyersAsk
from shopbell.conversations.satisfaction import service as satisfaction
from shopbell.conversations.satisfaction.model import Asked
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor, Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal, SignInFirst
from shopbell.kernel.texts import Locale, say, text
from shopbell.web.pages import format as written
from shopbell.web.pages import shopfront
from shopbell.web.pages.errors import explain
from shopbell.web.pages.look import Look
from shopbell.web.pages.storefront import Counter, presence_of, see_counter
from shopbell.web.pages.thread import tell

Short = Annotated[str, Meta(max_length=200)] | None
Words = Annotated[str, Meta(max_length=200_000)]
CHANNELS: dict[str, Channel] = {"mail": "email", "message": "message"}
"""The channel an intent of the launcher stands for; the others are a chat."""


class About(Struct, frozen=True):
    """What a message will be about, attached by machine."""

    kind: SubjectKind
    id: str
    title: str
    href: str
    detail: str = ""
    picture: str | None = None


class Letterhead(Struct, frozen=True):
    """What a contact form shows above the message."""

    about: About
    counter: Counter


class ContactForm(Struct, frozen=True):
    """A message with its subject and its sender's name for it."""

    cmid: Cmid
    kind: SubjectKind
    subject: Annotated[str, Meta(min_length=1, max_length=200)]
    text: Words = ""
    channel: Channel = "chat"


class Attempt(Struct, frozen=True):
    """What stands in a form: the message's name, its words, and what is wrong with them."""

    cmid: str
    words: str = ""
    trouble: str | None = None
    channel: str = "chat"


class ReplyForm(Struct, frozen=True):
    """One more message in a conversation."""

    cmid: Cmid
    text: Words = ""


@get("/contact")
async def contact_page(
    *,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    app: NamedDependency[App],
    shop: FromQuery[Short] = None,
    product: FromQuery[Short] = None,
    order: FromQuery[Short] = None,
    intent: FromQuery[Short] = None,
) -> Response[Any]:
    """Show the form, with what it is about filled in."""
    asker = _asker(look)
    subject = _subject(shop, product, order)
    if subject is None:
        shops = await db.read(commerce.shops)
        return look.page("choose_shop.html", shops=shops)
    head = await db.read(see_letterhead, asker, subject, look.locale)
    return _form(look, app, head, Attempt(new_id(), channel=CHANNELS.get(intent or "", "chat")))


@post("/contact", status_code=303)
async def send(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    app: NamedDependency[App],
    data: URLEncodedBody[ContactForm],
) -> Response[Any]:
    """Say it once and lead to the conversation."""
    try:
        return await _send(look, db, app, data)
    except Refusal as refusal:
        carried = {"kind": data.kind, "subject": data.subject, "channel": data.channel}
        return kept(look, "/contact", {"cmid": data.cmid, **carried}, data.text, refusal)


async def _send(look: Look, db: Database, app: App, form: ContactForm) -> Response[Any]:
    asker, subject = _asker(look), Subject(form.kind, form.subject)
    if trouble := _trouble(form.text, look.locale):
        head = await db.read(see_letterhead, asker, subject, look.locale)
        return _form(look, app, head, Attempt(form.cmid, form.text, trouble, form.channel))
    talk = await db.write(say_first, asker, subject, form, look.locale)
    return Redirect(f"/me/messages/{talk}", status_code=303)


@get("/contact/{talk:str}")
async def thread_page(
    request: Request[Any, Any, Any],
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    talk: FromPath[str],
) -> Response[str]:
    """Show a conversation as a plain page; what a browser fetches ahead is not read yet."""
    asker, stream = _asker(look), _stream(talk)
    found = await db.read(see_thread, asker, stream)
    if not _is_ahead(request):
        await db.write(conversations.mark, asker, stream, MarkKind.READ, found[1].head)
    return _thread(look, *found, Attempt(new_id()))


@post("/contact/{talk:str}", status_code=303)
async def reply(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    talk: FromPath[str],
    data: URLEncodedBody[ReplyForm],
) -> Response[Any]:
    """Say one more thing in a conversation."""
    try:
        return await _reply(look, db, talk, data)
    except Refusal as refusal:
        return kept(look, f"/contact/{talk}", {"cmid": data.cmid}, data.text, refusal)


async def _reply(look: Look, db: Database, talk: str, form: ReplyForm) -> Response[Any]:
    asker, stream = _asker(look), _stream(talk)
    if trouble := _trouble(form.text, look.locale):
        found = await db.read(see_thread, asker, stream)
        return _thread(look, *found, Attempt(form.cmid, form.text, trouble))
    await db.write(conversations.append, asker, stream, _message(form.cmid, form.text, "chat"))
    return Redirect(f"/contact/{talk}", status_code=303)


# --- work -----------------------------------------------------------------------------------


def see_letterhead(tx: Tx, asker: Actor, subject: Subject, locale: Locale) -> Letterhead:
    """Look up what a message is about, and who will answer."""
    match subject.kind:
        case SubjectKind.PRODUCT:
            product = commerce.product(tx, subject.id)
            return Letterhead(about_product(product, locale), see_counter(tx, product.shop))
        case SubjectKind.SHOP:
            counter = see_counter(tx, subject.id)
            return Letterhead(_about_shop(counter.shop), counter)
        case SubjectKind.ORDER:
            order = commerce.order(tx, asker, subject.id)
            return Letterhead(about_order(order, locale), see_counter(tx, order.shop))


def say_first(
    tx: Tx, asker: Actor, subject: Subject, form: ContactForm, locale: Locale
) -> ConversationId:
    """Find or open the conversation and say it there, once."""
    talk, _ = conversations.begin(tx, asker, Begin(subject), locale)
    conversations.append(tx, asker, Stream(talk.id), _message(form.cmid, form.text, form.channel))
    return talk.id


def see_thread(tx: Tx, asker: Actor, stream: Stream) -> tuple[Listed, Entries, Asked]:
    """Read a conversation's newest entries, and whether the buyer is asked if it helped."""
    talk = conversations.conversation(tx, asker, stream.conversation)
    entries = conversations.page(tx, asker, stream, before=talk.head + 1)
    return talk, entries, satisfaction.asked(tx, asker, talk.id)


# --- showing --------------------------------------------------------------------------------


def _form(look: Look, app: App, head: Letterhead, attempt: Attempt) -> Response[str]:
    presence = presence_of(head.counter, app)
    shop = head.counter.shop
    offered = shopfront.ways(shop, presence, look.locale)
    return look.page(
        "contact.html",
        422 if attempt.trouble else 200,
        about=head.about,
        shop=shop,
        presence=presence,
        promise=shopfront.chat_promise(shop, presence, look.locale),
        ways=offered,
        attempt=attempt,
    )


def kept(
    look: Look,
    action: str,
    carried: dict[str, str],
    words: str,
    refusal: Refusal,
    *,
    choices: Product | None = None,
) -> Response[Any]:
    """Keep the words that could not be sent, ready to be sent again.

    If the variant they are about is sold no more, another one of ``choices`` can be chosen.
    """
    told = explain(refusal, look.locale)
    return look.page(
        "kept.html",
        told.status,
        action=action,
        carried=carried,
        words=words,
        told=told,
        choices=choices,
        signed_out=isinstance(refusal, SignInFirst),
    )


def _thread(
    look: Look, talk: Listed, entries: Entries, asked: Asked, attempt: Attempt
) -> Response[str]:
    return look.page(
        "thread.html",
        422 if attempt.trouble else 200,
        talk=talk,
        said=tell(entries, Side.BUYER),
        asked=asked.asked and asked.helped is None,
        attempt=attempt,
    )


def about_product(product: Product, locale: Locale) -> About:
    """Show a product as what a form is about."""
    return About(
        kind=SubjectKind.PRODUCT,
        id=product.id,
        title=say(product.title, locale),
        href=f"/products/{product.slug}",
        detail=written.money(product.price.amount, product.price.currency, locale),
        picture=product.pictures[0] if product.pictures else None,
    )


def _about_shop(shop: Shop) -> About:
    return About(SubjectKind.SHOP, shop.id, shop.name, f"/shops/{shop.slug}", picture=shop.picture)


def about_order(order: Order, locale: Locale) -> About:
    """Show an order as what a form is about."""
    first = order.lines[0] if order.lines else None
    return About(
        kind=SubjectKind.ORDER,
        id=order.id,
        title=text(locale, "pages.order", number=order.number),
        href=f"/orders/{order.id}",
        detail=say(first.title, locale) if first else "",
        picture=first.picture if first else None,
    )


def _asker(look: Look) -> Actor:
    if look.visitor is None:
        raise SignInFirst
    if look.visitor.side is not Side.BUYER:
        raise OnlyBuyersAsk
    return look.visitor


def _subject(shop: str | None, product: str | None, order: str | None) -> Subject | None:
    """Choose the narrowest of what the address names."""
    if order:
        return Subject(SubjectKind.ORDER, order)
    if product:
        return Subject(SubjectKind.PRODUCT, product)
    return Subject(SubjectKind.SHOP, shop) if shop else None


def _is_ahead(request: Request[Any, Any, Any]) -> bool:
    """Tell whether a browser asks before anybody has clicked."""
    purposes = (request.headers.get(name, "") for name in ("purpose", "sec-purpose"))
    return any("prefetch" in purpose.lower() for purpose in purposes)


def _stream(talk: str) -> Stream:
    return Stream.parse(f"c.{talk}.p")


def _message(cmid: str, words: str, channel: Channel) -> Append:
    data = {"text": tidied(words), "channel": channel}
    return msgspec.convert({"cmid": cmid, "type": "message", "data": data}, Append)


def tidied(words: str) -> str:
    """Return what somebody typed into a form, with line ends as everywhere else."""
    return words.replace("\r\n", "\n").strip()


def _trouble(words: str, locale: Locale) -> str | None:
    said = tidied(words)
    if not said:
        return text(locale, "pages.say_something")
    return text(locale, "pages.too_long") if len(said) > TEXT_MOST else None


ROUTES = (contact_page, send, thread_page, reply)
