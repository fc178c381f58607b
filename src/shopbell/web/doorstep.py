"""Where sockets wait to be let in: not too many at once, and none while we are leaving."""

import math
import random

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from shopbell.app import App
from shopbell.engine import metrics
from shopbell.engine.pace import Allowance

LATEST = 5.0
"""Seconds within which those sent away are asked back, at random: not all at one moment."""


class Doorstep:
    """Answers a socket's handshake with 503 when too many come at once."""

    def __init__(self, inside: ASGIApp, app: App) -> None:
        self._inside, self._hub = inside, app.hub
        rate = app.settings.sockets_per_second
        self._allowance = Allowance(rate, burst=2 * rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let somebody in, or ask them to come back."""
        if scope["type"] != ScopeType.WEBSOCKET or self._lets_in():
            await self._inside(scope, receive, send)
            return
        metrics.REFUSED.labels("socket", "not_now").inc()
        wait = math.ceil(random.uniform(0, LATEST) + self._allowance.wait)  # noqa: S311
        headers = [(b"retry-after", str(wait).encode()), (b"cache-control", b"no-store")]
        await send({"type": "websocket.http.response.start", "status": 503, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": b"", "more_body": False})

    def _lets_in(self) -> bool:
        return not self._hub.draining and self._allowance.spend()
