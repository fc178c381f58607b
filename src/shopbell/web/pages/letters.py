"""Letters that go out: all of them for the operator, those to oneself in the demonstration."""

import asyncio
from typing import Annotated, Any

from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect
from msgspec import Meta, Struct

from shopbell.app import App
from shopbell.channels.mail import answering, compose, service
from shopbell.channels.mail.addresses import person, team
from shopbell.channels.mail.arriving import service as arriving
from shopbell.channels.mail.arriving.model import Arrival, Way
from shopbell.channels.mail.compose import Opened
from shopbell.channels.mail.model import Letter, NoSuchLetter, Posted, Suspended
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor, Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import NotFound, Refusal, SignInFirst
from shopbell.web.pages.case_post import all_kept, cmid_in, posted_form
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.errors import Told, explain
from shopbell.web.pages.look import Look

FRAME_CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""A letter runs nothing and loads nothing; its links open beside it."""

SHOWN_HEADERS = ("From", "To", "Subject", "Date")


class NoLettersHere(NotFound):
    """Letters are shown to their readers only in the demonstration."""


class Desk(Struct, frozen=True):
    """What the operator sees of letters; one of them can be opened."""

    letters: list[Posted]
    chosen: Letter | None
    suspended: list[Suspended]
    counts: dict[str, int]


class Reply(Struct, frozen=True):
    """An answer as it was typed, and what came of it."""

    words: str = ""
    told: Told | None = None
    sent: bool = False


class Release(Struct, frozen=True):
    """Write to an address again."""

    address: Annotated[str, Meta(max_length=254)]


def see_desk(tx: Tx, actor: Actor, chosen: str | None) -> Desk:
    """Look at the newest letters and into one of them, and at what keeps others from leaving."""
    found = service.listed(tx, actor)
    counts = {state.value: n for state, n in service.counts(tx, actor).items()}
    return Desk(found, _chosen(tx, found, chosen), service.suspended(tx, actor), counts)


def _chosen(tx: Tx, found: list[Posted], letter: str | None) -> Letter | None:
    """Return the letter that was asked for, else the newest, if there is any."""
    chosen = letter or (found[0].id if found else None)
    return service.letter(tx, chosen) if chosen else None


@get("/console/letters")
async def all_letters(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    letter: FromQuery[str | None] = None,
) -> Response[Any]:
    """Show the operator what goes out, and what became of it."""
    desk = await db.read(see_desk, visitor_of(look), letter)
    opened = await _opened(desk.chosen) if desk.chosen else None
    return look.page("letters.html", desk=desk, opened=opened, mailed=bool(db.settings.smtp_url))


async def _opened(letter: Letter) -> Opened:
    """Open a letter beside the event loop: with its pictures it is long."""
    return await asyncio.to_thread(compose.opened, letter.raw)


@post("/console/letters/{letter:str}/again", status_code=303)
async def send_again(
    look: NamedDependency[Look], db: NamedDependency[Database], letter: FromPath[str]
) -> Redirect:
    """Try a letter again that did not arrive."""
    await db.write(service.send_again, visitor_of(look), letter)
    return Redirect("/console/letters", status_code=303)


@post("/console/letters/release", status_code=303)
async def release(
    look: NamedDependency[Look], db: NamedDependency[Database], data: URLEncodedBody[Release]
) -> Redirect:
    """Write again to an address that letters came back from."""
    await db.write(service.release, visitor_of(look), data.address)
    return Redirect("/console/letters", status_code=303)


def my_readers(look: Look) -> list[str]:
    """Return as whom somebody of the demonstration reads letters; refuse all others."""
    if look.visitor is None or look.person is None:
        raise SignInFirst
    if not look.person.demo:
        raise NoLettersHere
    mine = [person(look.person.id)]
    return [*mine, team(look.visitor.shop)] if look.visitor.shop else mine


def see_mailbox(tx: Tx, look: Look) -> list[Posted]:
    """List the letters to somebody and to their team; those to everybody for the operator."""
    mine = my_readers(look)
    if look.visitor and look.visitor.side is Side.OPERATOR:
        return service.listed(tx, look.visitor)
    return service.listed_to(tx, mine)


def see_letter(tx: Tx, look: Look, letter_id: str, *, own: bool = False) -> Letter:
    """Return one letter out of somebody's mailbox, or refuse; the operator may see any."""
    mine = my_readers(look)
    found = service.letter(tx, letter_id)
    sees_all = look.visitor and look.visitor.side is Side.OPERATOR and not own
    if found.recipient not in mine and not sees_all:
        raise NoSuchLetter
    return found


@get("/demo/mail")
async def mailbox(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    letter: FromQuery[str | None] = None,
    sent: FromQuery[bool] = False,
) -> Response[Any]:
    """Show somebody of the demonstration the letters to them, and one of them as it is mailed."""
    return await _mailbox(look, db, letter, Reply(sent=sent))


@post("/demo/mail/{letter:str}/answer", status_code=303)
async def answer(
    request: Request[Any, Any, Any],
    look: NamedDependency[Look],
    app: NamedDependency[App],
    db: NamedDependency[Database],
    letter: FromPath[str],
) -> Response[Any]:
    """Take an answer to a letter by the way of all letters that arrive."""
    posted = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, posted)
    found = await db.read(see_letter, look, letter, own=True)
    opened, words = await _opened(found), str(posted.get("words", "")).strip()
    try:
        raw = answering.written(found, opened, words, cmid_in(posted))
    except Refusal as refusal:
        told = explain(refusal, look.locale)
        return await _mailbox(look, db, letter, Reply(words, told), told.status)
    kept = await asyncio.to_thread(app.blobs.keep_sealed, raw)
    arrival = Arrival(
        raw=kept,
        size=len(raw),
        way=Way.DEMO,
        sender=found.address,
        recipient=answering.answer_address(opened),
    )
    await db.write(arriving.take, [arrival])
    return Redirect(f"/demo/mail?letter={letter}&sent=true", status_code=303)


async def _mailbox(
    look: Look, db: Database, letter: str | None, reply: Reply, status: int = 200
) -> Response[Any]:
    letters = await db.read(see_mailbox, look)
    named = letter or (letters[0].id if letters else None)
    chosen = await db.read(see_letter, look, named) if named else None
    opened = await _opened(chosen) if chosen else None
    ours = chosen is not None and chosen.recipient in my_readers(look)
    return look.page(
        "mailbox.html",
        status,
        letters=letters,
        chosen=chosen,
        opened=opened,
        answerable=bool(ours and opened and answering.answer_address(opened)),
        reply=reply,
        new_cmid=new_id,
        shown=SHOWN_HEADERS,
        mailed=bool(db.settings.smtp_url),
    )


@get("/demo/mail/{letter:str}/html")
async def letter_in_frame(
    look: NamedDependency[Look], db: NamedDependency[Database], letter: FromPath[str]
) -> Response[str]:
    """Show the HTML of a letter alone, where it can do nothing."""
    found = await db.read(see_letter, look, letter)
    return Response(
        await asyncio.to_thread(compose.shown, found.raw),
        media_type=MediaType.HTML,
        headers={"Content-Security-Policy": FRAME_CSP, "Cache-Control": "no-store"},
    )


@get("/me/letters")
async def my_letters() -> Redirect:
    """Lead on to where letters of the demonstration are read now."""
    return Redirect("/demo/mail", status_code=308)


ROUTES = (
    all_letters,
    send_again,
    release,
    mailbox,
    answer,
    letter_in_frame,
    my_letters,
)
