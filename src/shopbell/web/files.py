"""Files for everyone: the built pages and the launcher."""

from pathlib import Path

from litestar import get
from litestar.datastructures import CacheControlHeader
from litestar.response import File
from litestar.router import Router
from litestar.static_files import create_static_files_router

from shopbell.engine.blobs import NoSuchFile

STATIC = Path(__file__).parent / "static"


class NoLauncher(NoSuchFile):
    """The front-end has not been built."""


def static_files() -> Router:
    """Serve what Vite built; its names change with its content."""
    STATIC.mkdir(exist_ok=True)
    for_ever = CacheControlHeader(public=True, max_age=31_536_000, immutable=True)
    return create_static_files_router("/static", directories=[STATIC], cache_control=for_ever)


@get("/shopbell.js", media_type="text/javascript", include_in_schema=False)
async def launcher() -> File:
    """Hand out the one script a shop page loads; any page of any shop may."""
    if not (STATIC / "shopbell.js").is_file():
        raise NoLauncher
    headers = {
        "Cache-Control": "public, max-age=600",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return File(
        STATIC / "shopbell.js",
        media_type="text/javascript; charset=utf-8",
        content_disposition_type="inline",
        headers=headers,
    )


ROUTES = (launcher,)
