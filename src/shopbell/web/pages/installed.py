"""What makes a phone keep our pages like a program of its own: manifest, icon, service worker."""

from functools import cache
from pathlib import Path

import msgspec
import resvg_py
from litestar import Response, get
from litestar.params import FromPath, FromQuery

from shopbell.kernel.refusals import NotFound
from shopbell.kernel.texts import Locale, choose, text

ASSETS = Path(__file__).with_name("assets")
A_DAY = 24 * 3600
SIZES = (192, 512)
STARTS = {"desk": ("/desk", "pages.desk"), "me": ("/me", "pages.messages")}
"""Where each installed program begins, and what it is called beside the marketplace's name."""

GROUND = "#025c51"
"""The ground of the bell."""


class NoSuchProgram(NotFound):
    """Nothing of ours is installed under this name, or no icon has this size."""


@get("/sw.js", sync_to_thread=False)
def service_worker() -> Response[bytes]:
    """Give browsers what shows our notices while no page is open."""
    return Response((ASSETS / "sw.js").read_bytes(), media_type="text/javascript; charset=utf-8")


@get("/icon-{size:int}.png", sync_to_thread=True)
def icon(size: FromPath[int]) -> Response[bytes]:
    """Show the bell as systems want it for programs and notices."""
    if size not in SIZES:
        raise NoSuchProgram
    headers = {"Cache-Control": f"public, max-age={A_DAY}"}
    return Response(_drawn(size), media_type="image/png", headers=headers)


@get("/{program:str}.webmanifest", sync_to_thread=False)
def manifest(program: FromPath[str], lang: FromQuery[str] = "") -> Response[bytes]:
    """Say how the desk, or a buyer's own pages, are installed."""
    if program not in STARTS:
        raise NoSuchProgram
    told = msgspec.json.encode(_manifest(program, choose(lang)))
    return Response(told, media_type="application/manifest+json")


def _manifest(program: str, locale: Locale) -> dict[str, object]:
    start, word = STARTS[program]
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
            {"src": f"/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png"}
            for size in SIZES
        ],
    }


@cache
def _drawn(size: int) -> bytes:
    bell = (ASSETS / "favicon.svg").read_text(encoding="utf-8")
    return bytes(resvg_py.svg_to_bytes(svg_string=bell, width=size, height=size))


ROUTES = (service_worker, icon, manifest)
