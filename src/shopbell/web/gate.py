"""The gate every request passes: who made it, what kind it is, and what leaves with the answer."""

from typing import Any

from litestar import Request
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from litestar.utils.path import normalize_path

from shopbell.accounts.routes import PANEL
from shopbell.engine.settings import Settings
from shopbell.kernel.refusals import Refusal
from shopbell.web.problems import FromElsewhere, NotJson, WrongHost, problem

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
RAW_BODY = ("/attachments", "/api/v1/listings")
"""Where a body is a file as it is: paths that end so."""

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; font-src 'self'; connect-src 'self'; frame-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "object-src 'none'; "
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
VARIES = "Cookie, Authorization, Accept-Language"
"""By what else than its packing an answer may differ."""


class Gate:
    """Refuses what pages of others send in a visitor's name; adds the headers that protect ours."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings
        shown_by = " ".join(sorted(settings.allowed_origins))
        self._panel_csp = f"{CSP}frame-ancestors 'self' {shown_by}"
        self._csp = f"{CSP}frame-ancestors 'none'"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it here."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        request = Request[Any, Any, Any](scope, receive, send)
        guarded = self._with_headers(scope, send)
        refusal = self._check(request)
        if refusal is None:
            await self._app(scope, receive, guarded)
            return
        answer = problem(request, refusal).to_asgi_response(None, request)
        await answer(scope, receive, guarded)

    def _check(self, request: Request[Any, Any, Any]) -> Refusal | None:
        if not self._settings.is_called(request.headers.get("host", "")):
            return WrongHost()
        if request.method in SAFE:
            return None
        if not self._is_ours(request):
            return FromElsewhere()
        if normalize_path(request.url.path).startswith("/api/") and not self._says_json(request):
            return NotJson()
        return None

    def _is_ours(self, request: Request[Any, Any, Any]) -> bool:
        """Programs bring a key and no cookie; browsers always say where a request comes from."""
        if request.headers.get("authorization", "").lower().startswith("bearer "):
            return True
        origin = request.headers.get("origin")
        if origin is not None:
            return self._settings.welcomes(origin)
        return request.headers.get("sec-fetch-site", "none") in {"same-origin", "none"}

    def _says_json(self, request: Request[Any, Any, Any]) -> bool:
        if request.url.path.endswith(RAW_BODY):
            return True
        empty = request.headers.get("content-length", "0") == "0"
        chunked = "transfer-encoding" in request.headers
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        return kind == "application/json" or (empty and not chunked)

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        path = scope["path"]
        csp = self._panel_csp if path == PANEL else self._csp

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", csp)
                if not path.startswith(("/static/", "/pictures/", "/assets/")):
                    headers.setdefault("Cache-Control", "no-store")
                    packed = headers.get("Vary")
                    headers["Vary"] = f"{packed}, {VARIES}" if packed else VARIES
            await send(message)

        return send_guarded
