"""Every refusal is answered here: by a page for people who browse, by a document for programs."""

from typing import Any

from litestar import Request, Response
from litestar.response import Redirect
from msgspec import Struct

from shopbell.engine import metrics
from shopbell.engine.log import log
from shopbell.kernel.refusals import Forbidden, OurFault, Refusal, SignInFirst
from shopbell.kernel.texts import Locale
from shopbell.web.language import language
from shopbell.web.pages.look import Look, look_of, sign_in_for
from shopbell.web.problems import as_refusal, document, problem, status_of

NO_PAGES = ("/api/", "/static/", "/files/")


class Told(Struct, frozen=True):
    """A refusal in the reader's words."""

    status: int
    title: str
    next: str


def answer(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer whatever went wrong with a request; what nobody expected is logged, too."""
    refusal = as_refusal(error)
    if isinstance(refusal, OurFault):
        metrics.FAILED.labels("web").inc()
        log().error("request failed", path=request.url.path, exc_info=error)
    if not _browses(request):
        return problem(request, refusal)
    metrics.REFUSED.labels("web", refusal.code).inc()
    return _page(request, refusal)


def _browses(request: Request[Any, Any, Any]) -> bool:
    wants_page = "text/html" in request.headers.get("accept", "")
    return wants_page and not request.url.path.startswith(NO_PAGES)


def _page(request: Request[Any, Any, Any], refusal: Refusal) -> Response[Any]:
    """Answer a request for a page that was refused; nobody signed in is asked to sign in."""
    look = _look(request)
    if isinstance(refusal, SignInFirst):
        asked = request.method in {"GET", "HEAD"}
        back = look.here if asked else str(refusal.facts.get("back", "/"))
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
