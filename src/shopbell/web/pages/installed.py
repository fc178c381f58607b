"""What makes a phone keep our pages like a program of its own, with a page for want of a line."""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import resvg_py
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from shopbell.kernel.texts import Locale, choose, text
from shopbell.web.pages.look import Look

ASSETS = Path(__file__).with_name("assets")
A_DAY = 24 * 3600
ICONS = {"/icon-192.png": 192, "/icon-512.png": 512}
"""The bell in the sizes that systems ask for, in pixels."""

PROGRAMS = {
    "/desk.webmanifest": ("/desk", "pages.desk"),
    "/me.webmanifest": ("/me", "pages.messages"),
}
"""Where each installed program begins, and what it is called beside the marketplace's name."""

GROUND = "#025c51"
"""The ground of the bell."""


@get("/sw.js", sync_to_thread=False)
def service_worker() -> Response[bytes]:
    """Give browsers what shows our notices, and a page of ours while we cannot be reached."""
    return Response((ASSETS / "sw.js").read_bytes(), media_type="text/javascript; charset=utf-8")


@get("/offline")
async def offline_page(look: NamedDependency[Look]) -> Response[str]:
    """Say that there is no connection: the one page that browsers keep, the same for everybody."""
    return look.page("offline.html")


@get(list(ICONS), sync_to_thread=False)
def icon(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Show the bell as systems want it for programs and notices."""
    headers = {"Cache-Control": f"public, max-age={A_DAY}"}
    return Response(_drawn(ICONS[request.url.path]), media_type="image/png", headers=headers)


@get(list(PROGRAMS), sync_to_thread=False)
def manifest(request: Request[Any, Any, Any], lang: FromQuery[str] = "") -> Response[bytes]:
    """Say how the desk, or a buyer's own pages, are installed."""
    told = msgspec.json.encode(_manifest(*PROGRAMS[request.url.path], choose(lang)))
    return Response(told, media_type="application/manifest+json")


def _manifest(start: str, word: str, locale: Locale) -> dict[str, object]:
    market = text(locale, "pages.market")
    return {
        "id": start,
        "start_url": start,
        "scope": "/",
        "name": f"{text(locale, word)} – {market}",
        "short_name": market,
        "lang": locale,
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": GROUND,
        "icons": [
            {"src": path, "sizes": f"{size}x{size}", "type": "image/png"}
            for path, size in ICONS.items()
        ],
    }


@cache
def _drawn(size: int) -> bytes:
    bell = (ASSETS / "favicon.svg").read_text(encoding="utf-8")
    return bytes(resvg_py.svg_to_bytes(svg_string=bell, width=size, height=size))


ROUTES = (service_worker, offline_page, icon, manifest)
