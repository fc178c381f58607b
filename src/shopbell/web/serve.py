"""Run the web server: announce, serve, and leave politely."""

import asyncio
import contextlib
import gc
import socket
from collections.abc import AsyncIterator, Callable
from typing import cast

import uvicorn
import uvloop

from shopbell.app import App
from shopbell.channels.mail.arriving import listener
from shopbell.language.readiness import make_ready
from shopbell.realtime.frames import FRAME_MOST
from shopbell.web.create import create
from shopbell.web.listening import listen, make_room
from shopbell.web.sockets import PicowsSocket
from shopbell.worker import Worker, stop

LEAVE_SECONDS = 30
GARBAGE = 5_000
"""New objects after which the youngest are looked through for cycles."""

AGES = (4, 1_000)
"""How often the youngest are, before those are whom they left, and how often these, before all.

What is looked through at once holds everybody up: 400,000 objects for up to 0.2 s, 100,000 for up
to 0.05 s. Small lots cost no more: each object is looked at as often.
"""


class Server(uvicorn.Server):
    """A server that sends open pages away in slices before it stops (PROTOCOL section 10)."""

    def __init__(self, config: uvicorn.Config, app: App) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no new pages, drain the open ones, then stop as usual."""
        for server in self.servers:
            server.close()
        self._app.hub.draining = True
        if not self.force_exit:
            await self._app.hub.drain(self._app.settings.drain_seconds)
        await super().shutdown(sockets)


def serve(app: App, started: Callable[[], None] = lambda: None) -> None:
    """Serve until told to stop by SIGINT or SIGTERM; call ``started`` once we answer."""
    make_room()
    host, port = app.settings.address
    config = uvicorn.Config(
        create(app),
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws=cast("type[asyncio.Protocol]", PicowsSocket),  # has all that is asked of one
        ws_max_size=4 * FRAME_MOST,
        ws_ping_interval=None,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=True,
        forwarded_allow_ips=app.settings.proxies,
        timeout_graceful_shutdown=max(1, round(LEAVE_SECONDS - app.settings.drain_seconds)),
    )
    server = Server(config, app)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(server, app, started))


async def _serve(server: Server, app: App, started: Callable[[], None]) -> None:
    async with _working(app), _at_the_letterbox(app):
        _spare_the_collector()
        listening = listen(*app.settings.address)
        serving = asyncio.create_task(server.serve([listening]))
        while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn tells nobody
            await asyncio.sleep(0.01)
        if server.started:
            gc.freeze()
            started()
            await asyncio.to_thread(make_ready)
        await serving


def _spare_the_collector() -> None:
    """Look for cycles seldom, and never among what was there at the start: that cost 15 %.

    This takes a while itself, so it comes before anybody is let in.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE, *AGES)


@contextlib.asynccontextmanager
async def _at_the_letterbox(app: App) -> AsyncIterator[None]:
    """Take letters from the mail server beside us, if the settings say where."""
    if not app.settings.lmtp_listen:
        yield
        return
    door = await listener.listen(app.settings.lmtp_listen, app.db, app.blobs, app.mail.known.keys)
    async with door:
        yield


@contextlib.asynccontextmanager
async def _working(app: App) -> AsyncIterator[None]:
    """Do due jobs and deadlines in this process, too, if the settings say so."""
    if not app.settings.worker:
        yield
        return
    working = asyncio.create_task(Worker(app).run())
    try:
        yield
    finally:
        await stop(working)
