"""The description of the API, and the pages that explain its refusals."""

from typing import Any

import msgspec
from litestar import Litestar, Request, get
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import License

from shopbell.realtime.frames import Down, Up

REF = "#/components/schemas/{name}"
OPENAPI = OpenAPIConfig(
    title="Shopbell",
    version="1.0.0",
    description=(
        "Buyers reach sellers: one thread, every channel. Times are ISO 8601 in UTC, amounts are "
        "integers in the smallest unit of their currency. Refusals are problem documents "
        "(RFC 9457) with a stable `code`. The frames of the socket `/api/v1/socket` stand among "
        "the components, as `Up` and `Down`."
    ),
    license=License(name="Apache-2.0", identifier="Apache-2.0"),
    use_handler_docstrings=True,
    path="/api/v1/openapi",
    render_plugins=[],
    enabled_endpoints=set(),
)


@get("/api/v1/openapi.json", include_in_schema=False)
async def describe(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """Describe every operation, and every frame of the socket."""
    return described(request.app)


def described(app: Litestar) -> dict[str, Any]:
    """Return the OpenAPI document with the frames among its components."""
    document = app.openapi_schema.to_schema()
    (up, down), frames = msgspec.json.schema_components((Up, Down), ref_template=REF)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.update({**frames, **schemas, "Up": up, "Down": down})
    return document




ROUTES = (describe,)
