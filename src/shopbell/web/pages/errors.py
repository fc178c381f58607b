"""Refusals as pages: what happened, what was kept, where to go on."""

from typing import Any

from litestar import Request, Response
from litestar.response import Redirect
from msgspec import Struct

from shopbell.kernel.refusals import Forbidden, Refusal, SignInFirst
from shopbell.kernel.texts import Locale
from shopbell.web.language import language
from shopbell.web.pages.look import Look, look_of, sign_in_for
from shopbell.web.problems import document, status_of


class Told(Struct, frozen=True):
    """A refusal in the reader's words."""

    status: int
    title: str
    next: str


def page(request: Request[Any, Any, Any], refusal: Refusal) -> Response[Any]:
    """Answer a request for a page that was refused; nobody signed in is asked to sign in."""
    look = _look(request)
    if isinstance(refusal, SignInFirst):
        back = look.here if request.method in {"GET", "HEAD"} else "/"
        return Redirect(sign_in_for(back), status_code=303)
    told = explain(refusal, look.locale)
    person = look.person if isinstance(refusal, Forbidden) else None
    return look.page("notice.html", told.status, told=told, person=person)


def explain(refusal: Refusal, locale: Locale) -> Told:
    """Say what happened and what to do now."""
    words = document(refusal, locale)
    return Told(status_of(refusal), str(words["title"]), str(words["detail"]))


def _look(request: Request[Any, Any, Any]) -> Look:
    """Return the look the request already has; outside our pages only its language is known."""
    known = request.scope["state"].get("look")
    return known if isinstance(known, Look) else look_of(request, language(request, None))
