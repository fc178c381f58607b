"""The description of the API; the types of the pages are made from it."""

from typing import Any, get_origin

import msgspec
from litestar import Request
from litestar._openapi.schema_generation.plugins.struct import StructSchemaPlugin
from litestar._openapi.schema_generation.schema import SchemaCreator
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import License, OpenAPIType, Schema
from litestar.typing import FieldDefinition
from msgspec import UNSET, Raw
from msgspec.structs import fields

from shopbell.cases.model import CaseEntry
from shopbell.realtime.frames import Down, Up
from shopbell.web.problems import MEDIA_TYPE

REF = "#/components/schemas/{name}"
PROBLEM = {
    "title": "Problem",
    "description": "A refusal (RFC 9457); its facts are members of their own.",
    "type": "object",
    "required": ["type", "code", "title", "detail", "status"],
    "properties": {
        **{name: {"type": "string"} for name in ("type", "code", "title", "detail")},
        **{name: {"type": "integer"} for name in ("status", "retry_after")},
        "allowed": {"type": "array", "items": {"type": "string"}},
    },
    "additionalProperties": {"type": ["string", "integer"]},
}
REFUSED = {
    "description": "Refused: `code` says why, `title` and `detail` say it to people",
    "content": {MEDIA_TYPE: {"schema": {"$ref": REF.format(name="Problem")}}},
}


class Shapes(StructSchemaPlugin):
    """Describes structs as they are on the wire.

    What we take may leave out what has a default. What we send is whole, unless it is said to
    omit defaults; and what is kept as encoded JSON is always an object.
    """

    def to_openapi_schema(
        self, field_definition: FieldDefinition, schema_creator: SchemaCreator
    ) -> Schema:
        """Return the schema of one struct."""
        schema = super().to_openapi_schema(field_definition, schema_creator)
        kind = get_origin(field_definition.type_) or field_definition.type_
        if _is_sent_whole(kind):
            schema.required = sorted(f.encode_name for f in fields(kind) if f.default is not UNSET)
        kept = {f.encode_name: _any_object() for f in fields(kind) if f.type is Raw}
        schema.properties = {**(schema.properties or {}), **kept}
        return schema


def _is_sent_whole(kind: type[msgspec.Struct]) -> bool:
    config = kind.__struct_config__
    return not config.forbid_unknown_fields and not config.omit_defaults


def _any_object() -> Schema:
    return Schema(type=OpenAPIType.OBJECT, additional_properties=True)


class WithFrames(JsonRenderPlugin):
    """Describes every operation, and beside them every frame of the socket."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Return the document."""
        return super().render(request, complete(openapi_schema))


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Return the framework's document with our problem documents and the socket's frames."""
    (up, down, _), frames = msgspec.json.schema_components((Up, Down, CaseEntry), ref_template=REF)
    frames["Refused"]["properties"]["problem"] = {"$ref": REF.format(name="Problem")}
    components = document["components"]
    down_ref = {"$ref": REF.format(name="Down")}
    components["schemas"]["CaughtUp"]["properties"]["frames"] = {"type": "array", "items": down_ref}
    schemas = {**frames, **components["schemas"], "Up": up, "Down": down, "Problem": PROBLEM}
    paths = {path: _with_problems(operations) for path, operations in document["paths"].items()}
    return {**document, "paths": paths, "components": {**components, "schemas": schemas}}


def _with_problems(operations: dict[str, Any]) -> dict[str, Any]:
    return {
        method: {**operation, "responses": _answers(operation["responses"])}
        for method, operation in operations.items()
    }


def _answers(described: dict[str, Any]) -> dict[str, Any]:
    """Say of every status that is not named that it is a refusal; and that 204 is empty."""
    named = {status: answer for status, answer in described.items() if status != "400"}
    if "204" in named:
        named["204"] = {part: v for part, v in named["204"].items() if part != "content"}
    return {**named, "default": REFUSED}


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
