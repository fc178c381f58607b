"""Writing to a shop by a plain form, and reading the answer on a plain page.

The form carries the sender's own name for the message (``cmid``), made when the form was
shown. So sending it twice says it once.
"""

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect
from msgspec import Meta, Struct

from shopbell.app import App
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Channel, Order, Product, Shop
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import TEXT_MOST, Append, Begin
from shopbell.conversations.commands import Page as Entries
from shopbell.conversations.model import (
    ConversationId,
    Listed,
    MarkKind,
    Stream,
    Subject,
    SubjectKind,
)
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor, Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Forbidden, SignInFirst
from shopbell.kernel.texts import Locale, say, text
from shopbell.web.pages import format as written
from shopbell.web.pages import shopfront
from shopbell.web.pages.look import Look
from shopbell.web.pages.storefront import Counter, presence_of, see_counter
from shopbell.web.pages.thread import tell

Short = Annotated[str, Meta(max_length=200)] | None
Words = Annotated[str, Meta(max_length=200_000)]
CHANNELS: dict[str, Channel] = {"mail": "email", "message": "message"}
"""The channel an intent of the launcher stands for; the others are a chat."""


class OnlyBuyersAsk(Forbidden):
    """Staff and operators answer elsewhere."""


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

    cmid: Annotated[str, Meta(max_length=40)]
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

    cmid: Annotated[str, Meta(max_length=40)]
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
    """Say it once and lead to the conversation; whatever is wrong, keep the words."""
    subject = Subject(data.kind, data.subject)
    if look.visitor is None:
        return _kept(look, data)
    trouble = _trouble(data.text, look.locale)
    asker = _asker(look)
    if trouble:
        head = await db.read(see_letterhead, asker, subject, look.locale)
        return _form(look, app, head, Attempt(data.cmid, data.text, trouble, data.channel))
    talk = await db.write(say_first, asker, subject, data, look.locale)
    return Redirect(f"/me/messages/{talk}", status_code=303)


@get("/contact/{talk:str}")
async def thread_page(
    look: NamedDependency[Look], db: NamedDependency[Database], talk: FromPath[str]
) -> Response[str]:
    """Show a conversation as a plain page."""
    asker = _asker(look)
    stream = _stream(talk)
    found = await db.read(see_thread, asker, stream)
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
    asker, stream = _asker(look), _stream(talk)
    trouble = _trouble(data.text, look.locale)
    if trouble:
        found = await db.read(see_thread, asker, stream)
        return _thread(look, *found, Attempt(data.cmid, data.text, trouble))
    await db.write(conversations.append, asker, stream, _message(data.cmid, data.text, "chat"))
    return Redirect(f"/contact/{talk}", status_code=303)


# --- work -----------------------------------------------------------------------------------


def see_letterhead(tx: Tx, asker: Actor, subject: Subject, locale: Locale) -> Letterhead:
    """Look up what a message is about, and who will answer."""
    match subject.kind:
        case SubjectKind.PRODUCT:
            product = commerce.product(tx, subject.id)
            return Letterhead(_about_product(product, locale), see_counter(tx, product.shop))
        case SubjectKind.SHOP:
            counter = see_counter(tx, subject.id)
            return Letterhead(_about_shop(counter.shop), counter)
        case SubjectKind.ORDER:
            order = commerce.order(tx, asker, subject.id)
            return Letterhead(_about_order(order, locale), see_counter(tx, order.shop))


def say_first(
    tx: Tx, asker: Actor, subject: Subject, form: ContactForm, locale: Locale
) -> ConversationId:
    """Find or open the conversation and say it there, once."""
    talk, _ = conversations.begin(tx, asker, Begin(subject), locale)
    conversations.append(tx, asker, Stream(talk.id), _message(form.cmid, form.text, form.channel))
    return talk.id


def see_thread(tx: Tx, asker: Actor, stream: Stream) -> tuple[Listed, Entries]:
    """Read a conversation's newest entries."""
    talk = conversations.conversation(tx, asker, stream.conversation)
    return talk, conversations.page(tx, asker, stream, before=talk.head + 1)


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


def _kept(look: Look, form: ContactForm) -> Response[Any]:
    """Keep the words of somebody whose sign-in has ended while they wrote."""
    return look.page("kept.html", 401, form=form)


def _thread(look: Look, talk: Listed, entries: Entries, attempt: Attempt) -> Response[str]:
    return look.page(
        "thread.html",
        422 if attempt.trouble else 200,
        talk=talk,
        said=tell(entries, Side.BUYER),
        attempt=attempt,
    )


def _about_product(product: Product, locale: Locale) -> About:
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


def _about_order(order: Order, locale: Locale) -> About:
    first = order.lines[0] if order.lines else None
    return About(
        kind=SubjectKind.ORDER,
        id=order.number,
        title=text(locale, "pages.order", number=order.number),
        href=f"/orders/{order.number}",
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


def _stream(talk: str) -> Stream:
    return Stream.parse(f"c.{talk}.p")


def _message(cmid: str, words: str, channel: Channel) -> Append:
    data = {"text": words.replace("\r\n", "\n").strip(), "channel": channel}
    return msgspec.convert({"cmid": cmid, "type": "message", "data": data}, Append)


def _trouble(words: str, locale: Locale) -> str | None:
    tidied = words.replace("\r\n", "\n").strip()
    if not tidied:
        return text(locale, "pages.say_something")
    return text(locale, "pages.too_long") if len(tidied) > TEXT_MOST else None


ROUTES = (contact_page, send, thread_page, reply)
