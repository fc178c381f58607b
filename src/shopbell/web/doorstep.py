"""Where pages that connect wait to be let in: not too many at once, none while we are leaving.

When a server was away, all of its pages come back within seconds. What they do first is ask for a
ticket, so they stand in line there and get their turn as fast as this process can serve them;
when the line is long they are asked to come back. Others, who only write or read, never wait.
"""

import asyncio
import math
import random
from typing import Any

from litestar import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send
from litestar.utils.path import normalize_path

from shopbell.app import App
from shopbell.engine import metrics
from shopbell.engine.pace import Allowance, Line
from shopbell.kernel.refusals import Unavailable
from shopbell.realtime.routes import TICKETS
from shopbell.web.problems import problem

LATEST = 5.0
"""Seconds within which sockets sent away are asked back, at random: not all at one moment."""

LINE_SECONDS = 5.0
"""How long somebody stands in line; a page gives up after ten seconds."""

SOON = (1, 2)
"""Seconds after which those are asked back for whom the line was too long."""


class DoorCrowded(Unavailable):
    """More pages want to connect at once than we let in."""


class Doorstep:
    """Lets pages in one after the other, and answers 503 when too many come at once."""

    def __init__(self, inside: ASGIApp, app: App) -> None:
        self._inside, self._hub = inside, app.hub
        rate = app.settings.sockets_per_second
        self._allowance = Allowance(2 * rate, burst=4 * rate)  # who has stood in line gets in
        self._line = Line(rate, burst=2 * rate, longest=LINE_SECONDS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let somebody in, have them wait for their turn, or ask them to come back."""
        if scope["type"] == ScopeType.WEBSOCKET:
            await self._socket(scope, receive, send)
        elif normalize_path(scope.get("path", "")) == TICKETS:
            await self._ticket(scope, receive, send)
        else:
            await self._inside(scope, receive, send)

    async def _ticket(self, scope: Scope, receive: Receive, send: Send) -> None:
        turn = None if self._hub.draining else self._line.join()
        if turn is None:
            request = Request[Any, Any, Any](scope, receive, send)
            refusal = DoorCrowded(retry_after=random.randint(*SOON))  # noqa: S311
            await problem(request, refusal).to_asgi_response(None, request)(scope, receive, send)
            return
        if turn:
            await asyncio.sleep(turn)
        await self._inside(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._hub.draining and self._allowance.spend():
            await self._inside(scope, receive, send)
            return
        metrics.REFUSED.labels("socket", "not_now").inc()
        wait = math.ceil(random.uniform(0, LATEST) + self._allowance.wait)  # noqa: S311
        headers = [(b"retry-after", str(wait).encode()), (b"cache-control", b"no-store")]
        await send({"type": "websocket.http.response.start", "status": 503, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": b"", "more_body": False})
