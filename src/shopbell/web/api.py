"""The description of the API, and the pages that explain its refusals."""

from typing import Any

import msgspec
from litestar import Request
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import License

from shopbell.realtime.frames import Down, Up

REF = "#/components/schemas/{name}"


class WithFrames(JsonRenderPlugin):
    """Describes every operation, and beside them every frame of the socket."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Return the document."""
        return super().render(request, with_frames(openapi_schema))


def with_frames(document: dict[str, Any]) -> dict[str, Any]:
    """Return an OpenAPI document with the socket's frames among its components."""
    (up, down), frames = msgspec.json.schema_components((Up, Down), ref_template=REF)
    components = document.get("components", {})
    schemas = {**frames, **components.get("schemas", {}), "Up": up, "Down": down}
    return {**document, "components": {**components, "schemas": schemas}}


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
    path="/api/v1/openapi.json",
    render_plugins=[WithFrames(path="/")],
)
