"""How the house is: for load balancers, watchers, and the operator."""

import math
import time
from contextlib import suppress
from ipaddress import ip_address
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec

from shopbell.app import App
from shopbell.channels.mail.arriving.imap import service as imap
from shopbell.channels.mail.arriving.imap.model import Place
from shopbell.engine import metrics
from shopbell.engine.epoch import touch
from shopbell.engine.vitals import DISK_STOP
from shopbell.kernel.refusals import NotFound, Unavailable
from shopbell.web import vitals

PROBE_SECONDS = 1.0


class MetricsAreLocal(NotFound):
    """Figures are shown to this machine only."""


@get("/healthz", media_type="text/plain")
async def healthz() -> str:
    """Say that the process lives; asks nothing of anyone."""
    return "ok"


@get(
    "/readyz",
    responses={
        503: ResponseSpec(dict[str, bool], generate_examples=False, description="It cannot serve")
    },
)
async def readyz(app: NamedDependency[App]) -> Response[dict[str, bool]]:
    """Say whether this process can serve: writes are kept, the disk has room, not stopping.

    Without the broker it serves, too, only later: pages of other processes hear within seconds.
    Nor does it need the mailbox, whose letters then lie there.
    """
    checks = {
        "database": await PROBE.holds(app),
        "disk": vitals.disk_free(app.settings) > DISK_STOP,
        "not_draining": not app.hub.draining,
    }
    ready = all(checks.values())
    told = {**checks, "broker": app.relay.up}
    if app.settings.imap_url:
        told["mailbox"] = checks["database"] and await _mailbox_is_read(app)
    return Response(told, status_code=200 if ready else 503)


async def _mailbox_is_read(app: App) -> bool:
    return await app.db.read(imap.is_read, Place.at(app.settings.imap_url).name)


@get("/metrics", media_type="text/plain; version=0.0.4")
async def show_metrics(request: Request[Any, Any, Any], app: NamedDependency[App]) -> bytes:
    """Show all figures to Prometheus on this machine."""
    if not _is_this_machine(request.client.host if request.client else ""):
        raise MetricsAreLocal
    with suppress(Unavailable):  # figures are wanted most while the database is away
        await vitals.take(app)
    return metrics.exposition()


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class WriteProbe:
    """Whether writes are kept, asked at most once a second however often somebody wants to know."""

    def __init__(self) -> None:
        self._held, self._asked = False, -math.inf

    async def holds(self, app: App) -> bool:
        """Write something without meaning, if the last try is older than a second."""
        if time.monotonic() - self._asked >= PROBE_SECONDS:
            self._asked = time.monotonic()
            try:
                await app.db.write(touch)
                self._held = True
            except Exception:  # noqa: BLE001 - whatever it is, we are not ready
                self._held = False
        return self._held


PROBE = WriteProbe()


ROUTES = (healthz, readyz, show_metrics)
