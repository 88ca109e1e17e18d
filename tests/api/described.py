"""Answers held to what `/api/openapi.json` says of them, with not a key more."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema_rs

from tui_monitor.api.app import ENDPOINTS
from tui_monitor.api.openapi import document


def assert_as_described(path: str, answer: dict[str, Any], method: str = "get") -> None:
    """Every key of a success is one of the description, every value of its type."""
    validator = _validator(_route_of(path), method)
    wrong = [
        f"{list(error.instance_path)}: {error.message}" for error in _errors(validator, answer)
    ]
    assert not wrong, (path, wrong[:5])


def _errors(validator: Any, answer: dict[str, Any]) -> Iterator[Any]:
    yield from validator.iter_errors(answer)


@cache
def _document() -> dict[str, Any]:
    found: dict[str, Any] = _closed(document(ENDPOINTS))
    return found


@cache
def _validator(route: str, method: str) -> Any:
    operation = _document()["paths"][route][method]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return jsonschema_rs.validator_for({**schema, "components": _document()["components"]})


def _route_of(path: str) -> str:
    if path in _document()["paths"]:
        return path
    wanted = path.split("/")
    for route in _document()["paths"]:
        parts = route.split("/")
        if len(parts) == len(wanted) and all(
            part == given or part.startswith("{") for part, given in zip(parts, wanted, strict=True)
        ):
            return str(route)
    raise AssertionError(path)


def _closed(schema: Any) -> Any:
    """A schema whose objects have no other keys than those that it names."""
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _closed(one) for key, one in schema.items()}
    if found.get("type") == "object" and isinstance(found.get("properties"), dict):
        found.setdefault("additionalProperties", False)
    return found
