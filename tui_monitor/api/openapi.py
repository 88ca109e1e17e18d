"""The description of the routes, made from the same list that serves them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct
from starlette.responses import PlainTextResponse, Response

import tui_monitor
from tui_monitor.api.answers import JSON, encode
from tui_monitor.api.endpoints import Endpoint, Nothing, World
from tui_monitor.expected import ONE_OF, expected

_REF = "#/components/schemas/{name}"
_ERRORS = {
    "400": "Something in the request can't be used; `hint` says what to write.",
    "401": "The token is missing or wrong.",
    "404": "No exchange lists such a coin, or there is no such route.",
    "403": "Another Host, origin or site than this endpoint's own.",
    "408": "Header or body came too slowly.",
    "413": "The body is too large.",
    "431": "The header is too large.",
    "500": "A bug; the log has it under the id in `hint`.",
    "503": "Too many connections, no answer in time, or the database is busy.",
}
_POST_ERRORS = {"409": "One is under way.", "415": "The body is not JSON."}


def self_describing(routes: Sequence[Endpoint]) -> tuple[Endpoint, ...]:
    """The given routes and the two that describe them all."""

    async def describe(_world: World, _asked: Nothing) -> Response:
        return Response(content, media_type=JSON)

    async def index(_world: World, _asked: Nothing) -> Response:
        return PlainTextResponse(listing)

    everything = (
        *routes,
        Endpoint(
            path="/api/openapi.json",
            summary="This description.",
            reply=describe,
            success={
                "200": {
                    "description": "OpenAPI 3.1.",
                    "content": {JSON: {"schema": {"type": "object"}}},
                }
            },
        ),
        Endpoint(path="/", summary="The routes as plain text.", reply=index),
    )
    content = encode(document(everything))
    listing = _listing(everything)
    return everything


def document(routes: Sequence[Endpoint]) -> dict[str, Any]:
    """OpenAPI 3.1."""
    types = [kind for route in routes for kind in (route.asks, route.gives, route.own)]
    found, components = msgspec.json.schema_components(types, ref_template=_REF)
    schemas = iter(found)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        told = _Schemas(next(schemas), next(schemas), next(schemas), components)
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, told)
    return {
        "openapi": "3.1.0",
        "info": {"title": "tui-monitor", "version": tui_monitor.__version__},
        "paths": paths,
        "components": {
            "schemas": components | {"Error": _ERROR},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        # Either is enough: the token is asked for only where one is set.
        "security": [{}, {"token": []}],
    }


class _Schemas(NamedTuple):
    """What a route asks, what it gives as `data` and beside it, and what they refer to."""

    asks: dict[str, Any]
    gives: dict[str, Any]
    own: dict[str, Any]
    components: dict[str, Any]

    def named(self, schema: dict[str, Any]) -> dict[str, Any]:
        """What a reference leads to; one that leads nowhere is a KeyError at the start."""
        found: dict[str, Any] = self.components[schema["$ref"].removeprefix(_REF.format(name=""))]
        return found


def _operation(route: Endpoint, told: _Schemas) -> dict[str, Any]:
    success = _TEXT if route.gives is None else _success(told)
    operation: dict[str, Any] = {
        "summary": route.summary,
        "responses": (route.success or {"200": success}) | _failures(route),
    }
    if route.description:
        operation["description"] = route.description
    asked = told.named(told.asks)
    fields = asked.get("properties", {})
    if route.method == "POST":
        # No body is one without fields.
        required = bool(asked.get("required"))
        operation["requestBody"] = {"content": {JSON: {"schema": told.asks}}, "required": required}
    elif fields:
        operation["parameters"] = [
            _parameter(name, schema, in_path=f"{{{name}}}" in route.path)
            for name, schema in fields.items()
        ]
    return operation


def _parameter(name: str, schema: dict[str, Any], *, in_path: bool) -> dict[str, Any]:
    rest = {key: value for key, value in schema.items() if key != "description"}
    where = "path" if in_path else "query"
    found = {"name": name, "in": where, "required": in_path, "schema": rest}
    return found | {"description": _told(schema)}


def _success(told: _Schemas) -> dict[str, Any]:
    own = told.named(told.own)
    keys = _ENVELOPE | {"data": told.gives}
    schema = {
        "type": "object",
        "properties": keys | own["properties"],
        "required": [*keys, *(name for name in own["required"] if name not in keys)],
    }
    return {"description": "The answer.", "content": {JSON: {"schema": schema}}}


def _failures(route: Endpoint) -> dict[str, Any]:
    content = {JSON: {"schema": {"$ref": _REF.format(name="Error")}}}
    texts = _ERRORS | (_POST_ERRORS if route.method == "POST" else {})
    return {code: {"description": text, "content": content} for code, text in texts.items()}


def _listing(routes: Sequence[Endpoint]) -> str:
    lines = [f"tui-monitor {tui_monitor.__version__}", ""]
    for route in routes:
        lines += [f"{route.method:4} {route.path}", f"     {route.summary}"]
        lines += [f"     {text}" for text in _fields(route.asks)]
    return "\n".join(lines) + "\n"


def _fields(asks: type[Struct]) -> list[str]:
    _, components = msgspec.json.schema_components([asks])
    fields = components[asks.__name__].get("properties", {})
    types = {field.encode_name: field.type for field in msgspec.structs.fields(asks)}
    return [
        f"  {name}: {_told(schema)}{_choices(types[name], _told(schema))}{_default(schema)}"
        for name, schema in fields.items()
    ]


def _choices(kind: Any, told: str) -> str:
    """The words that a value may be, where its sentence doesn't say them."""
    words = expected(kind)
    if not words.startswith(ONE_OF):
        return ""
    left = [word for word in words.removeprefix(ONE_OF).split(", ") if word not in told]
    return f" {words[0].upper()}{words[1:]}." if left else ""


def _default(schema: dict[str, Any]) -> str:
    """What a parameter is where it is not given; what null means is for its sentence to say."""
    found = schema.get("default")
    if found is None:
        return ""
    return f" Default: {str(found).lower() if isinstance(found, bool) else found}."


def _told(schema: dict[str, Any]) -> str:
    """A field's sentence; an optional one carries it in one of its kinds."""
    kinds = (schema, *schema.get("anyOf", ()))
    return next((kind["description"] for kind in kinds if "description" in kind), "")


_TEXT = {"description": "The text.", "content": {"text/plain": {"schema": {"type": "string"}}}}
_ENVELOPE = {
    "success": {"type": "boolean"},
    "status": {"type": "string"},
    "count": {"type": "integer", "description": "Rows in data."},
    "timestamp": {"type": "integer", "description": "When this was answered, UTC ms."},
    "source": {
        "enum": ["real", "simulator", "demo"],
        "description": "What all data here are: of the exchanges, or of a simulator.",
    },
}
_ERROR = {
    "type": "object",
    "properties": {
        "success": {"const": False},
        "status": {"const": "error"},
        "error": {"type": "string"},
        "hint": {"type": "string"},
    },
    "required": ["success", "status", "error", "hint"],
}
