"""Letters that arrived: the operator's list of those held back, and each one's full original."""

import re
from typing import Any
from urllib.parse import quote

from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from msgspec import Struct

from shopbell.app import App
from shopbell.channels.mail.arriving import service
from shopbell.channels.mail.arriving.covering import covered
from shopbell.channels.mail.arriving.model import Mail, MailId, MailUnreadable
from shopbell.channels.mail.arriving.reading import Found, Reading
from shopbell.channels.mail.arriving.saying import clean
from shopbell.conversations.files import display_name
from shopbell.conversations.veiling import own_hosts
from shopbell.engine.blobs import NoSuchFile
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.refusals import Refusal
from shopbell.web.pages.case_post import posted_form
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.errors import explain
from shopbell.web.pages.letters import FRAME_CSP
from shopbell.web.pages.look import Look
from shopbell.web.pages.looks import LOOKS

LIST = "/console/mail"
_is_document = re.compile(
    r".+\.(?:docx?|odt|rtf|xlsx?|ods|csv|pptx?|odp|pdf|txt|ics|vcf|eml|zip|rar|7z|gz"
    r"|png|jpe?g|gif|webp|heic|tiff?|mp4|mov|webm|mp3|m4a|ogg)",
    re.IGNORECASE | re.DOTALL,
).fullmatch
"""Files of letters by these names are handed out to be saved; of others only the name is shown."""

Sent = Request[Any, Any, Any]


class Original(Struct, frozen=True):
    """A letter as it came, without the addresses that we made; unread, if that was too much."""

    mail: Mail
    reading: Reading | None

    @property
    def files(self) -> list[tuple[int, Found]]:
        """List those that are handed out: documents, but nothing that runs."""
        found = self.reading.files if self.reading else []
        return [(n, one) for n, one in enumerate(found) if _is_document(one.name)]

    @property
    def words(self) -> str:
        return clean(self.reading.whole) if self.reading else ""

    @property
    def html(self) -> str:
        return clean(self.reading.html) if self.reading else ""


@get(LIST)
async def held_mail(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    done: FromQuery[str] = "",
    behind: FromQuery[str] = "",
) -> Response[Any]:
    """Show the operator the letters that a person has to look at, newest first."""
    rows, more = await db.read(service.held, visitor_of(look), behind)
    known = done if done in {"again", "through", "dropped"} else ""
    return look.page("held_mail.html", rows=rows, more=more, done=known, told=None)


@get(LIST + "/{mail:str}")
async def one_held(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    app: NamedDependency[App],
    mail: FromPath[MailId],
) -> Response[Any]:
    """Show the operator one of them, whole."""
    found = await db.read(service.look, visitor_of(look), mail)
    shown = await _opened(app, found)
    return look.page("original_mail.html", shown=shown, frame=f"{LIST}/{mail}/html", whole=True)


@get(LIST + "/{mail:str}/html")
async def one_held_in_frame(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    app: NamedDependency[App],
    mail: FromPath[MailId],
) -> Response[str]:
    """Show its markup alone, where it can do nothing."""
    found = await db.read(service.look, visitor_of(look), mail)
    return _frame(await _opened(app, found))


@get(LIST + "/{mail:str}/raw")
async def one_held_as_it_came(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    app: NamedDependency[App],
    mail: FromPath[MailId],
) -> Response[bytes]:
    """Give the operator its bytes to keep, also of one that nothing here can read."""
    found = await db.read(service.look, visitor_of(look), mail)
    raw = await LOOKS.apart(app.blobs.path(found.raw).read_bytes)
    return _to_save(raw, "message/rfc822", f"{found.id}.eml")


@post(LIST + "/{mail:str}", status_code=303)
async def decide(
    request: Sent,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    app: NamedDependency[App],
    mail: FromPath[MailId],
) -> Response[Any]:
    """Read a letter again, let it through, or put it away; a refusal is told above the list."""
    posted = await posted_form(request, look)
    visitor, action = visitor_of(look), str(posted.get("action", ""))
    try:
        if action == "again":
            await db.write(service.read_again, visitor, mail)
        elif action == "through":
            found = await db.read(service.look, visitor, mail)
            opened = await LOOKS.apart(lambda: app.mail.open_unproven(found))
            await db.write(service.let_through, visitor, mail, opened, app.mail.known)
        else:
            action = "dropped"
            await db.write(service.drop, visitor, mail)
    except Refusal as refusal:
        told = explain(refusal, look.locale)
        rows, more = await db.read(service.held, visitor)
        page = look.at(LIST)
        return page.page("held_mail.html", told.status, rows=rows, more=more, done="", told=told)
    return Redirect(f"{LIST}?done={action}", status_code=303)


@get("/mail/{event:str}")
async def original(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    app: NamedDependency[App],
    event: FromPath[str],
) -> Response[Any]:
    """Show those who take part in a conversation the whole letter that an entry came in."""
    letter = await shown(app, *await db.read(see, visitor_of(look), event))
    return look.page("original_mail.html", shown=letter, frame=f"/mail/{event}/html", whole=False)


@get("/mail/{event:str}/html")
async def original_in_frame(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    app: NamedDependency[App],
    event: FromPath[str],
) -> Response[str]:
    """Show its markup alone, where it can do nothing."""
    return _frame(await shown(app, *await db.read(see, visitor_of(look), event)))


@get("/mail/{event:str}/files/{number:int}")
async def file_of_original(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    app: NamedDependency[App],
    event: FromPath[str],
    number: FromPath[int],
) -> Response[bytes]:
    """Hand out a file of a letter that the conversation does not take, to be saved only."""
    letter = await shown(app, *await db.read(see, visitor_of(look), event))
    if number not in dict(letter.files):
        raise NoSuchFile
    one = dict(letter.files)[number]
    return _to_save(one.data, "application/octet-stream", _saved_as(one.name))


def see(tx: Tx, actor: Actor, event: str) -> tuple[Mail, bool]:
    """Return the letter of an entry, and whether ``actor`` reads what it hides from others."""
    mail = service.original(tx, actor, event)
    return mail, service.reads_all(tx, actor, mail)


async def shown(app: App, mail: Mail, whole: bool) -> Original:
    """Open a letter for somebody who takes part; what is hidden in messages is hidden here."""
    letter = await _opened(app, mail)
    reading = letter.reading
    if whole or reading is None:
        return letter
    own = own_hosts(app.settings)
    return Original(mail, await LOOKS.apart(lambda: covered(reading, own)))


async def _opened(app: App, mail: Mail) -> Original:
    try:
        return Original(mail, await LOOKS.at(app.mail, mail))
    except MailUnreadable:
        return Original(mail, None)


def _to_save(data: bytes, media_type: str, name: str) -> Response[bytes]:
    """Answer with bytes that no browser shows or runs."""
    return Response(
        data,
        media_type=media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


def _saved_as(name: str) -> str:
    stem, _, kind = name.rpartition(".")
    return display_name(stem, "text/plain").removesuffix(".txt") + "." + kind.lower()


def _frame(shown: Original) -> Response[str]:
    return Response(
        shown.html,
        media_type=MediaType.HTML,
        headers={"Content-Security-Policy": FRAME_CSP, "Cache-Control": "no-store"},
    )


ROUTES = (
    held_mail,
    one_held,
    one_held_in_frame,
    one_held_as_it_came,
    decide,
    original,
    original_in_frame,
    file_of_original,
)
