"""The link at the end of a letter: whoever has it switches such letters off, without signing in.

A link names a kind of news, and stops that. One of before names none, and stops all letters about
conversations.
"""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from shopbell.accounts.wishes import service as wishes
from shopbell.accounts.wishes.model import Kind, Way
from shopbell.app import App
from shopbell.channels.mail import service
from shopbell.channels.mail.addresses import may_stop
from shopbell.channels.mail.keys import keyring
from shopbell.engine.database import Tx
from shopbell.kernel.actor import PersonId
from shopbell.kernel.refusals import NotFound
from shopbell.web.pages.look import Look


class StopLinkBroken(NotFound):
    """The link that stops letters is not as it was in one."""


@get("/letters/stop")
async def ask_to_stop(
    look: NamedDependency[Look],
    app: NamedDependency[App],
    who: FromQuery[str] = "",
    tag: FromQuery[str] = "",
    kind: FromQuery[str] = "",
) -> Response[Any]:
    """Show who clicked on the link in a letter what they can choose; looking changes nothing."""
    _check_tag(app, who, tag, kind)
    stopped = await app.db.read(_has_stopped, who, kind)
    all_stopped = await app.db.read(service.wants_none, who)
    return _page(look, who, tag, kind, stopped=stopped, all_stopped=all_stopped)


@post("/letters/stop", status_code=200)
async def stop(
    look: NamedDependency[Look],
    app: NamedDependency[App],
    who: FromQuery[str] = "",
    tag: FromQuery[str] = "",
    kind: FromQuery[str] = "",
) -> Response[Any]:
    """Write no more such letters: by the page's button, or by a mail program's own (RFC 8058)."""
    return await _chosen(look, app, who, tag, kind, stopped=True)


@post("/letters/go-on", status_code=200)
async def go_on(
    look: NamedDependency[Look],
    app: NamedDependency[App],
    who: FromQuery[str] = "",
    tag: FromQuery[str] = "",
    kind: FromQuery[str] = "",
) -> Response[Any]:
    """Write such letters again."""
    return await _chosen(look, app, who, tag, kind, stopped=False)


async def _chosen(
    look: Look, app: App, who: str, tag: str, kind: str, *, stopped: bool
) -> Response[Any]:
    _check_tag(app, who, tag, kind)
    all_stopped = await app.db.write(_choose, who, kind, off=stopped)
    return _page(look, who, tag, kind, stopped=stopped, all_stopped=all_stopped)


def _has_stopped(tx: Tx, who: str, kind: str) -> bool:
    if not kind:
        return service.wants_none(tx, who)
    return not wishes.wants(tx, _person(who), Kind(kind), Way.MAIL)


def _choose(tx: Tx, who: str, kind: str, *, off: bool) -> bool:
    """Keep a choice, and tell whether all letters are stopped, which no link of a kind changes."""
    if kind:
        wishes.switch(tx, _person(who), Kind(kind), Way.MAIL, off=off)
    else:
        service.choose(tx, who, stopped=off)
    return service.wants_none(tx, who)


def _person(who: str) -> PersonId:
    """Return whom a letter was written to, as tags name them: only we can sign such a name."""
    return PersonId(who.removeprefix("person:"))


def _check_tag(app: App, who: str, tag: str, kind: str) -> None:
    if not may_stop(keyring(app.settings.data), who, tag, kind):
        raise StopLinkBroken


def _page(
    look: Look, who: str, tag: str, kind: str, *, stopped: bool, all_stopped: bool
) -> Response[Any]:
    return look.page(
        "stop_letters.html",
        who=who,
        tag=tag,
        kind=kind,
        stopped=stopped,
        all_stopped=all_stopped,
    )


ROUTES = (ask_to_stop, stop, go_on)
