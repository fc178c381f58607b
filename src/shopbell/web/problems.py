"""Refusals, in the web's own terms (RFC 9457), in the reader's language."""

from typing import Any

from litestar import Request, Response
from litestar.exceptions import (
    ClientException,
    HTTPException,
    InternalServerException,
    MethodNotAllowedException,
    NotFoundException,
    SerializationException,
    ValidationException,
)

from shopbell.engine import metrics
from shopbell.kernel.refusals import (
    Conflict,
    Document,
    Forbidden,
    Gone,
    Invalid,
    Malformed,
    NotFound,
    OurFault,
    Refusal,
    SignInFirst,
    TooLarge,
    TooMany,
    Unavailable,
    WrongKind,
)
from shopbell.kernel.texts import Locale, choose, text
from shopbell.web.language import LANGUAGE_COOKIE
from shopbell.web.pages import format as written

STATUS: dict[type[Refusal], int] = {
    NotFound: 404,
    SignInFirst: 401,
    Forbidden: 403,
    Conflict: 409,
    Gone: 410,
    Malformed: 400,
    Invalid: 422,
    TooLarge: 413,
    WrongKind: 415,
    TooMany: 429,
    Unavailable: 503,
}
MEDIA_TYPE = "application/problem+json"
Asked = Request[Any, Any, Any]


class RequestMalformed(Malformed):
    """The request cannot be read."""


class RequestUnreadable(Malformed):
    """The request cannot be read at all, such as JSON nested without end."""


class NoSuchAddress(NotFound):
    """Nothing is found at this address."""


class MethodNotAllowed(Forbidden):
    """The address exists, but cannot be used in this way."""


class RequestTooLarge(TooLarge):
    """The request has more bytes than we take."""


class NotJson(WrongKind):
    """The body must be JSON and say so."""


class WrongHost(Malformed):
    """The request was made to a name that is not ours."""


class FromElsewhere(Forbidden):
    """The request was made by a page that is not ours."""


def document(refusal: Refusal, locale: Locale) -> Document:
    """Write a refusal as a problem document; its facts become members of their own.

    ``field`` names the detail that is wrong, or what kind it is, where one is known, and
    ``allowed`` what the actor may do instead.
    """
    code = refusal.code
    facts = {name: fact for name, fact in refusal.facts.items() if name != "n"}
    named = {name: text(locale, key) for name, key in refusal.named.items()}
    said = refusal.facts | _as_money(refusal, locale) | named
    allowed = {} if refusal.allowed is None else {"allowed": refusal.allowed}
    about = {"field": refusal.about} if refusal.about else {}
    return {
        **about,
        **facts,
        **allowed,
        "type": f"/problems/{code}",
        "code": code,
        "title": text(locale, f"refusals.{code}.title", **said),
        "detail": text(locale, f"refusals.{code}.next", **said),
        "status": status_of(refusal),
    }


def _as_money(refusal: Refusal, locale: Locale) -> dict[str, str]:
    """Write the highest amount as people write money; as a member it stays in the smallest unit."""
    most, currency = refusal.facts.get("most"), refusal.facts.get("currency")
    if isinstance(most, int) and isinstance(currency, str):
        return {"most": written.money(most, currency, locale)}
    return {}


def status_of(refusal: Refusal) -> int:
    """Return the HTTP status of a refusal."""
    if isinstance(refusal, MethodNotAllowed):
        return 405
    if isinstance(refusal, OurFault):
        return 500
    return next(code for kind, code in STATUS.items() if isinstance(refusal, kind))


def as_refusal(error: Exception) -> Refusal:  # noqa: PLR0911 - a table, one row each
    """Say in our own words what the framework, or a bug, has thrown."""
    match error:
        case Refusal():
            return error
        case NotFoundException():
            return NoSuchAddress()
        case MethodNotAllowedException():
            return MethodNotAllowed()
        case ValidationException() | SerializationException():
            return _malformed(error)
        case HTTPException(status_code=413):
            return RequestTooLarge()
        case ClientException():
            return _malformed(error)
        case InternalServerException() if _is_about_the_body(error):
            return _malformed(error)
        case RecursionError() | UnicodeDecodeError():
            return RequestUnreadable()
        case _:
            return OurFault(retry_after=5)


def problem(request: Asked, refusal: Refusal) -> Response[Document]:
    """Answer with the problem document, and count it."""
    metrics.REFUSED.labels("web", refusal.code).inc()
    headers = {"Cache-Control": "no-store"}
    if "retry_after" in refusal.facts:
        headers["Retry-After"] = str(refusal.facts["retry_after"])
    locale = choose(
        request.cookies.get(LANGUAGE_COOKIE) or request.headers.get("accept-language") or ""
    )
    found = document(refusal, locale)
    return Response(found, status_code=status_of(refusal), media_type=MEDIA_TYPE, headers=headers)


def _malformed(error: Exception) -> Refusal:
    reason = _reason(error)
    return RequestMalformed(reason=reason) if reason else RequestUnreadable()


def _is_about_the_body(error: Exception) -> bool:
    """Tell whether what was sent cannot be read, though the framework blames itself.

    It does so where a field has the name of something we inject, as ``locale``.
    """
    return "`$.data." in str(error.__cause__ or "")


def _reason(error: Exception) -> str:
    """Return where it went wrong, as far as the framework tells; never an internal."""
    extra = getattr(error, "extra", None)
    if isinstance(extra, list) and extra:
        parts = (f"{part.get('key', '')}: {part.get('message', '')}" for part in extra[:5])
        return "; ".join(part.strip(": ") for part in parts)
    cause = error.__cause__ or error.__context__
    return str(cause)[:300] if cause else str(getattr(error, "detail", ""))[:300]
