"""Every setting by its dotted name: its type, its default, its sentence."""

from collections.abc import Mapping
from typing import Annotated, Any, get_args, get_origin

import msgspec
from msgspec import Struct

from tui_monitor.config.sections import Settings


def _walk(struct: type[Struct], prefix: str) -> dict[str, tuple[Any, Any, str]]:
    """Dotted name -> (type, default, description) of every leaf."""
    found: dict[str, tuple[Any, Any, str]] = {}
    for info in msgspec.structs.fields(struct):
        name = f"{prefix}{info.encode_name}"
        kind = info.type
        if isinstance(kind, type) and issubclass(kind, Struct):
            found |= _walk(kind, f"{name}.")
            continue
        metas = get_args(kind)[1:] if get_origin(kind) is Annotated else ()
        text = next((meta.description for meta in metas if meta.description), "")
        found[name] = (kind, _default(info), text)
    return found


def _default(info: msgspec.structs.FieldInfo) -> Any:
    made = info.default_factory
    return info.default if made is msgspec.NODEFAULT else made()


LEAVES: Mapping[str, tuple[Any, Any, str]] = _walk(Settings, "")


def bare_type(kind: Any) -> Any:
    """A type without its limits."""
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def value_of(settings: Settings, name: str) -> Any:
    """What a setting is set to."""
    value: Any = settings
    for part in name.split("."):
        value = getattr(value, part)
    return value
