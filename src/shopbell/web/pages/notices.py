"""The part of one's account about notices: on which devices, and between which hours not."""

from datetime import datetime
from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect
from msgspec import Struct

from shopbell.accounts.model import SessionId, Visit
from shopbell.accounts.wishes import service as wishes
from shopbell.accounts.wishes.model import Kind, Way
from shopbell.accounts.wishes.model import Wish as News
from shopbell.channels.mail import own
from shopbell.channels.mail.own import Mailbox
from shopbell.channels.push import service as push
from shopbell.channels.push.channel import Push
from shopbell.channels.push.model import DeviceId, PushDevice, Wish
from shopbell.channels.push.routes import guest_of
from shopbell.channels.push.service import Guest
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.texts import Locale, text
from shopbell.web.pages import format as written
from shopbell.web.pages.sign import Typed


class WishForm(Struct, frozen=True):
    """Whether and when somebody wants to be told; a box that is not ticked is not sent."""

    on: Typed = ""
    mail: Typed = ""
    quiet_from: Typed = ""
    quiet_until: Typed = ""
    zone: Typed = "UTC"


class Told(Struct, frozen=True):
    """One of the own devices, as it is shown."""

    device: PushDevice
    last: str


class Notices(Struct, frozen=True):
    """What somebody chose, their devices, and how it is with letters to them."""

    wish: Wish
    news: dict[Kind, list[News]]
    devices: list[Told]
    mail: Mailbox


def see_notices(tx: Tx, visit: Visit, locale: Locale) -> Notices:
    """Look at somebody's devices, and at what they chose."""
    found = push.devices(tx, Guest(visit.actor, visit.session_id))
    told = [Told(one, _last(one.ok_at, tx.now, locale)) for one in found]
    news = dict[Kind, list[News]]()
    for one in wishes.chosen(tx, visit.actor):
        news.setdefault(one.kind, []).append(one)
    return Notices(push.wish(tx, visit.actor), news, told, own.mailbox(tx, visit.actor))


@post("/account/notices", status_code=303)
async def choose_notices(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    session_id: NamedDependency[SessionId | None],
    data: URLEncodedBody[WishForm],
) -> Redirect:
    """Keep by which ways, and when, somebody wants to be told."""
    both = data.quiet_from and data.quiet_until
    quiet = (data.quiet_from, data.quiet_until) if both else ("", "")
    wish = Wish(bool(data.on), *quiet, data.zone)
    await db.write(choose, Guest(actor, session_id), wish, by_mail=bool(data.mail))
    return _back("saved")


def choose(tx: Tx, guest: Guest, wish: Wish, *, by_mail: bool) -> None:
    """Keep both choices or neither."""
    push.choose(tx, guest, wish)
    own.choose(tx, guest.actor, wanted=by_mail)


@post("/account/news", status_code=303)
async def choose_news(
    request: Request[Any, Any, Any], db: NamedDependency[Database], actor: NamedDependency[Actor]
) -> Redirect:
    """Keep which kinds of news somebody wants by which way; what is not ticked is not wanted."""
    posted = await request.form()
    wanted = [(kind, way) for kind in Kind for way in Way if posted.get(f"{kind}.{way}")]
    await db.write(wishes.choose, actor, wanted)
    return Redirect("/account?done=saved#news", status_code=303)


@post("/account/mail", status_code=303)
async def resume_letters(db: NamedDependency[Database], actor: NamedDependency[Actor]) -> Redirect:
    """Write to somebody again whose address returned letters."""
    await db.write(own.resume, actor)
    return _back("resumed")


@post("/account/notices/{phone:str}/test", status_code=303)
async def test_device(
    request: Request[Any, Any, Any],
    push_channel: NamedDependency[Push],
    actor: NamedDependency[Actor],
    session_id: NamedDependency[SessionId | None],
    phone: FromPath[DeviceId],
) -> Redirect:
    """Ring on one of one's own devices at once."""
    await push_channel.test(guest_of(request, actor, session_id), phone)
    return _back("tested")


@post("/account/notices/{phone:str}/forget", status_code=303)
async def forget_device(
    db: NamedDependency[Database], actor: NamedDependency[Actor], phone: FromPath[DeviceId]
) -> Redirect:
    """Tell somebody no more on one of their devices."""
    await db.write(push.forget, actor, phone)
    return _back("forgotten")


def _last(at: datetime | None, now: datetime, locale: Locale) -> str:
    if at is None:
        return text(locale, "push.device_never")
    return text(locale, "push.device_ok", ago=written.ago(at, now, locale))


def _back(done: str) -> Redirect:
    return Redirect(f"/account?done={done}#notices", status_code=303)


ROUTES = (choose_notices, choose_news, resume_letters, test_device, forget_device)
