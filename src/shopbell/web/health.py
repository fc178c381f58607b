"""How the house is: for load balancers, watchers, and the operator."""

import shutil
from ipaddress import ip_address
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from shopbell.app import App
from shopbell.engine import metrics
from shopbell.engine.database import Tx
from shopbell.engine.epoch import touch
from shopbell.kernel.refusals import NotFound

DISK_FREE_LEAST = 0.05


class MetricsAreLocal(NotFound):
    """Figures are shown to this machine only."""


@get("/healthz", media_type="text/plain")
async def healthz() -> str:
    """Say that the process lives; asks nothing of anyone."""
    return "ok"


@get("/readyz")
async def readyz(app: NamedDependency[App]) -> Response[dict[str, bool]]:
    """Say whether this process can serve: writes are kept, the disk has room, not stopping."""
    checks = {
        "database": await _writes(app),
        "disk": _disk_free(app) > DISK_FREE_LEAST,
        "not_draining": not app.hub.draining,
    }
    return Response(checks, status_code=200 if all(checks.values()) else 503)


@get("/metrics", media_type="text/plain; version=0.0.4")
async def show_metrics(request: Request[Any, Any, Any]) -> bytes:
    """Show all figures to Prometheus on this machine."""
    client = request.client
    if client is None or not ip_address(client.host).is_loopback:
        raise MetricsAreLocal
    return metrics.exposition()


async def _writes(app: App) -> bool:
    def probe(tx: Tx) -> bool:
        touch(tx)
        return True

    try:
        return await app.db.write(probe)
    except Exception:  # noqa: BLE001 - whatever it is, we are not ready
        return False


def _disk_free(app: App) -> float:
    usage = shutil.disk_usage(app.settings.data if app.settings.data.exists() else ".")
    return usage.free / usage.total


ROUTES = (healthz, readyz, show_metrics)
